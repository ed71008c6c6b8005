"""A lake that somebody else made, or spoiled: what is refused, what is passed over, and what is still right."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import lake_stages as stages
import lance
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragone.dataset import Lake, artifact_id
from ragone.dataset.arrow_files import BUDGET_VARIABLE, decode, decoded_size, encode
from ragone.dataset.errors import CorruptObjectError, DroppedError, NotALakeError, NotReproducibleError, UnsafeFileError
from ragone.dataset.fsck import Kind
from ragone.dataset.keys import checked_key
from ragone.dataset.links import foreign_entries
from ragone.dataset.objects import object_key
from ragone.dataset.seal import KEY_VARIABLE, _key, opened, sealed
from ragone.schemas import Run
from ragone.schemas.provenance import Tombstone
from tests.forged import NOW, RUN, keep_runs, put_object, put_run


@pytest.fixture
def another_user(monkeypatch, tmp_path):
    """Go on as somebody else, who has another key."""
    return lambda: monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "another.key"))


def told(folder: Path) -> dict[str, Kind]:
    """What fsck names, without opening the lake, and the first thing that is wrong with each."""
    return {problem.where: problem.kind for problem in reversed(Lake.inspect(folder).problems)}


@pytest.mark.parametrize(
    "recipe", ["../../../written", "/tmp/written", "", "A" * 64, "1" * 63, "1" * 64 + "\n", "a\0b"]
)
def test_a_recipe_that_leads_out_of_the_lake(lake, design, folder, recipe):
    """A run whose recipe is no hash is no run: nothing is written for it, and fsck names its file."""
    kept = lake.put(design())
    lake.close()
    key = put_run(folder, recipe_id=recipe)
    before = sorted(folder.parent.rglob("*"))
    with Lake.open(folder) as later:
        assert later.passed_over == (key,)
        assert later.get(kept).porosity == 0.3
        later.rebuild()
    assert [p for p in sorted(folder.parent.rglob("*")) if p not in before and folder not in p.parents] == []
    assert told(folder)[key] is Kind.RUN


@given(st.text() | st.from_regex(r"([a-z0-9./_-]|\.\.)+", fullmatch=True))
def test_keys_stay_inside(text):
    """Whatever is accepted as a key lies below the root, and is no hidden file."""
    try:
        key = checked_key(text)
    except UnsafeFileError:
        return
    path = Path(os.path.normpath(Path("/lakes/lake") / key))
    assert path.is_relative_to("/lakes/lake")
    assert path != Path("/lakes/lake")
    assert not any(part.startswith(".") for part in path.relative_to("/lakes/lake").parts)


@pytest.mark.parametrize("name", ["tables", "tables/kpis.lance", "tmp", "recipes", "runs", "objects"])
def test_a_folder_that_is_a_link(lake, design, folder, tmp_path, name):
    """A lake with a link for a folder is refused by name, and what it leads to is left alone."""
    lake.put(design())
    lake.close()
    outside = tmp_path / "outside"
    (outside / "kpis.lance").mkdir(parents=True)
    (outside / "999999-precious").write_text("three years of work")
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / name).symlink_to(outside)
    with pytest.raises(NotALakeError, match=f"{name} is a symbolic link"):
        Lake.open(folder)
    assert told(folder)[name] is Kind.LINK
    assert {p.name for p in outside.iterdir()} == {"kpis.lance", "999999-precious"}


def test_a_file_that_goes_while_it_is_looked_at(tmp_path):
    """Another process writes the tables meanwhile: what is gone is no link."""
    for name in ("one", "other"):
        (tmp_path / name).write_text("x")
    (tmp_path / "pipe").symlink_to("/dev/zero")
    real = os.scandir

    def scan(folder: Path) -> list[os.DirEntry[str]]:
        entries = list(real(folder))
        (tmp_path / "one").unlink(missing_ok=True)
        return entries

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.scandir", scan)
        assert list(foreign_entries(tmp_path)) == [(tmp_path / "pipe", "a symbolic link")]


@pytest.mark.parametrize("spoil", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_an_object_that_is_no_file(lake, design, folder, object_file, spoil):
    """A pipe, a folder or a link under an object's name costs that object only."""
    kept, lost = lake.put(design(0.2)), lake.put(design(0.3))
    object_file(lost).unlink()
    spoil(object_file(lost))
    with Lake.open(folder) as later:
        assert later.get(kept).porosity == 0.2
        with pytest.raises(CorruptObjectError):
            later.get(lost)
        later.rebuild()
        assert later.sql("SELECT count(*) FROM designs").item() == 1
    assert any(lost[7:] in where for where in told(folder))


def compressed(values: np.ndarray) -> bytes:
    """An Arrow file of one list of numbers, compressed."""
    column = pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), pa.array(values))
    return encode(pa.table({"x": column}))


def test_what_a_file_becomes_is_known_before(monkeypatch):
    """Rows and bytes of a batch are read off its message: those of the values, and of their offsets."""
    data = compressed(np.zeros(3_000_000, np.uint8))
    messages = pa.ipc.MessageReader.open_stream(pa.py_buffer(data).slice(8))
    messages.read_next_message()
    message = messages.read_next_message()
    rows, size = decoded_size(message.metadata, message.body)
    assert rows == 1
    assert 3_000_000 < size < 3_000_000 + len(data) + 1000
    monkeypatch.setenv(BUDGET_VARIABLE, "2000000")
    with pytest.raises(CorruptObjectError, match=rf"at most 2000000 are read.*{BUDGET_VARIABLE}"):
        decode(data, "it")
    monkeypatch.setenv(BUDGET_VARIABLE, "4000000")
    assert decode(data, "it").num_rows == 1


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_a_damaged_arrow_file_is_one_class_of_error(noise, place):
    """Whatever bytes stand in a file: it is read, or refused as damaged."""
    whole = compressed(np.arange(200, dtype=np.int64))
    place = min(place, len(whole))
    with suppress(CorruptObjectError):
        assert decode(whole[:place] + noise + whole[place + len(noise) :], "it").num_columns == 1


def test_tables_of_another_user_are_not_believed(lake, example, folder, another_user):
    """A stranger's tables may say what no object says, under the stranger's seal: they are made anew."""
    name = lake.put(example("kpi", value=600.0))
    assert lake.sql("SELECT value FROM kpis").item() == 600.0
    lake.close()
    lance.dataset(folder / "tables" / "kpis.lance").update({"value": "9999.0"})
    lake._store.tables._write_state()
    assert lake._store.tables.sound()
    another_user()
    with Lake.open(folder) as theirs:
        assert theirs.sql("SELECT value FROM kpis").item() == 600.0
        assert theirs.get(name).value == 600.0


def test_a_seal_is_one_users(another_user):
    """What was sealed is opened by the same user, unchanged, and by nobody else."""
    document = json.loads(json.dumps(sealed({"a": [1, 2.5, None]})))
    assert opened(document) == {"a": [1, 2.5, None]}
    for other in ({**document, "content": {"a": [1, 2.5, 0]}}, {"content": document["content"]}, [], None, "x"):
        with pytest.raises(ValueError, match="key"):
            opened(other)
    another_user()
    with pytest.raises(ValueError, match="key"):
        opened(document)


def test_a_key_that_cannot_be_kept(monkeypatch, tmp_path):
    """Where the user has no folder to write the key lies in the temporary one, alike for all processes."""
    (tmp_path / "a file").write_text("x")
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "a file" / "tables.key"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    document = sealed("x")
    (kept,) = tmp_path.glob("ragone-tables-*.key")
    assert kept.stat().st_mode & 0o777 == 0o600
    _key.cache_clear()
    assert opened(document) == "x"
    kept.write_bytes(b"short")
    _key.cache_clear()
    with pytest.raises(ValueError, match="key"):
        opened(document)
    _key.cache_clear()


def test_a_tombstone_puts_no_value_into_a_table(lake, example, folder):
    """A forged tombstone explains an absence; the values that it tells are not shown."""
    forged = artifact_id(example("kpi", value=9999.0))
    row = {"id": forged, "kind": "kpi", "schema_version": 1, "bytes": 1, "columns": {"name": "energy", "value": 9999.0}}
    lake.close()
    stone = Tombstone(artifact_ids=(forged,), rows=[row], reason="x", dropped=NOW)
    put_object(folder, stone.to_arrow())
    put_run(folder, output_roles=("kpi",), output_ids=(forged,), recipe_id="3" * 64)
    with Lake.open(folder) as later:
        assert later.sql("SELECT id, value FROM kpis").rows() == [(forged, None)]
        assert later.sql("SELECT avg(value) FROM kpis").item() is None
        with pytest.raises(DroppedError):
            later.get(forged)


def test_values_of_what_another_user_dropped(lake, design, folder, another_user):
    """They are null until the artifact is reproduced, and right from then on."""
    made = lake.run(stages.denser, design=lake.put(design()), by=0.1).id
    lake.drop([made], reason="space")
    shown = f"SELECT porosity FROM designs WHERE id = '{made}'"
    value = lake.sql(shown).item()
    assert value is not None
    lake.close()
    another_user()
    with Lake.open(folder) as theirs:
        assert theirs.sql(shown).item() is None
        theirs.reproduce(made)
        assert theirs.sql(shown).item() == value
        assert theirs.fsck().problems == ()


def test_what_a_newer_ragone_wrote(lake, example, folder):
    """A newer version of a kind, a newer run and a kind that nobody knows stay invisible, and are named as such."""
    kept = lake.put(example("kpi", value=600.0))
    lake.close()
    meta = {"kind": "kpi", "schema_version": "99"}
    newer = put_object(folder, example("kpi").to_arrow().replace_schema_metadata(meta))
    unknown = put_object(
        folder, pa.table({"x": [1]}).replace_schema_metadata({"kind": "weather", "schema_version": "1"})
    )
    run = keep_runs(folder, Run(**RUN).to_arrow().replace_schema_metadata({"kind": "run", "schema_version": "9"}))
    with Lake.open(folder) as later:
        assert later.sql("SELECT id FROM kpis")["id"].to_list() == [kept]
        assert set(later.passed_over) == {newer, run}
        with pytest.raises(CorruptObjectError, match="Upgrade"):
            later.get(newer)
        assert later.put(example("kpi", value=601.0))
    kinds = {object_key(newer): Kind.NEWER, object_key(unknown): Kind.UNKNOWN, run: Kind.NEWER}
    assert told(folder) == kinds


def test_a_chain_that_never_began(lake, design, folder):
    """Artifacts that were made of each other cannot be computed again, and that is said at once."""
    one, other = lake.put(design(0.2)), lake.put(design(0.3))
    lake.close()
    early = {"ended": datetime(2020, 1, 1, tzinfo=UTC), "entry_point": "lake_stages:denser"}
    for made, of in ((one, other), (other, one)):
        put_run(folder, output_roles=("a",), output_ids=(made,), input_roles=("design",), input_ids=(of,), **early)
    with Lake.open(folder) as later, pytest.raises(NotReproducibleError, match="descends from itself"):
        later.reproduce(one, deep=True)


@pytest.mark.parametrize(
    ("stage", "second", "words"),
    [("lake_stages:endless", 2.0, "not computed within"), ("lake_stages:greedy", 60.0, "MemoryError")],
)
def test_a_recipe_without_measure(lake, design, folder, monkeypatch, stage, second, words):
    """A recipe that asks for all time or all memory fails as a verdict, within the budget."""
    monkeypatch.setattr("ragone.dataset.reproduce._LEAST_BYTE", 2**31)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=0))
    one, other = lake.put(design(0.2)), lake.put(design(0.3))
    lake.close()
    early = {"ended": datetime(2020, 1, 1, tzinfo=UTC), "entry_point": stage}
    put_run(folder, output_roles=("a",), output_ids=(one,), input_roles=("design",), input_ids=(other,), **early)
    with Lake.open(folder) as later:
        found = later.reproduce(one, timeout_second=second)
    assert found.verdict == "could not be executed"
    assert words in found.error


def test_a_run_that_is_an_output_is_looked_for(lake, folder):
    """A run names a run that is nowhere: that is missing, too."""
    lake.close()
    put_run(folder, output_roles=("a",), output_ids=("run-" + "0" * 64,))
    assert told(folder)["run-" + "0" * 64] is Kind.MISSING


def test_looking_changes_nothing(lake, design, folder):
    """A lake in which something is wrong is not opened by fsck: no table is made, nothing is swept."""
    lake.put(design())
    lake.close()
    put_run(folder, recipe_id="")
    shutil.rmtree(folder / "tables")
    (folder / "tmp" / "4194304-00ff").write_text("half")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert not Lake.inspect(folder).sound
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_infinite_value_that_is_dropped(lake, design):
    """A tau of +inf is dropped like any other, and its row is the same after a rebuild."""
    made = lake.run(stages.blocked, design=lake.put(design())).id
    shown = f"SELECT pore_tortuosity_factor FROM transports WHERE id = '{made}'"
    assert lake.sql(shown).item() == np.inf
    lake.drop([made], reason="space")
    lake.rebuild()
    assert lake.sql(shown).item() == np.inf
    assert lake.fsck().problems == ()


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"{}"), os.mkfifo])
def test_a_page_that_is_lost(lake, design, folder, spoil):
    """No lake is lost to its page: it is named by fsck, and a rebuild writes it anew."""
    kept = lake.put(design())
    lake.close()
    if spoil is os.mkfifo:
        (folder / "lake.json").unlink()
    spoil(folder / "lake.json")
    with pytest.raises(NotALakeError, match=r"lake\.json"):
        Lake.open(folder)
    assert told(folder)["lake.json"] in (Kind.PAGE, Kind.LINK)
    with Lake.open(folder, mend=True) as later:
        assert later.get(kept).porosity == 0.3
    assert Lake.inspect(folder).sound


def test_an_empty_folder_is_not_mended(tmp_path):
    """A page is written only where there are runs."""
    with pytest.raises(NotALakeError, match="is not a lake"):
        Lake.open(tmp_path, mend=True)
    assert list(tmp_path.iterdir()) == []
