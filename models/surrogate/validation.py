"""How well does a method predict designs that it has not seen? Cross-validation that never parts a design.

Observations of one design, such as volume elements of one recipe, are left out together; designs weigh alike, however
many observations each has.

References
----------
Roberts et al. 2017, doi 10.1111/ecog.02881 (cross-validation with dependent observations).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ragone.models.surrogate.method import Floats, Method
from ragone.models.surrogate.training_set import Groups, TrainingSet

_FOLDS, _FEW_FOLDS, _MANY = 10, 5, 100  # ten folds for up to a hundred designs, five for more


@dataclass(frozen=True)
class LeftOut:
    """Predictions of observations by fits that have not seen their design, shapes (n,), and the designs' weights."""

    residuals: Floats  # observed less predicted, in units of the target
    deviations: Floats
    weights: Floats  # of a design together 1 over their number

    @property
    def mean_absolute_error(self) -> float:
        """Mean over designs, in units of the target."""
        return float(self.weights @ np.abs(self.residuals))

    @property
    def root_mean_square_error(self) -> float:
        """Root of the mean over designs, in units of the target."""
        return float(np.sqrt(self.weights @ self.residuals**2))


def cross_validated(method: Method, data: TrainingSet, seed: int) -> LeftOut:
    """Predictions of each fold by a fit to the others."""
    means, deviations = np.empty(len(data.values)), np.empty(len(data.values))
    for rows, others in folds(data.groups, seed):
        learned = data.part(others)
        fitted = method.fit(learned.points, learned.values, learned.variances, seed)
        means[rows] = fitted.predict_means(data.points[rows])
        deviations[rows] = fitted.predict_deviations(data.points[rows])
    return LeftOut(data.values - means, deviations, weights_of(data.groups))


def chosen(
    methods: Mapping[str, Method], data: TrainingSet, seed: int, done: Callable[[str], None] = lambda _: None
) -> tuple[str, dict[str, LeftOut]]:
    """The method of the smallest mean absolute error on left-out designs, and what each method predicts."""
    found = {}
    for name, method in methods.items():
        if len(data.values) <= method.largest():
            found[name] = cross_validated(method, data, seed)
            done(name)
    return min(found, key=lambda name: found[name].mean_absolute_error), found


def folds(groups: Groups, seed: int) -> list[tuple[Groups, Groups]]:
    """Rows left out, and the other rows, of each fold; designs are dealt at random."""
    designs = np.unique(groups)
    count = min(_FOLDS if len(designs) <= _MANY else _FEW_FOLDS, len(designs))
    dealt = np.random.Generator(np.random.PCG64(seed)).permutation(designs)
    parted = [np.isin(groups, dealt[number::count]) for number in range(count)]
    return [(np.flatnonzero(out), np.flatnonzero(~out)) for out in parted]


def weights_of(groups: Groups) -> Floats:
    """Weights of observations that add up to 1, with every design alike, shape (n,)."""
    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(1 / (sizes[place] * len(sizes)))
