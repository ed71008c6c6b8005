"""What a linear functional of a fit is, and how uncertain, when neither the model nor the window is known.

Every candidate (which columns, over which window) is fitted by weighted least squares. Its weight is
exp(-(chi2 / 2 + k + n_cut)) for k columns and n_cut data outside the window, shared evenly within a family of
candidates; the result is the mean of the mixture, and its variance is the mean of the candidates' variances plus the
variance of their values: noise and choice of model and window together. A candidate with a negative coefficient where
none may be is left out; the one without that column is among the others.

Assumes independent normal errors of known size; the true course need not be among the candidates over the whole range,
only over some window.

References
----------
Jay and Neil, 2021, 10.1103/PhysRevD.103.114502: weights with a penalty for data that are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_BEYOND = 2  # data in a window beyond the number of columns
FAINT = 1e-6  # of a column's size over all data: it must be larger within the window
SINGULAR = 1e-11  # a candidate's scaled normal matrix must not be nearer to singular


@dataclass(frozen=True, slots=True)
class Family:
    """Candidates of one kind: a name, and the columns of each, shape (candidates, k).

    The last `slopes` columns are the derivatives of those before them by the logarithm of a parameter that the grid of
    candidates steps through; they move that parameter by up to `reach`, beyond which the next candidate is the better
    one.
    """

    name: str
    columns: NDArray[np.int64]
    slopes: int = 0
    reach: float = 0.0


@dataclass(frozen=True, slots=True)
class Average:
    """Value, variance, the heaviest window (first datum, one beyond the last), and the weight of each family."""

    value: float
    variance: float
    window: tuple[int, int]
    weights: dict[str, float]
    log_evidence: float
    chi_square: float
    data_count: int


@dataclass(frozen=True, slots=True)
class _Fits:
    """Fits of one family; shape (windows, candidates) each."""

    log_weight: NDArray[np.float64]
    value: NDArray[np.float64]
    variance: NDArray[np.float64]
    chi_square: NDArray[np.float64]


def average(
    basis: NDArray[np.float64],
    data: NDArray[np.float64],
    deviation: NDArray[np.float64],
    functional: NDArray[np.float64],
    families: Sequence[Family],
    windows: NDArray[np.int64],
    non_negative: NDArray[np.bool_],
    value_of: Callable[[Family, NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> Average | None:
    """The average of a functional over all candidates; None if no candidate is possible.

    Parameters
    ----------
    basis
        Shape (m, n): m columns at n data.
    data, deviation
        Shape (n,): what is fitted, and its standard deviation.
    functional
        Shape (m,): what one unit of each column adds to the result.
    families
        Candidates.
    windows
        Shape (w, 2): first datum, and one beyond the last.
    non_negative
        Shape (m,): columns whose coefficient must not be negative.
    value_of
        For a result that is not linear: of a family and its coefficients, shape (w, candidates, k); the functional
        is then its derivative, for the variance.
    """
    scale = np.sqrt(np.mean((basis / deviation) ** 2, axis=1)) + np.finfo(float).tiny
    scaled, target = basis / deviation / scale[:, None], data / deviation
    moments = _window_sums(np.einsum("in,jn->nij", scaled, scaled), windows)
    projections = _window_sums(np.einsum("in,n->ni", scaled, target), windows)
    squares = _window_sums(target**2, windows)
    cut = len(data) - np.diff(windows, axis=1)
    fits = [
        _fit(family, moments, projections, squares, functional, scale, non_negative, windows, cut, value_of)
        for family in families
    ]
    return _mixture(fits, families, windows)


def _window_sums(terms: NDArray[np.float64], windows: NDArray[np.int64]) -> NDArray[np.float64]:
    sums = np.concatenate([np.zeros_like(terms[:1]), np.cumsum(terms, axis=0)])
    return np.asarray(sums[windows[:, 1]] - sums[windows[:, 0]])


def _fit(
    family: Family,
    moments: NDArray[np.float64],
    projections: NDArray[np.float64],
    squares: NDArray[np.float64],
    functional: NDArray[np.float64],
    scale: NDArray[np.float64],
    non_negative: NDArray[np.bool_],
    windows: NDArray[np.int64],
    cut: NDArray[np.int64],
    value_of: Callable[[Family, NDArray[np.float64]], NDArray[np.float64]] | None,
) -> _Fits:
    chosen = family.columns
    count, width = chosen.shape
    matrix = moments[:, chosen[:, :, None], chosen[:, None, :]]
    size = np.maximum(np.sqrt(np.einsum("...ii->...i", matrix)), FAINT)
    matrix = matrix / size[..., :, None] / size[..., None, :]
    right = np.stack([projections[:, chosen] / size, (functional / scale)[chosen] / size], axis=-1)
    regular = (np.abs(np.linalg.det(matrix)) > SINGULAR) & np.all(size > FAINT, axis=-1)
    solved = np.linalg.solve(np.where(regular[..., None, None], matrix, np.eye(width)), right)
    coefficient, direction = solved[..., 0], solved[..., 1]
    natural = coefficient / size / scale[chosen]
    linear = np.einsum("wsk,wsk->ws", coefficient, right[..., 1])
    value = linear if value_of is None else value_of(family, natural)
    variance = np.einsum("wsk,wsk->ws", direction, right[..., 1])
    chi_square = np.maximum(squares[:, None] - np.einsum("wsk,wsk->ws", coefficient, right[..., 0]), 0.0)
    allowed = regular & np.all((coefficient >= 0) | ~non_negative[chosen], axis=-1)
    if family.slopes:
        moved = moved_by(family, natural)
        allowed &= np.all(np.abs(moved) <= family.reach, axis=-1)
    allowed &= (np.diff(windows, axis=1) >= width + FEWEST_BEYOND) & (variance >= 0)
    log_weight = np.where(allowed, -0.5 * chi_square - width - cut - np.log(count), -np.inf)
    return _Fits(log_weight, value, variance, chi_square)


def moved_by(family: Family, coefficient: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift of the logarithm of each term's parameter from its grid point; shape (..., slopes)."""
    slopes = family.slopes
    height = coefficient[..., -2 * slopes : -slopes]
    return np.divide(coefficient[..., -slopes:], height, out=np.full_like(height, np.inf), where=height > 0)


def _mixture(fits: list[_Fits], families: Sequence[Family], windows: NDArray[np.int64]) -> Average | None:
    largest = max(float(fit.log_weight.max(initial=-np.inf)) for fit in fits)
    if not np.isfinite(largest):
        return None
    weights = [np.exp(fit.log_weight - largest) for fit in fits]
    total = sum(float(w.sum()) for w in weights)
    mean = sum(float((w * fit.value).sum()) for w, fit in zip(weights, fits, strict=True)) / total
    second = sum(
        float((w * (fit.variance + (fit.value - mean) ** 2)).sum()) for w, fit in zip(weights, fits, strict=True)
    )
    per_window = np.sum([w.sum(axis=1) for w in weights], axis=0)
    best = int(np.argmax(per_window))
    heaviest = max(range(len(fits)), key=lambda i: float(fits[i].log_weight[best].max(initial=-np.inf)))
    candidate = int(np.argmax(fits[heaviest].log_weight[best]))
    start, end = (int(edge) for edge in windows[best])
    return Average(
        value=mean,
        variance=second / total,
        window=(start, end),
        weights={f.name: float(w.sum()) / total for f, w in zip(families, weights, strict=True)},
        log_evidence=largest + float(np.log(total)),
        chi_square=float(fits[heaviest].chi_square[best, candidate]),
        data_count=end - start,
    )
