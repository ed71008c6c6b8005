"""A Gaussian process of values some of which are only known to be larger than a bound: censored, as by a budget.

A censored value is neither the number at which it was cut nor missing: its likelihood is the probability to be larger.
By expectation propagation that is a normal observation (`sites_of`), so that the process is an ordinary one, of which
an acquisition needs to know nothing. The kernel is fitted to these observations, and they are found with that kernel,
in turn, which ends where the evidence of the censored process is largest. Noise that is not known is that of the values
that were not censored.

A kernel that was fitted to the lower values alone is too sure of the higher ones. The process is therefore made wider
than it was fitted, by a factor found on random surfaces (docs/decisions); where more than half of the values are
censored its intervals are still too narrow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.models.acquisition.expectation_propagation import sites_of
from ragone.models.acquisition.many_points import fit_to_many
from ragone.models.acquisition.posterior import SMALLEST_VARIANCE
from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess, Scale

_ROUNDS = 4  # of the kernel and the observations in turn
_STEPS = 100  # of the scale
_WIDEST = 5.0  # spread of all values, in that of values and bounds
_WIDENED = 1.5  # factor of the standard deviation by which the process is wider than it was fitted
_UNKNOWN = float(np.exp(-5.0))  # standardised variance of a noise that nothing shows: the mode of its prior

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def fit_to_censored(
    points: Floats, values: Floats, variances: Floats | None, censored: Mask, sign: float = 1.0
) -> GaussianProcess:
    """The fitted process, in which normal observations stand for the censored values.

    Parameters
    ----------
    points
        Shape (n, axes), in the unit cube, n >= 2.
    values
        Shape (n,), in any unit; the bound of a censored one.
    variances
        Shape (n,), in the square of the unit; None if unknown.
    censored
        Shape (n,).
    sign
        1 if a censored value is larger than its bound, -1 if it is smaller.

    References
    ----------
    Those of `sites_of`; Tobin, 1958, doi 10.2307/1907382 (the likelihood).
    """
    noise = _noise(points, values, variances, censored)
    observed, given, scale = values, noise, tobit_scale(values, censored, sign)
    for _ in range(_ROUNDS):
        process = fit_to_many(points, observed, given, scale)
        observed, given = _replaced(process, points, values, noise, censored, sign)
    wider = Scale(process.scale.centre, _WIDENED * process.scale.spread)
    process = GaussianProcess(process.differentiable, wider)
    observed, given = _replaced(process, points, values, noise, censored, sign)
    return process.with_observations(points, observed, given)


def _noise(points: Floats, values: Floats, variances: Floats | None, censored: Mask) -> Floats:
    """The variance of each value, in the square of its unit."""
    if variances is not None:
        return variances
    seen = ~censored
    if seen.sum() < 2:
        return np.full(len(values), _UNKNOWN * Scale.of(values).spread ** 2)
    alone = fit_to_many(points[seen], values[seen], None)
    noise = float(alone.differentiable.likelihood.noise.detach()) * alone.scale.spread**2
    return np.full(len(values), noise)


def tobit_scale(values: Floats, censored: Mask, sign: float = 1.0) -> Scale:
    """The mean and standard deviation of a normal distribution of which a sample is censored, by maximum likelihood.

    What was seen spreads too little, for the largest values are missing. The spread is limited to a multiple of that of
    values and bounds, because few values seen determine it badly.

    Parameters
    ----------
    values, censored, sign
        As `fit_to_censored` takes them.

    References
    ----------
    Dempster, Laird and Rubin, 1977, doi 10.1111/j.2517-6161.1977.tb01600.x, section 4.2 (censored normal samples).
    """
    from scipy.special import log_ndtr

    scale = Scale.of(values)
    centre, spread, widest = sign * scale.centre, scale.spread, _WIDEST * scale.spread
    bounds = sign * values[censored]
    for _ in range(_STEPS):  # expectation and maximisation
        z = (bounds - centre) / spread
        hazard = np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_ndtr(-z))
        means, squares = sign * values, np.zeros(len(values))
        means[censored] = centre + spread * hazard
        squares[censored] = spread**2 * (1.0 + z * hazard - hazard**2)
        centre = float(means.mean())
        spread = min(float(np.sqrt((((means - centre) ** 2) + squares).sum() / (len(values) - 1))), widest)
    return Scale(sign * centre, spread)


def _replaced(
    process: GaussianProcess, points: Floats, values: Floats, noise: Floats, censored: Mask, sign: float
) -> tuple[Floats, Floats]:
    """The values with their variances, those of the sites where they are censored, by the kernel of a process."""
    seen, spread = ~censored, process.scale.spread
    means, covariances = process.prior(points)
    inner = covariances[np.ix_(seen, seen)] + np.diag(np.maximum(noise[seen], SMALLEST_VARIANCE * spread**2))
    across = covariances[np.ix_(censored, seen)]
    weights = np.linalg.solve(inner, across.T).T
    before = means[censored] + weights @ (values - means)[seen]
    covariance = covariances[np.ix_(censored, censored)] - weights @ across.T
    covariance += SMALLEST_VARIANCE * spread**2 * np.eye(len(before))
    observed, given = values.copy(), noise.copy()
    sites, given[censored] = sites_of(sign * before, covariance, sign * values[censored], noise[censored])
    observed[censored] = sign * sites
    return observed, given
