"""The half cycles of a curve: everything between two reversals of the current, rests included.

A constant-current charge and the constant voltage after it are one half, and so are the pulses of a titration. The
limit of a half is the lowest voltage of a discharge, the highest of a charge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.pipelines.curve.accuracy import Accuracy
from ragone.pipelines.curve.steps import Step, StepKind, steps_of
from ragone.pipelines.curve.totals import Totals, totals_of
from ragone.schemas import Curve


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a cycle: its steps without rests, in order, and their kind."""

    kind: StepKind
    steps: tuple[Step, ...]

    @property
    def limit(self) -> float:
        """Voltage that it went to [V]."""
        ends = [step.voltage.min() if self.kind is StepKind.DISCHARGE else step.voltage.max() for step in self.steps]
        return float(min(ends) if self.kind is StepKind.DISCHARGE else max(ends))

    @property
    def final_current(self) -> float:
        """Magnitude of the current of its last step [A]."""
        return float(np.abs(np.median(self.steps[-1].current)))

    @property
    def start(self) -> float:
        """Time of its start [s]."""
        return float(self.steps[0].time[0])

    @property
    def end(self) -> float:
        """Time of its end [s]."""
        return float(self.steps[-1].time[-1])


def halves_of(curve: Curve) -> tuple[Half, ...]:
    """The half cycles in order."""
    groups: list[list[Step]] = []
    for step in steps_of(curve):
        if step.kind is StepKind.REST:
            continue
        if groups and groups[-1][-1].kind is step.kind:
            groups[-1].append(step)
        else:
            groups.append([step])
    return tuple(Half(group[0].kind, tuple(group)) for group in groups)


def discharges_of(curve: Curve) -> tuple[Half, ...]:
    """The discharging halves."""
    return tuple(half for half in halves_of(curve) if half.kind is StepKind.DISCHARGE)


def totals_of_half(curve: Curve, half: Half, accuracy: Accuracy) -> Totals:
    """Energy, charge and time of its steps."""
    return totals_of(half.steps, steps_of(curve), accuracy)
