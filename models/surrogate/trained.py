"""A surrogate as it is used: rows of features in, predictions with intervals out, and whether they interpolate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.architectures import ARCHITECTURES
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.errors import SurrogateFileError
from ragone.models.surrogate.features import Columns, Feature, encoded
from ragone.models.surrogate.method import Fitted, Floats
from ragone.models.surrogate.weights import from_bytes, to_bytes
from ragone.schemas import Surrogate

_PARTS = ("method", "domain", "calibration")


@dataclass(frozen=True)
class Predictions:
    """Predictions of rows, shape (n,), in the unit of the target; no ends where no interval of that level is known."""

    means: Floats
    low: Floats | None
    high: Floats | None
    inside: np.ndarray[Any, np.dtype[np.bool_]]  # of the applicability domain


@dataclass(frozen=True)
class TrainedSurrogate:
    """A fitted method with its features, its applicability domain, and the calibration of its intervals."""

    features: tuple[Feature, ...]
    method: str
    fitted: Fitted
    domain: Domain
    calibration: Calibration

    @classmethod
    def load(cls, record: Surrogate) -> TrainedSurrogate:
        """The surrogate of a record.

        Raises
        ------
        SurrogateFileError
            If its weights are cut short, of something else, or do not fit its features.
        """
        if record.architecture not in ARCHITECTURES:
            raise SurrogateFileError(
                f"{record.id[:30]} is of architecture {record.architecture!r}; this version knows "
                f"{', '.join(ARCHITECTURES)}. Train it again with: ragone retrain"
            )
        tensors = from_bytes(record.weights, record.architecture)
        try:
            made = cls(*cls._parts(record.architecture, tensors, record.features))
            made.predict_points(np.zeros((1, made.axes)), 0.9)
        except (LookupError, ValueError, TypeError) as cause:
            raise SurrogateFileError(
                f"the weights of {record.id[:30]} do not fit its features ({cause}). Give the files that belong "
                "together, or train it again with: ragone retrain"
            ) from cause
        return made

    @staticmethod
    def _parts(architecture: str, tensors: Mapping[str, Floats], features: Any) -> tuple[Any, ...]:
        of = {part: {} for part in _PARTS}  # type: dict[str, dict[str, Floats]]
        for name, tensor in tensors.items():
            part, _, rest = name.partition(".")
            of[part][rest] = tensor
        calibration = Calibration(
            of["calibration"]["scores"], of["calibration"]["weights"], int(of["calibration"]["design_count"][0])
        )
        read = tuple(Feature.read(one) for one in features)
        fitted = ARCHITECTURES[architecture].load(of["method"])
        return read, architecture, fitted, Domain.load(of["domain"]), calibration

    def weights(self) -> bytes:
        """All but the features, as bytes."""
        calibration = {
            "scores": self.calibration.scores,
            "weights": self.calibration.weights,
            "design_count": np.array([self.calibration.design_count]),
        }
        parts = {"method": self.fitted.tensors(), "domain": self.domain.tensors(), "calibration": calibration}
        named = {f"{part}.{name}": one for part, of in parts.items() for name, one in of.items()}
        return to_bytes(named, self.method, {"axes": self.axes})

    @property
    def axes(self) -> int:
        """Number of axes of the unit cube of the features."""
        return sum(one.width for one in self.features)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and covariances at points of the unit cube; see `ragone.schemas.protocols.Surrogate`."""
        return self.fitted.predict(points)

    def predict_rows(self, columns: Columns, level: float = 0.9) -> Predictions:
        """Predictions of rows of features, with intervals that are to hold that share of new designs.

        Raises
        ------
        SurrogateError
            If a feature is missing, or has a value that it cannot have.
        """
        return self.predict_points(encoded(self.features, columns), level)

    def predict_points(self, points: Floats, level: float = 0.9) -> Predictions:
        """The same at points of the unit cube, shape (n, axes)."""
        means, factor = self.fitted.predict_means(points), self.calibration.factor(level)
        half = None if factor is None else factor * self.fitted.predict_deviations(points)
        low, high = (None, None) if half is None else (means - half, means + half)
        return Predictions(means, low, high, self.domain.contains(points))
