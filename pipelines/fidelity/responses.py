"""How does a metric respond to each part of a recipe? Slopes over the conditions by least squares.

The mean of a metric at each condition is taken for linear in the recipe; the slopes of two samples at the same
conditions bend alike, so that their ratio is meaningful even where the metric is not linear. Standard errors come from
the scatter within conditions only.

What it does not do: no interactions; nothing at all where the conditions are too few or lie in a plane.
"""

from __future__ import annotations

import numpy as np

from ragone.pipelines.fidelity.differences import Moments
from ragone.pipelines.fidelity.metrics import Floats

_SAME = 1e-12


def varied(recipes: Floats) -> list[int]:
    """Return the columns of recipes that differ between conditions, if their effects can be separated; none otherwise.

    Parameters
    ----------
    recipes
        Shape (conditions, parts).
    """
    if not recipes.size:
        return []
    chosen = np.flatnonzero(np.ptp(recipes, axis=0) > _SAME).tolist()
    return chosen if chosen and _is_identifiable(recipes[:, chosen]) else []


def slopes(recipes: Floats, sample: Moments) -> tuple[Floats, Floats]:
    """Return the slope of each metric against each part of the recipe and its standard error, shape (parts, metrics).

    They are in units of the metric per unit of the part; both 0 where too few conditions have the metric.
    """
    shape = (recipes.shape[1], sample.mean.shape[1])
    slope, error = np.zeros(shape), np.zeros(shape)
    squared_errors = sample.standard_error() ** 2
    for metric in range(shape[1]):
        rows = sample.count[:, metric] > 0
        if _is_identifiable(recipes[rows]):
            inverse = np.linalg.pinv(_with_constant(recipes[rows]))
            slope[:, metric] = (inverse @ sample.mean[rows, metric])[1:]
            error[:, metric] = np.sqrt(inverse**2 @ squared_errors[rows, metric])[1:]
    return slope, error


def _with_constant(recipes: Floats) -> Floats:
    """Return the recipes with a column of ones before them."""
    return np.hstack([np.ones((len(recipes), 1)), recipes])


def _is_identifiable(recipes: Floats) -> bool:
    if len(recipes) <= recipes.shape[1]:
        return False
    centred = (recipes - recipes.mean(axis=0)) / np.maximum(np.ptp(recipes, axis=0), _SAME)
    return bool(np.linalg.matrix_rank(_with_constant(centred)) == recipes.shape[1] + 1)
