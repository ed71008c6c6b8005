"""A lake that holds a file of every kind, to be damaged; and ways to read it as it lies, without repair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import lance
import pyarrow as pa
import pytest
from reliability_stages import kpi, scale, scatter

from ragone.dataset import Lake, tables
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.store import Store
from ragone.schemas import KINDS, Record

_ROUNDS = 8
_FRAGMENTS = 4  # instead of many more, so that the tables of this small lake are compacted and get their index
_GIVEN = sorted(KINDS.keys() - {"run", "tombstone", "snapshot", "verification", "code", "environment"})


def furnish(path: Path, example: Callable[..., Record]) -> None:
    """Make the lake: every kind of object, single and batched runs, a failed one, indexed tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_FRAGMENTS", _FRAGMENTS)
        _fill(path, example)


def _fill(path: Path, example: Callable[..., Record]) -> None:
    with Lake.open(path, create=True) as lake, lake.batch():
        for kind in _GIVEN:
            lake.put(example(kind))
    for number in range(_ROUNDS):
        with Lake.open(path) as lake:
            lake.run(scale, of=lake.put(kpi(number)), factor=0.5)
    with Lake.open(path) as lake:
        subject = lake.put(kpi(7))
        lake.run(scale, of=subject, factor=-1.0)
        kept, dropped = (lake.run(scatter, of=subject, edge=edge, seed=1).id for edge in (20, 12))
        lake.reproduce(kept)
        lake.drop([dropped], reason="its metrics are stored")
        lake.snapshot("furnished")
    for table in path.glob("tables/*.lance"):  # leave no old versions, in which damage does no harm
        lance.dataset(table).cleanup_old_versions(older_than=timedelta(0))


def as_it_lies(path: Path) -> Store:
    """The parts of a lake without what `Lake.open` does: nothing is checked, indexed or repaired."""
    return Store(LocalFiles(path), path / "tables", KINDS)


def table_rows(store: Store) -> dict[str, pa.Table]:
    """The rows of every table, in an order of their own."""
    return {name: _ordered(store.tables.dataset(name).to_table()) for name in store.tables.schemas}


def _ordered(table: pa.Table) -> pa.Table:
    names = [n for n in ("id", "child_id", "parent_id", "run_id", "role") if n in table.column_names]
    return table.sort_by([(n, "ascending") for n in names]).combine_chunks()


def files_of(path: Path) -> list[Path]:
    """Every file of a lake that holds something, but for locks."""
    return sorted(p for p in path.rglob("*") if p.is_file() and p.stat().st_size and p.name != ".lock")


def sort_of(path: Path, file: Path) -> str:
    """What kind of file it is: ``objects/kpi``, ``tables/manifest``..."""
    parts = file.relative_to(path).parts
    if parts[0] == "objects":
        return f"objects/{parts[1]}"
    if parts[0] == "tables" and len(parts) > 2:
        return f"tables/{parts[2].strip('_')}"
    return parts[0] if parts[0] != "tables" else f"tables/{parts[1]}"
