"""A column as numbers, whether written as numbers, text or clock times. What is no number is refused with its row."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.errors import BadSampleError

_NOTHING = ("", "nan", "na", "n/a", "null", "none", "-", "--")
_HALF_A_DAY = 43200.0
_LONGEST_SHOWN = 60
_CLOCK = r"^(?:(\d+)\s*d?[\s,.]+)?(\d+):(\d{1,2}):(\d{1,2}(?:\.\d+)?)$"


def is_clock(column: pl.Series) -> bool:
    """Whether a column is written as clock times (``[days] h:min:s``)."""
    return column.dtype == pl.String and bool(column.str.contains(":", literal=True).any())


def without_midnights(seconds: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
    """Clock times that go on after midnight, and what was done; a clock that begins at zero is no time of day."""
    falls = np.diff(seconds, prepend=seconds[:1]) < -_HALF_A_DAY
    if not falls.any() or seconds[0] == 0 or seconds.max() >= 2 * _HALF_A_DAY:
        return seconds, ""
    return seconds + 2 * _HALF_A_DAY * np.cumsum(
        falls
    ), f"the clock passes midnight {falls.sum()} times; a day was added"


def numbers(column: pl.Series, rows: pl.Series, *, clock: bool = False) -> NDArray[np.float64]:
    """Values of a column, NaN where nothing stands; clock times in seconds.

    Parameters
    ----------
    column
        As read; its name is the header.
    rows
        Where its values stand in the file, for messages.
    clock
        Whether it is written as clock times.

    Raises
    ------
    BadSampleError
        If a value is no number, or infinite.
    """
    values = column.cast(pl.Float64) if column.dtype.is_numeric() else _from_text(column, rows, clock=clock)
    found = values.fill_null(float("nan")).to_numpy()
    infinite = np.flatnonzero(np.isinf(found))
    if len(infinite):
        row = rows[int(infinite[0])]
        raise BadSampleError(f"{column.name!r} is infinite in row {row}{_more(len(infinite))}. Correct the row.")
    return found


def _from_text(column: pl.Series, rows: pl.Series, *, clock: bool) -> pl.Series:
    if column.dtype != pl.String:
        raise BadSampleError(f"{column.name!r} holds {column.dtype} values; numbers were expected.")
    nothing = column.str.to_lowercase().is_in(_NOTHING).fill_null(value=True)
    found = _seconds(column) if clock else column.cast(pl.Float64, strict=False)
    wrong = (found.is_null() & ~nothing).arg_true()
    if len(wrong):
        expected = "clock time (d hh:mm:ss)" if clock else "number"
        found_there = str(column[wrong[0]])[:_LONGEST_SHOWN]
        raise BadSampleError(
            f"{column.name!r} is {found_there!r} in row {rows[wrong[0]]}{_more(len(wrong))}, no {expected}. "
            "Correct the row, or export the test again."
        )
    return found


def _seconds(text: pl.Series) -> pl.Series:
    parts = text.str.extract_groups(_CLOCK).struct.unnest().cast(pl.Float64)
    days, hours, minutes, seconds = parts.get_columns()
    return days.fill_null(0.0) * 86400 + hours * 3600 + minutes * 60 + seconds


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
