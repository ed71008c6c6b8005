"""From objects and runs to table rows: what the tables should hold, and bringing them up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import rfc8785

from ragone.dataset.errors import CorruptObjectError, DamagedTableError
from ragone.dataset.files import Files
from ragone.dataset.objects import Objects
from ragone.dataset.recipes import Recipes
from ragone.dataset.runs import Committed, RunLog
from ragone.dataset.steps import Step, reached
from ragone.dataset.tables import ARTIFACTS, LINEAGE, RUNS, Row, Tables, column_names, is_column, table_name
from ragone.dataset.tombstones import Tombstones
from ragone.schemas.field import FieldSpec
from ragone.schemas.record import Record

_BATCH = 5_000  # runs per table version when many are indexed at once


def row_of(record: Record, artifact_id: str, size: int, version: int) -> Row:
    """Return what the tables hold of a record: its columns, and what the artifacts table needs."""
    columns: Row = {}
    for spec in filter(is_column, record.fields().values()):
        value = getattr(record, spec.name)
        cells = [_cell(value, spec)] if spec.length is None else value.tolist()
        columns |= zip(column_names(spec), cells, strict=True)
    return {"id": artifact_id, "kind": record.kind, "schema_version": version, "bytes": size, "columns": columns}


def artifact_row(row: Row) -> Row:
    """The part of it that the table of all artifacts shows."""
    return {name: value for name, value in row.items() if name != "columns"}


class Index:
    """Keeps the tables of a lake in step with its runs."""

    def __init__(
        self, files: Files, objects: Objects, runs: RunLog, recipes: Recipes, tables: Tables, tombstones: Tombstones
    ) -> None:
        self._files = files
        self._recipes = recipes
        self._objects = objects
        self._runs = runs
        self._tables = tables
        self._tombstones = tombstones
        self._pending: list[Committed] = []
        self._rows: dict[str, Row] = {}
        self._stamp: Any = None
        self.passed_over: set[str] = set()  # keys of runs and ids of artifacts that could not be read when last met

    def expect(self, committed: Iterable[Committed], rows: dict[str, Row]) -> int:
        """Remember runs that were just committed, with the rows of their outputs; returns how many wait."""
        self._pending += committed
        self._rows |= rows
        return len(self._pending)

    def maker(self, artifact_id: str) -> Committed | None:
        """The first run that made an artifact among those that wait to be indexed."""
        return next((item for item in self._pending if artifact_id in item.made()), None)

    def flush(self) -> None:
        """Index what this process committed."""
        if self._pending:
            self._on_sound_tables(lambda: self._write(self._pending))
            self._pending, self._rows = [], {}

    def catch_up(self, *, thorough: bool = False) -> None:
        """Index what other processes committed, or a crash left behind; rebuild the tables if they are not sound.

        Unless thorough, nothing is done while the newest folder of runs has not changed.
        """
        self.flush()
        stamp = self._files.stamp("runs")
        if not thorough and stamp is not None and stamp == self._stamp:
            return
        self._on_sound_tables(self._add_unknown)
        self._stamp = stamp

    def renew(self, rows: Iterable[Row]) -> None:
        """Show again what is in artifacts that were dropped and are back."""
        self.flush()
        with self._tables.lock():
            self._tables.renew(rows)

    def rebuild(self) -> None:
        """Make every table again from objects and runs."""
        with self._tables.lock():
            self._fill(self._runs.files(), anew=True)
        self._pending, self._rows = [], {}

    def expected(self, committed: Iterable[Committed]) -> dict[str, list[Row]]:
        """The rows that these runs call for, by table. Artifacts that cannot be read have none."""
        tables: dict[str, list[Row]] = defaultdict(list)
        for item in committed:
            tables[RUNS].append(run_row(item))
            tables[LINEAGE] += edges(item)
            for artifact_id in dict.fromkeys(item.made()):
                row = self._row(artifact_id)
                if row is not None:
                    made = {"id": artifact_id, "run_id": item.run_id, "created": item.run.ended}
                    tables[ARTIFACTS].append(artifact_row(row) | made)
                    tables[table_name(row["kind"])].append(row["columns"] | made)
        return tables

    def _on_sound_tables(self, work: Callable[[], None]) -> None:
        """Do the work, or make the tables anew if they are not sound or prove damaged."""
        with self._tables.lock():
            reached(Step.INDEX_LOCKED)
            try:
                if self._tables.sound():
                    work()
                    return
            except DamagedTableError:
                pass  # whatever is wrong with them, objects and runs are the truth
            self._fill(self._runs.files(), anew=True)

    def _add_unknown(self) -> None:
        known = self._tables.read(RUNS, columns=["file"])["file"].to_pylist()
        self._fill(sorted(set(self._runs.files()) - set(known)), anew=False)

    def _fill(self, keys: list[str], *, anew: bool) -> None:
        if anew:
            self._tables.create()
        waiting: list[Committed] = []
        for key in keys:
            try:
                waiting += self._runs.read(key)
            except CorruptObjectError:
                self.passed_over.add(key)  # fsck names it
                continue
            if len(waiting) >= _BATCH:
                self._take_up(waiting)
                waiting = []
        self._take_up(waiting)

    def _take_up(self, committed: list[Committed]) -> None:
        """Index runs whose writer may have been stopped before it noted their recipes."""
        for item in committed:
            self._recipes.supply(item)
        self._write(committed)

    def _write(self, committed: list[Committed]) -> None:
        if committed:
            self._tables.write(self.expected(committed))

    def _row(self, artifact_id: str) -> Row | None:
        if artifact_id in self._rows:
            return self._rows[artifact_id]
        if table_name(artifact_id.partition("-")[0]) not in self._tables.of_kinds:
            return None  # a kind that a newer Ragone knows, or a run
        try:
            record, version = self._objects.get_with_version(artifact_id)
        except (FileNotFoundError, NotADirectoryError):
            return self._tombstones.row(artifact_id)
        except CorruptObjectError:
            self.passed_over.add(artifact_id)
            return None
        row = row_of(record, artifact_id, self._objects.size(artifact_id) or 0, version)
        if artifact_id.startswith(("code-", "environment-")):  # named by many runs
            self._rows[artifact_id] = row
        return row


def run_row(item: Committed) -> Row:
    """Return the row of a run in the table of runs."""
    run = item.run
    row = {name: getattr(run, name) for name in run.fields()}
    row |= {name: list(value) for name, value in row.items() if isinstance(value, tuple)}
    return row | {
        "id": item.run_id,
        "outcome": str(run.outcome),
        "parameters": _json(run.parameters),
        "file": item.key,
        "row": item.row,
    }


def edges(item: Committed) -> list[Row]:
    """Return the edges of a run; what came out as it went in (the mean of one, say) does not descend from itself."""
    run = item.run
    return [
        {"child_id": child, "parent_id": parent, "run_id": item.run_id, "role": role, "stage": run.stage}
        | {"informed": role in run.informed_roles}
        for child in run.output_ids
        for role, parent in run.inputs()
        if parent != child
    ]


def _cell(value: Any, spec: FieldSpec) -> Any:
    """A field's value as a table cell."""
    if spec.shape == "document":
        return _json(value)
    return str(value) if isinstance(value, StrEnum) else value


def _json(document: Any) -> str:
    return rfc8785.dumps(document).decode()
