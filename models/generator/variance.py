"""The variance of a relative error from how far a recipe lies outside and the spread of an ensemble.

Squares of errors are spread over three non-negative terms: their mean over all values, by their likelihood. What was
fitted is then widened until errors that did not enter the fit lie inside its 90 % band as often as they should, and
never narrowed.

References
----------
Gelman 2006, doi 10.1214/06-BA117A (standard deviations alike beforehand, where few groups determine a variance).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

_BAND = 0.9
_GRID = 30  # values of each term
_WIDEST = 3.0


@dataclass(frozen=True)
class Variance:
    """floor^2 + (growth * distance)^2 + (spread_weight * spread)^2, of a relative error [-]."""

    floor: float
    growth: float
    spread_weight: float

    def sigma(self, distance: Any, spread: Any) -> Any:
        """Return the standard deviation, for numbers or arrays alike."""
        return np.sqrt(self.floor**2 + (self.growth * distance) ** 2 + (self.spread_weight * spread) ** 2)

    def widened(self, factor: float) -> Variance:
        """Return the variance with all terms scaled by a factor."""
        return Variance(factor * self.floor, factor * self.growth, factor * self.spread_weight)


def calibrated(distance: Floats, spread: Floats, error: Floats, folds: np.ndarray[Any, Any]) -> Variance:
    """Return the variance of errors, widened until its cross-validated 90 % band covers; shape (points,) each."""
    fitted = _fitted(distance, spread, error)
    apart = np.zeros(len(error))
    for out in _each(folds):
        sigma = _fitted(distance[~out], spread[~out], error[~out]).sigma(distance[out], spread[out])
        apart[out] = np.abs(error[out]) / np.where(sigma > 0, sigma, np.inf)
    return fitted.widened(max(1.0, _quantile(apart) / half_width(_BAND)))


def held_out(distance: Floats, spread: Floats, error: Floats, folds: np.ndarray[Any, Any]) -> Floats:
    """Return the standard deviation of each point, predicted without its fold; shape (points,)."""
    sigma = np.zeros(len(error))
    for out in _each(folds):
        model = calibrated(distance[~out], spread[~out], error[~out], folds[~out])
        sigma[out] = model.sigma(distance[out], spread[out])
    return sigma


def covered(error: Floats, sigma: Floats, band: float) -> float:
    """Return the share of errors inside a central band of that probability."""
    return float(np.mean(np.abs(error) <= half_width(band) * sigma))


def half_width(band: float) -> float:
    """Return half the width of a central band of a normal distribution, in standard deviations."""
    return NormalDist().inv_cdf((1 + band) / 2)


def _each(folds: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
    """Yield where each fold is, as long as something is left without it."""
    for fold in np.unique(folds):
        out = folds == fold
        if not out.all():
            yield out


def _quantile(apart: Floats) -> float:
    """Return what nine of ten further points stay below: of n points the ceil(0.9 (n + 1))-th, or the largest."""
    rank = min(len(apart), math.ceil(_BAND * (len(apart) + 1)))
    return float(np.sort(apart)[rank - 1])


def _fitted(distance: Floats, spread: Floats, error: Floats) -> Variance:
    """Return the mean over all variances that could have given normal errors of mean zero, by their likelihood.

    Beforehand all standard deviations of a term are alike, up to `_WIDEST` of what would explain the errors alone. The
    mean keeps a term that few points can determine; the most likely value of it is often zero.
    """
    mean = float(np.mean(error**2))
    if mean == 0:
        return Variance(0.0, 0.0, 0.0)
    terms = np.stack([np.ones_like(error), distance**2, spread**2], axis=1)
    means = terms.mean(axis=0)
    units = np.where(means > 0, means, 1.0)
    axis = (np.arange(_GRID) + 0.5) * _WIDEST / _GRID
    shares = np.stack(np.meshgrid(*(axis**2 if explains else [0.0] for explains in means), indexing="ij"), axis=-1)
    shares = shares.reshape(-1, terms.shape[1])
    variance = shares @ (terms / units).T
    cost = np.sum(np.log(variance) + error**2 / mean / variance, axis=1) / 2
    weight = np.exp(cost.min() - cost)
    return Variance(*(float(term) for term in np.sqrt(weight @ shares / weight.sum() * mean / units)))
