"""The place where a declining series falls below a limit, and stays there.

A capacity rises before it falls, scatters, dips for a cycle and recovers after a rest. So it is not the first value
below the limit that counts. A running median over five rows takes out single outliers; the non-increasing curve that
fits best (isotonic least squares) levels what recovers; its crossing says between which rows the limit is passed. There
the rows themselves are fitted by a parabola, over as many of them as it takes to fall by twelve times their noise.
Without noise these are two rows, and what is fitted is the line between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.totals import noise_of

Floats = NDArray[np.float64]

_MEDIAN = 2  # rows on each side of the running median
_FALL = 12.0  # of the noise, over the rows that are fitted
_OUTLIER = 5.0  # of the noise, from the non-increasing curve: such a row is not fitted
_REAL, _ROUNDING = 1e-12, 1e-9
_PARABOLA = 5  # rows at least; fewer are fitted by a line


@dataclass(frozen=True, slots=True)
class Crossing:
    """Place of a crossing between rows `row` - 1 and `row`; `uncertainty` by the noise, None if none shows."""

    place: float
    row: int
    uncertainty: float | None


def non_increasing(values: Floats) -> Floats:
    """The non-increasing curve next to the running median of a series, by least squares; shape (n,)."""
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(_running_median(values), increasing=False).x)


def find_crossing(
    place: Floats, values: Floats, limit: float, *, confirming_rows: int = 1, limit_deviation: float = 0.0
) -> Crossing | None:
    """Find where a series falls below a limit and stays there.

    Parameters
    ----------
    place
        Where each value is, increasing, shape (n,).
    values
        The series, shape (n,).
    limit
        What it falls below.
    confirming_rows
        So many of the last rows must lie below the limit if nothing follows them.
    limit_deviation
        Standard deviation of the limit itself.

    Returns
    -------
    Crossing or None
        At the first place, row 0, of a series that begins below the limit; None of one that does not fall below it.
    """
    if not len(values):
        return None
    fitted = non_increasing(values)
    below = np.flatnonzero(fitted < limit)
    if not len(below) or len(values) - below[0] < confirming_rows:
        return None
    row = int(below[0])
    if not row:
        return Crossing(float(place[0]), 0, None)
    first = _fitted_crossing(place, values, fitted, limit, row, limit_deviation)
    nearer = int(np.clip(np.searchsorted(place, first.place), 1, len(place) - 1))
    return _fitted_crossing(place, values, fitted, limit, nearer, limit_deviation)


def _fitted_crossing(
    place: Floats, values: Floats, fitted: Floats, limit: float, row: int, limit_deviation: float
) -> Crossing:
    """The crossing of a parabola, or line, that is fitted to the rows around it."""
    noise = noise_of(values)
    rows = _around(values, fitted, row, noise)
    away = place[rows] - place[row]
    design = np.vander(away, 3 if len(rows) >= _PARABOLA else 2, increasing=True)
    coefficients = np.asarray(np.linalg.lstsq(design, values[rows], rcond=None)[0], dtype=np.float64)
    found = _falling_root(coefficients, limit, float(away[0]), float(away[-1]))
    if found is None:
        return Crossing(float(place[row]), row, None)
    at = found ** np.arange(len(coefficients))
    slope = coefficients[1] + (2 * coefficients[2] * found if len(coefficients) > 2 else 0.0)
    variance = noise**2 * float(at @ np.linalg.pinv(design.T @ design) @ at) + limit_deviation**2
    return Crossing(float(place[row] + found), row, math.sqrt(variance) / float(abs(slope)) if variance > 0 else None)


def _around(values: Floats, fitted: Floats, row: int, noise: float) -> NDArray[np.int64]:
    """The rows around a crossing over which the series falls enough, without outliers."""
    for half in range(1, len(values)):
        rows = np.arange(max(row - half, 0), min(row + half, len(values)))
        if fitted[rows[0]] - fitted[rows[-1]] >= _FALL * noise or half >= max(row, len(values) - row):
            break
    near = rows[np.abs(values[rows] - fitted[rows]) <= _OUTLIER * noise]
    return near if len(near) > 1 else rows


def _falling_root(coefficients: Floats, limit: float, low: float, high: float) -> float | None:
    """The root nearest to 0 at which the polynomial falls through the limit, within the rows; None without one."""
    polynomial = np.polynomial.Polynomial(coefficients) - limit
    slope = polynomial.deriv()
    found = np.asarray(polynomial.roots(), dtype=np.complex128)
    roots = found.real[np.abs(found.imag) <= _REAL * (1.0 + np.abs(found))].tolist()
    slack = _ROUNDING * (high - low)  # a root may be a row
    falling = [root for root in roots if slope(root) < 0 and low - slack <= root <= high + slack]
    return min(falling, key=abs, default=None)


def _running_median(values: Floats) -> Floats:
    """The median over the rows beside each; at the ends over as many as there are on both sides."""
    found = values.copy()
    for row in range(len(values)):
        beside = min(_MEDIAN, row, len(values) - 1 - row)
        found[row] = np.median(values[row - beside : row + beside + 1])
    return found
