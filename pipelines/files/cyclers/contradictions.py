"""Does the file contradict itself? What was read, beside the charge and energy that it counts and the dates that it
gives.

A unit that is wrong or was wrongly assumed (minutes for seconds, milliamperes for amperes) makes the integral of the
current miss the counted charge by the ratio of the two units, all over the record. Then the file is refused, and the
unit that would make it fit is named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.counters import TOLERANCE, Counter, Flow, counter_of
from ragone.pipelines.files.cyclers.errors import ContradictionError
from ragone.pipelines.files.cyclers.samples import Conversion, Samples
from ragone.pipelines.files.cyclers.units import CLOCK, DATES, conversion
from ragone.pipelines.files.cyclers.vocabulary import Column

_STEADY = 0.2
_OTHER_UNITS = {"time": ("s", "min", "h", "ms", "d"), "current": ("A", "mA", "uA"), "voltage": ("V", "mV")}
_UNNAMED = (1.0, 1e-3, 1 / 3600, 1e-6)  # units that a counter without one may be in, over A.h or W.h
_LEAST_DATES = 20  # steps of the clock


def flows(samples: Samples, step: NDArray[np.int64], holes: NDArray[np.int64]) -> tuple[Flow, Flow]:
    """Charge [A.h] and energy [W.h] that flowed in each interval by the samples."""
    hour = np.diff(samples.time) / 3600
    border = np.diff(step) != 0
    current = samples.current
    change, level = np.abs(np.diff(current)), np.maximum(np.abs(current[1:]), np.abs(current[:-1]))
    steady = (change <= _STEADY * level) & ~border & (hour > 0)
    steady[holes] = False
    found = []
    for rate in (current, current * samples.voltage):
        most = np.abs(rate).max(initial=0.0) * hour
        found.append(Flow((rate[1:] + rate[:-1]) / 2 * hour, most, steady, border))
    return found[0], found[1]


def counters_that_fit(
    columns: Sequence[Column], values: NDArray[np.float64], flow: Flow, converted: Conversion, quantities: Sequence[str]
) -> tuple[list[Counter], list[str]]:
    """The counters that tell what flowed, and what is said of those that do not.

    Parameters
    ----------
    columns, values
        What the instrument counted [A.h or W.h]; shape (n, counters).
    flow
        The same by the samples.
    quantities
        Whose units may be wrong where no counter fits.

    Raises
    ------
    ContradictionError
        If none fits, and one would in another unit, or misses the samples by one factor all over the record.
    """
    found = [_in_its_unit(counter_of(c, values[:, k], flow), flow) for k, c in enumerate(columns)]
    good = [counter for counter in found if counter.fits()]
    if good:
        return good, []
    for counter in found:
        if counter.consistent and (reason := _contradiction(counter, converted, quantities)):
            if converted.asked.issuperset(quantities):
                return [], [reason]
            units = ",".join(f"{q}={converted.readings[q].unit}" for q in quantities)
            raise ContradictionError(f"{reason} If it is the column that is wrong, name all units: --units {units}.")
    return [], []


def require_dates_agree(samples: Samples, converted: Conversion, holes: NDArray[np.int64]) -> None:
    """Raise `ContradictionError` if the dates of the samples show that the test time is in another unit."""
    if samples.date is None or converted.date is None or converted.readings["time"].unit in (CLOCK, DATES):
        return
    elapsed, dated = np.delete(np.diff(samples.time), holes), np.delete(np.diff(samples.date), holes)
    known = np.isfinite(dated) & (elapsed > 0)
    ticks = dated[known & (dated > 0)]
    if not len(ticks) or ticks.sum() < _LEAST_DATES * ticks.min() or "time" in converted.asked:
        return
    halves = (
        [part.sum() for part in np.array_split(dated[known], 4)],
        [p.sum() for p in np.array_split(elapsed[known], 4)],
    )
    ratio = float(np.median(np.array(halves[0]) / np.array(halves[1])))
    for quantity, unit, factor in _alternatives(converted, ["time"]):
        if abs(ratio / factor - 1) <= TOLERANCE:
            header = converted.readings[quantity].column.header
            raise ContradictionError(
                f"the dates in {converted.date.header!r} pass {ratio:.4g} times as fast as {header!r} in "
                f"{converted.readings[quantity].unit}. They fit if {header!r} is in {unit}: --units {quantity}={unit}. "
                f"If the dates are wrong, name the unit as it was read: --units time={converted.readings['time'].unit}."
            )


def _in_its_unit(counter: Counter, flow: Flow) -> Counter:
    """A counter whose header names no unit, in the one that fits; else as it is."""
    if counter.column.unit or counter.fits():
        return counter
    others = (counter_of(counter.column, counter.values * unit, flow) for unit in _UNNAMED)
    return next((other for other in others if other.fits()), counter)


def _contradiction(counter: Counter, converted: Conversion, quantities: Sequence[str]) -> str:
    """Sentence on a counter that fits in another unit only; empty if it counts something else."""
    largest = max((r for r in (counter.on_charge, counter.on_discharge) if r), key=abs, default=0.0)
    fitting = [
        (quantity, unit)
        for quantity, unit, factor in _alternatives(converted, quantities)
        if any(counter.fits(factor * known) for known in _units_of(counter))
    ]
    if not largest or not fitting:
        return ""
    if fitting[0][0] in converted.assumed:
        fitting = [one for one in fitting if one[0] in converted.assumed]
    ways = [f"{converted.readings[q].column.header!r} is in {unit}: --units {q}={unit}" for q, unit in fitting]
    return (
        f"the column {counter.column.header!r} counts {abs(largest):.4g} times what voltage, current and time as read "
        f"give. It fits if {', or if '.join(ways)}."
    )


def _units_of(counter: Counter) -> tuple[float, ...]:
    return (1.0,) if counter.column.unit else tuple(1 / unit for unit in _UNNAMED)


def _alternatives(converted: Conversion, quantities: Sequence[str]) -> list[tuple[str, str, float]]:
    """Other units for what was read, and the factor of each; first for those whose unit was assumed."""
    found = []
    for quantity in sorted(quantities, key=lambda q: q not in converted.assumed):
        reading = converted.readings[quantity]
        if reading.unit in (CLOCK, DATES):
            continue
        now = conversion(quantity, reading.unit, "")[0]
        factors = [(quantity, unit, conversion(quantity, unit, "")[0] / now) for unit in _OTHER_UNITS[quantity]]
        found += [one for one in factors if abs(one[2] - 1) > TOLERANCE]
    return found
