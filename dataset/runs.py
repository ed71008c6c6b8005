"""What happened: runs in immutable files by day. A run's file is the commit point of all that it names.

A file holds the runs that were committed together, a row each, and is named by the hash of its rows; a run's own id
is the hash of its row alone, so that a run has the same id however it was committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

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
        self._whole = lru_cache(maxsize=16)(self.read)

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
        table = decode(self._files.read(key), key)
        try:
            digest = table_digest(table)
            if not key.endswith(f"/{digest}.arrow") or (table.schema.metadata or {}).get(b"kind") != b"run":
                raise CorruptObjectError(f"{key} holds runs whose hash is {digest[:12]}...; restore it from a copy.")
            runs = [Run.from_arrow(table, row) for row in range(table.num_rows)]
            ids = (
                [f"run-{table_digest(table.slice(row, 1))}" for row in range(table.num_rows)]
                if len(runs) > 1
                else [f"run-{digest}"]
            )
            return [Committed(*each, key, row) for row, each in enumerate(zip(ids, runs, strict=True))]
        except CorruptObjectError:
            raise
        except (RagoneError, ValueError, KeyError) as cause:
            raise CorruptObjectError(f"{key} holds no runs ({cause}); restore it from a copy.") from cause

    def _at(self, key: str, row: int) -> Committed:
        """One run of a file, from memory if it was read lately: files never change."""
        return self._whole(key)[row]

    def files(self) -> list[str]:
        """The files of all runs, oldest day first."""
        return self._files.keys("runs")

    def all(self) -> Iterator[Committed]:
        """Every run, oldest day first."""
        for key in self.files():
            yield from self.read(key)
