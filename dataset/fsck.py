"""Is the lake whole? Every invariant checked on every file; nothing is changed, everything wrong is named.

Nothing is opened, indexed or trusted first, so that it works on a lake that is damaged or comes from a stranger. Each
object is read once, and the rows of one table at a time are held.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragone.dataset.errors import (
    CorruptObjectError,
    DamagedTableError,
    LakeError,
    NewerRecordError,
    UnknownKindError,
    UnsafeFileError,
)
from ragone.dataset.files import SMALL_FILE
from ragone.dataset.hashing import merkle_root
from ragone.dataset.index import artifact_row, edges, row_of, run_row
from ragone.dataset.keys import is_stored_id, printable
from ragone.dataset.layout import check_page
from ragone.dataset.links import foreign_entries
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.objects import id_of_key
from ragone.dataset.progress import Watcher, unwatched
from ragone.dataset.recipes import FOLDER as RECIPES
from ragone.dataset.recipes import pointer_to
from ragone.dataset.runs import Committed
from ragone.dataset.store import Store
from ragone.dataset.tables import ARTIFACTS, INDEXED, LINEAGE, RUNS, Row, Tables, table_name
from ragone.dataset.unknown_kinds import packages_by_kind
from ragone.schemas.provenance import RunOutcome, Snapshot
from ragone.shown import Shown

_PROBED = 1_000  # values looked up in an index at once


class Kind(StrEnum):
    """A kind of damage to a lake, and what to do about it."""

    PAGE = "lake.json is damaged; restore it from a copy, or ragone rebuild"
    LINK = "a lake holds folders and regular files only; look where it leads, and remove it"
    OBJECT = "the object is damaged; delete its file and reproduce its id, or restore it from a copy"
    NEWER = "a newer Ragone wrote it; it stays invisible until you upgrade"
    UNKNOWN = "no installed package knows its kind; it stays invisible until you install the one that does"
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


@dataclass(frozen=True, repr=False)
class FsckReport(Shown):
    """The parts of a lake that were checked, and the problems found.

    `counts` holds how many objects, runs, tables, rows and pointers were checked; `uncommitted` objects were left by a
    write that never finished and belong to no run: they do no harm.
    """

    problems: tuple[Problem, ...]
    counts: dict[str, int]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def truth_is_sound(self) -> bool:
        """Whether nothing is wrong but with tables and pointers, which opening brings up to date."""
        return all(problem.kind in (Kind.TABLE, Kind.RECIPE) for problem in self.problems)


@dataclass
class _Check:
    """One check of a lake: what was found so far."""

    store: Store
    watcher: Watcher
    problems: list[Problem] = field(default_factory=list)
    committed: list[Committed] = field(default_factory=list)
    first: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # end and id of the run that made it first
    held: set[str] = field(default_factory=set)  # whole objects, and those that a newer Ragone reads
    artifacts: list[Row] = field(default_factory=list)
    rows: int = 0

    def tell(self, kind: Kind, where: str, found: object) -> None:
        """Note a problem; names that are no text are written as escapes."""
        self.problems.append(Problem(kind, printable(where), printable(str(found))))


def fsck(store: Store, watcher: Watcher = unwatched) -> FsckReport:
    """Check a lake; see `Lake.fsck`."""
    check = _Check(store, watcher)
    _page(check)
    sound = _links(check) and _tables_are_ours(check)
    _runs(check)
    _objects(check, compare=sound)
    _missing(check)
    _cycles(check)
    _snapshots(check)
    pointers = _pointers(check)
    named = {name for item in check.committed for name in item.named()}
    counts = {
        "objects": len(check.held),
        "runs": len(check.committed),
        "uncommitted": len(check.held - named),
        "recipe_pointers": pointers,
        "tables": len(store.tables.schemas) if sound else 0,
        "rows": check.rows,
    }
    return FsckReport(tuple(check.problems), counts)


def _page(check: _Check) -> None:
    try:
        check_page(check.store.files, "the lake")
    except LakeError as cause:
        check.tell(Kind.PAGE, "lake.json", cause)


def _links(check: _Check) -> bool:
    """Name what is no regular file; whether the tables hold nothing of the sort and may be looked at."""
    files = check.store.files
    root = files.root if isinstance(files, LocalFiles) else check.store.tables.folder
    safe = not check.store.tables.folder.is_symlink()
    for path, what in foreign_entries(root):
        check.tell(Kind.LINK, path.relative_to(root).as_posix(), what)
        safe &= not path.is_relative_to(check.store.tables.folder)
    return safe


def _tables_are_ours(check: _Check) -> bool:
    sound = check.store.tables.sound()
    if not sound:
        found = "the tables are not those last written here; they are not read, and opening the lake makes them anew"
        check.tell(Kind.TABLE, "tables/state.json", found)
    return sound


def _runs(check: _Check) -> None:
    for key, found in check.store.runs.readable():
        if isinstance(found, CorruptObjectError):
            check.tell(Kind.NEWER if isinstance(found, NewerRecordError) else Kind.RUN, key, found)
            continue
        check.committed += found
        for item in found:
            made = (item.run.ended, item.run_id)
            for name in item.made():
                check.first[name] = min(made, check.first.get(name, made))


def _objects(check: _Check, *, compare: bool) -> None:
    """Read every object once, kind by kind, and hold the tables against what the objects of each kind call for."""
    keys = check.store.files.keys("objects")
    of_kind = defaultdict(list)
    for key in keys:
        of_kind[key.split("/")[1]].append(key)
    gone = defaultdict(list)
    for name in check.first:
        gone[name.partition("-")[0]].append(name)
    done = 0
    for kind in sorted({*of_kind, *gone, *check.store.kinds} - {"run"}):
        rows = []
        for key in of_kind[kind]:
            rows += _object(check, key)
            done += 1
            check.watcher(done, len(keys))
        dropped = [check.store.tombstones.row(name) for name in gone[kind] if name not in check.held]
        rows += [row for row in dropped if row is not None]
        if kind in check.store.kinds:
            _compare_kind(check, kind, rows, compare)
    if compare:
        _compare(check, ARTIFACTS, check.artifacts)
        _compare(check, RUNS, [run_row(item) for item in check.committed])
        _compare(check, LINEAGE, [edge for item in check.committed for edge in edges(item)])


def _object(check: _Check, key: str) -> list[Row]:
    """The row of an object that is whole; what is wrong with one that is not is reported."""
    store = check.store
    try:
        name = id_of_key(key)
    except CorruptObjectError as cause:
        check.tell(Kind.STRANGER, key, cause)
        return []
    try:
        record, version = store.objects.get_with_version(name)
    except UnknownKindError:
        check.held.add(name)
        check.tell(Kind.UNKNOWN, key, _users(check, name.partition("-")[0]))
        return []
    except NewerRecordError as cause:
        check.held.add(name)
        check.tell(Kind.NEWER, key, cause)
        return []
    except (LakeError, OSError) as cause:
        check.tell(Kind.OBJECT, key, cause)
        return []
    check.held.add(name)
    return [row_of(record, name, store.objects.size(name) or 0, version)]


def _users(check: _Check, kind: str) -> str:
    """The packages that made or took records of a kind."""
    packages = packages_by_kind((item.run.entry_point, item.named()) for item in check.committed)[kind]
    return f"stages of {', '.join(sorted(packages))} made or took such records" if packages else "it was given"


def _compare_kind(check: _Check, kind: str, rows: list[Row], compare: bool) -> None:
    """The table of one kind; its rows in the table of all artifacts are kept for later."""
    wanted = []
    for row in rows:
        if row["id"] in check.first:
            created, run_id = check.first[row["id"]]
            made = {"id": row["id"], "run_id": run_id, "created": created}
            check.artifacts.append(artifact_row(row) | made)
            wanted.append(row["columns"] | made)
    if compare:
        _compare(check, table_name(kind), wanted)


def _compare(check: _Check, name: str, rows: list[Row]) -> None:
    tables = check.store.tables
    wanted = tables.unique(name, rows)
    try:
        if not wanted.num_rows and tables.is_empty(name):
            return  # most kinds have no records in most lakes, and Lance takes a millisecond to read nothing
        found = _difference(tables.read(name), wanted) or _index_difference(tables, name, wanted)
    except DamagedTableError as cause:
        found = str(cause)
    if found:
        check.tell(Kind.TABLE, name, found)
    check.rows += wanted.num_rows


def _missing(check: _Check) -> None:
    """Artifacts and runs that a run names, and nothing accounts for."""
    store, reported = check.store, set[str]()
    runs = {item.run_id for item in check.committed}
    for item in check.committed:
        for name in item.named():
            if name in check.held or name in runs or name in reported or _explained(store, name):
                continue
            reported.add(name)
            found = "damaged" if not name.startswith("run-") and store.objects.holds(name) else "missing"
            check.tell(Kind.MISSING, name, f"{found}, named by {item.run_id}")


def _explained(store: Store, name: str) -> bool:
    """Whether a tombstone explains why an artifact is not there."""
    try:
        return is_stored_id(name) and not name.startswith("run-") and store.dropped(name)
    except UnsafeFileError:
        return False


def _cycles(check: _Check) -> None:
    """Runs form no circle, taking of each artifact the run that made it first."""
    makers = {run_id for _, run_id in check.first.values()}
    graph = {
        item.run_id: {
            maker for n in item.run.input_ids if n in check.first and (maker := check.first[n][1]) != item.run_id
        }
        for item in check.committed
        if item.run_id in makers
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cause:
        check.tell(Kind.CYCLE, str(cause.args[1][0]), " <- ".join(map(str, cause.args[1])))


def _snapshots(check: _Check) -> None:
    runs = {item.run_id for item in check.committed}
    for name in sorted(n for n in check.held if n.startswith("snapshot-")):
        try:
            snapshot = check.store.objects.get(name)
        except CorruptObjectError:
            continue  # a newer one
        assert isinstance(snapshot, Snapshot)
        if merkle_root(snapshot.artifact_ids) != snapshot.merkle_root:
            check.tell(Kind.SNAPSHOT, name, "its root is not that of its ids")
        known = check.held | runs
        gone = [i for i in snapshot.artifact_ids if i not in known and not _explained(check.store, i)]
        if gone:
            check.tell(Kind.SNAPSHOT, name, f"{len(gone)} of its ids are missing, {gone[0][:80]} among them")


def _pointers(check: _Check) -> int:
    """Every answered recipe has a pointer to a run that carries it, and there are no others."""
    answers: dict[str, set[bytes]] = defaultdict(set)
    for item in check.committed:
        if item.run.outcome is RunOutcome.COMPLETED:
            answers[item.run.recipe_id].add(pointer_to(item))
    keys = check.store.files.keys(RECIPES)
    for key in keys:
        if _read(check, key) not in answers.get(key.rpartition("/")[2], ()):
            check.tell(Kind.RECIPE, key, "it leads to no run with this recipe")
    for recipe in sorted(answers.keys() - {key.rpartition("/")[2] for key in keys}):
        check.tell(Kind.RECIPE, recipe, "it has no pointer")
    return len(keys)


def _read(check: _Check, key: str) -> bytes | None:
    try:
        return check.store.files.read(key, limit=SMALL_FILE)
    except OSError:
        return None


def _difference(actual: pa.Table, wanted: pa.Table) -> str:
    if actual.num_rows != wanted.num_rows:
        return f"{actual.num_rows} rows, {wanted.num_rows} expected{_first_unpaired(actual, wanted)}"
    return "" if _sorted(actual).equals(_sorted(wanted)) else "other values"


def _first_unpaired(actual: pa.Table, wanted: pa.Table) -> str:
    """The first file, or else id, that only one of them holds: nothing else names a lost file of runs for certain."""
    column = next((n for n in ("file", "id") if n in actual.column_names), None)
    unpaired: set[Any] = set() if column is None else set(actual[column].to_pylist()) ^ set(wanted[column].to_pylist())
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
