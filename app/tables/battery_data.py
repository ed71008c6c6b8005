"""Curves written to files in the Battery Data Format, CSV or Parquet as the file's ending says."""

from __future__ import annotations

from pathlib import Path

from ragone.pipelines.files.cyclers import battery_data_table
from ragone.schemas import Curve, RagoneError, Record


class ExportError(RagoneError, ValueError):
    """The record has no samples, or the file's ending names no format."""


def export_battery_data(record: Record, path: str) -> None:
    """Write the samples of a curve; an existing file is replaced.

    Raises
    ------
    ExportError
        If the record is no curve, or the file ends in neither .csv nor .parquet.
    """
    if not isinstance(record, Curve):
        raise ExportError(f"{record.id} is no curve. A discharge, a cycling and a measurement can be written as --bdf.")
    ending = Path(path).suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise ExportError(
            f"the ending of {path} names no format. Write to a file that ends in .bdf.csv or .bdf.parquet."
        )
    table = battery_data_table(record)
    if ending == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path, float_scientific=None)
