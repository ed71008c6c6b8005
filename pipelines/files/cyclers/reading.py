"""What did the instrument record? A file becomes a measurement of one cell: checked, in SI units, charge positive.

Assumption: the file is of one test of one cell. What cannot be right is refused with the row; what is merely noteworthy
is kept in the measurement's findings. It reads a file and so is no stage.

What it does not do: smooth, resample, correct offsets, or reverse a sign unasked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.contradictions import counters_that_fit, flows, require_dates_agree
from ragone.pipelines.files.cyclers.current_sign import check_sign, signed_by_state
from ragone.pipelines.files.cyclers.errors import ImplausibleUnitError
from ragone.pipelines.files.cyclers.files import LARGEST_BYTES, read_table
from ragone.pipelines.files.cyclers.holes import describe, find_holes, words_of_holes
from ragone.pipelines.files.cyclers.samples import Conversion, Samples, convert
from ragone.pipelines.files.cyclers.step_numbers import cycles_from_current, steps_from_current
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.time_base import require_forward, without_repeats
from ragone.pipelines.files.cyclers.units import DATES
from ragone.schemas import Measurement

_SYMMETRIC = 0.1  # V; full cells and half cells leave it, cells of two equal electrodes do not


def read_measurement(
    path: str | Path,
    *,
    cell_name: str = "",
    source: str = "",
    licence: str = "unknown",
    nominal_capacity_ampere_hour: float | None = None,
    ambient_temperature_kelvin: float | None = None,
    inside: str = "",
    select: str = "",
    units: Mapping[str, str] | None = None,
    flip_current: bool = False,
    largest_bytes: int = LARGEST_BYTES,
) -> Measurement:
    """Read a measured time series.

    Parameters
    ----------
    path
        Battery Data Format (.csv, .parquet), a text export (.csv, .txt, .tsv, .mpt), .mat, .xlsx or .res.
    cell_name, source, licence
        Which cell, title and address of the data, SPDX identifier; the file's name stands for the first two.
    nominal_capacity_ampere_hour
        What a rate of 1C refers to [A*h]; guards the units of current and time.
    ambient_temperature_kelvin
        Of the chamber [K]; else the median of the file's column, if there is one.
    inside
        Path of a MATLAB struct or name of a sheet, where the file holds several.
    select
        ``VALUE`` or ``COLUMN=VALUE`` of the cell, where the rows are of several.
    units
        Units by quantity (time, voltage, current, temperature), which outrank those of the headers.
    flip_current
        Whether the file counts discharge positive.
    largest_bytes
        Larger files are refused unread [byte].

    Returns
    -------
    Measurement
        With the SHA-256 of the file's bytes and what was noticed.

    Raises
    ------
    MeasurementNotFoundError, UnreadableMeasurementError, FileTooLargeError, ReaderMissingError
        If the file is missing, not what it claims, too large, or needs a reader that is not installed.
    EmptyMeasurementError, MissingColumnsError, AmbiguousSeriesError, BadSampleError
        If samples or columns are missing, are of several cells, or are no numbers.
    UnitError, ImplausibleUnitError, DecreasingTimeError, CurrentSignError, ContradictionError
        If unit, time or sign cannot be right, by themselves or beside what the file counts.
    """
    path = Path(path)
    digest, table = read_table(path, inside=inside, largest_bytes=largest_bytes)
    converted = convert(table, units=units or {}, select=select)
    samples, findings = converted.samples, list(converted.findings)
    require_forward(samples, dated=converted.readings["time"].unit == DATES)
    samples, sign = _with_sign(samples, flip_current)
    findings += filter(None, [check_sign(samples, flipped=flip_current)])
    findings += _against_zero(samples)
    findings += _against_capacity(samples, nominal_capacity_ampere_hour, converted.assumed)
    step = _numbered("step", samples.step, steps_from_current(samples.current), table)
    cycle = _numbered("cycle", samples.cycle, cycles_from_current(samples.time, samples.current), table)
    keep, repeats = without_repeats(samples, _stretches(step.numbers, cycle.numbers))
    samples, steps, cycles = samples.keep(keep), step.numbers[keep], cycle.numbers[keep]
    holes, hole_findings = _holes(samples, _stretches(steps, cycles), converted)
    findings += repeats + hole_findings
    temperature, dropped = _temperature(samples)
    ambient, varied = _ambient(samples, ambient_temperature_kelvin)
    return Measurement(
        cell_name=cell_name or _printable(path),
        nominal_capacity_ampere_hour=nominal_capacity_ampere_hour,
        ambient_temperature_kelvin=ambient,
        test_time_second=samples.time,
        voltage_volt=samples.voltage,
        current_ampere=samples.current,
        step_count=steps,
        cycle_count=cycles,
        temperature_kelvin=temperature,
        findings=tuple(findings + dropped + varied),
        holes=holes,
        source=source or _printable(path),
        licence=licence,
        source_sha256=digest,
        source_format=table.format,
        source_selection="; ".join(filter(None, [table.inside, select])),
        method=_method(table, converted, sign, step.words, cycle.words),
    )


def _printable(path: Path) -> str:
    """The file's name as text that can be stored, whatever its bytes."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _with_sign(samples: Samples, flip_current: bool) -> tuple[Samples, str]:
    """Samples whose positive current charges, as far as file and person say so; and what was done."""
    signed = signed_by_state(samples)
    words = "signs of the file"
    if signed is not None:
        samples, words = _with_current(samples, signed), "sign from the instrument's state"
    if flip_current:
        samples, words = _with_current(samples, -samples.current), f"{words}, reversed as asked for"
    return samples, words


def _with_current(samples: Samples, current: NDArray[np.float64]) -> Samples:
    return replace(samples, current=current + 0.0)  # no negative zeros


def _holes(
    samples: Samples, stretches: NDArray[np.int64], converted: Conversion
) -> tuple[list[dict[str, Any]], list[str]]:
    """The holes of the record, and what is said of them; refused where the file contradicts itself."""
    found, usual = find_holes(samples, stretches)
    require_dates_agree(samples, converted, found)
    flow = flows(samples, stretches, found)
    counted = ((converted.counters[0], samples.charges), (converted.counters[1], samples.energies))
    doubtful, fitting, texts = ["time", "current"], [], []
    for one, (columns, values) in zip(flow, counted, strict=True):
        assert values is not None
        good, said = counters_that_fit(columns, values, one, converted, doubtful)
        fitting.append((good, one))
        texts += said
        doubtful = ["voltage"] if any(counter.column.unit for counter in good) else ["time", "current", "voltage"]
    holes = describe(samples, found, fitting[0], fitting[1])
    return holes, [*texts, *words_of_holes(samples, holes, usual)]


def _against_zero(samples: Samples) -> list[str]:
    """Findings on a voltage that only a symmetric cell has."""
    largest = float(np.abs(samples.voltage).max())
    return [] if largest > _SYMMETRIC else [f"the voltage lies within {largest:.3g} V of zero: check its unit"]


def _against_capacity(samples: Samples, capacity: float | None, assumed: frozenset[str]) -> list[str]:
    """Findings on current and charge beside the nominal capacity; refused where their unit was only assumed."""
    if capacity is None:
        return []
    texts = []
    rate = float(np.abs(samples.current).max()) / capacity
    if not 1e-3 <= rate <= 100:
        texts.append(("current", f"the largest current is {rate:.3g} C of the nominal {capacity:g} A*h"))
    steps = np.diff(samples.time) * (samples.current[1:] + samples.current[:-1]) / 2
    moved = float(np.ptp(np.cumsum(steps))) / 3600 / capacity if len(steps) else 0.0
    if moved > 3:
        texts.append(("time", f"the charge moved one way is {moved:.3g} times the nominal {capacity:g} A*h"))
    for quantity, text in texts:
        if quantity in assumed:
            raise ImplausibleUnitError(
                f"{text}, and the header names no unit of {quantity}. Name it: --units {quantity}=..."
            )
    return [f"{text}: check the units of {quantity} and of the capacity" for quantity, text in texts]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """Numbers of steps or cycles, and where they are from."""

    numbers: NDArray[np.int64]
    words: str


def _numbered(name: str, given: NDArray[np.float64] | None, found: NDArray[np.int64], table: RawTable) -> _Numbered:
    """The instrument's numbers where it gave one for every sample, else those found from the current."""
    column = table.assignment.columns.get(name)
    if given is not None and column is not None:
        return _Numbered(given.astype(np.int64), f"{name}s from {column.header!r}")
    why = f", for {column.header!r} is incomplete" if column is not None else ""
    return _Numbered(found, f"{name}s found from the current{why}")


def _stretches(step: NDArray[np.int64], cycle: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number that changes wherever a step or a cycle ends; shape (n,)."""
    return np.append(0, np.cumsum((np.diff(step) != 0) | (np.diff(cycle) != 0))).astype(np.int64)


def _temperature(samples: Samples) -> tuple[NDArray[np.float64], list[str]]:
    """Temperature of the cell [K]; empty unless there is one for every sample, for a record has all or none."""
    if samples.temperature is None:
        return np.empty(0), []
    missing = np.isnan(samples.temperature)
    if not missing.any():
        return samples.temperature, []
    text = (
        f"the temperature is missing in {missing.sum()} of {len(samples)} rows, first in row {samples.row[missing][0]}"
    )
    return np.empty(0), [f"{text}; left out altogether"]


def _ambient(samples: Samples, given: float | None) -> tuple[float | None, list[str]]:
    """Temperature of the chamber [K]: what was given, or else the median of the column."""
    if given is not None or samples.ambient_temperature is None or np.isnan(samples.ambient_temperature).all():
        return given, []
    low, high = float(np.nanmin(samples.ambient_temperature)), float(np.nanmax(samples.ambient_temperature))
    text = f"the ambient temperature varies from {low:.2f} to {high:.2f} K; the median was kept"
    return float(np.nanmedian(samples.ambient_temperature)), [text] if high - low > 2 else []


def _method(table: RawTable, converted: Conversion, sign: str, steps: str, cycles: str) -> str:
    columns = ", ".join(converted.columns)
    return f"{table.format} read with {table.reader}; {columns}; {sign}, charge positive; {steps}, {cycles}"
