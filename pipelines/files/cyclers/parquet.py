"""What does a Parquet file hold? The Battery Data Format's columns, or any that are named as text exports name them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ragone.pipelines.files.cyclers.errors import UnreadableMeasurementError
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.vocabulary import assign, is_battery_data

MOST_ROWS = 5_000_000
_LONGEST_TEXT = 100


def read_parquet(path: Path) -> RawTable:
    """Read the columns needed of a Parquet file.

    Raises
    ------
    UnreadableMeasurementError
        If it is damaged, or has too many rows: a few bytes of a column can stand for millions of equal values.
    MissingColumnsError, AmbiguousSeriesError
        If the columns cannot be assigned.
    """
    try:
        _require_few_rows(path)
        headers = list(pl.read_parquet_schema(path))
        assignment = assign(headers)
        frame = pl.read_parquet(path, columns=assignment.headers)
        frame = frame.with_columns(pl.col(pl.String).str.slice(0, _LONGEST_TEXT))
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        pa.ArrowException,
        OSError,
        UnicodeDecodeError,
    ) as cause:
        reason = str(cause).splitlines()[0][:200] if str(cause) else type(cause).__name__
        raise UnreadableMeasurementError(f"{path} cannot be read as Parquet: {reason}. Copy it again.") from cause
    if len(frame) > MOST_ROWS:
        raise _too_many(path, len(frame))
    nested = [header for header, kind in frame.schema.items() if kind.is_nested()]
    if nested:
        raise UnreadableMeasurementError(
            f"{path}: {nested[0][:60]!r} holds lists or records, not one value for each row."
        )
    form = "Battery Data Format Parquet" if is_battery_data(headers) else "Parquet"
    return RawTable(frame, assignment, form, f"polars {pl.__version__}")


def _require_few_rows(path: Path) -> None:
    with pq.ParquetFile(path) as file:
        rows = max(file.metadata.num_rows, sum(file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)))
    if rows > MOST_ROWS:
        raise _too_many(path, rows)


def _too_many(path: Path, rows: int) -> UnreadableMeasurementError:
    return UnreadableMeasurementError(f"{path} has {rows:,} rows; {MOST_ROWS:,} are read at most. Write fewer.")
