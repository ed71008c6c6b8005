"""Earlier campaigns that are related to the stand-in, or opposite to it, as surrogates that a new campaign learns from.

Each is the stand-in itself, moved along axes of the unit cube, scaled, or turned about, with noise: what a campaign at
another power, of another loading or of another owner's process might have found. A campaign has 24 even designs and 16
near its best, as an optimiser would have gone on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.stand_in import SPACE, Floats, stand_in
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import Kriging
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate

_EVEN, _NEAR, _WIDTH = 24, 16, 0.1  # designs; standard deviation of those near the best, in the unit cube


@dataclass(frozen=True)
class Relation:
    """How an earlier campaign differs: value = scale x truth(point + shift) + offset [W.h/L]."""

    shift: tuple[float, float, float, float]  # along the axes of the stand-in's space, in order
    scale: float
    offset: float

    def truth(self, points: Floats) -> Floats:
        """What it would find at points of the unit cube, shape (n, 4), without noise [W.h/L]."""
        moved = np.clip(points + np.array(self.shift), 0.0, 1.0)
        return self.scale * stand_in().truth(moved) + self.offset


RELATIONS: Mapping[str, Relation] = {
    "other power": Relation((0.0, 0.1, 0.12, 0.0), 0.6, 50.0),  # its best loading is 0.05 kg/m^2 lower
    "other process": Relation((-0.1, -0.2, -0.12, 0.08), 1.3, -100.0),  # loading higher, other solids and pores
    "far": Relation((0.0, 0.3, -0.35, -0.4), 1.0, 0.0),
    "opposite": Relation((0.0, 0.0, 0.0, 0.0), -1.0, 1000.0),
}


def learned(name: str, seed: int) -> Surrogate:
    """The surrogate of an earlier campaign."""
    relation, random = RELATIONS[name], np.random.default_rng([seed, len(name)])
    even = sobol_points(len(SPACE), skip=0, count=_EVEN, seed=1000 + seed)
    best = even[relation.truth(even).argmax()]
    near = np.clip(best + _WIDTH * random.standard_normal((_NEAR, len(SPACE))), 0.0, 1.0)
    points = np.vstack([even, near])
    deviations = abs(relation.scale) * np.array([stand_in().deviation(point) for point in points])
    values = relation.truth(points) + deviations * random.standard_normal(len(points))
    return surrogate_record(points, values, deviations**2, seed)


def surrogate_record(points: Floats, values: Floats, variances: Floats, seed: int) -> Surrogate:
    """A Gaussian process of the stand-in's space as a record, without the trials of other methods."""
    fitted = Kriging().fit(points, values, variances, seed)
    features = [Feature(path.partition(".")[2], "", entry["low"], entry["high"]) for path, entry in SPACE.items()]
    uncalibrated = Calibration(np.ones(1), np.ones(1), 1)
    trained = TrainedSurrogate(tuple(features), "gaussian_process", fitted, Domain.of(points), uncalibrated)
    return Surrogate(
        architecture="gaussian_process",
        weights=trained.weights(),
        settings={},
        trained_on=(),
        target="energy_density",
        target_unit="W.h/L",
        target_definition="mean of a Gaussian process through simulated designs",
        features=[feature.plain() for feature in features],
    )
