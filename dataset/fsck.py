"""Is the lake whole? Every invariant checked on every file; nothing is changed, everything wrong is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

import pyarrow as pa
import pyarrow.compute as pc

from dataset.errors import CorruptObjectError, DamagedTableError, LakeError
from dataset.hashing import merkle_root
from dataset.layout import check_page
from dataset.objects import id_of_key
from dataset.recipes import FOLDER as RECIPES
from dataset.recipes import pointer_to
from dataset.runs import Committed
from dataset.store import Store
from dataset.tables import INDEXED, Tables
from schemas.provenance import RunOutcome, Snapshot

_PROBED = 1_000  # values looked up in an index at once


class Kind(StrEnum):
    """What can be wrong with a lake, and what to do."""

    PAGE = "lake.json is damaged; restore it from a copy"
    OBJECT = "the object is damaged; delete its file and reproduce its id, or restore it from a copy"
    RUN = "the run file is damaged; restore it from a copy"
    STRANGER = "no such file belongs in a lake; move it out"
    MISSING = "a run names an artifact that is not there; reproduce it, or restore it from a copy"
    CYCLE = "an artifact descends from itself"
    SNAPSHOT = "the snapshot's root does not match its ids, or it names what never was"
    RECIPE = "the recipe pointer is wrong or missing; ragone rebuild"
    TABLE = "the table does not hold what objects and runs say; ragone rebuild"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what was found."""

    kind: Kind
    where: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found} - {self.kind}"


@dataclass(frozen=True)
class FsckReport:
    """What was checked, and what is wrong.

    `counts` holds how many objects, runs, tables, rows and pointers were checked; `uncommitted` objects were left by a
    write that never finished and belong to no run: they do no harm.
    """

    problems: tuple[Problem, ...]
    counts: dict[str, int]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def fsck(store: Store) -> FsckReport:
    """Check a lake; see `Lake.fsck`."""
    problems: list[Problem] = []
    try:
        check_page(store.files, "the lake")
    except LakeError as cause:
        problems.append(Problem(Kind.PAGE, "lake.json", str(cause)))
    held = _objects(store, problems)
    committed = _runs(store, problems)
    named = {i for item in committed for i in _named(item)}
    problems += _missing(store, committed, held)
    problems += _cycles(committed)
    problems += _snapshots(store, held, {item.run_id for item in committed})
    pointers = _pointers(store, committed, problems)
    rows = _tables(store, committed, problems)
    counts = {"objects": len(held), "runs": len(committed), "uncommitted": len(held - named)}
    return FsckReport(tuple(problems), {**counts, "recipe_pointers": pointers, **rows})


def _objects(store: Store, problems: list[Problem]) -> set[str]:
    """The objects that are whole."""
    held = set()
    for key in store.files.keys("objects"):
        try:
            name = id_of_key(key)
        except CorruptObjectError as cause:
            problems.append(Problem(Kind.STRANGER, key, str(cause)))
            continue
        try:
            store.objects.get(name)
            held.add(name)
        except (LakeError, ValueError, KeyError, TypeError) as cause:
            problems.append(Problem(Kind.OBJECT, key, str(cause)))
    return held


def _runs(store: Store, problems: list[Problem]) -> list[Committed]:
    committed = []
    for key in store.runs.files():
        try:
            committed += store.runs.read(key)
        except (LakeError, ValueError, KeyError, TypeError) as cause:
            problems.append(Problem(Kind.RUN, key, str(cause)))
    return committed


def _named(item: Committed) -> list[str]:
    run = item.run
    return [i for i in (*run.input_ids, *run.output_ids, run.code_id, run.environment_id) if i]


def _missing(store: Store, committed: list[Committed], held: set[str]) -> Iterator[Problem]:
    """Artifacts that a run names, and no object or tombstone accounts for."""
    told: set[str] = set()
    for item in committed:
        for name in _named(item):
            absent = name not in held and name not in told
            if absent and not name.startswith("run-") and not store.dropped(name):
                told.add(name)
                found = "damaged" if store.objects.holds(name) else "missing"
                yield Problem(Kind.MISSING, name, f"{found}, named by {item.run_id}")


def _cycles(committed: list[Committed]) -> Iterator[Problem]:
    """Runs form no circle, taking of each artifact the run that made it first."""
    first: dict[str, Committed] = {}
    for item in sorted(committed, key=lambda c: (c.run.ended, c.run_id)):
        for name in item.run.output_ids:
            first.setdefault(name, item)
    made = {i.run_id for i in first.values()}
    graph = {
        i.run_id: {first[n].run_id for n in i.run.input_ids if n in first and first[n].run_id != i.run_id}
        for i in committed
        if i.run_id in made
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cause:
        yield Problem(Kind.CYCLE, str(cause.args[1][0]), " <- ".join(map(str, cause.args[1])))


def _snapshots(store: Store, held: set[str], runs: set[str]) -> Iterator[Problem]:
    for name in sorted(n for n in held if n.startswith("snapshot-")):
        snapshot = store.objects.get(name)
        assert isinstance(snapshot, Snapshot)
        if merkle_root(snapshot.artifact_ids) != snapshot.merkle_root:
            yield Problem(Kind.SNAPSHOT, name, "its root is not that of its ids")
        gone = [i for i in snapshot.artifact_ids if i not in held and i not in runs and not store.dropped(i)]
        if gone:
            yield Problem(Kind.SNAPSHOT, name, f"{len(gone)} of its ids are missing, {gone[0]} among them")


def _pointers(store: Store, committed: list[Committed], problems: list[Problem]) -> int:
    """Every answered recipe has a pointer to a run that carries it, and there are no others."""
    answers: dict[str, set[bytes]] = defaultdict(set)
    for item in committed:
        if item.run.outcome is RunOutcome.COMPLETED:
            answers[item.run.recipe_id].add(pointer_to(item))
    keys = store.files.keys(RECIPES)
    problems += [
        Problem(Kind.RECIPE, key, "it leads to no run with this recipe")
        for key in keys
        if store.files.read(key) not in answers.get(key.rpartition("/")[2], ())
    ]
    lost = sorted(answers.keys() - {key.rpartition("/")[2] for key in keys})
    problems += [Problem(Kind.RECIPE, recipe, "it has no pointer") for recipe in lost]
    return len(keys)


def _tables(store: Store, committed: list[Committed], problems: list[Problem]) -> dict[str, int]:
    """The rows of every table against those that objects and runs call for."""
    tables = store.tables
    if not tables.sound():
        problems.append(Problem(Kind.TABLE, "tables/state.json", "the tables are not those last written"))
    expected = store.index.expected(committed)
    total = 0
    for name in tables.schemas:
        wanted = tables.unique(name, expected.get(name, []))
        try:
            found = _difference(tables.read(name), wanted) or _index_difference(tables, name, wanted)
        except DamagedTableError as cause:
            found = str(cause)
        if found:
            problems.append(Problem(Kind.TABLE, name, found))
        total += wanted.num_rows
    return {"tables": len(tables.schemas), "rows": total}


def _difference(actual: pa.Table, wanted: pa.Table) -> str:
    if actual.num_rows != wanted.num_rows:
        return f"{actual.num_rows} rows, {wanted.num_rows} expected{_first_unpaired(actual, wanted)}"
    return "" if _sorted(actual).equals(_sorted(wanted)) else "other values"


def _first_unpaired(actual: pa.Table, wanted: pa.Table) -> str:
    """The first file, or else id, that only one of them holds: nothing else names a lost file of runs for certain."""
    column = next((n for n in ("file", "id") if n in actual.column_names), None)
    unpaired = set() if column is None else set(actual[column].to_pylist()) ^ set(wanted[column].to_pylist())
    return f"; {min(unpaired)} is in one of them only" if unpaired else ""


def _index_difference(tables: Tables, name: str, wanted: pa.Table) -> str:
    """Whether the indexes lead from each value to its rows: a query by id goes through them."""
    altered = tables.altered(name)
    if altered:
        return f"its index file {altered[0]} is not as it was made"
    for column in INDEXED.get(name, ()):
        values = wanted[column].unique()
        for start in range(0, len(values), _PROBED):
            some = values.slice(start, _PROBED)
            listed = ", ".join(f"'{value}'" for value in some.to_pylist())
            found = tables.read(name, where=f"{column} IN ({listed})")
            if _difference(found, wanted.filter(pc.is_in(wanted[column], some))):
                return f"its index on {column} leads astray"
    return ""


def _sorted(table: pa.Table) -> pa.Table:
    names = [n for n in ("id", "child_id", "parent_id", "run_id", "role") if n in table.column_names]
    return table.sort_by([(n, "ascending") for n in names]).combine_chunks()
