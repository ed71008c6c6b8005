"""A polynomial that was fitted to sums with noise by `ragone.models.sharing`; it holds no data, and is loaded here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.surrogate.method import Floats, Tensors


@dataclass(frozen=True)
class PrivatePolynomial:
    """Coefficients of terms in [-1, 1], their covariance, and the variance of an observation, in the target's unit."""

    degree: int
    coefficients: Floats
    covariance: Floats
    variance: float

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and covariances of the response without noise; see `Fitted`."""
        terms = polynomial_terms(points, self.degree)
        return terms @ self.coefficients, terms @ self.covariance @ terms.T

    def predict_means(self, points: Floats) -> Floats:
        """Means; see `Fitted`."""
        return np.asarray(polynomial_terms(points, self.degree) @ self.coefficients)

    def predict_deviations(self, points: Floats) -> Floats:
        """Standard deviations of an observation; see `Fitted`."""
        terms = polynomial_terms(points, self.degree)
        return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", terms, self.covariance, terms) + self.variance))

    def tensors(self) -> dict[str, Floats]:
        """All that is needed to make it again."""
        numbers = np.array([self.degree, self.variance], dtype=np.float64)
        return {"coefficients": self.coefficients, "covariance": self.covariance, "numbers": numbers}


class PrivatePolynomials:
    """Makes one again; it is fitted by `fit_private_polynomial`, to sums."""

    def load(self, tensors: Tensors) -> PrivatePolynomial:
        """Make a fitted one again."""
        degree, variance = tensors["numbers"].tolist()
        return PrivatePolynomial(int(degree), tensors["coefficients"], tensors["covariance"], variance)


def polynomial_terms(points: Floats, degree: int) -> Floats:
    """A 1, the axes, and at degree 2 their products too, in [-1, 1] within the unit cube: shape (n, terms)."""
    centred = 2 * points - 1
    first, second = np.triu_indices(points.shape[1] if degree == 2 else 0)
    return np.hstack([np.ones((len(points), 1)), centred, centred[:, first] * centred[:, second]])
