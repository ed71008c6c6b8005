"""What happened: runs in immutable files by day. A run's file is the commit point of all that it names.

A file holds the runs that were committed together, a row each, and is named by the hash of its rows; a run's own id
is the hash of its row alone, so that a run has the same id however it was committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from ragone.dataset.arrow_files import decode, encode
from ragone.dataset.errors import CorruptObjectError, NewerRecordError, UnsafeFileError
from ragone.dataset.files import Files
from ragone.dataset.keys import is_digest, is_run_key, is_stored_id
from ragone.schemas.content_hash import table_digest
from ragone.schemas.errors import SchemaVersionError
from ragone.schemas.provenance import Run
from ragone.schemas.record import to_arrow


@dataclass(frozen=True, slots=True)
class Committed:
    """A run and where it lies."""

    run_id: str
    run: Run
    key: str
    row: int

    def made(self) -> list[str]:
        """The artifacts that became known by this run: its outputs, its code and its environment."""
        return [i for i in (*self.run.output_ids, self.run.code_id, self.run.environment_id) if i]

    def named(self) -> list[str]:
        """Every artifact and run that it names."""
        return [*self.run.input_ids, *self.made()]


class RunLog:
    """The runs of a lake."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.at = lru_cache(maxsize=4096)(self._at)
        self._whole = lru_cache(maxsize=4)(self._table)

    def commit(self, runs: Mapping[str, Run]) -> list[Committed]:
        """Store runs, by their ids, durably: all or none. Everything they name must be durable already."""
        table = to_arrow(list(runs.values()))
        digest = table_digest(table) if len(runs) > 1 else next(iter(runs)).removeprefix("run-")
        day = max(run.ended for run in runs.values())
        key = f"runs/{day:%Y/%m/%d}/{digest}.arrow"
        self._files.write(key, encode(table))
        return [Committed(run_id, run, key, row) for row, (run_id, run) in enumerate(runs.items())]

    def take_over(self, rows: Iterable[pa.Table]) -> None:
        """Store runs as another lake holds them, a row each, in their order: those of one schema version together."""
        by_version: dict[bytes, list[pa.Table]] = {}
        for row in rows:
            by_version.setdefault(row.schema.metadata[b"schema_version"], []).append(row)
        for version in sorted(by_version, key=int):
            table = pa.concat_tables(by_version[version]).combine_chunks()
            day = max(table["ended"].to_pylist())
            self._files.write(f"runs/{day:%Y/%m/%d}/{table_digest(table)}.arrow", encode(table))

    def read(self, key: str) -> list[Committed]:
        """The runs of one file, verified against its name.

        Raises
        ------
        CorruptObjectError
            If the file cannot be read, whatever the reason; NewerRecordError if a newer Ragone wrote it.
        """
        table = self._table(key)
        return [_committed(table, key, row) for row in range(table.num_rows)]

    def readable(self) -> Iterator[tuple[str, list[Committed] | CorruptObjectError]]:
        """Each file with its runs, or with what is wrong with it; oldest day first."""
        for key in self.files():
            try:
                yield key, self.read(key)
            except CorruptObjectError as cause:
                yield key, cause

    def _table(self, key: str) -> pa.Table:
        """The rows of one file, verified against its name."""
        if not is_run_key(key):
            raise CorruptObjectError(f"{key!a} is not named as a file of runs is. Move it out of the lake.")
        try:
            data = self._files.read(key)
        except (UnsafeFileError, FileNotFoundError) as cause:
            raise CorruptObjectError(f"{key} cannot be read: {cause}") from cause
        table = decode(data, key)
        try:
            digest = table_digest(table)
            same = key.endswith(f"/{digest}.arrow") and (table.schema.metadata or {}).get(b"kind") == b"run"
        except Exception as cause:
            raise CorruptObjectError(f"{key} holds no runs ({cause}); restore it from a copy.") from cause
        if not same:
            raise CorruptObjectError(f"{key} holds runs whose hash is {digest[:12]}...; restore it from a copy.")
        return table

    def _at(self, key: str, row: int) -> Committed:
        """One run of a file, from memory if it was read lately: files never change."""
        table = self._whole(key)
        if not 0 <= row < table.num_rows:
            raise IndexError(f"{key} holds {table.num_rows} runs; there is no row {row}.")
        return _committed(table, key, row)

    def row(self, key: str, row: int) -> pa.Table:
        """One run of a file in the schema version that it was written in; encoded, always the same bytes."""
        one = self._whole(key).slice(row, 1)
        return pa.table([pa.array(column.to_pylist(), column.type) for column in one.columns], schema=one.schema)

    def files(self) -> list[str]:
        """The files of all runs, oldest day first."""
        return self._files.keys("runs")

    def all(self) -> Iterator[Committed]:
        """Every run that can be read, oldest day first."""
        for _, found in self.readable():
            if not isinstance(found, CorruptObjectError):
                yield from found


def _committed(table: pa.Table, key: str, row: int) -> Committed:
    """The run in one row of a verified file; if it is the only one, the file is named for it."""
    try:
        only = table.num_rows == 1
        digest = key.rpartition("/")[2].removesuffix(".arrow") if only else table_digest(table.slice(row, 1))
        run = Run.from_arrow(table, row)
    except SchemaVersionError as cause:
        raise NewerRecordError(f"{key}: {cause}") from cause
    except Exception as cause:
        raise CorruptObjectError(f"{key} holds no runs ({cause}); restore it from a copy.") from cause
    wrong = _malformed(run)
    if wrong:
        raise CorruptObjectError(f"{key} holds a run whose {wrong}. It was not written by Ragone: move it out.")
    return Committed(f"run-{digest}", run, key, row)


def _malformed(run: Run) -> str:
    """Name what in a run could not become a key of the lake; empty if nothing does."""
    if not is_digest(run.recipe_id):
        return f"recipe is {run.recipe_id[:80]!a}, not a SHA-256 in hex"
    for kind, name in (("code", run.code_id), ("environment", run.environment_id)):
        if name and not (is_stored_id(name) and name.startswith(f"{kind}-")):
            return f"{kind} is {name[:80]!a}, not its artifact id"
    for name in (*run.input_ids, *run.output_ids):
        if not is_stored_id(name):
            return f"inputs or outputs name {name[:80]!a}, not an artifact id"
    if len(run.input_roles) != len(run.input_ids) or len(run.output_roles) != len(run.output_ids):
        return "roles and ids differ in number"
    return "" if isinstance(run.parameters, dict) else "parameters are no names with values"
