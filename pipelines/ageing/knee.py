"""The knee of a fade: where a capacity begins to fall faster, by two methods, and where that sets in.

Bacon and Watts join two straight lines; as for capacity fades in Fermin-Cueto et al. the transition is sharp, so that
the model is a line with a bend, and the double model one with two bends, of which the first is the onset. The method
of tangents takes the lines of the first and the last part of the record, and where they meet; it depends on how long
the record goes on after the knee. Uncertainties are what white noise of the rows does to the place, also where the
lines do not describe the course: they say how surely this definition finds its place, not that a knee is sharp.

A fade has no knee if it does not get clearly steeper, or if a parabola describes it better than the bent line does: a
linear fade, one with the square root of time, one that accelerates evenly.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.decline import non_increasing
from ragone.pipelines.curve.totals import noise_of

Floats = NDArray[np.float64]

LEAST_ROWS = 20
STEEPER = 2.0  # times the slope before the knee, at least
SIGNIFICANT = 4.0  # standard errors by which the slope must change
MARGIN = 0.05  # of the record at each end in which no knee is determined
EARLY, LATE = 0.25, 0.1  # shares of the record that the tangents are fitted to
_GRID = 40  # places at which a bend is tried first
_BINS = 400  # rows that are left for that
_NEAR, _NEAR_SHARE = 5, 0.04  # rows on each side of a bend by which the course passes it
_BETTER = 25.0  # times the variance of the noise by which a second bend lowers the sum of squares, at least
_ROUNDING = 1e-20  # of the sum of squares of the capacities


@dataclass(frozen=True, slots=True)
class Knee:
    """The place of a knee with its standard uncertainty, or why there is none; `ends` if it is too near to an end."""

    place: float = math.nan
    uncertainty: float | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Bent:
    """A bent line: places of its bends, intercept, slope and changes of slope, residual sum of squares."""

    bends: Floats
    coefficients: Floats
    squares: float


def knee_by_bacon_watts(place: Floats, capacity: Floats) -> Knee:
    """Find the knee as the bend of two straight lines.

    Parameters
    ----------
    place
        Cycles, increasing, shape (n,).
    capacity
        Shape (n,) [A.h].

    References
    ----------
    Fermin-Cueto et al., 2020, doi 10.1016/j.egyai.2020.100006; Bacon and Watts, 1971, doi 10.2307/2334387.
    """
    refused = _too_short(place)
    if refused:
        return Knee(refused=refused)
    one = _fit(place, capacity, 1)
    refused = _no_knee(place, capacity, one)
    if refused:
        return Knee(refused=refused)
    return Knee(float(one.bends[0]), _uncertainty(place, capacity, one, 0))


def onset_by_double_bacon_watts(place: Floats, capacity: Floats) -> Knee:
    """Find the onset of a knee as the first bend of three straight lines; arguments as of `knee_by_bacon_watts`.

    References
    ----------
    Fermin-Cueto et al., 2020, doi 10.1016/j.egyai.2020.100006.
    """
    single = knee_by_bacon_watts(place, capacity)
    if single.refused:
        return single
    two = _fit(place, capacity, 2)
    least = _BETTER * noise_of(capacity) ** 2 + _ROUNDING * float(capacity @ capacity)
    first, last = two.coefficients[2:]
    if (
        _fit(place, capacity, 1).squares - two.squares < least
        or first >= 0
        or last >= 0
        or np.ptp(two.bends) < 2 * np.median(np.diff(place))
    ):
        return Knee(refused="the slope does not change in two steps: the knee sets in at once")
    return Knee(float(two.bends[0]), _uncertainty(place, capacity, two, 0))


def knee_by_tangents(place: Floats, capacity: Floats) -> Knee:
    """Find the knee where the lines of the first quarter and of the last tenth of the record meet.

    Parameters
    ----------
    place
        Cycles, increasing, shape (n,).
    capacity
        Shape (n,) [A.h].

    References
    ----------
    Diao et al., 2019, doi 10.3390/en12152910, whose tangents are at the extremes of the slope's change.
    """
    refused = _too_short(place) or _no_knee(place, capacity, _fit(place, capacity, 1))
    if refused:
        return Knee(refused=refused)
    length, start = float(np.ptp(place)), float(place[0])
    early, late = place <= start + EARLY * length, place >= start + (1 - LATE) * length
    if min(early.sum(), late.sum()) < 3:
        return Knee(refused="fewer than three rows in the first quarter or the last tenth of the record")
    noise = noise_of(capacity)
    before, after = (_tangent(place[rows], capacity[rows], noise) for rows in (early, late))
    change = before[0][1] - after[0][1]
    if change <= 0:
        return Knee(refused="the last tenth of the record is not steeper than its first quarter")
    found = (after[0][0] - before[0][0]) / change
    if not start + EARLY / 2 * length < found < start + (1 - LATE) * length:
        return Knee(refused=f"the tangents meet at {found:.4g}, within the parts that they are fitted to")
    at = np.array([1.0, found]) / change
    variance = float(at @ (before[1] + after[1]) @ at)
    return Knee(found, math.sqrt(variance) or None)


def _tangent(place: Floats, capacity: Floats, noise: float) -> tuple[Floats, Floats]:
    """Intercept and slope of the line by least squares, and their covariance."""
    design = np.vander(place, 2, increasing=True)
    normal = np.linalg.inv(design.T @ design)
    return np.asarray(normal @ design.T @ capacity), np.asarray(noise**2 * normal)


def _too_short(place: Floats) -> str:
    if len(place) >= LEAST_ROWS:
        return ""
    return f"{len(place)} cycles are too few for a knee; {LEAST_ROWS} at least are needed: cycle on"


def _no_knee(place: Floats, capacity: Floats, bent: _Bent) -> str:
    """The reason why a fade has no knee; empty if it has one."""
    early, change = float(bent.coefficients[1]), float(bent.coefficients[2])
    share = (float(bent.bends[0]) - float(place[0])) / float(np.ptp(place))
    fall = float(np.ptp(non_increasing(capacity)))
    noise = noise_of(capacity)
    if change >= 0 or early + change >= 0:
        return "the capacity does not fall faster towards the end: there is no knee"
    if early < 0 and (early + change) / early < STEEPER:
        return f"the slope grows by {(early + change) / early:.3g} only; {STEEPER:g} expected: there is no knee"
    slope_error = math.sqrt(_covariance(place, bent, noise)[2, 2])
    if -change < SIGNIFICANT * slope_error or fall < SIGNIFICANT * noise:
        return "the change of slope does not stand out of the noise: there is no knee yet"
    parabola = np.vander(place - place.mean(), 3)
    rest = capacity - parabola @ np.linalg.lstsq(parabola, capacity, rcond=None)[0]
    if float(rest @ rest) <= bent.squares:
        return "a parabola describes the fade better than a bent line: it accelerates evenly, without a knee"
    if not MARGIN <= share <= 1 - MARGIN:
        where = "beginning" if share < MARGIN else "end"
        return f"a bend at {bent.bends[0]:.4g} lies at the {where} of the record: it does not show both sides of it"
    return ""


def _fit(place: Floats, capacity: Floats, count: int) -> _Bent:
    """The bent line with so many bends that fits best."""
    from scipy.optimize import minimize

    thin, thinned = _binned(place), _binned(capacity)
    low, high = float(place[0]), float(place[-1])
    grid = np.linspace(low, high, _GRID + 2)[1:-1]
    start = min(itertools.combinations(grid.tolist(), count), key=lambda b: _squares(thin, thinned, np.array(b)))
    edge = 1e-3 * (high - low)

    def cost(bends: Floats) -> float:
        return _squares(place, capacity, np.clip(bends, low + edge, high - edge))

    steps = np.vstack([start, np.array(start) + np.eye(count) * (grid[1] - grid[0])])
    options = {"xatol": 1e-6 * (high - low), "fatol": 0.0, "maxiter": 400, "initial_simplex": steps}
    found = minimize(cost, np.array(start), method="Nelder-Mead", options=options)
    bends = np.sort(np.clip(found.x, low + edge, high - edge))
    coefficients = np.linalg.lstsq(_design(place, bends), capacity, rcond=None)[0]
    return _Bent(bends, np.asarray(coefficients), _squares(place, capacity, bends))


def _design(place: Floats, bends: Floats) -> Floats:
    return np.column_stack([np.ones_like(place), place, *(np.maximum(place - bend, 0.0) for bend in bends)])


def _squares(place: Floats, capacity: Floats, bends: Floats) -> float:
    design = _design(place, bends)
    rest = capacity - design @ np.linalg.lstsq(design, capacity, rcond=None)[0]
    return float(rest @ rest)


def _binned(values: Floats) -> Floats:
    """Means of neighbouring rows, so that at most so many are left."""
    width = math.ceil(len(values) / _BINS)
    return np.array([part.mean() for part in np.split(values, range(width, len(values), width))])


def _jacobian(place: Floats, bent: _Bent) -> Floats:
    """Derivatives of the bent line by its coefficients and the places of its bends."""
    changes = bent.coefficients[2:]
    moved = [-change * (place > bend) for change, bend in zip(changes, bent.bends, strict=True)]
    return np.column_stack([_design(place, bent.bends), *moved])


def _covariance(place: Floats, bent: _Bent, noise: float) -> Floats:
    jacobian = _jacobian(place, bent)
    return np.asarray(noise**2 * np.linalg.pinv(jacobian.T @ jacobian))


def _uncertainty(place: Floats, capacity: Floats, bent: _Bent, which: int) -> float:
    """Standard uncertainty of a bend: white noise, and the distance of two rows, between which it lies anywhere.

    The noise moves it by the derivative of the optimum by each row, in quadrature.

    The second derivatives of the model count where the course is no bent line: its residuals are not all noise.
    """
    noise, jacobian = noise_of(capacity), _jacobian(place, bent)
    rest = capacity - _design(place, bent.bends) @ bent.coefficients
    hessian = jacobian.T @ jacobian
    count = len(bent.bends)
    for number, bend in enumerate(bent.bends):
        change, at = 2 + number, 2 + count + number
        passed = _residual_at(bend, place, rest)
        hessian[at, at] -= float(bent.coefficients[change]) * passed / float(np.ptp(place)) * len(place)
    moved = np.linalg.pinv(hessian) @ jacobian.T
    found = noise * float(np.sqrt(np.sum(moved[2 + count + which] ** 2)))
    return math.hypot(found, float(np.median(np.diff(place))) / math.sqrt(12))


def _residual_at(bend: float, place: Floats, rest: Floats) -> float:
    """The residual at a bend, where it has a bend itself: by the lines through the rows on either side."""
    row, width = int(np.searchsorted(place, bend)), max(_NEAR, round(_NEAR_SHARE * len(place)))
    sides = [slice(max(row - width, 0), row), slice(row, row + width)]
    found = [np.polyfit(place[side] - bend, rest[side], 1)[1] for side in sides if len(place[side]) > 1]
    return float(np.mean(found))
