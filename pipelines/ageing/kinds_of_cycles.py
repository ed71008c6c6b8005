"""The cycles of a curve, and which of them are of one kind: a slow check-up is no jump of the capacity.

Where the record counts cycles they are taken as counted; where it does not, a cycle is a charge and the discharge after
it. Two cycles are of one kind if they are discharged at the same current and between the same voltages.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ragone.pipelines.curve.accuracy import Accuracy
from ragone.pipelines.curve.steps import Step, StepKind, steps_of
from ragone.pipelines.curve.totals import Totals, totals_of
from ragone.schemas import Curve

SAME_CURRENT = 0.1  # relative, within which two cycles are discharged at the same current
SAME_VOLTAGE = 0.03  # V, within which they go to the same voltages
SLOWER = 0.75  # times the usual current: a check-up or a formation


@dataclass(frozen=True, slots=True)
class MeasuredCycle:
    """A cycle: its number, its steps in order, the steps around it, and what flowed in it."""

    number: int
    steps: tuple[Step, ...]
    charge: Totals
    discharge: Totals
    current: float  # of the step that discharges most [A], positive
    low: float  # V
    high: float  # V, NaN without a charge

    @property
    def end(self) -> float:
        """Time of its last sample [s]."""
        return float(self.steps[-1].time[-1])

    def is_like(self, other: MeasuredCycle) -> bool:
        """Whether both are discharged at the same current between the same voltages."""
        currents = abs(self.current - other.current) <= SAME_CURRENT * max(self.current, other.current)
        charged = abs(self.high - other.high) <= SAME_VOLTAGE or (math.isnan(self.high) and math.isnan(other.high))
        return currents and charged and abs(self.low - other.low) <= SAME_VOLTAGE


def cycles_of(curve: Curve, accuracy: Accuracy) -> tuple[list[MeasuredCycle], str]:
    """The cycles of a curve that discharge at all, and how they were told apart."""
    steps = steps_of(curve)
    numbers = [step.cycle for step in steps]
    counted = len(set(numbers)) > 1 and all(a <= b for a, b in itertools.pairwise(numbers))
    starts = _starts(numbers) if counted else _reversals(steps)
    ends = [*starts[1:], len(steps)]
    found = []
    for order, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        number = numbers[start] if counted else order
        found.append(_cycle(number, steps, start, end, accuracy))
    how = "as the file counts them" if counted else "found from the current"
    without = sum(one is None for one in found)
    return [one for one in found if one is not None], how + f", {without} without a recorded discharge" * bool(without)


def kinds_of(cycles: Sequence[MeasuredCycle]) -> list[list[MeasuredCycle]]:
    """The cycles in groups of one kind, the largest group first; of equal ones that which was charged."""
    groups: list[list[MeasuredCycle]] = []
    for cycle in cycles:
        own = next((group for group in groups if cycle.is_like(group[-1])), None)
        if own is None:
            groups.append([cycle])
        else:
            own.append(cycle)
    return sorted(groups, key=lambda group: (-len(group), math.isnan(group[0].high)))


def _starts(numbers: Sequence[int]) -> list[int]:
    return [k for k, number in enumerate(numbers) if k == 0 or number != numbers[k - 1]]


def _reversals(steps: Sequence[Step]) -> list[int]:
    """The first step of each cycle: where a charge follows a discharge."""
    starts, last = [0], StepKind.CHARGE
    for k, step in enumerate(steps):
        if step.kind is StepKind.CHARGE and last is StepKind.DISCHARGE:
            starts.append(k)
        last = last if step.kind is StepKind.REST else step.kind
    return starts if steps else []


def _cycle(number: int, steps: Sequence[Step], start: int, end: int, accuracy: Accuracy) -> MeasuredCycle | None:
    own = tuple(steps[start:end])
    around = tuple(steps[max(start - 1, 0) : end + 1])
    discharging = [step for step in own if step.kind is StepKind.DISCHARGE]
    charging = [step for step in own if step.kind is StepKind.CHARGE]
    if not discharging:
        return None
    near = _within(accuracy, around)
    discharge = totals_of(discharging, around, near)
    if not discharge.charge < 0:
        return None
    most = max(discharging, key=lambda step: abs(float(np.trapezoid(step.current, step.time))))
    return MeasuredCycle(
        number,
        own,
        totals_of(charging, around, near),
        discharge,
        abs(float(np.median(most.current))),
        min(float(step.voltage.min()) for step in discharging),
        max((float(step.voltage.max()) for step in charging), default=math.nan),
    )


def _within(accuracy: Accuracy, steps: Sequence[Step]) -> Accuracy:
    """The accuracy with the holes of these steps alone, so that a long record takes no longer for each cycle."""
    first, last = steps[0].first_row, steps[-1].first_row + len(steps[-1].time)
    return replace(accuracy, holes=tuple(hole for hole in accuracy.holes if first - 1 <= hole.after_sample < last))


def rests_before_discharge(cycle: MeasuredCycle) -> Iterator[tuple[Step, Step]]:
    """Each discharging step of a cycle with the rest right before it."""
    for before, step in itertools.pairwise(cycle.steps):
        if before.kind is StepKind.REST and step.kind is StepKind.DISCHARGE:
            yield before, step
