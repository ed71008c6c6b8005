"""What does an Excel export hold? The sheets of a workbook whose first lines name time, voltage and current.

Arbin writes a sheet for each channel (``Channel_1_1``) and splits long tests over several. Needs the reader
`fastexcel`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from ragone.pipelines.files.cyclers.errors import (
    AmbiguousSeriesError,
    MissingColumnsError,
    ReaderMissingError,
    UnreadableMeasurementError,
)
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.trial import require_survived
from ragone.pipelines.files.cyclers.vocabulary import REQUIRED, assign, recognised
from ragone.schemas.errors import did_you_mean

_HEAD_LINES = 50
_TRIAL = (
    "import fastexcel; book = fastexcel.read_excel(path); "
    "[book.load_sheet(name, header_row=None, dtypes='string') for name in book.sheet_names]"
)
_Head = tuple[int, list[str]]


def read_workbook(path: Path, *, inside: str = "") -> RawTable:
    """Read one sheet of an .xlsx workbook; `inside` names it, and may be empty where only one holds a series.

    Raises
    ------
    ReaderMissingError
        If `fastexcel` is not installed.
    UnreadableMeasurementError
        If the workbook is damaged.
    MissingColumnsError, AmbiguousSeriesError
        If no sheet holds a series, or several do and none is chosen.
    """
    fastexcel = _reader()
    require_survived(path, _TRIAL, "a workbook")
    try:
        book = fastexcel.read_excel(path)
        heads = {name: head for name in book.sheet_names if (head := _head(book, name))}
        name = _chosen(heads, book.sheet_names, inside, path)
        row, headers = heads[name]
        assignment = assign(headers)
        wanted = [column.position for column in assignment.all]
        frame = book.load_sheet(name, header_row=row, use_columns=wanted, schema_sample_rows=None).to_polars()
        frame.columns = assignment.headers
    except (fastexcel.FastExcelError, pl.exceptions.PanicException) as cause:
        reason = str(cause).splitlines()[0][:200] if str(cause) else type(cause).__name__
        raise UnreadableMeasurementError(f"{path} cannot be read as a workbook: {reason}. Save it again.") from cause
    return RawTable(frame, assignment, "Excel workbook", f"fastexcel {fastexcel.__version__}", name)


def _reader() -> Any:
    try:
        import fastexcel
    except ImportError as cause:
        raise ReaderMissingError(
            "an .xlsx workbook needs the reader fastexcel: pip install fastexcel. Or save the sheet as CSV."
        ) from cause
    return fastexcel


def _head(book: Any, name: str) -> _Head | None:
    """The row of a sheet that names time, voltage and current, and its headers; none if none of the first ones does."""
    top: pl.DataFrame = book.load_sheet(name, header_row=None, n_rows=_HEAD_LINES, dtypes="string").to_polars()
    for number, row in enumerate(top.iter_rows()):
        headers = [str(field or "") for field in row]
        if recognised(headers) == len(REQUIRED):
            return number, headers
    return None


def _chosen(found: dict[str, _Head], sheets: list[str], inside: str, path: Path) -> str:
    if inside in found or (not inside and len(found) == 1):
        return inside or next(iter(found))
    if not found:
        raise MissingColumnsError(f"no sheet of {path} ({', '.join(sheets)}) names time, voltage and current.")
    if not inside:
        raise AmbiguousSeriesError(f"{path} holds {len(found)} series: {', '.join(found)}. Choose one with --path.")
    raise AmbiguousSeriesError(f"{path} holds no series in sheet {inside!r}: {did_you_mean(inside, found)}")
