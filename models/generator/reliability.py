"""Are predicted errors reliable? Predicted standard deviations against the errors that were measured.

Each point of a calibration is predicted without its fold (cross-validation); points outside the training ranges are
predicted by all of it. Points are grouped by whether the member that drew was trained on the recipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.generator.trust import excluded_volumes, folds_of
from ragone.models.generator.variance import covered, held_out
from ragone.schemas import Generator, GeneratorErrors

BANDS = (0.5, 0.68, 0.9, 0.95)
TRAINED, LEFT_OUT, EXTRAPOLATED = "training recipes", "left-out recipes", "outside the training ranges"

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Reliability:
    """Predicted standard deviation and measured relative error of a group of points, shape (points, metrics) each."""

    group: str
    metric_names: tuple[str, ...]
    sigma: Floats
    error: Floats

    def coverage(self) -> Floats:
        """Return the share of errors in each band, shape (bands, metrics)."""
        columns = range(len(self.metric_names))
        return np.array([[covered(self.error[:, m], self.sigma[:, m], band) for m in columns] for band in BANDS])

    def binned(self, metric: int, count: int = 4) -> tuple[Floats, Floats]:
        """Return root mean squares of predictions and of errors, in bins of equal count by the prediction."""
        order = np.argsort(self.sigma[:, metric], kind="stable")
        parts = [part for part in np.array_split(order, count) if len(part)]
        both = [[np.sqrt(np.mean(v[part, metric] ** 2)) for part in parts] for v in (self.sigma, self.error)]
        return np.array(both[0]), np.array(both[1])


def reliabilities(errors: GeneratorErrors, generator: Generator) -> tuple[Reliability, ...]:
    """Return the reliability of a calibration at training recipes, and at left-out corners."""
    folds = folds_of(_volumes(errors, generator), excluded_volumes(generator))
    columns = [
        held_out(errors.distance, errors.spread[:, m], errors.relative_error[:, m], folds)
        for m in range(len(errors.metric_names))
    ]
    sigma, outside = np.stack(columns, axis=1), errors.distance > 0
    groups = ((TRAINED, ~outside), (LEFT_OUT, outside))
    return tuple(
        Reliability(name, errors.metric_names, sigma[rows], errors.relative_error[rows])
        for name, rows in groups
        if rows.any()
    )


def _volumes(errors: GeneratorErrors, generator: Generator) -> Sequence[int]:
    """Return the training volume of each point, by its condition."""
    apart = np.linalg.norm(errors.conditions[:, None] - generator.training_conditions[None], axis=2)
    return [int(volume) for volume in apart.argmin(axis=1)]
