"""When was a sample taken? Dates with a time of day, as seconds since the first of them.

Read are ISO 8601 (with or without an offset from UTC), ``12/31/2024 11:59:59 PM``, ``31.12.2024 23:59:59``, moments
that a reader has already recognised, and numbers of seconds since 1970 or of days (Excel, MATLAB). Whether day or month
comes first shows where one of them exceeds twelve; otherwise the order is taken that makes the record shorter, and that
is reported. An offset from UTC is heeded; without one, a clock that is set back looks like time that decreases.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

_CLOCK = r"[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:[.,]\d+)?))?\s*([AaPp][Mm])?\s*([Zz]|[+-]\d{2}:?\d{2})?$"
_YEAR_FIRST = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK
_YEAR_LAST = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _CLOCK
_DAY = 86400.0
_UNIX_SECONDS, _UNIX_MILLISECONDS, _SERIAL_DAYS = (1e8, 1e10), (1e11, 1e13), (2e4, 1e6)
_Parts = list[NDArray[np.float64]]


def is_timestamp(column: pl.Series) -> bool:
    """Whether a column is of dates with a time of day."""
    if column.dtype.is_temporal():
        return column.dtype == pl.Datetime
    first = column.drop_nulls().head(1)
    return column.dtype == pl.String and bool(first.str.contains(f"{_YEAR_FIRST}|{_YEAR_LAST}").any())


def seconds_of_dates(column: pl.Series) -> tuple[NDArray[np.float64], str] | None:
    """Seconds since the first moment, NaN where there is none, and what was assumed; none if a column has no dates.

    Parameters
    ----------
    column
        Text, moments, or numbers; shape (n,).
    """
    if column.dtype == pl.Datetime:
        return _since_first(column.dt.epoch("us").cast(pl.Float64).to_numpy() / 1e6), ""
    if column.dtype.is_numeric() or not is_timestamp(column):
        return _numbered(column)
    year, month, day, *rest = _groups(column, _YEAR_FIRST)
    if np.isfinite(year).any():
        return _since_first(_days(year, month, day), *_clock(column, rest, _YEAR_FIRST)), ""
    first, second, year, *rest = _groups(column, _YEAR_LAST)
    clock = _clock(column, rest, _YEAR_LAST)
    by_month, by_day = (_since_first(_days(year, *order), *clock) for order in ((first, second), (second, first)))
    if np.nanmax(first) > 12 or "." in str(column.drop_nulls()[0]).split()[0]:
        return by_day, ""
    if np.nanmax(second) > 12 or len(np.unique(np.stack([first, second])[:, np.isfinite(first)], axis=1).T) == 1:
        return by_month, ""
    if _span(by_day) < _span(by_month):
        return by_day, "dates were read as day/month, for month/day would make the record longer"
    return by_month, "dates were read as month/day, for day/month would make the record longer"


def _numbered(column: pl.Series) -> tuple[NDArray[np.float64], str] | None:
    """Seconds from numbers of seconds, milliseconds or days."""
    numbers = column.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    known = numbers[np.isfinite(numbers)]
    for (low, high), factor in ((_UNIX_SECONDS, 1.0), (_UNIX_MILLISECONDS, 1e-3), (_SERIAL_DAYS, _DAY)):
        if len(known) and low < known.min() and known.max() < high:
            return (numbers - known[0]) * factor, ""
    return None


def _groups(column: pl.Series, pattern: str) -> _Parts:
    """The numbers of a date with its clock; the last two groups, which are words, are left out."""
    groups = column.str.replace(",", ".", literal=True).str.extract_groups(pattern).struct.unnest().get_columns()[:-2]
    return [g.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy() for g in groups]


def _clock(column: pl.Series, rest: _Parts, pattern: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds since midnight, and by how much the clock is ahead of UTC [s]."""
    hour, minute, second = rest
    words = column.str.to_uppercase().str.extract_groups(pattern).struct.unnest().get_columns()
    half = words[-2].fill_null("").to_numpy()
    hour = np.where(half == "PM", hour % 12 + 12, np.where(half == "AM", hour % 12, hour))
    offset = words[-1].fill_null("Z").str.replace(":", "").str.replace("Z", "+0000").cast(pl.Int64).to_numpy()
    ahead = np.sign(offset) * (np.abs(offset) // 100 * 3600 + np.abs(offset) % 100 * 60)
    return hour * 3600 + minute * 60 + np.nan_to_num(second), ahead.astype(np.float64)


def _days(year: NDArray[np.float64], month: NDArray[np.float64], day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds since 1970 of the midnight that begins a day; NaN where there is no such day."""
    dates = pl.DataFrame({"y": year, "m": month, "d": day}).fill_nan(None).cast(pl.Int32)
    text = dates.select(pl.format("{}-{}-{}", "y", "m", "d")).to_series()
    return text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Float64).fill_null(float("nan")).to_numpy() * _DAY


def _since_first(*parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds since the first moment that is known, from midnights, times of day and offsets from UTC."""
    midnight, *rest = parts
    known = np.flatnonzero(np.isfinite(midnight))
    since = midnight - midnight[known[0]] if len(known) else midnight
    if rest:
        clock, ahead = rest
        since = since + (clock - ahead)
    return since - since[known[0]] if len(known) else since


def _span(seconds: NDArray[np.float64]) -> float:
    """Length of the record; infinite where time decreases or a date is none."""
    backwards = not np.isfinite(seconds).all() or (np.diff(seconds) < 0).any()
    return np.inf if backwards else float(seconds[-1] - seconds[0])
