"""Which step of a curve is taken for its differential capacity, and what noise its voltage has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ragone.pipelines.curve.holes import Hole, holes_of
from ragone.pipelines.curve.steps import Step, StepKind, steps_of
from ragone.pipelines.curve.totals import SECONDS_PER_HOUR, noise_of
from ragone.pipelines.kpi.differential.density import Charges, Vector, charges
from ragone.pipelines.kpi.differential.path import Path
from ragone.schemas import Curve, Measurement

LEAST_SAMPLES = 30
LEAST_SPAN_VOLT = 0.1
_HELD = 2e-3  # V, how near a held voltage stays to where it is held
_FULL = 0.98  # of the mean current, below which it falls while a voltage is held


@dataclass(frozen=True, slots=True)
class Sweep:
    """A step of a curve, and the part of it before its voltage was held."""

    curve: Curve
    whole: Step
    step: Step

    @property
    def mean_current(self) -> float:
        """Positive [A]."""
        return abs(float(np.mean(self.step.current)))

    @property
    def charge(self) -> float:
        """Passed until its voltage was held [A.h]; noise alone comes near the last voltage early, at a full current."""
        passed, after = charge_passed(self.whole), self.whole.current[len(self.step.time) :]
        held = len(after) > 0 and abs(float(np.median(after))) < _FULL * self.mean_current
        return float(passed[len(self.step.time) - 1] if held else passed[-1])

    @property
    def path(self) -> Path:
        """Charge and voltage until it was held."""
        return Path(charge_passed(self.step), self.step.voltage, self.noise)

    @property
    def noise(self) -> float:
        """Standard deviation of one sample of the voltage [V]; none in a simulation."""
        return noise_of(self.step.voltage) if isinstance(self.curve, Measurement) else 0.0


def sweeps(curves: Iterable[Curve], kind: StepKind) -> list[Sweep]:
    """Steps of a kind that sweep a range of voltages, rather than hold one, with samples enough and no hole."""
    found: list[Sweep] = []
    for curve in curves:
        holes = holes_of(curve)
        swept = [Sweep(curve, step, _until_held(step)) for step in steps_of(curve) if step.kind is kind]
        found += [
            sweep
            for sweep in swept
            if len(sweep.step.time) >= LEAST_SAMPLES
            and np.ptp(sweep.step.voltage) >= LEAST_SPAN_VOLT
            and not _has_hole(sweep.step, holes)
        ]
    return found


def _has_hole(step: Step, holes: tuple[Hole, ...]) -> bool:
    rows = range(step.first_row, step.first_row + len(step.time) - 1)
    return any(hole.after_sample in rows for hole in holes)


def _until_held(step: Step) -> Step:
    """The step until it first comes to its last voltage: what follows is a hold there."""
    rising = step.kind is StepKind.CHARGE
    limit = step.voltage.max() - _HELD if rising else step.voltage.min() + _HELD
    reached = np.flatnonzero(step.voltage >= limit if rising else step.voltage <= limit)
    end = int(reached[0]) + 1
    return replace(step, time=step.time[:end], voltage=step.voltage[:end], current=step.current[:end])


def slowest(found: list[Sweep]) -> Sweep:
    """The sweep with the lowest mean current among those nearly as wide as the widest."""
    widest = max(float(np.ptp(sweep.step.voltage)) for sweep in found)
    return min((s for s in found if np.ptp(s.step.voltage) >= 0.8 * widest), key=lambda sweep: sweep.mean_current)


def charges_of(sweep: Sweep) -> Charges:
    """The charge of a sweep by voltage."""
    return charges(sweep.step.voltage, charge_passed(sweep.step), sweep.noise)


def charge_passed(step: Step) -> Vector:
    """Charge since the start of the step [A.h], shape (n,), never decreasing."""
    current = np.abs(step.current)
    parts = (current[1:] + current[:-1]) / 2 * np.diff(step.time) / SECONDS_PER_HOUR
    return np.concatenate([[0.0], np.cumsum(parts)])
