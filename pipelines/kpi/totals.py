"""Energy, charge and time of the steps of a curve, and every reason why they may be off.

Integrals by the trapezoidal rule over the samples of a step. Each source of error is a vector of what one standard
deviation of it does to energy, charge and time together, so that a ratio of them (a mean voltage, an efficiency)
gets its uncertainty right. Sources are independent of each other; those of one name are the same in every step.

- Truncation: Richardson's estimate, a third of what leaving out every second sample does. Noise in it errs upwards.
- Borders: between the last sample of a step and the first of the next the current changes at an unknown moment. Each
  step is given half of the gap; the moment is taken as uniform in it.
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

from pipelines.kpi.steps import Step
from schemas.field import Bounds

SECONDS_PER_HOUR = 3600.0
_DIGITS = 1e-12  # of a value, lost by rounding
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Standard uncertainty of the instrument, the same for all samples [V, A]; and whether the samples are noisy."""

    volt: float = 0.0
    ampere: float = 0.0
    noisy: bool = False

    def __post_init__(self) -> None:
        """A standard uncertainty is not below zero."""
        for name, unit, value in (
            ("voltage_uncertainty_volt", "V", self.volt),
            ("current_uncertainty_ampere", "A", self.ampere),
        ):
            Bounds(low=0).require(value, name, unit)


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
        """Of both; a source that both have is one and the same."""
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
    names = dict.fromkeys(name for total in totals for name in total.sources)
    value = derived(*(total.values for total in totals))
    moved = (
        derived(*(total.values + total.sources.get(name, np.zeros(3)) for total in totals)) - value for name in names
    )
    total = math.hypot(*moved)
    return total if total > _DIGITS * abs(value) else None


def totals_of(steps: Iterable[Step], every_step: tuple[Step, ...], accuracy: Accuracy) -> Totals:
    """The sum over some of the steps of a curve, given all of them (for the gaps between)."""
    before = {step.first_row: gap for step, gap in zip(every_step[1:], _gaps(every_step), strict=True)}
    after = {step.first_row: gap for step, gap in zip(every_step, _gaps(every_step), strict=False)}
    found = Totals()
    for step in steps:
        found += _of_step(step, before.get(step.first_row, 0.0), after.get(step.first_row, 0.0), accuracy)
    return found


def _gaps(steps: tuple[Step, ...]) -> list[float]:
    return [float(later.time[0] - earlier.time[-1]) for earlier, later in itertools.pairwise(steps)]


def _of_step(step: Step, before: float, after: float, accuracy: Accuracy) -> Totals:
    rates = np.stack([step.voltage * step.current, step.current]) / SECONDS_PER_HOUR
    inside = np.asarray(np.trapezoid(rates, step.time, axis=1))
    first, last = rates[:, 0], rates[:, -1]
    row = step.first_row + 1
    sources = {
        f"truncation, step from row {row}": _with_time((inside - _halved(rates, step.time)) / 3, 0.0),
        f"border before row {row}": _with_time(first, 1.0) * before / math.sqrt(12),
        f"border after the step from row {row}": _with_time(last, 1.0) * after / math.sqrt(12),
        "stated voltage": _with_time(np.array([inside[1], 0.0]) * accuracy.volt, 0.0),
        "stated current": _with_time(
            np.trapezoid(np.stack([step.voltage, np.ones_like(step.voltage)]), step.time, axis=1)
            * (accuracy.ampere / SECONDS_PER_HOUR),
            0.0,
        ),
        **(_noise(step, row) if accuracy.noisy else {}),
    }
    values = _with_time(inside + first * before / 2 + last * after / 2, step.duration + (before + after) / 2)
    return Totals(values, {name: effect for name, effect in sources.items() if effect.any()}, len(step.time))


def _with_time(energy_and_charge: Vector, time: float) -> Vector:
    return np.append(energy_and_charge, time)


def _halved(rates: Vector, time: Vector) -> Vector:
    """Integrals with every second sample left out; of two samples only, with the last value held."""
    if len(time) < 3:
        return np.asarray(rates[:, -1] * (time[-1] - time[0]))
    kept = np.r_[0 : len(time) - 1 : 2, len(time) - 1]
    return np.asarray(np.trapezoid(rates[:, kept], time[kept], axis=1))


def _noise(step: Step, row: int) -> dict[str, Vector]:
    """What white noise of voltage and current does, each with the weights of the trapezoidal rule."""
    if len(step.time) < 5:
        return {}
    width = np.diff(step.time)
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
