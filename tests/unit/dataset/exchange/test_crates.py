"""A crate holds all that an artifact descends from, and a lake that takes it holds the same under the same ids."""

from __future__ import annotations

import io
import json
import zipfile
from types import SimpleNamespace

import lake_stages as stages
import polars as pl
import pyarrow.parquet as pq
import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import CrateError, NotALakeError
from ragone.dataset.exchange import About, Rendering, export, import_crate, select
from ragone.dataset.hashing import merkle_root
from ragone.schemas import Verdict


@pytest.fixture
def made(lake, design):
    """A KPI of a design that was decided upon: made of a start, informed by a trial whose volume was dropped."""
    start, other = lake.put(design(), note="from a paper"), lake.put(design(porosity=0.4))
    trial_volume = lake.run(stages.grow, design=other, seed=3).id
    trial = lake.run(stages.count, cube=trial_volume).id
    decided = lake.run(stages.steer, start=start, trials=[trial]).id
    kpi = lake.run(stages.count, cube=lake.run(stages.grow, design=decided, seed=3).id).id
    lake.drop([trial_volume], reason="space")
    lake.run(stages.denser, design=other, by=0.5)  # no part of it
    return SimpleNamespace(start=start, other=other, trial_volume=trial_volume, trial=trial, kpi=kpi)


@pytest.fixture
def crate(lake, made, tmp_path):
    """The crate of that KPI, as a ZIP file, with what `export` says of it."""
    path = tmp_path / "crate.zip"
    return SimpleNamespace(path=path, **vars(export(lake, made.kpi, path)))


def listed(value: object) -> list[object]:
    """The values of a property of JSON-LD."""
    return value if isinstance(value, list) else [value]


def ids_of(lake: Lake) -> set[str]:
    """The ids of all artifacts and runs of a lake."""
    return {*lake.sql("SELECT id FROM artifacts")["id"], *lake.sql("SELECT id FROM runs")["id"]}


def test_a_selection_is_what_an_artifact_descends_from(lake, made):
    """What informed it comes along, told apart; what was dropped is named; what has no part in it is not there."""
    found = select(lake, made.kpi[:10])
    whole = lake.lineage(made.kpi, informed=True)
    descended = {name for name, one in found.artifacts.items() if one.kind not in ("code", "environment", "tombstone")}
    assert descended == {made.kpi, *whole.ancestors}
    assert {(e.child, e.parent, e.informed) for e in whole.up} <= {(e.child, e.parent, e.informed) for e in found.edges}
    assert [e.parent for e in found.edges if e.informed] == [made.trial]
    assert [name for name, one in found.artifacts.items() if one.dropped] == [made.trial_volume]
    assert found.get(made.kpi).id == made.kpi
    assert [run.ended for _, run in found.runs] == sorted(run.ended for _, run in found.runs)


@pytest.mark.parametrize("form", ["crate.zip", "crate"])
def test_a_round_trip_keeps_every_id(lake, made, tmp_path, form):
    """Into an empty lake: nothing is lost, nothing is wrong with it, and what came is computed again as it was."""
    done = export(lake, made.kpi, tmp_path / form)
    came = import_crate(tmp_path / form, tmp_path / "other", expect=done.root)
    assert (came.root, came.expected, came.artifacts, came.runs) == (done.root, True, done.artifacts, done.runs)
    selected = select(lake, made.kpi)
    with Lake.open(tmp_path / "other") as other:
        assert {*selected.artifacts, *(run_id for run_id, _ in selected.runs)} <= ids_of(other)
        assert other.fsck().problems == ()
        assert select(other, made.kpi).edges == selected.edges
        assert other.reproduce(made.kpi, deep=True, informed=True).verdict is Verdict.BITWISE
        assert other.holds(made.trial_volume)
        assert other.fsck().problems == ()
    assert Lake.inspect(tmp_path / "other").problems == ()


def test_the_same_selection_is_the_same_crate(lake, made, crate, tmp_path):
    """Byte by byte, whenever and from whichever lake it is exported; also where the lake has grown meanwhile."""
    lake.run(stages.count, cube=lake.run(stages.grow, design=made.start, seed=9).id)
    lake.run(stages.halves, design=made.start)
    again = export(lake, made.kpi, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == crate.path.read_bytes()
    import_crate(crate.path, tmp_path / "other")
    with Lake.open(tmp_path / "other") as other:
        assert export(other, made.kpi, tmp_path / "third.zip").root == again.root
    assert (tmp_path / "third.zip").read_bytes() == crate.path.read_bytes()


def test_the_root_is_that_of_the_manifest(crate):
    """As docs/EXCHANGE.md says how anybody can compute it; bag-info has it too."""
    with zipfile.ZipFile(crate.path) as archive:
        lines = archive.read("manifest-sha256.txt").decode().splitlines()
        info = archive.read("bag-info.txt").decode()
    assert merkle_root(lines) == crate.root
    assert f"Ragone-Root: {crate.root}\n" in info
    assert f"External-Identifier: {crate.root_id}\n" in info


def test_other_tools_read_it(crate, lake, made):
    """Python's own ZIP reader, JSON, Parquet: the lineage tells its two kinds of edge apart."""
    with zipfile.ZipFile(crate.path) as archive:
        assert archive.testzip() is None
        graph = json.loads(archive.read("data/ro-crate-metadata.json"))["@graph"]
        edges = pl.DataFrame(pq.read_table(io.BytesIO(archive.read("data/lake/lineage.parquet"))))
        names = set(archive.namelist())
    assert edges.filter("informed")["parent"].to_list() == [made.trial]
    (root,) = [one for one in graph if one["@id"] == "./"]
    assert {one["@id"] for one in root["conformsTo"]} >= {"https://w3id.org/ro/wfrun/provenance/0.5"}
    for part in root["hasPart"]:
        assert any(name.startswith(f"data/{part['@id']}") for name in names)
    referred = {two["@id"] for one in graph for value in one.values() for two in listed(value) if isinstance(two, dict)}
    ids = [one["@id"] for one in graph]
    assert {name for name in referred if "://" not in name} <= set(ids)
    assert [name for number, name in enumerate(ids) if name in ids[:number]] == []
    assert f"data/lake/objects/kpi/{made.kpi[4:]}.arrow" in names


def test_who_imported_what_is_known(lake, crate, made, tmp_path):
    """By a snapshot that can be queried, and a run whose note names the root and whether anybody vouched for it."""
    import_crate(crate.path, tmp_path / "other")
    with Lake.open(tmp_path / "other") as other:
        own = other.put(stages.kpi(7.0))
        (note,) = other.sql("SELECT note FROM runs WHERE stage = 'import'")["note"]
        assert crate.root in note
        assert note.endswith("nobody vouched for the root")
        (snapshot,) = other.sql("SELECT id FROM snapshots")["id"]
        at = set(other.sql("SELECT id FROM artifacts", at=snapshot)["id"])
        assert made.kpi in at
        assert own not in at
        came = set(other.sql("SELECT parent_id FROM lineage WHERE stage = 'import'")["parent_id"])
        assert came == {name for name, one in select(lake, made.kpi).artifacts.items() if not one.dropped}


def test_importing_again_changes_nothing(crate, tmp_path):
    """What is there already is not new, and no second import is recorded."""
    import_crate(crate.path, tmp_path / "other")
    before = {path: path.read_bytes() for path in (tmp_path / "other").rglob("*.arrow")}
    came = import_crate(crate.path, tmp_path / "other", expect=crate.root)
    assert (came.artifacts, came.runs, came.snapshot_id) == (0, 0, "")
    assert {path: path.read_bytes() for path in (tmp_path / "other").rglob("*.arrow")} == before


def test_into_a_lake_that_has_some_of_it(lake, made, crate, design, tmp_path):
    """What the lake had is kept; only the rest is an input of the import."""
    with Lake.open(tmp_path / "other", create=True) as other:
        other.put(design())
        other.run(stages.grow, design=other.put(design(porosity=0.4)), seed=3)
        other.drop([made.trial_volume], reason="space here too")
    import_crate(crate.path, tmp_path / "other")
    with Lake.open(tmp_path / "other") as other:
        assert other.fsck().problems == ()
        came = set(other.sql("SELECT parent_id FROM lineage WHERE stage = 'import'")["parent_id"])
        assert made.kpi in came
        assert made.start not in came
        assert other.reproduce(made.kpi, deep=True).verdict is Verdict.BITWISE


def test_what_was_dropped_here_comes_back(lake, made, tmp_path):
    """A crate that holds the data of what this lake dropped brings them, and they are shown again."""
    lake.reproduce(made.trial_volume)
    export(lake, made.kpi, tmp_path / "whole.zip")
    lake.drop([made.trial_volume], reason="space")
    came = import_crate(tmp_path / "whole.zip", tmp_path / "lake")
    assert came.artifacts == 1
    with Lake.open(tmp_path / "lake") as again:
        assert again.get(made.trial_volume).id == made.trial_volume
        assert again.fsck().problems == ()


def test_an_expected_root(lake, made, crate, design, tmp_path):
    """A sound crate with another root than was published is refused, and so is what is no root."""
    other = export(lake, made.start, tmp_path / "start.zip")
    with pytest.raises(CrateError, match=f"root of the crate is {crate.root}, not {other.root}"):
        import_crate(crate.path, tmp_path / "other", expect=other.root)
    with pytest.raises(CrateError, match="64 hex digits"):
        import_crate(crate.path, tmp_path / "other", expect="3fa9")
    assert not (tmp_path / "other").exists()
    assert import_crate(crate.path, tmp_path / "other", expect=crate.root.upper()).expected


def test_files_for_others_are_added(lake, made, tmp_path):
    """Those of renderers lie in their folders and in the metadata; a path that is no crate's is refused."""
    table = Rendering(
        "readable/kpi.csv", "text/csv", made.kpi, "The KPI", b"value\n1\n", "https://www.rfc-editor.org/rfc/rfc4180"
    )
    export(
        lake,
        made.kpi,
        tmp_path / "crate",
        about=lambda _: About("A title", "A text", ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0")),
        renderers=[lambda selection: [table] if made.kpi in selection.artifacts else []],
    )
    graph = json.loads((tmp_path / "crate/data/ro-crate-metadata.json").read_text())["@graph"]
    (entity,) = [one for one in graph if one["@id"] == "readable/kpi.csv"]
    assert entity["encodingFormat"] == "text/csv"
    assert (tmp_path / "crate/data/readable/kpi.csv").read_bytes() == table.data
    assert import_crate(tmp_path / "crate", tmp_path / "other").root
    astray = Rendering("../kpi.csv", "text/csv", "", "astray", b"")
    with pytest.raises(CrateError, match="no name of a file of a crate"):
        export(lake, made.kpi, tmp_path / "second", renderers=[lambda _: [astray]])
    assert not (tmp_path / "second").exists()


def test_many_files_stay_within_the_entities_of_the_metadata(lake, made, tmp_path):
    """Beyond 500 entities a folder stands for its files."""
    many = [Rendering(f"readable/{n}.csv", "text/csv", made.kpi, str(n), b"1\n") for n in range(600)]
    export(lake, made.kpi, tmp_path / "crate", renderers=[lambda _: many])
    graph = json.loads((tmp_path / "crate/data/ro-crate-metadata.json").read_text())["@graph"]
    assert 490 < len(graph) <= 500
    assert any(one["@id"] == "readable/" for one in graph)
    import_crate(tmp_path / "crate", tmp_path / "other")


def test_what_cannot_travel_is_refused(lake, made, tmp_path):
    """A snapshot stands for a whole lake; a run is no artifact; an object that is gone cannot be in a crate."""
    for name in (lake.snapshot(), lake.run(stages.denser, design=made.start).run_id):
        with pytest.raises(CrateError, match="a crate holds an artifact with all that it was made of"):
            select(lake, name)
    kind, _, digits = made.start.partition("-")
    (tmp_path / "lake" / "objects" / kind / digits[:2] / f"{digits}.arrow").unlink()
    with pytest.raises(CrateError, match=f"the file of {made.start} is missing"):
        export(lake, made.kpi, tmp_path / "crate")
    assert not (tmp_path / "crate").exists()


def test_a_destination_that_is_there_is_left_alone(lake, made, tmp_path):
    """A crate is written to a new place only."""
    (tmp_path / "taken.zip").write_text("mine")
    with pytest.raises(CrateError, match="is there already"):
        export(lake, made.kpi, tmp_path / "taken.zip")
    assert (tmp_path / "taken.zip").read_text() == "mine"
    (tmp_path / "something").mkdir()
    (tmp_path / "something" / "file").write_text("mine")
    export(lake, made.kpi, tmp_path / "crate.zip")
    with pytest.raises(NotALakeError, match="holds files but no lake"):
        import_crate(tmp_path / "crate.zip", tmp_path / "something")
    assert [path.name for path in (tmp_path / "something").iterdir()] == ["file"]
