"""The answer of a query as text, part by part: JSON, CSV, or columns between tabs.

JSON keeps every character. In CSV, which spreadsheets open, and between tabs a cell is one line of characters to be
seen; in CSV a text that a spreadsheet would compute (it begins with ``=``, ``+``, ``-`` or ``@``) begins with ``'``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ragone.app.tables.answers import plain
from ragone.app.terminal.printable import one_line

if TYPE_CHECKING:
    import polars as pl

_ROWS = 10_000  # in a part
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def text_parts(frame: pl.DataFrame, way: str) -> Iterator[str]:
    """The text of a frame, in one of `json`, `csv` and `table`."""
    return {"json": _json, "csv": _csv, "table": _tabbed}[way](frame)


def csv_cell(text: str) -> str:
    """A text as a cell that no spreadsheet computes; a number may have its sign."""
    shown = one_line(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) and not _is_number(shown) else shown


def _json(frame: pl.DataFrame) -> Iterator[str]:
    before = "[\n"
    for part in frame.iter_slices(_ROWS):
        yield before + json.dumps(plain(part.to_dicts()), indent=2, allow_nan=False)[2:-2]
        before = ",\n"
    yield "\n]\n" if frame.height else "[]\n"


def _csv(frame: pl.DataFrame) -> Iterator[str]:
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(map(csv_cell, frame.columns))
    yield head.getvalue()
    for part in frame.iter_slices(_ROWS):
        yield part.select(map(_column, part)).write_csv(include_header=False, float_scientific=None)


def _tabbed(frame: pl.DataFrame) -> Iterator[str]:
    yield "\t".join(map(one_line, frame.columns)) + "\n"
    for part in frame.iter_slices(_ROWS):
        yield "".join("\t".join(one_line(str(value)) for value in row) + "\n" for row in part.rows())


def _column(column: pl.Series) -> pl.Series:
    """Numbers and times as they are; whatever else as text."""
    import polars as pl

    if column.dtype.is_numeric() or column.dtype.is_temporal() or column.dtype == pl.Boolean:
        return column
    return pl.Series(column.name, map(_text, column.to_list()), pl.String)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and csv_cell(value)
    return value.hex() if isinstance(value, bytes) else json.dumps(plain(value))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
