"""How fast is a filter with a group-by over a million KPIs beside DuckDB and polars on a Parquet file of the same rows?

Putting a million KPIs through durable commits would take hours; the rows are written with the lake's own tables
instead. What is measured is `Lake.sql`, as a user calls it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import Line, in_turns, tell, time_at_most
from ragone.dataset import Lake
from ragone.dataset.tables import Tables
from ragone.schemas import KINDS

_ROWS = 1_000_000
_BATCH = 100_000
_NAMES = ("energy", "energy_density", "specific_energy", "capacity", "mean_voltage")
_QUERY = (
    "SELECT name, outcome, count(*) AS n, avg(value) AS mean, max(value) AS top FROM {} WHERE value > 250 GROUP BY ALL"
)
_GOAL = 2.0


def lines() -> list[Line]:
    """The same answer from all three."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Lake.open(folder / "lake", create=True).close()
        tables = Tables(folder / "lake" / "tables", KINDS)
        rows = _rows(tables.schemas["kpis"])
        for start in range(0, _ROWS, _BATCH):
            with tables.lock():
                tables.write({"kpis": rows.slice(start, _BATCH).to_pylist()})
        pq.write_table(rows, folder / "kpis.parquet")
        tell(f"wrote {_ROWS:,} rows")
        return _measured(folder)


def _rows(schema: pa.Schema) -> pa.Table:
    chance = np.random.default_rng(1)
    pick = pa.array(_NAMES).take(pa.array(chance.integers(0, len(_NAMES), _ROWS)))
    columns = {
        "id": pa.array([f"kpi-{number:064x}" for number in range(_ROWS)]),
        "run_id": pa.array([f"run-{number // 5:064x}" for number in range(_ROWS)]),
        "created": pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * _ROWS, schema.field("created").type),
        "name": pick,
        "value": pa.array(chance.random(_ROWS) * 1000),
        "standard_uncertainty": pa.array(chance.random(_ROWS)),
        "sample_count": pa.array(np.full(_ROWS, 3)),
    }
    for field in schema:
        if field.name not in columns:
            filler = "measured" if pa.types.is_string(field.type) else None
            columns[field.name] = pa.array([filler] * _ROWS, field.type)
    return pa.table({field.name: columns[field.name] for field in schema}, schema=schema)


def _measured(folder: Path) -> list[Line]:
    parquet = folder / "kpis.parquet"
    lake = Lake.open(folder / "lake")
    works: dict[str, Callable[[], pl.DataFrame]] = {
        "ours": lambda: lake.sql(_QUERY.format("kpis")),
        "DuckDB": lambda: _with_duckdb(parquet),
        "polars": lambda: _with_polars(parquet),
    }
    answers = [work().sort("name")["n"].to_list() for work in works.values()]
    assert answers[0] == answers[1] == answers[2], "all give the same answer"
    taken = in_turns(works, 15)
    what = f"filter and group-by over {_ROWS:,} KPIs"
    return [time_at_most(what, taken["ours"], taken[peer], f"{peer}, Parquet", _GOAL) for peer in ("DuckDB", "polars")]


def _with_duckdb(parquet: Path) -> pl.DataFrame:
    connection = duckdb.connect()
    frame: pl.DataFrame = connection.sql(_QUERY.format(f"'{parquet}'")).pl()
    connection.close()
    return frame


def _with_polars(parquet: Path) -> pl.DataFrame:
    value = pl.col("value")
    grouped = pl.scan_parquet(parquet).filter(value > 250).group_by("name", "outcome")
    return grouped.agg(pl.len().alias("n"), value.mean().alias("mean"), value.max().alias("top")).collect()
