"""The steps of a curve: stretches of rest, charge and discharge.

Where the record numbers its steps, a step begins where the number or the cycle changes; where it does not (a discharge
of the loop), the whole curve is one step. A step whose mean current is below `REST_RATE` of the largest one is a rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ragone.schemas import Curve, Cycling, Measurement

REST_RATE = 1e-3  # of the largest current: a cycler's offset at rest is some 1e-4 of its range


class StepKind(StrEnum):
    """The direction of the current in a step."""

    REST = "rest"
    CHARGE = "charge"
    DISCHARGE = "discharge"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number as recorded, and its samples; shape (n,) each, current negative when discharging."""

    number: int
    cycle: int
    kind: StepKind
    first_row: int
    time: NDArray[np.float64]
    voltage: NDArray[np.float64]
    current: NDArray[np.float64]

    @property
    def duration(self) -> float:
        """Duration from its first to its last sample [s]."""
        return float(self.time[-1] - self.time[0])


def steps_of(curve: Curve) -> tuple[Step, ...]:
    """The steps in order; none of a curve without samples."""
    count = len(curve.test_time_second)
    if count == 0:
        return ()
    numbers, cycles = _numbers(curve, count)
    borders = np.flatnonzero((np.diff(numbers) != 0) | (np.diff(cycles) != 0)) + 1
    largest = float(np.abs(curve.current_ampere).max())
    return tuple(
        _step(curve, int(rows[0]), int(rows[-1]) + 1, int(numbers[rows[0]]), int(cycles[rows[0]]), largest)
        for rows in np.split(np.arange(count), borders)
    )


def _numbers(curve: Curve, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if isinstance(curve, Cycling | Measurement):
        return curve.step_count, curve.cycle_count
    one = np.ones(count, np.int64)
    return one, one


def _step(curve: Curve, start: int, end: int, number: int, cycle: int, largest: float) -> Step:
    current = curve.current_ampere[start:end]
    mean = float(np.mean(current))
    kind = StepKind.REST
    if abs(mean) > REST_RATE * largest:
        kind = StepKind.CHARGE if mean > 0 else StepKind.DISCHARGE
    return Step(
        number=number,
        cycle=cycle,
        kind=kind,
        first_row=start,
        time=curve.test_time_second[start:end],
        voltage=curve.voltage_volt[start:end],
        current=current,
    )
