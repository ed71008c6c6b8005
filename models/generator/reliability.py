"""Is a predicted error true? Predicted standard deviations beside the errors that turned out.

Of a calibration each point is predicted without its fold, so that nothing judges itself; points beyond the training
recipes are predicted by all of it. What is drawn of them is one figure per group: predictions in bins of equal count
against the root mean square of their errors, and the share of errors in each band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.generator.trust import excluded_by, folds_of
from ragone.models.generator.variance import covered, held_out
from ragone.schemas import Generator, GeneratorErrors

BANDS = (0.5, 0.68, 0.9, 0.95)

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Reliability:
    """Of a group of points: predicted standard deviation and relative error, shape (points, metrics) each."""

    group: str
    metric_names: tuple[str, ...]
    sigma: Floats
    error: Floats

    def coverage(self) -> Floats:
        """Share of errors in each band, shape (bands, metrics)."""
        columns = range(len(self.metric_names))
        return np.array([[covered(self.error[:, m], self.sigma[:, m], band) for m in columns] for band in BANDS])

    def binned(self, metric: int, count: int = 4) -> tuple[Floats, Floats]:
        """Root mean squares of predictions and of errors, in bins of equal count by the prediction."""
        order = np.argsort(self.sigma[:, metric], kind="stable")
        parts = [part for part in np.array_split(order, count) if len(part)]
        both = [[np.sqrt(np.mean(v[part, metric] ** 2)) for part in parts] for v in (self.sigma, self.error)]
        return np.array(both[0]), np.array(both[1])


def reliabilities(errors: GeneratorErrors, generator: Generator) -> tuple[Reliability, ...]:
    """Of a calibration: where the members had seen the recipe, and at left-out corners."""
    folds = folds_of(_volumes(errors, generator), excluded_by(generator))
    columns = [
        held_out(errors.distance, errors.spread[:, m], errors.relative_error[:, m], folds)
        for m in range(len(errors.metric_names))
    ]
    sigma, outside = np.stack(columns, axis=1), errors.distance > 0
    groups = (("seen", ~outside), ("left out", outside))
    return tuple(
        Reliability(name, errors.metric_names, sigma[rows], errors.relative_error[rows])
        for name, rows in groups
        if rows.any()
    )


def _volumes(errors: GeneratorErrors, generator: Generator) -> Sequence[int]:
    """The training volume of each point, by its condition."""
    apart = np.linalg.norm(errors.conditions[:, None] - generator.training_conditions[None], axis=2)
    return [int(volume) for volume in apart.argmin(axis=1)]
