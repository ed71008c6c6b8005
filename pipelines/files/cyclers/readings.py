"""One column in its target unit: asked for, else written in the header, else assumed.

Further columns of the same quantity (time in seconds and in hours) must agree with the first; whatever the import can
do without is left out with the reason rather than refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.errors import AmbiguousSeriesError, BadSampleError
from ragone.pipelines.files.cyclers.numerals import is_clock, numbers, without_midnights
from ragone.pipelines.files.cyclers.timestamps import is_timestamp, seconds_of_dates
from ragone.pipelines.files.cyclers.units import CLOCK, DATES, assumed_unit, conversion, counter_unit, require_plausible
from ragone.pipelines.files.cyclers.vocabulary import Column
from ragone.schemas.errors import RagoneError

ROW = "row of the file"
_AGREEMENT = 1e-3  # of the largest value: twins differ by their last digit at most
_Numbers = NDArray[np.float64]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reading:
    """One quantity in its target unit, the unit it was read in, whether that was assumed, and what was noticed."""

    quantity: str
    column: Column
    values: _Numbers
    unit: str
    assumed: bool
    note: str = ""


def read_column(quantity: str, column: Column, frame: pl.DataFrame, units: Mapping[str, str]) -> Reading:
    """A column as numbers.

    Raises
    ------
    BadSampleError
        If a value is no number or infinite.
    UnitError, ImplausibleUnitError
        If the header names an unknown unit, or the values cannot be in it.
    """
    series, note = frame[column.header], ""
    clock = quantity == "time" and is_clock(series)
    if quantity == "time" and (is_timestamp(series) or (column.unit == DATES and not clock)):
        return _time_of_dates(column, frame)
    raw = numbers(series, frame[ROW], clock=clock)
    if clock:
        raw, note = without_midnights(raw)
    known = CLOCK if clock else units.get(quantity.rpartition(" ")[2], "") or column.unit
    unit = known or assumed_unit(quantity, float(np.abs(raw[np.isfinite(raw)]).max(initial=0.0)))
    factor, offset = conversion(quantity, unit, f"column {column.header[:60]!r}")
    with np.errstate(over="ignore"):
        values = raw * factor + offset
    reading = Reading(quantity, column, values, unit, not known, note)
    _require_plausible(reading)
    return reading


def read_with_twins(
    quantity: str, column: Column, twins: Sequence[Column], frame: pl.DataFrame, units: Mapping[str, str]
) -> Reading:
    """A column, after others of the same quantity were found to agree with it.

    Raises
    ------
    AmbiguousSeriesError
        If they do not.
    """
    reading = read_column(quantity, column, frame, units)
    for twin in twins:
        other = attempt(read_column, quantity, twin, frame, {})
        if isinstance(other, str) or not _agree(quantity, reading.values, other.values):
            names = ", ".join(repr(c.header) for c in (column, *twins))
            raise AmbiguousSeriesError(
                f"{1 + len(twins)} columns are {quantity}: {names}, and they differ. One file must hold one cell and "
                f"name one {quantity}: rename the others in a copy of the file."
            )
    return reading


def attempt(read: Callable[..., _T], *words: Any) -> _T | str:
    """Return what is read, or the reason why it cannot be."""
    try:
        return read(*words)
    except RagoneError as cause:
        return str(cause)


def read_counters(columns: Sequence[Column], frame: pl.DataFrame) -> tuple[_Numbers, tuple[Column, ...]]:
    """Counts of the instrument, in A.h or W.h; shape (n, columns), of the columns that are numbers."""
    found: list[tuple[Column, _Numbers]] = []
    for column in columns:
        values = attempt(numbers, frame[column.header], frame[ROW])
        if not isinstance(values, str) and np.isfinite(values).mean() > 0.5:
            factor = (counter_unit(column.unit) or ("", 1.0))[1]
            found.append((column, values * factor))
    table = np.stack([values for _, values in found], axis=1) if found else np.empty((len(frame), 0))
    return table, tuple(column for column, _ in found)


def _time_of_dates(column: Column, frame: pl.DataFrame) -> Reading:
    found = seconds_of_dates(frame[column.header])
    if found is None:
        raise BadSampleError(
            f"no column is time, and {column.header!r} holds no dates with a time of day. Export the time of the test."
        )
    missing = np.flatnonzero(~np.isfinite(found[0]) & ~_blank(frame[column.header]))
    if len(missing):
        k = int(missing[0])
        raise BadSampleError(
            f"{column.header!r} is {str(frame[column.header][k])[:60]!r} in row {frame[ROW][k]}, no date with a time "
            "of day. Correct the row, or export the time of the test in seconds."
        )
    note = "; ".join(filter(None, [f"test time is counted from the dates in {column.header!r}", found[1]]))
    return Reading("time", column, found[0], DATES, assumed=False, note=note)


def _blank(column: pl.Series) -> NDArray[np.bool_]:
    return column.cast(pl.String).fill_null("").str.strip_chars().eq("").to_numpy()


def _agree(quantity: str, one: _Numbers, other: _Numbers) -> bool:
    """Whether two columns tell the same; times may count from different moments."""
    known = np.isfinite(one) & np.isfinite(other)
    if not known.any():
        return False
    a, b = one[known], other[known]
    if quantity == "time":
        a, b = a - a[0], b - b[0]
    return bool(np.abs(a - b).max() <= _AGREEMENT * np.abs(a).max())


def _require_plausible(reading: Reading) -> None:
    known = reading.values[~np.isnan(reading.values)]
    if reading.quantity == "time":
        with np.errstate(over="ignore"):
            known = known - known[:1]
    if len(known):
        low, high = float(known.min()), float(known.max())
        require_plausible(reading.quantity, low, high, reading.unit, f"column {reading.column.header[:60]!r}")
