"""What does a Parquet file hold? The Battery Data Format's columns, or any that are named as text exports name them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.measurement.errors import UnreadableMeasurementError
from pipelines.measurement.table import RawTable
from pipelines.measurement.vocabulary import assign, is_battery_data


def read_parquet(path: Path) -> RawTable:
    """Read the columns needed of a Parquet file.

    Raises
    ------
    UnreadableMeasurementError
        If it is damaged.
    MissingColumnsError, AmbiguousSeriesError
        If the columns cannot be assigned.
    """
    try:
        headers = list(pl.read_parquet_schema(path))
        assignment = assign(headers)
        frame = pl.read_parquet(path, columns=assignment.headers)
    except (pl.exceptions.PolarsError, OSError) as cause:
        reason = str(cause).splitlines()[0]
        raise UnreadableMeasurementError(f"{path} cannot be read as Parquet: {reason}. Copy it again.") from cause
    form = "Battery Data Format Parquet" if is_battery_data(headers) else "Parquet"
    return RawTable(frame, assignment, form, f"polars {pl.__version__}")
