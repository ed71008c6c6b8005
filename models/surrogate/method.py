"""What a method of regression offers: it is fitted to points of a unit cube, predicts, and is kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Tensors = Mapping[str, Floats]


class Fitted(Protocol):
    """A fitted method; a `ragone.schemas.protocols.Surrogate` that also predicts many points at once."""

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means, shape (n,), and covariances, shape (n, n), at points of shape (n, axes)."""
        ...

    def predict_means(self, points: Floats) -> Floats:
        """Means, shape (n,)."""
        ...

    def predict_deviations(self, points: Floats) -> Floats:
        """Standard deviations of an observation, its noise included, shape (n,)."""
        ...

    def tensors(self) -> dict[str, Floats]:
        """All that `Method.load` needs to make it again."""
        ...


class Loader(Protocol):
    """A way to make a fitted method again."""

    def load(self, tensors: Tensors) -> Fitted:
        """Make a fitted one again from its tensors."""
        ...


class Method(Loader, Protocol):
    """A way to fit."""

    def largest(self) -> int:
        """The number of points up to which it is practical."""
        ...

    def fit(self, points: Floats, values: Floats, variances: Floats | None, seed: int) -> Fitted:
        """Fit to points, shape (n, axes), values (n,), and their variances, None if unknown."""
        ...
