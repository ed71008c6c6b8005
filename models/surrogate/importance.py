"""Which features matter to a surrogate? By how much its error grows when one is shuffled among the observations.

What is shuffled are the training observations, so that it says what the surrogate uses, not what causes the target; of
two features that go together one may take the place of the other.

References
----------
Breiman 2001, doi 10.1023/A:1010933404324; Fisher et al. 2019, JMLR 20, 177.
"""

from __future__ import annotations

import numpy as np

from ragone.models.surrogate.method import Fitted, Floats
from ragone.models.surrogate.training_set import TrainingSet
from ragone.models.surrogate.validation import weights_of

_SHUFFLES = 10


def importances(fitted: Fitted, data: TrainingSet, seed: int) -> dict[str, float]:
    """Growth of the mean absolute error by each feature, in units of the target, largest first."""
    random = np.random.Generator(np.random.PCG64(seed))
    weights = weights_of(data.groups)

    def error(points: Floats) -> float:
        return float(weights @ np.abs(data.values - fitted.predict_means(points)))

    usual, found, start = error(data.points), {}, 0
    for feature in data.features:
        axes = slice(start, start + feature.width)
        start += feature.width
        grown = []
        for _ in range(_SHUFFLES):
            points = data.points.copy()
            points[:, axes] = points[random.permutation(len(points)), axes]
            grown.append(error(points) - usual)
        found[feature.name] = float(np.mean(grown))
    return dict(sorted(found.items(), key=lambda item: -item[1]))
