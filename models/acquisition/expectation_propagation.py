"""Normal observations in place of bounds: what a censored value says of a Gaussian process, by expectation propagation.

A bound says that the observation is larger: the likelihood of the process there is a normal distribution function. Each
is replaced by a normal observation, its site, with the moments that the bound gives to the process beside all others.
The likelihood being log-concave, the variance of a site is positive.

References
----------
Minka, 2001, UAI 17 (expectation propagation); Rasmussen and Williams, 2006, ISBN 0-262-18253-X, section 3.6; Hutter et
al., 2013, arXiv 1310.1947 (censored responses in Bayesian optimisation).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

_SWEEPS = 100
_CHANGE = 1e-9  # of the means, at which the sweeps end
_LEAST = 1e-8  # precision of a site, in that of the process: a bound far below says nothing


def sites_of(means: Floats, covariance: Floats, bounds: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Values and variances of the normal observations that stand for bounds, shape (n,) each.

    Parameters
    ----------
    means, covariance
        Of the process at the n censored points before the bounds are known, shapes (n,) and (n, n).
    bounds
        Shape (n,). Each observation is larger than its bound.
    noise
        Shape (n,). The variance of each observation.
    """
    precisions, shifts = np.zeros((2, len(means)))
    mean, spread, below = np.zeros(len(means)), covariance, bounds - means  # less the mean before, from here on
    for _ in range(_SWEEPS):
        before = mean
        spread = spread.copy()
        for place in range(len(means)):
            own = spread[place, place]
            cavity = 1.0 / (1.0 / own - precisions[place])
            centre = cavity * (float(spread[place] @ shifts) / own - shifts[place])
            value, precision = _site(centre, cavity, float(below[place]), float(noise[place]))
            change = precision - precisions[place]
            precisions[place], shifts[place] = precision, precision * value
            spread -= change / (1.0 + change * own) * np.outer(spread[place], spread[place])
        mean, spread = _posterior(covariance, precisions, shifts)  # rank-one changes lose digits
        if np.abs(mean - before).max(initial=0.0) < _CHANGE:
            break
    return means + shifts / precisions, 1.0 / precisions


def _posterior(covariance: Floats, precisions: Floats, shifts: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance of a process of mean 0 after the sites."""
    root = np.sqrt(precisions)
    inner = np.eye(len(root)) + root[:, None] * covariance * root
    spread = covariance - covariance @ (root[:, None] * np.linalg.solve(inner, root[:, None] * covariance))
    return spread @ shifts, spread


def _site(centre: float, variance: float, bound: float, noise: float) -> tuple[float, float]:
    """Value and precision of the normal observation with the moments of a bound, beside N(centre, variance)."""
    from scipy.special import log_ndtr

    width = variance + noise
    z = (centre - bound) / np.sqrt(width)
    ratio = float(np.exp(-0.5 * z * z - 0.5 * np.log(2.0 * np.pi) - log_ndtr(z)))
    curvature = ratio * (z + ratio)
    precision = max(curvature / (width - variance * curvature), _LEAST / variance)
    return float(centre + ratio / np.sqrt(width) * (variance + 1.0 / precision)), float(precision)
