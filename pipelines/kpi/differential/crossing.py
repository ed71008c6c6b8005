"""How much charge had passed when a sweep came to a voltage.

A parabola of voltage over charge through the samples nearest to the crossing. So many are taken that more of them no
longer agree with fewer (Lepski's rule): few where the voltage bends, many where it is straight and noisy.
"""

from __future__ import annotations

import math

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
    found: list[tuple[float, float]] = []
    count = float(_LEAST)
    while count <= len(charge):
        value, error = _fitted(charge, step.voltage - voltage, nearest, int(count), noise)
        if any(abs(value - other) > _AGREE * math.hypot(error, spread) for other, spread in found):
            break
        found.append((value, error))
        if noise == 0:
            break
        count *= _GROWTH
    return found[-1]


def _fitted(charge: Vector, excess: Vector, nearest: int, count: int, noise: float) -> tuple[float, float]:
    """The root of a parabola through so many samples about one, and its error; within the sweep."""
    start = min(max(nearest - count // 2, 0), len(charge) - count)
    chosen = slice(start, start + count)
    middle, scale = float(charge[nearest]), float(np.ptp(charge[chosen])) or 1.0
    x = (charge[chosen] - middle) / scale
    design = np.stack([np.ones_like(x), x, x**2], axis=1)
    factors, *_ = np.linalg.lstsq(design, excess[chosen], rcond=None)
    roots = np.roots(factors[::-1])
    real = roots[np.isreal(roots)].real
    at = float(real[np.argmin(np.abs(real))]) if len(real) else 0.0
    row = np.array([1.0, at, at**2])
    slope = float(factors[1] + 2 * factors[2] * at)
    variance = noise**2 * float(row @ np.linalg.pinv(design.T @ design) @ row)
    error = math.sqrt(variance) / abs(slope) * scale if slope else scale
    return min(max(middle + at * scale, 0.0), float(charge[-1])), error
