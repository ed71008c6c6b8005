"""The columns of a table as numbers in SI units, with the row of the file that each sample stands in.

A blank row is passed over. A row without time, voltage or current is left out and reported, unless such rows are more
than `MOST_MISSING` of all: then the file is refused. Nothing is filled in. A column that the import can do without is
left out with its reason where it cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.cells import choose_cell
from ragone.pipelines.files.cyclers.decimals import require_clear_points
from ragone.pipelines.files.cyclers.errors import BadSampleError, EmptyMeasurementError
from ragone.pipelines.files.cyclers.numerals import numbers
from ragone.pipelines.files.cyclers.readings import ROW, Reading, attempt, read_counters, read_with_twins
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.timestamps import seconds_of_dates
from ragone.pipelines.files.cyclers.units import CLOCK, DATES, TARGET
from ragone.pipelines.files.cyclers.vocabulary import REQUIRED, Column

MOST_MISSING = 0.01
_LARGEST_COUNT = 2.0**53
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Samples:
    """Row in the file from 1, time [s], voltage [V], current [A], and what else there is; shape (n,) each.

    `date` counts seconds from the first sample; `charges` [A.h] and `energies` [W.h] are what the instrument counted,
    shape (n, counters).
    """

    row: NDArray[np.int64]
    time: _Numbers
    voltage: _Numbers
    current: _Numbers
    step: _Numbers | None = None
    cycle: _Numbers | None = None
    temperature: _Numbers | None = None
    ambient_temperature: _Numbers | None = None
    state: NDArray[Any] | None = None
    date: _Numbers | None = None
    charges: _Numbers | None = None
    energies: _Numbers | None = None

    def __len__(self) -> int:
        return len(self.row)

    def keep(self, wanted: NDArray[np.bool_]) -> Samples:
        """The samples wanted."""
        columns: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        kept: dict[str, Any] = {name: None if values is None else values[wanted] for name, values in columns.items()}
        return Samples(**kept)


@dataclass(frozen=True, slots=True)
class Conversion:
    """Samples, what was noticed, the columns read, how, and which of them the person gave a unit.

    `counters` are the columns of the counted charges and of the counted energies.
    """

    samples: Samples
    findings: tuple[str, ...]
    readings: Mapping[str, Reading]
    counters: tuple[tuple[Column, ...], tuple[Column, ...]]
    date: Column | None
    asked: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The way in which each column was read, in words."""
        return tuple(f"{r.quantity} from {r.column.header!r} in {r.unit}" for r in self.readings.values())

    @property
    def assumed(self) -> frozenset[str]:
        """The quantities whose unit was assumed."""
        return frozenset(r.quantity for r in self.readings.values() if r.assumed)


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
    assignment = table.assignment
    frame = choose_cell(_filled_rows(table), assignment.cells, select)
    readings, left_out = _readings(table, frame, units)
    values: dict[str, Any] = {quantity.replace(" ", "_"): r.values for quantity, r in readings.items()}
    for name in ("step", "cycle"):
        if name in assignment.columns:
            values[name] = _counts(assignment.columns[name], frame)
    charges, charge_columns = read_counters(assignment.charges, frame)
    energies, energy_columns = read_counters(assignment.energies, frame)
    date = assignment.columns.get("date")
    dates = seconds_of_dates(frame[date.header]) if date else None
    samples, missing = _without_missing(
        Samples(
            row=frame[ROW].to_numpy(),
            state=_state(assignment.columns.get("state"), frame),
            date=dates[0] if dates else None,
            charges=charges,
            energies=energies,
            **values,
        )
    )
    return Conversion(
        samples,
        (*table.notes, *_notes(list(readings.values())), *left_out, *missing),
        readings,
        (charge_columns, energy_columns),
        date,
        frozenset(units),
    )


def _readings(
    table: RawTable, frame: pl.DataFrame, units: Mapping[str, str]
) -> tuple[dict[str, Reading], tuple[str, ...]]:
    """The columns by quantity, and what is said of those that were left out."""
    readings, left_out = {}, []
    for quantity, column in table.assignment.columns.items():
        if quantity not in TARGET:
            continue
        words = (quantity, column, table.assignment.twins.get(quantity, ()), frame, units)
        if quantity in REQUIRED:
            readings[quantity] = read_with_twins(*words)
            if quantity == "voltage" and column.unit.strip("[]() ").lower() == "mv" and quantity not in units:
                require_clear_points(frame[column.header])
            continue
        found = attempt(read_with_twins, *words)
        if isinstance(found, str):
            left_out.append(f"column {column.header[:60]!r} was left out: {found}")
        else:
            readings[quantity] = found
    return readings, tuple(left_out)


def _filled_rows(table: RawTable) -> pl.DataFrame:
    """The rows that are not blank, each with its number."""
    frame = table.frame.with_columns(pl.int_range(1, len(table.frame) + 1, dtype=pl.Int64).alias(ROW))
    blank = [
        pl.col(column.header).is_null() | (pl.col(column.header).cast(pl.String) == "")
        for quantity, column in table.assignment.columns.items()
        if quantity != "date"
    ]
    frame = frame.filter(~pl.all_horizontal(blank))
    if frame.is_empty():
        raise EmptyMeasurementError("there is no row of data below the header. Export the test again.")
    return frame


def _notes(readings: list[Reading]) -> list[str]:
    """Notes on units that no header names, or another one."""
    assumed = [f"{r.column.header!r} in {r.unit}" for r in readings if r.assumed]
    notes = [r.note for r in readings if r.note]
    notes += [f"columns without a unit were read so: {', '.join(assumed)}"] if assumed else []
    asked = [r for r in readings if r.column.unit and r.unit not in (r.column.unit, CLOCK, DATES)]
    return notes + [f"column {r.column.header!r} was read in {r.unit}, as asked for" for r in asked]


def _counts(column: Column, frame: pl.DataFrame) -> _Numbers | None:
    """The instrument's numbers of steps or cycles from 1 on; none if a row lacks one."""
    values = attempt(numbers, frame[column.header], frame[ROW])
    if isinstance(values, str) or not np.isfinite(values).all() or (values != np.rint(values)).any():
        return None
    if np.abs(values).max(initial=0.0) > _LARGEST_COUNT:
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
