"""Does a surrogate interpolate? The applicability domain by leverage, and the ranges of its features.

The leverage of a point is its squared distance from the training points, in units of their covariance; beyond three
times its mean over the training points a prediction is an extrapolation. It takes one product for each point, so that a
million are judged; a gap among the training points is not noticed.

References
----------
Atkinson 1985, Plots, Transformations and Regression; Sahigara et al. 2012, doi 10.3390/molecules17054791 (leverage
as an applicability domain).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.surrogate.method import Floats, Tensors

_LIMIT = 3.0  # over the mean leverage
_BEYOND = 0.02  # of the training range, by which a feature may lie outside


@dataclass(frozen=True)
class Domain:
    """The centre of the training points, shape (axes,), the inverse of their scatter, and the largest leverage."""

    centre: Floats
    inverse: Floats
    offset: float
    limit: float

    @classmethod
    def of(cls, points: Floats) -> Domain:
        """The domain of training points, shape (n, axes)."""
        centre = points.mean(axis=0)
        scatter = (points - centre).T @ (points - centre)
        inverse = np.linalg.pinv(scatter, rcond=1e-10, hermitian=True)
        rank = int(np.linalg.matrix_rank(scatter, tol=1e-10 * np.abs(scatter).max(), hermitian=True))
        return cls(centre, inverse, 1 / len(points), _LIMIT * (rank + 1) / len(points))

    def leverages(self, points: Floats) -> Floats:
        """Leverages of points, shape (n,)."""
        apart = points - self.centre
        return np.asarray(self.offset + np.einsum("ij,ij->i", apart @ self.inverse, apart))

    def contains(self, points: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether points lie inside, shape (n,)."""
        within = ((points >= -_BEYOND) & (points <= 1 + _BEYOND)).all(axis=1)
        return np.asarray(within & (self.leverages(points) <= self.limit))

    def tensors(self) -> dict[str, Floats]:
        """All that is needed to make it again."""
        return {"centre": self.centre, "inverse": self.inverse, "numbers": np.array([self.offset, self.limit])}

    @classmethod
    def load(cls, tensors: Tensors) -> Domain:
        """Make one again."""
        return cls(tensors["centre"], tensors["inverse"], *tensors["numbers"].tolist())
