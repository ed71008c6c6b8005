"""Gradient boosting: a sum of small regression trees, fitted by scikit-learn and kept as arrays, never as a pickle.

Variances that are given are not used. The standard deviation is one number for all points, of the residuals that the
fit leaves; it is the calibration of `conformal` that makes intervals of it.

References
----------
Friedman 2001, doi 10.1214/aos/1013203451; Friedman 2002, doi 10.1016/S0167-9473(01)00065-2 (subsampling).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.method import Floats, Tensors

_TREES, _DEPTH, _RATE, _SHARE = 300, 3, 0.05, 0.7
_NODES = 2 ** (_DEPTH + 1) - 1
_CHUNK = 8192  # points whose places in a tree stay in the processor's cache


@dataclass(frozen=True)
class FittedBoosting:
    """Trees of full depth: node k has the children 2k + 1 and 2k + 2; `values` are those of the leaves, times the rate.

    A leaf above the last level sends both ways to its own value.
    """

    features: Floats  # shape (trees, inner nodes)
    thresholds: Floats
    values: Floats  # shape (trees, leaves)
    start: float
    deviation: float

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means, and independent errors; see `Fitted`."""
        return self.predict_means(points), np.diag(np.full(len(points), self.deviation**2))

    def predict_means(self, points: Floats) -> Floats:
        """Means; see `Fitted`."""
        found = np.empty(len(points))
        for begin in range(0, len(points), _CHUNK):
            chunk = slice(begin, begin + _CHUNK)
            found[chunk] = self._sums(points[chunk].astype(np.float32))
        return found

    def predict_deviations(self, points: Floats) -> Floats:
        """One standard deviation for all; see `Fitted`."""
        return np.full(len(points), self.deviation)

    def tensors(self) -> dict[str, Floats]:
        """All that is needed to make it again."""
        numbers = np.array([self.start, self.deviation])
        return {n: getattr(self, n) for n in ("features", "thresholds", "values")} | {"numbers": numbers}

    def _sums(self, points: np.ndarray[Any, np.dtype[np.float32]]) -> Floats:
        columns = points.T.copy().reshape(-1)  # one axis after the other
        rows, inner = np.arange(len(points)), self.features.shape[1]
        total = np.full(len(points), self.start)
        starts = self.features.astype(np.int64) * len(points)
        for start, thresholds, values in zip(starts, self.thresholds, self.values, strict=True):
            place = np.zeros(len(points), dtype=np.int64)
            while place[0] < inner:  # all places are on one level
                beyond = columns[start[place] + rows] > thresholds[place]
                place = 2 * place + 1 + beyond
            total += values[place - inner]
        return total


class Boosting:
    """The method."""

    def largest(self) -> int:
        """Any number of points."""
        return 10**9

    def fit(self, points: Floats, values: Floats, variances: Floats | None, seed: int) -> FittedBoosting:
        """Fit by scikit-learn, and take the trees apart."""
        from sklearn.ensemble import GradientBoostingRegressor

        model: Any = GradientBoostingRegressor(
            n_estimators=_TREES, max_depth=_DEPTH, learning_rate=_RATE, subsample=_SHARE, random_state=seed % 2**32
        )
        model.fit(points, values)
        trees = [_full(one.tree_) for one in model.estimators_[:, 0]]
        features, thresholds, leaves = (np.array(part) for part in zip(*trees, strict=True))
        residuals = values - model.predict(points)
        deviation = float(np.sqrt(np.mean(residuals**2))) or float(np.std(values)) or 1.0
        return FittedBoosting(features, thresholds, _RATE * leaves, float(values.mean()), deviation)

    def load(self, tensors: Tensors) -> FittedBoosting:
        """Make a fitted one again."""
        start, deviation = tensors["numbers"].tolist()
        return FittedBoosting(tensors["features"], tensors["thresholds"], tensors["values"], start, deviation)


def _full(tree: Any) -> tuple[Floats, Floats, Floats]:
    """Feature and threshold of each inner node, and the value of each leaf, of a tree filled up to its full depth."""
    inner = _NODES // 2
    features, thresholds, values = np.zeros(inner), np.zeros(inner), np.zeros(_NODES)
    waiting = [(0, 0)]
    while waiting:
        node, place = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        values[place] = tree.value[node, 0, 0]
        if place >= inner:
            continue
        if left != right:
            features[place], thresholds[place] = tree.feature[node], tree.threshold[node]
        else:  # a leaf already: both ways lead to it
            left = right = node
        waiting += [(left, 2 * place + 1), (right, 2 * place + 2)]
    return features, thresholds, values[inner:]
