"""By how much the differential capacity of a charge lies above that of a discharge, on the axis of voltage.

The shift is the one at which the mean squared difference of both, where they overlap, is smallest. It is taken as one
number for the whole overlap; how far that is wrong shows in the jackknife, which leaves out one stretch of voltages at
a time: its standard error is that of the mean shift, the scatter of its pseudo-values that of the shift at one place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.kpi.differential.density import Charges, Vector

_BLOCKS = 10
_LEAST_OVERLAP = 0.6  # of the discharge's span
_LEAST_CONTRAST = 0.01  # standard deviation over the mean, below which there is no feature to compare


@dataclass(frozen=True, slots=True)
class Shift:
    """Charge over discharge [V]; standard error of the mean, and scatter from place to place [V].

    And the misfit left over the mean square [-], and the overlap [V].
    """

    value: float
    uncertainty: float
    scatter: float
    misfit: float
    low: float
    high: float


def shift_between(discharge: Charges, charge: Charges, bandwidth: float, largest: float) -> Shift | None:
    """The shift; None if none up to the largest leaves enough of an overlap, or there is no feature to tell it by.

    Parameters
    ----------
    discharge, charge
        Charge by voltage of each.
    bandwidth
        Of the smoothing of both [V].
    largest
        Shift that is looked for [V].
    """
    step = bandwidth / 8
    inside = 3 * bandwidth
    voltage = np.arange(discharge.centres[0] + inside, discharge.centres[-1] - inside, step)
    candidates = np.arange(0.0, largest, step)
    if len(voltage) < 2 * _BLOCKS or len(candidates) < 3:
        return None
    wanted, error = (
        np.interp(voltage, discharge.centres, values)
        for values in (discharge.density(bandwidth), np.sqrt(discharge.variance(bandwidth)))
    )
    if np.std(wanted) < max(_LEAST_CONTRAST * float(np.mean(wanted)), 3 * float(np.sqrt(np.mean(error**2)))):
        return None
    above = np.interp(
        voltage + candidates[:, None],
        charge.centres,
        charge.density(bandwidth),
        left=np.nan,
        right=np.nan,
    )
    squares = (above - wanted) ** 2
    best = _lowest(squares, candidates, np.ones(len(voltage), bool))
    if best is None:
        return None
    blocks = np.arange(len(voltage)) * _BLOCKS // len(voltage)
    left_out = [_lowest(squares, candidates, blocks != block) for block in range(_BLOCKS)]
    known = np.array([one for one in left_out if one is not None])
    if len(known) < _BLOCKS:
        return None
    spread = math.sqrt((_BLOCKS - 1) / _BLOCKS * float(np.sum((known - known.mean()) ** 2)))
    row = int(np.argmin(np.abs(candidates - best)))
    covered = np.isfinite(squares[row])
    misfit = float(np.mean(squares[row][covered]) / np.mean(wanted[covered] ** 2))
    ends = voltage[covered]
    digit = step / math.sqrt(12)
    scatter = math.hypot(spread * math.sqrt(_BLOCKS), digit)
    return Shift(best, math.hypot(spread, digit), scatter, misfit, float(ends[0]), float(ends[-1]))


def _lowest(squares: Vector, candidates: Vector, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float | None:
    """The candidate with the smallest mean square, by a parabola through three; None if it is the last one."""
    chosen = squares[:, kept]
    covered = np.isfinite(chosen)
    share = covered.mean(axis=1)
    mean = np.where(covered, chosen, 0.0).sum(axis=1) / np.maximum(covered.sum(axis=1), 1)
    mean[share < _LEAST_OVERLAP] = np.inf
    row = int(np.argmin(mean))
    if not np.isfinite(mean[row]) or row == len(candidates) - 1 or not np.isfinite(mean[row + 1]):
        return None
    if row == 0 or not np.isfinite(mean[row - 1]):
        return float(candidates[row])
    before, at, after = mean[row - 1 : row + 2]
    curvature = before - 2 * at + after
    moved = (before - after) / (2 * curvature) if curvature > 0 else 0.0
    return float(candidates[row] + moved * (candidates[1] - candidates[0]))
