"""How much charge had passed when a sweep came to a voltage, and which voltage it had when so much had passed.

A parabola of voltage over charge through the samples nearest to the place. So many are taken that more of them no
longer agree with fewer (Lepski's rule): few where the voltage bends, many where it is straight and noisy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.curve.steps import Step
from ragone.pipelines.kpi.differential.density import Vector
from ragone.pipelines.kpi.differential.samples import charge_passed

_LEAST, _GROWTH, _AGREE = 4, 1.5, 2.0


def charge_at(step: Step, noise: float, voltage: float) -> tuple[float, float]:
    """Charge passed since the start of a sweep at which it has a voltage, and its standard uncertainty [A.h].

    Parameters
    ----------
    step
        The sweep; rising or falling, at least four samples.
    noise
        Standard deviation of one voltage [V].
    voltage
        Looked for [V]; beyond the ends of the sweep the charge at that end is the answer.
    """
    charge = charge_passed(step)
    rising = step.voltage[-1] > step.voltage[0]
    before = step.voltage < voltage if rising else step.voltage > voltage
    nearest = min(int(before.sum()), len(charge) - 1)  # of the ordered samples; noise changes places on both sides
    excess = step.voltage - voltage
    return _widest(lambda count: _root(_Parabola.through(charge, excess, nearest, count), noise), len(charge), noise)


def voltage_at(step: Step, noise: float, charge: float) -> tuple[float, float]:
    """Voltage that a sweep has when a charge has passed since its start, and its standard uncertainty [V].

    Parameters
    ----------
    step
        The sweep; at least four samples.
    noise
        Standard deviation of one voltage [V].
    charge
        Looked for, within the sweep [A.h].
    """
    passed = charge_passed(step)
    nearest = min(int(np.searchsorted(passed, charge)), len(passed) - 1)

    def fitted(count: int) -> tuple[float, float]:
        parabola = _Parabola.through(passed, step.voltage, nearest, count)
        return parabola.at((charge - parabola.middle) / parabola.scale, noise)

    return _widest(fitted, len(passed), noise)


def _widest(fitted: Callable[[int], tuple[float, float]], samples: int, noise: float) -> tuple[float, float]:
    """The fit to the most samples that agrees with those to fewer."""
    found: list[tuple[float, float]] = []
    count = float(_LEAST)
    while count <= samples:
        value, error = fitted(int(count))
        if any(abs(value - other) > _AGREE * math.hypot(error, spread) for other, spread in found):
            break
        found.append((value, error))
        if noise == 0:
            break
        count *= _GROWTH
    return found[-1]


@dataclass(frozen=True, slots=True)
class _Parabola:
    """Factors of 1, x and x^2 [V], their covariance for noise of 1 V; charge at x = 0, of x, and at the end [A.h]."""

    factors: Vector
    covariance: Vector
    middle: float
    scale: float
    last: float

    @classmethod
    def through(cls, charge: Vector, voltage: Vector, nearest: int, count: int) -> _Parabola:
        """Fit so many samples about one; within the sweep."""
        start = min(max(nearest - count // 2, 0), len(charge) - count)
        chosen = slice(start, start + count)
        middle, scale = float(charge[nearest]), float(np.ptp(charge[chosen])) or 1.0
        x = (charge[chosen] - middle) / scale
        design = np.stack([np.ones_like(x), x, x**2], axis=1)
        factors, *_ = np.linalg.lstsq(design, voltage[chosen], rcond=None)
        return cls(np.asarray(factors), np.asarray(np.linalg.pinv(design.T @ design)), middle, scale, float(charge[-1]))

    def at(self, x: float, noise: float) -> tuple[float, float]:
        """Its value at a place and the standard uncertainty [V]."""
        row = np.array([1.0, x, x**2])
        return float(row @ self.factors), noise * math.sqrt(float(row @ self.covariance @ row))


def _root(parabola: _Parabola, noise: float) -> tuple[float, float]:
    """The root nearest to the middle, within the sweep, and its standard uncertainty [A.h]."""
    roots = np.roots(parabola.factors[::-1])
    real = roots[np.isreal(roots)].real
    x = float(real[np.argmin(np.abs(real))]) if len(real) else 0.0
    slope = float(parabola.factors[1] + 2 * parabola.factors[2] * x)
    error = parabola.at(x, noise)[1] / abs(slope) * parabola.scale if slope else parabola.scale
    return min(max(parabola.middle + x * parabola.scale, 0.0), parabola.last), error
