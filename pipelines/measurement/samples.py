"""The columns of a table as numbers in SI units, with the row of the file that each sample stands in.

A blank row is passed over. A row without time, voltage or current is left out and reported, unless such rows are more
than `MOST_MISSING` of all: then the file is refused. Nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.measurement.cells import choose_cell
from pipelines.measurement.errors import BadSampleError, EmptyMeasurementError
from pipelines.measurement.numerals import is_clock, numbers
from pipelines.measurement.table import RawTable
from pipelines.measurement.units import CLOCK, TARGET, assumed_unit, conversion, require_plausible
from pipelines.measurement.vocabulary import Column

MOST_MISSING = 0.01
_ROW = "row of the file"
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Samples:
    """Row in the file from 1, time [s], voltage [V], current [A], and what else there is; shape (n,) each."""

    row: NDArray[np.int64]
    time: _Numbers
    voltage: _Numbers
    current: _Numbers
    step: _Numbers | None = None
    cycle: _Numbers | None = None
    temperature: _Numbers | None = None
    ambient_temperature: _Numbers | None = None
    state: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.row)

    def keep(self, wanted: NDArray[np.bool_]) -> Samples:
        """The samples wanted."""
        columns: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        kept: dict[str, Any] = {name: None if values is None else values[wanted] for name, values in columns.items()}
        return Samples(**kept)


@dataclass(frozen=True, slots=True)
class Conversion:
    """Samples, what was noticed, how each column was read, and the quantities whose unit was assumed."""

    samples: Samples
    findings: tuple[str, ...]
    columns: tuple[str, ...]
    assumed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One quantity in its target unit, the unit it was read in, and whether that was assumed."""

    quantity: str
    column: Column
    values: _Numbers
    unit: str
    assumed: bool


def convert(table: RawTable, *, units: Mapping[str, str], select: str) -> Conversion:
    """Numbers from a table.

    Raises
    ------
    EmptyMeasurementError
        If no row holds a sample.
    AmbiguousSeriesError
        If the rows are of several cells and none is chosen.
    BadSampleError
        If a value is no number or infinite, or too many are missing.
    UnitError, ImplausibleUnitError
        If a header names an unknown unit, or the values cannot be in it.
    """
    frame = choose_cell(_filled_rows(table), table.assignment.cells, select)
    columns = table.assignment.columns
    readings = [_reading(q, column, frame, units) for q, column in columns.items() if q in TARGET]
    values: dict[str, Any] = {r.quantity.replace(" ", "_"): r.values for r in readings}
    values |= {name: _counts(columns[name], frame) for name in ("step", "cycle") if name in columns}
    samples, missing = _without_missing(
        Samples(row=frame[_ROW].to_numpy(), state=_state(columns.get("state"), frame), **values)
    )
    for reading in readings:
        _require_plausible(reading)
    return Conversion(
        samples,
        (*table.notes, *_notes(readings), *missing),
        tuple(f"{r.quantity} from {r.column.header!r} in {r.unit}" for r in readings),
        frozenset(r.quantity for r in readings if r.assumed),
    )


def _filled_rows(table: RawTable) -> pl.DataFrame:
    """The rows that are not blank, each with its number."""
    frame = table.frame.with_columns(pl.int_range(1, len(table.frame) + 1, dtype=pl.Int64).alias(_ROW))
    blank = [
        pl.col(c.header).is_null() | (pl.col(c.header).cast(pl.String) == "") for c in table.assignment.columns.values()
    ]
    frame = frame.filter(~pl.all_horizontal(blank))
    if frame.is_empty():
        raise EmptyMeasurementError("there is no row of data below the header. Export the test again.")
    return frame


def _reading(quantity: str, column: Column, frame: pl.DataFrame, units: Mapping[str, str]) -> _Reading:
    """One column in its target unit: asked for, else written in the header, else assumed."""
    series = frame[column.header]
    clock = quantity == "time" and is_clock(series)
    raw = numbers(series, frame[_ROW], clock=clock)
    known = CLOCK if clock else units.get(quantity.rpartition(" ")[2], "") or column.unit
    unit = known or assumed_unit(quantity, float(np.abs(raw[np.isfinite(raw)]).max(initial=0.0)))
    factor, offset = conversion(quantity, unit, f"column {column.header!r}")
    return _Reading(quantity, column, raw * factor + offset, unit, not known)


def _require_plausible(reading: _Reading) -> None:
    known = reading.values[np.isfinite(reading.values)]
    if reading.quantity == "time":
        known = known - known[0]
    if len(known):
        low, high = float(known.min()), float(known.max())
        require_plausible(reading.quantity, low, high, reading.unit, f"column {reading.column.header!r}")


def _notes(readings: list[_Reading]) -> list[str]:
    """What is said of units that no header names, or another one."""
    assumed = [f"{r.column.header!r} in {r.unit}" for r in readings if r.assumed]
    notes = [f"columns without a unit were read so: {', '.join(assumed)}"] if assumed else []
    asked = [r for r in readings if r.column.unit and r.unit not in (r.column.unit, CLOCK)]
    return notes + [f"column {r.column.header!r} was read in {r.unit}, as asked for" for r in asked]


def _counts(column: Column, frame: pl.DataFrame) -> _Numbers | None:
    """The instrument's numbers of steps or cycles from 1 on; none if a row lacks one."""
    values = numbers(frame[column.header], frame[_ROW])
    if not np.isfinite(values).all() or (values != np.rint(values)).any():
        return None
    return np.asarray(values - min(0.0, float(values.min()) - 1.0))


def _state(column: Column | None, frame: pl.DataFrame) -> NDArray[Any] | None:
    if column is None or frame.schema[column.header] != pl.String:
        return None
    return frame[column.header].fill_null("").str.to_uppercase().to_numpy()


def _without_missing(samples: Samples) -> tuple[Samples, list[str]]:
    """Leave out the samples that lack time, voltage or current."""
    missing = np.isnan(samples.time) | np.isnan(samples.voltage) | np.isnan(samples.current)
    if not missing.any():
        return samples, []
    rows = samples.row[missing]
    text = f"time, voltage or current is missing in {len(rows)} of {len(samples)} rows, first in row {rows[0]}"
    if len(rows) > max(1.0, MOST_MISSING * len(samples)) or missing.all():
        raise BadSampleError(f"{text}; at most {MOST_MISSING:.0%} may be. Export the test again.")
    return samples.keep(~missing), [f"{text}; left out"]
