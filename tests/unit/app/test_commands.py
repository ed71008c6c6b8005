"""Every command, through the real entry point, on a small lake."""

from __future__ import annotations

import io

import polars as pl
import pytest

from ragone.app.arguments import COMMANDS
from ragone.app.commands import why
from ragone.dataset import Lake, Reason
from ragone.pipelines.manufacture import pack_particles


def test_query_as_a_table(cli, stored):
    """A query prints a table; ids are cut to what is enough to use them."""
    answer = cli("query", "SELECT id, value, unit FROM kpis ORDER BY value DESC")
    assert answer.code == 0
    header, first, *_ = answer.out.splitlines()
    assert header.split() == ["id", "value", "unit"]
    assert first.split() == [stored.ids["kpi"][:16], "640", "W.h/L"]
    assert "4 rows" in answer.err


def test_query_as_json(cli, stored):
    """JSON holds whole ids, and infinity as a text."""
    answer = cli("query", "--json", "SELECT id, pore_tortuosity_factor AS tau FROM transports ORDER BY tau")
    assert answer.data == [
        {"id": stored.ids["transport"], "tau": 1.9},
        {"id": stored.ids["infinite"], "tau": "inf"},
    ]
    assert answer.err == ""


@pytest.mark.parametrize(
    ("ending", "read"), [("csv", pl.read_csv), ("parquet", pl.read_parquet), ("json", pl.read_json)]
)
def test_query_into_a_file(cli, stored, tmp_path, ending, read):
    """The ending of the file chooses the format, and the numbers are all there."""
    path = tmp_path / f"answer.{ending}"
    assert cli("query", "SELECT value FROM kpis ORDER BY value", "--output", path).code == 0
    assert read(path)["value"].to_list() == [0.0, 1.0, 2.0, 640.0]


def test_query_csv_on_standard_output(cli, stored):
    """CSV can be piped."""
    answer = cli("query", "--format", "csv", "SELECT value FROM kpis ORDER BY value")
    assert pl.read_csv(io.StringIO(answer.out))["value"].to_list() == [0.0, 1.0, 2.0, 640.0]


def test_query_at_a_snapshot(cli, stored):
    """A query at a snapshot does not see what was stored later."""
    name = cli("snapshot", "before").out.strip()
    assert name.startswith("snapshot-")
    cli("reproduce", stored.ids["microstructure"])
    count = "SELECT count(*) AS n FROM verifications"
    assert cli("query", "--json", count).data == [{"n": 1}]
    assert cli("query", "--json", "--at", name[:20], count).data == [{"n": 0}]


def test_snapshot_as_json(cli, stored):
    """The answer names the id and the name given."""
    data = cli("snapshot", "--json", "before").data
    assert data["name"] == "before"
    assert data["id"].startswith("snapshot-")


@pytest.mark.parametrize("kind", ["design", "discharge", "kpi", "transport", "infinite", "microstructure", "run"])
def test_show_any_record(cli, stored, kind):
    """A record is found by its short id, and shown with its whole id."""
    name = stored.ids[kind]
    answer = cli("show", name[: name.index("-") + 9])
    assert answer.code == 0
    assert name in answer.out
    data = cli("show", "--json", name).data
    assert data["id"] == name
    assert data["record"]["kind"] == name.partition("-")[0]


def test_show_draws_in_the_terminal(cli, stored):
    """A microstructure is a slice with its volume fractions, a discharge a curve."""
    assert "active_material 0." in cli("show", stored.ids["microstructure"]).out
    assert "•" in cli("show", stored.ids["discharge"]).out


@pytest.mark.parametrize("kind", ["microstructure", "discharge"])
def test_show_draws_a_png(cli, stored, tmp_path, kind):
    """`--png` writes a picture."""
    assert cli("show", stored.ids[kind], "--png", tmp_path / "x.png").code == 0
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_lineage_both_ways(cli, stored):
    """The recipe is above the microstructure, and the microstructure below the recipe."""
    recipe, made = stored.ids["recipe"], stored.ids["microstructure"]
    up = cli("lineage", made, "--up").out
    assert recipe[:19] in up
    assert "made of" in up
    assert "became" not in up
    down = cli("lineage", recipe, "--down").out
    assert made[:27] in down
    data = cli("lineage", made, "--json").data
    assert {(e["child"], e["parent"], e["role"]) for e in data["edges"]} == {
        (made, recipe, "recipe"),
        (made, stored.ids["materials"], "materials"),
    }


def test_reproduce_a_computed_artifact(cli, stored):
    """The verdict is printed, and the exit code says that it is good."""
    answer = cli("reproduce", stored.ids["microstructure"])
    assert (answer.code, answer.out) == (0, f"bitwise equal: {stored.ids['microstructure']}\n")


def test_reproduce_what_was_given(cli, stored):
    """What was given is verified, not computed."""
    data = cli("reproduce", "--json", stored.ids["kpi"]).data
    assert data["verdict"].startswith("given")


def test_why(cli, stored):
    """The reasons are told, the past before the present."""
    data = cli("why", "--json", stored.ids["microstructure"]).data
    assert [reason["code"] for reason in data["reasons"]] == ["FIRST", "REUSABLE"]
    answer = cli("why", stored.ids["microstructure"])
    assert "first run of this stage" in answer.out
    assert f"ragone reproduce {stored.ids['microstructure'][:27]}" in answer.out.splitlines()[-1]
    given = cli("why", "--json", stored.ids["kpi"]).data
    assert given["reasons"][0]["code"] == "GIVEN"
    assert given["advice"].endswith(f"ragone lineage {stored.ids['kpi'][:16]} --down")


def test_why_names_the_run_that_it_compares_with(cli, stored):
    """The run, its moment and what both share stand before the present; a run's own advice is about its output."""
    ids = stored.ids
    with Lake.open(stored.place) as lake:
        electrode = {"recipe": ids["recipe"], "materials": ids["materials"]}
        made = lake.run(pack_particles, **electrode, edge_voxels=16, voxel_size_metre=1e-6, seed=2)
        moment = lake.get(ids["run"]).ended
    lines = cli("why", made.run_id).out.splitlines()
    assert lines[1].strip() == "seed changed: 1 -> 2"
    compared = f"compared with {ids['run'][:16]} of {moment:%Y-%m-%d %H:%M} UTC, which shares"
    assert lines[2].strip() == f"{compared} {ids['recipe'][:19]}, {ids['materials'][:22]}"
    assert lines[-1].endswith(f"ragone reproduce {made.id[:27]}")
    data = cli("why", "--json", made.id).data
    assert data["compared_with"]["run_id"] == ids["run"]


def test_every_reason_of_the_present_comes_with_advice():
    """What is said last of an artifact leads on to a command or an installation."""
    present = [Reason.GIVEN, *list(Reason)[list(Reason).index(Reason.FAILED) :]]
    assert set(why.ADVICE) == set(present)


def test_drop_and_bring_back(cli, stored):
    """Dropped data leave a tombstone, `show` says what to do, and `reproduce` does it."""
    made = stored.ids["microstructure"]
    data = cli("drop", made[:24], "--reason", "space", "--json").data
    assert data["dropped"] == [made]
    gone = cli("show", made)
    assert gone.code == 2
    assert "ragone reproduce" in gone.err
    assert cli("fsck").code == 0
    assert cli("reproduce", made).code == 0
    assert cli("show", made).code == 0


def test_fsck_of_a_sound_lake(cli, stored):
    """Nothing wrong: exit code 0 and the counts."""
    answer = cli("fsck")
    assert answer.code == 0
    assert "nothing is wrong" in answer.out
    assert cli("fsck", "--json").data["sound"] is True


def test_fsck_finds_a_flipped_bit(cli, stored):
    """A damaged object is named, with exit code 1."""
    digits = stored.ids["kpi"].partition("-")[2]
    (path,) = stored.place.rglob(f"*{digits}*")
    content = bytearray(path.read_bytes())
    content[content.index(b"energy_density")] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    answer = cli("fsck")
    assert answer.code == 1
    assert digits[:12] in answer.out
    assert len(cli("fsck", "--json").data["problems"]) >= 1
    shown = cli("show", stored.ids["kpi"])
    assert shown.code == 2
    assert digits[:12] in shown.err


def test_rebuild_restores_the_tables(cli, stored):
    """The tables are made again with the same rows."""
    before = cli("query", "--json", "SELECT id FROM artifacts ORDER BY id").data
    answer = cli("rebuild", "--json")
    assert answer.data["kpis"] == 4
    assert cli("query", "--json", "SELECT id FROM artifacts ORDER BY id").data == before
    assert "kpis" in cli("rebuild").out


def test_lake_may_be_named(cli, stored, monkeypatch):
    """`--lake` wins over RAGONE_LAKE, which wins over ./lake."""
    count = ("query", "--json", "SELECT count(*) AS n FROM kpis")
    monkeypatch.setenv("RAGONE_LAKE", "nowhere")
    assert cli(*count).code == 2
    assert cli(*count, "--lake", stored.place).data == [{"n": 4}]
    monkeypatch.setenv("RAGONE_LAKE", str(stored.place))
    assert cli(*count).data == [{"n": 4}]


def test_quiet_means_quiet(cli, stored):
    """With --quiet standard error stays empty where nothing is wrong."""
    for words in (["query", "SELECT 1"], ["snapshot"], ["why", stored.ids["kpi"]], ["fsck"], ["rebuild"]):
        answer = cli(*words, "--quiet")
        assert (answer.code, answer.err) == (0, "")
        assert answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(cli, command):
    """Every command explains itself, with the options that all share."""
    answer = cli(*command.split(), "--help")
    assert answer.code == 0
    assert all(option in answer.out for option in ("--lake", "--json", "--quiet"))
