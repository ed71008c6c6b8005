"""A Gaussian process of more points than its kernel can be fitted to in a second."""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess, Scale, fit_gaussian_process

_FITTED = 160  # points that the kernel is fitted to; the process is then one of all


def fit_to_many(
    points: Floats, values: Floats, variances: Floats | None, scale: Scale | None = None
) -> GaussianProcess:
    """A Gaussian process whose kernel is fitted to at most some hundreds of points: the best, and others evenly.

    Fitting takes tens of factorisations of a matrix as large as the points are many, the process itself one.
    """
    if len(points) <= _FITTED:
        return fit_gaussian_process(points, values, variances, scale)
    chosen = _representative(values)
    noise = None if variances is None else variances[chosen]
    part = fit_gaussian_process(points[chosen], values[chosen], noise, scale)
    return part.with_observations(points, values, variances)


def _representative(values: Floats) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Numbers of the best half of so many, and of others spread evenly over the ranks."""
    ranked = np.argsort(-values, kind="stable")
    best, others = ranked[: _FITTED // 2], ranked[_FITTED // 2 :]
    even = np.linspace(0, len(others) - 1, _FITTED - len(best)).round().astype(int)
    return np.sort(np.concatenate([best, others[even]]))
