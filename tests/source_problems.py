"""Surrogates of functions of a space, as records that a campaign can learn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import UnitCube
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.features import encoded, features_of
from ragone.models.surrogate.methods import METHODS
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate


def learned(
    response: Callable[[dict[str, Any]], float],
    space: dict[str, Any],
    *,
    count: int = 24,
    method: str = "gaussian_process",
    target: str = "energy_density",
) -> Surrogate:
    """The surrogate of a function over even candidates of a space, whose columns are the last parts of the paths."""
    cube = UnitCube.of(space)
    made = cube.candidates(sobol_points(cube.axes, skip=0, count=count, seed=3)).values()
    columns = {path.rpartition(".")[2]: [one.values[path] for one in made] for path in space}
    features = features_of(columns, {})
    points = encoded(features, columns)
    values = np.array([response(dict(one.values)) for one in made])
    fitted = METHODS[method].fit(points, values, np.full(count, 1e-6), 0)
    calibration = Calibration(np.ones(1), np.ones(1), 1)
    trained = TrainedSurrogate(features, method, fitted, Domain.of(points), calibration)
    return Surrogate(
        architecture=method,
        weights=trained.weights(),
        settings={},
        trained_on=(),
        target=target,
        target_unit="W.h/L",
        features=[one.plain() for one in features],
    )
