"""What fsck finds in a lake whose files are whole but do not agree, and that it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import lake_stages as stages

from ragone.dataset import Lake
from ragone.dataset.fsck import Kind
from ragone.dataset.hashing import merkle_root
from ragone.schemas import Run, RunOutcome, Snapshot

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def kinds(lake: Lake) -> list[Kind]:
    """The kinds of problem that are found."""
    return [problem.kind for problem in lake.fsck().problems]


def test_sound_lake(any_lake, design):
    """A lake that was only worked with is sound; what was checked is counted; nothing is touched."""
    made = any_lake.run(stages.grow, design=any_lake.put(design()), seed=1)
    any_lake.run(stages.fragile, design=any_lake.put(design(0.6)))
    any_lake.drop([made.id], reason="space")
    any_lake.snapshot()
    any_lake.sql("SELECT 1")
    report = any_lake.fsck()
    assert report.sound
    assert report.problems == ()
    assert report.counts["runs"] == 6
    assert report.counts["objects"] == 7  # two designs, two codes, environment, tombstone, snapshot
    assert report.counts["uncommitted"] == 0
    assert report.counts["recipe_pointers"] == 5


def test_nothing_is_changed(lake, design, folder):
    """Checking writes nothing, also where something is wrong."""
    given = lake.put(design())
    lake.sql("SELECT 1")
    next((folder / "objects" / "design").rglob("*.arrow")).write_bytes(b"")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert Kind.MISSING in kinds(lake)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert given in str(lake.fsck().problems)


def test_a_row_of_a_kind_without_records(lake, design):
    """A table that should be empty and is not is named."""
    lake.put(design())
    lake.sql("SELECT 1")
    stray = {"id": "kpi-" + "0" * 64, "run_id": "run-" + "0" * 64, "created": NOW}
    tables = lake._store.tables
    tables.write({"kpis": [dict.fromkeys(tables.schemas["kpis"].names) | stray]})
    assert [(one.kind, one.where) for one in lake.fsck().problems] == [(Kind.TABLE, "kpis")]


def test_snapshots(lake, design):
    """A snapshot whose root is not that of its ids, or that names what never was, is told."""
    given = lake.put(design())
    never = "kpi-" + "0" * 64
    table_versions = {"runs": 1}
    lake.put(Snapshot(artifact_ids=(given,), merkle_root="0" * 64, table_versions=table_versions, taken=NOW))
    assert kinds(lake) == [Kind.SNAPSHOT]
    lake.put(
        Snapshot(artifact_ids=(never,), merkle_root=merkle_root([never]), table_versions=table_versions, taken=NOW)
    )
    assert kinds(lake) == [Kind.SNAPSHOT, Kind.SNAPSHOT]
    assert never in str(lake.fsck().problems)


def test_dropped_artifacts_of_a_snapshot(lake, design):
    """What was dropped after a snapshot is explained by its tombstone."""
    made = lake.run(stages.denser, design=lake.put(design()))
    lake.snapshot()
    lake.drop([made.id], reason="space")
    assert kinds(lake) == []


def test_recipe_pointers(lake, design, folder):
    """A pointer that is gone, leads elsewhere, or has no run is told; rebuild makes it again."""
    lake.put(design(0.2))
    lake.put(design(0.3))
    one, other = sorted(path for path in (folder / "recipes").rglob("*") if path.is_file())
    one.write_bytes(other.read_bytes())
    assert kinds(lake) == [Kind.RECIPE]
    one.unlink()
    assert kinds(lake) == [Kind.RECIPE]
    (folder / "recipes" / "00").mkdir(exist_ok=True)
    (folder / "recipes" / "00" / ("0" * 64)).write_bytes(other.read_bytes())
    assert kinds(lake) == [Kind.RECIPE, Kind.RECIPE]


def test_a_wrong_pointer_answers_nothing(folder, design):
    """A pointer to another recipe's run is found out, and the stage is executed."""
    with Lake.open(folder, create=True) as lake:
        given = lake.put(design())
        made = [lake.run(stages.denser, design=given, by=by) for by in (0.1, 0.2)]
        recipes = [lake.get(m.run_id).recipe_id for m in made]
    one, other = (folder / "recipes" / recipe[:2] / recipe for recipe in recipes)
    one.write_bytes(other.read_bytes())
    with Lake.open(folder) as later:
        again = later.run(stages.denser, design=given, by=0.1)
        assert (again.reused, again.id) == (False, made[0].id)


def test_an_input_that_never_was(lake, design):
    """A run that names an artifact which is nowhere is told, once."""
    never = "design-" + "0" * 64
    commit(lake, [never], ["design-" + "1" * 64], NOW)
    commit(lake, [never], ["design-" + "2" * 64], NOW)
    found = [problem for problem in lake.fsck().problems if problem.where == never]
    assert [problem.kind for problem in found] == [Kind.MISSING]


def test_circles(lake, design):
    """Artifacts that descend from themselves are told."""
    one, other = lake.put(design(0.2)), lake.put(design(0.3))
    assert kinds(lake) == []
    early = NOW - timedelta(days=9)
    commit(lake, [one], [other], early)
    assert kinds(lake).count(Kind.CYCLE) == 0
    commit(lake, [other], [one], early)
    assert kinds(lake).count(Kind.CYCLE) == 1


def test_stale_temporary_files(lake, folder):
    """What a process that is gone was writing is swept on opening; a living one's is left alone."""
    gone, living = folder / "tmp" / "4194304-00ff", folder / "tmp" / "1-00ff"
    foreign = folder / "tmp" / "my-notes"
    for path in (gone, living, foreign):
        path.parent.mkdir(exist_ok=True)
        path.write_text("half")
    Lake.open(folder)
    assert [path.exists() for path in (gone, living, foreign)] == [False, True, True]
    assert kinds(lake) == []


def commit(lake: Lake, inputs: list[str], outputs: list[str], ended: datetime) -> None:
    """A run such as no stage makes."""
    run = Run(
        stage="forged",
        entry_point="",
        recipe_id="f" * 64,
        code_id="",
        environment_id="",
        parameters={},
        input_roles=tuple("i" for _ in inputs),
        input_ids=tuple(inputs),
        output_roles=tuple("o" for _ in outputs),
        output_ids=tuple(outputs),
        outcome=RunOutcome.COMPLETED,
        started=ended,
        ended=ended,
    )
    lake._store.commit(run)
