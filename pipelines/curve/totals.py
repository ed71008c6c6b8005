"""Energy, charge and time of the steps of a curve, and every reason why they may be off.

Integrals by the trapezoidal rule over the samples of a step. Each source of error is a vector of what one standard
deviation of it does to energy, charge and time together, so that a ratio of them (a mean voltage, an efficiency)
gets its uncertainty right. Sources are independent of each other; those of one name are the same in every step.

- Truncation: Richardson's estimate, a third of what leaving out every second sample does. Noise in it errs upwards.
- Borders: between the last sample of a step and the first of the next the current changes at an unknown moment, taken
  as uniform in the gap; of a measurement, no further from either step than that step's own rows are apart.
- Unrecorded intervals, of measurements: what the instrument counted meanwhile or, where it did not, nothing, with an
  uncertainty that reaches from nothing to the current before and after.
- Noise, of measurements: white, its variance from the second differences of the samples.
- The instrument: a standard uncertainty of voltage and of current as stated, the same for all samples.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.accuracy import Accuracy
from ragone.pipelines.curve.holes import Hole, recorded_time, sampling
from ragone.pipelines.curve.steps import Step, StepKind

SECONDS_PER_HOUR = 3600.0
UNRECORDED = "unrecorded interval"  # how the sources begin that tell of one
COUNTED = "the instrument's counter"
_DIGITS = 1e-12  # of a value, lost by rounding
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Totals:
    """Signed as the current: energy [W.h], charge [A.h] and time [s], shape (3,); and the same of each error source."""

    values: Vector = field(default_factory=lambda: np.zeros(3))
    sources: Mapping[str, Vector] = field(default_factory=dict)
    count: int = 0

    @property
    def energy(self) -> float:
        """[W.h], positive when charging."""
        return float(self.values[0])

    @property
    def charge(self) -> float:
        """[A.h], positive when charging."""
        return float(self.values[1])

    @property
    def duration(self) -> float:
        """[s]."""
        return float(self.values[2])

    def __add__(self, other: Totals) -> Totals:
        """Sum of both; a source that both have is one and the same."""
        shared = dict(self.sources)
        for name, effect in other.sources.items():
            shared[name] = shared.get(name, np.zeros(3)) + effect
        return Totals(self.values + other.values, shared, self.count + other.count)


def uncertainty(derived: Callable[..., float], *totals: Totals) -> float | None:
    """Standard uncertainty of a number that is derived from totals, first order, sources in quadrature.

    None if no source shows: that the samples hide an error is no proof that there is none.

    Parameters
    ----------
    derived
        Takes one vector (energy, charge, time) for each of the totals.
    totals
        A source that several have moves them together.
    """
    names = dict.fromkeys(n for total in totals for n in total.sources if not n.startswith(UNRECORDED))
    value = derived(*(total.values for total in totals))
    shifts = [[total.sources.get(name, np.zeros(3)) for total in totals] for name in names]
    shifts += [[_unknown(total) * (total is one) for total in totals] for one in totals]
    moved = (derived(*(t.values + shift for t, shift in zip(totals, each, strict=True))) - value for each in shifts)
    total = math.hypot(*moved)
    return total if total > _DIGITS * abs(value) else None


def _unknown(total: Totals) -> Vector:
    """Possible flow in all unrecorded intervals: what happened in one may have happened in each."""
    effects = [effect for name, effect in total.sources.items() if name.startswith(UNRECORDED)]
    return np.asarray(np.sum(effects, axis=0) if effects else np.zeros(3))


@dataclass(frozen=True, slots=True)
class _Border:
    """One side of a step: the time in the gap that is given to it [s], its standard deviation, or what is missing."""

    share: float = 0.0
    deviation: float = 0.0
    hole: Hole | None = None


def totals_of(steps: Iterable[Step], every_step: tuple[Step, ...], accuracy: Accuracy) -> Totals:
    """The sum over some of the steps of a curve, given all of them (for the gaps between)."""
    before, after = {}, {}
    for earlier, later in itertools.pairwise(every_step):
        after[earlier.first_row], before[later.first_row] = _borders(earlier, later, accuracy)
    found = Totals()
    for step in steps:
        found += _of_step(step, before.get(step.first_row, _Border()), after.get(step.first_row, _Border()), accuracy)
    return found


def _borders(earlier: Step, later: Step, accuracy: Accuracy) -> tuple[_Border, _Border]:
    """The parts of a gap between two steps that each of them is given."""
    gap = float(later.time[0] - earlier.time[-1])
    hole = next((hole for hole in accuracy.holes if hole.after_sample == later.first_row - 1), None)
    first, last = 0.0, gap  # when the current changed, at the earliest and the latest
    if accuracy.noisy:
        first, last = max(0.0, gap - sampling(later, end=False)), min(gap, sampling(earlier, end=True))
    if hole is None and first <= last:
        deviation = (last - first) / math.sqrt(12)
        return _Border((first + last) / 2, deviation), _Border(gap - (first + last) / 2, deviation)
    hole = hole or Hole(later.first_row - 1, gap)
    if hole.charge is None:
        return _Border(hole=hole), _Border(hole=hole)
    kind = StepKind.CHARGE if hole.charge > 0 else StepKind.DISCHARGE
    return (_Border(hole=hole), _Border()) if earlier.kind is kind else (_Border(), _Border(hole=hole))


def _of_step(step: Step, before: _Border, after: _Border, accuracy: Accuracy) -> Totals:
    rates = np.stack([step.voltage * step.current, step.current]) / SECONDS_PER_HOUR
    time = recorded_time(step.time, step.first_row, accuracy.holes)
    inside = np.asarray(np.trapezoid(rates, time, axis=1))
    first, last = rates[:, 0], rates[:, -1]
    row = step.first_row + 1
    counted, missing = _unrecorded(step, rates, before, after, accuracy)
    sources = {
        f"truncation, step from row {row}": _with_time((inside - _halved(rates, time)) / 3, 0.0),
        f"border before row {row}": _with_time(first, 1.0) * before.deviation,
        f"border after the step from row {row}": _with_time(last, 1.0) * after.deviation,
        "stated voltage": _with_time(np.array([inside[1], 0.0]) * accuracy.volt, 0.0),
        "stated current": _with_time(
            np.trapezoid(np.stack([step.voltage, np.ones_like(step.voltage)]), time, axis=1)
            * (accuracy.ampere / SECONDS_PER_HOUR),
            0.0,
        ),
        **(_noise(step, time, row) if accuracy.noisy else {}),
        **missing,
    }
    shares = _with_time(first * before.share + last * after.share, before.share + after.share)
    values = _with_time(inside, float(time[-1] - time[0])) + shares + counted
    return Totals(values, {name: effect for name, effect in sources.items() if effect.any()}, len(step.time))


def _unrecorded(
    step: Step, rates: Vector, before: _Border, after: _Border, accuracy: Accuracy
) -> tuple[Vector, dict[str, Vector]]:
    """Counted flow in the holes of a step and at its borders, and possible further flow in them."""
    counted, missing = np.zeros(3), {}
    inside = range(step.first_row, step.first_row + len(step.time) - 1)
    beside = [hole for hole in (before.hole, after.hole) if hole is not None]
    for hole in [*beside, *(hole for hole in accuracy.holes if hole.after_sample in inside)]:
        row = hole.after_sample + 1
        rows = [k for k in (row - 1 - step.first_row, row - step.first_row) if 0 <= k < len(step.time)]
        if hole.charge is None:
            most = rates[:, rows[int(np.argmax(np.abs(rates[1, rows])))]]
            missing[f"{UNRECORDED} of {hole.seconds:g} s after row {row}"] = (
                _with_time(most, 1.0) * hole.seconds / math.sqrt(3)
            )
            continue
        volts = step.voltage[rows]
        energy = hole.charge * float(volts.mean()) if hole.energy is None else hole.energy
        spread = abs(hole.charge) * float(np.ptp(volts)) if hole.energy is None else hole.energy_deviation
        current = float(np.abs(step.current[rows]).max())
        lasted = min(abs(hole.charge) * SECONDS_PER_HOUR / current, hole.seconds) if current else 0.0
        counted += np.array([energy, hole.charge, lasted])
        missing[f"{COUNTED} in {hole.seconds:g} s after row {row}"] = np.array([spread, hole.charge_deviation, 0.0])
    return counted, missing


def _with_time(energy_and_charge: Vector, time: float) -> Vector:
    return np.append(energy_and_charge, time)


def _halved(rates: Vector, time: Vector) -> Vector:
    """Integrals with every second sample left out; of two samples only, with the last value held."""
    if len(time) < 3:
        return np.asarray(rates[:, -1] * (time[-1] - time[0]))
    kept = np.r_[0 : len(time) - 1 : 2, len(time) - 1]
    return np.asarray(np.trapezoid(rates[:, kept], time[kept], axis=1))


def _noise(step: Step, time: Vector, row: int) -> dict[str, Vector]:
    """Effect of white noise of voltage and current, each with the weights of the trapezoidal rule."""
    if len(step.time) < 5:
        return {}
    width = np.diff(time)
    weights = (np.append(width, 0.0) + np.append(0.0, width)) / 2 / SECONDS_PER_HOUR
    volt, ampere = noise_of(step.voltage), noise_of(step.current)
    by_voltage = volt * math.sqrt(float(np.sum((weights * step.current) ** 2)))
    shared = ampere * math.sqrt(float(np.sum(weights**2)))
    mean = float(np.average(step.voltage, weights=weights)) if weights.any() else 0.0
    return {
        f"noise of voltage, step from row {row}": np.array([by_voltage, 0.0, 0.0]),
        f"noise of current, step from row {row}": np.array([mean * shared, shared, 0.0]),
    }


def noise_of(samples: Vector) -> float:
    """Standard deviation of the noise on a smooth series, shape (n,).

    White noise from the second differences, robustly; and what the instrument's last digit hides.
    """
    if len(samples) < 5:
        return 0.0
    differences = np.abs(samples[:-2] - 2 * samples[1:-1] + samples[2:])
    levels = np.unique(samples)
    repeated = 1 < len(levels) <= len(samples) / 2  # else the samples are further apart than the digit
    digit = float(np.diff(levels).min()) if repeated else 0.0
    return math.hypot(1.4826 * float(np.median(differences)) / math.sqrt(6), digit / math.sqrt(12))
