"""What happened: runs in immutable files by day. A run's file is the commit point of all that it names.

A file holds the runs that were committed together, a row each, and is named by the hash of its rows; a run's own id
is the hash of its row alone, so that a run has the same id however it was committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from dataset.errors import CorruptObjectError
from dataset.files import Files
from dataset.hashing import table_digest
from dataset.objects import decode, encode
from schemas.errors import RagoneError
from schemas.provenance import Run
from schemas.record import to_arrow


@dataclass(frozen=True, slots=True)
class Committed:
    """A run and where it lies."""

    run_id: str
    run: Run
    key: str
    row: int


class RunLog:
    """The runs of a lake."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.at = lru_cache(maxsize=4096)(self._at)
        self._whole = lru_cache(maxsize=16)(self._table)

    def commit(self, runs: Mapping[str, Run]) -> list[Committed]:
        """Store runs, by their ids, durably: all or none. Everything they name must be durable already."""
        table = to_arrow(list(runs.values()))
        digest = table_digest(table) if len(runs) > 1 else next(iter(runs)).removeprefix("run-")
        day = max(run.ended for run in runs.values())
        key = f"runs/{day:%Y/%m/%d}/{digest}.arrow"
        self._files.write(key, encode(table))
        return [Committed(run_id, run, key, row) for row, (run_id, run) in enumerate(runs.items())]

    def read(self, key: str) -> list[Committed]:
        """The runs of one file, verified against its name.

        Raises
        ------
        CorruptObjectError
            If the file is damaged or was swapped.
        """
        table = self._table(key)
        return [_committed(table, key, row) for row in range(table.num_rows)]

    def _table(self, key: str) -> pa.Table:
        """The rows of one file, verified against its name."""
        table = decode(self._files.read(key), key)
        try:
            digest = table_digest(table)
        except (RagoneError, ValueError, KeyError) as cause:
            raise CorruptObjectError(f"{key} holds no runs ({cause}); restore it from a copy.") from cause
        if not key.endswith(f"/{digest}.arrow") or (table.schema.metadata or {}).get(b"kind") != b"run":
            raise CorruptObjectError(f"{key} holds runs whose hash is {digest[:12]}...; restore it from a copy.")
        return table

    def _at(self, key: str, row: int) -> Committed:
        """One run of a file, from memory if it was read lately: files never change."""
        table = self._whole(key)
        if not 0 <= row < table.num_rows:
            raise IndexError(f"{key} holds {table.num_rows} runs; there is no row {row}.")
        return _committed(table, key, row)

    def files(self) -> list[str]:
        """The files of all runs, oldest day first."""
        return self._files.keys("runs")

    def all(self) -> Iterator[Committed]:
        """Every run, oldest day first."""
        for key in self.files():
            yield from self.read(key)


def _committed(table: pa.Table, key: str, row: int) -> Committed:
    """The run in one row of a verified file; if it is the only one, the file is named for it."""
    try:
        only = table.num_rows == 1
        digest = key.rpartition("/")[2].removesuffix(".arrow") if only else table_digest(table.slice(row, 1))
        return Committed(f"run-{digest}", Run.from_arrow(table, row), key, row)
    except (RagoneError, ValueError, KeyError) as cause:
        raise CorruptObjectError(f"{key} holds no runs ({cause}); restore it from a copy.") from cause
