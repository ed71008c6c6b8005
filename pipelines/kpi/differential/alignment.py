"""Which charge of a charging sweep is the same state of the cell as which charge of a discharge.

Charged by C, or discharged by Q since it was full, a cell is in the same state where C = S - Q. The voltage of the
charge lies above that of the discharge there, by a hysteresis that may grow along the sweep: it is written as a
polynomial of Q, and S is the number with which it explains the difference best. The features of the open-circuit
voltage tell S, since a wrong one leaves them in the difference. The end of the discharge, where the hysteresis may grow
faster than any polynomial, has no say; the hysteresis there is read off, once S is known.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ragone.pipelines.kpi.differential.density import Vector
from ragone.pipelines.kpi.differential.path import Path

_WIDTH = 0.01  # of the discharge's charge, of the smoothing
_USED = 0.03, 0.85  # of the discharge's charge
_LEAST_OVERLAP = 0.8  # of that
_ORDERS = range(5)
_BETTER = 0.9  # of the variance, which another order of the polynomial must leave at most to be believed
_EDGE = 3.0  # widths of the smoothing, which an end spoils
_CANDIDATES = 120
_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Alignment:
    """S [A.h] and its standard uncertainty; mean hysteresis [V], its order as a polynomial, and the misfit left [V]."""

    charge: float
    uncertainty: float
    hysteresis: float
    order: int
    misfit: float


def aligned(discharge: Path, charge: Path) -> Alignment | None:
    """Find S of a discharge from full and of a charge; None if they do not determine it.

    Parameters
    ----------
    discharge, charge
        Each from its own start. The charge begins below where the discharge ended, or not far above.

    Returns
    -------
    Alignment or None
        Uncertainty: jackknife over ten stretches of charge or what the noise does, whichever is more, and the most
        that one or two orders more change.
    """
    width = float(discharge.charge[-1]) * _WIDTH
    overlap = _Overlap.of(discharge.smoothed(width, width / 2), charge.smoothed(width, width / 2), width)
    found = [overlap.best(order) for order in _ORDERS]
    order = 0
    for low, high in itertools.pairwise(_ORDERS):
        if found[high][1] < _BETTER * found[order][1]:
            order = high
        elif low > order:
            break
    total, variance = found[order]
    further = [overlap.best(order + more) for more in (1, 2)]
    if not all(math.isfinite(one) for one in (variance, *(also for _, also in further))):
        return None
    by_order = max(abs(one - total) for one, _ in further)
    spread = max(overlap.jackknife(total, order), overlap.by_noise(total, order))
    difference, known = overlap.difference(total)
    hysteresis = float(difference[known].mean())
    return Alignment(total, math.hypot(spread, by_order), hysteresis, order, math.sqrt(variance))


@dataclass(frozen=True, slots=True)
class _Overlap:
    """The part of a discharge that has a say, the whole charge, where S may lie, and the width of their smoothing."""

    discharge: Path
    charge: Path
    candidates: Vector
    width: float

    @classmethod
    def of(cls, discharge: Path, charge: Path, width: float) -> _Overlap:
        end = float(discharge.charge[-1])
        share = discharge.charge / end
        used = (share >= _USED[0]) & (share <= _USED[1])
        candidates = np.linspace(_USED[1] * end, charge.charge[-1] + (1 - _LEAST_OVERLAP) * end, _CANDIDATES)
        return cls(_part(discharge, used), charge, candidates, width)

    def difference(self, total: float) -> tuple[Vector, NDArray[np.bool_]]:
        """Voltage of the charge over that of the discharge at equal state [V], and where both are known."""
        state = total - self.discharge.charge
        first, last = self.charge.charge[[0, -1]]
        known = (state >= first + _EDGE * self.width) & (state <= last - _EDGE * self.width)
        return np.interp(state, self.charge.charge, self.charge.voltage) - self.discharge.voltage, known

    def design(self, order: int) -> Vector:
        """Polynomials up to an order at the discharge's charges, a column each."""
        first, last = self.discharge.charge[[0, -1]]
        place = 2 * (self.discharge.charge - first) / (last - first) - 1
        return np.asarray(np.polynomial.chebyshev.chebvander(place, order))

    def variance(self, total: float, order: int) -> float:
        """Mean square that the polynomial leaves [V^2], per degree of freedom; infinite without overlap."""
        difference, known = self.difference(total)
        if known.mean() < _LEAST_OVERLAP:
            return math.inf
        basis, _ = np.linalg.qr(self.design(order)[known])
        left = difference[known] - basis @ (basis.T @ difference[known])
        return float(left @ left) / (int(known.sum()) - order - 2)

    def best(self, order: int) -> tuple[float, float]:
        """S with the smallest variance [A.h], and that [V^2]; infinite if there is none within the candidates."""
        found = np.array([self.variance(total, order) for total in self.candidates])
        row = int(np.argmin(found))
        if not 0 < row < len(found) - 1 or not np.isfinite(found[row - 1 : row + 2]).all():
            return float(self.candidates[row]), math.inf
        total = self._near(float(self.candidates[row]), order)
        return total, self.variance(total, order)

    def _near(self, total: float, order: int) -> float:
        """The minimum near a candidate [A.h]."""
        step = float(self.candidates[1] - self.candidates[0])
        found = minimize_scalar(
            self.variance, bounds=(total - step, total + step), args=(order,), method="bounded", options={"xatol": 1e-5}
        )
        return float(found.x)

    def jackknife(self, total: float, order: int) -> float:
        """Standard error of S [A.h], from leaving out one stretch of the discharge at a time."""
        blocks = np.arange(len(self.discharge.charge)) * _BLOCKS // len(self.discharge.charge)
        parts = [replace(self, discharge=_part(self.discharge, blocks != one)) for one in range(_BLOCKS)]
        return math.sqrt((_BLOCKS - 1) * float(np.var([part._near(total, order) for part in parts])))

    def by_noise(self, total: float, order: int) -> float:
        """Standard error of S by the noise of both sweeps [A.h], to first order."""
        step = _EDGE * self.width
        (up, known), (down, also) = self.difference(total + step), self.difference(total - step)
        kept = known & also
        slopes = (up - down)[kept] / (2 * step)
        weights = np.linalg.pinv(np.column_stack([self.design(order)[kept], slopes]))[-1]
        distance = np.subtract.outer(self.discharge.charge[kept], self.discharge.charge[kept]) / self.width
        variance = weights @ np.exp(-(distance**2) / 4) @ weights
        return math.hypot(self.discharge.noise, self.charge.noise) * math.sqrt(float(variance))


def _part(path: Path, kept: NDArray[np.bool_]) -> Path:
    return replace(path, charge=path.charge[kept], voltage=path.voltage[kept])
