"""Ridge regression: a polynomial of first or second degree whose coefficients are held small; of degree 0 the mean.

The penalty is the one of the smallest leave-one-out error, which has a closed form. Variances that are given are not
used: all observations weigh alike, and their common variance is estimated from the leave-one-out residuals.

References
----------
Hoerl and Kennard 1970, doi 10.1080/00401706.1970.10488634; Allen 1974, doi 10.1080/00401706.1974.10489157 (PRESS).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.surrogate.method import Floats, Tensors
from ragone.models.surrogate.scale import Scale

_PENALTIES = np.logspace(-6, 3, 28)  # over the squared singular values of standardised terms, per observation


@dataclass(frozen=True)
class FittedRidge:
    """Coefficients of standardised terms, their covariance, and the variance of one observation, in units of values."""

    degree: int
    centre: Floats
    spread: Floats
    coefficients: Floats
    covariance: Floats
    mean: float
    variance: float
    count: int

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and covariances of the response without noise; see `Fitted`."""
        terms = self._terms(points)
        return self.mean + terms @ self.coefficients, terms @ self.covariance @ terms.T + self.variance / self.count

    def predict_means(self, points: Floats) -> Floats:
        """Means; see `Fitted`."""
        return self.mean + self._terms(points) @ self.coefficients

    def predict_deviations(self, points: Floats) -> Floats:
        """Standard deviations of an observation; see `Fitted`."""
        terms = self._terms(points)
        of_mean = np.einsum("ij,jk,ik->i", terms, self.covariance, terms)
        return np.asarray(np.sqrt(of_mean + self.variance * (1 + 1 / self.count)))

    def tensors(self) -> dict[str, Floats]:
        """All that is needed to make it again."""
        numbers = np.array([self.degree, self.mean, self.variance, self.count], dtype=np.float64)
        return {
            "centre": self.centre,
            "spread": self.spread,
            "coefficients": self.coefficients,
            "covariance": self.covariance,
            "numbers": numbers,
        }

    def _terms(self, points: Floats) -> Floats:
        return (_terms(points, self.degree) - self.centre) / self.spread


@dataclass(frozen=True)
class Ridge:
    """The method, of a degree of 0, 1 or 2."""

    degree: int

    def largest(self) -> int:
        """Any number of points."""
        return 10**9

    def fit(self, points: Floats, values: Floats, variances: Floats | None, seed: int) -> FittedRidge:
        """Fit with the penalty of the smallest leave-one-out error."""
        terms = _terms(points, self.degree)
        centre, spread = terms.mean(axis=0), terms.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        scale, count = Scale.of(values), len(values)
        wanted = scale.standardised(values)
        left, singular, right = np.linalg.svd((terms - centre) / spread, full_matrices=False)
        shares = [singular**2 / (singular**2 + penalty * count) for penalty in _PENALTIES]
        residuals = [_left_out_residuals(left, share, wanted) for share in shares]
        best = int(np.argmin([np.mean(one**2) for one in residuals]))
        variance = float(np.mean(residuals[best] ** 2))
        inverse = 1 / (singular**2 + _PENALTIES[best] * count)
        coefficients = right.T @ (singular * inverse * (left.T @ wanted))
        covariance = variance * (right.T * inverse) @ right
        of_values = scale.spread**2
        return FittedRidge(
            self.degree, centre, spread, coefficients * scale.spread, covariance * of_values,
            float(scale.centre), variance * of_values, count,
        )  # fmt: skip

    def load(self, tensors: Tensors) -> FittedRidge:
        """Make a fitted one again."""
        degree, mean, variance, count = tensors["numbers"].tolist()
        centre, spread, coefficients, covariance = (
            tensors[name] for name in ("centre", "spread", "coefficients", "covariance")
        )
        return FittedRidge(int(degree), centre, spread, coefficients, covariance, mean, variance, int(count))


def _terms(points: Floats, degree: int) -> Floats:
    """The axes at degree 1, their squares and products too at degree 2, nothing at degree 0: shape (n, terms)."""
    if degree < 2:
        return points[:, : degree * points.shape[1]]
    first, second = np.triu_indices(points.shape[1])
    return np.hstack([points, points[:, first] * points[:, second]])


def _left_out_residuals(left: Floats, share: Floats, wanted: Floats) -> Floats:
    """Residuals of each value by the fit to all others; the mean takes one degree of freedom."""
    fitted = left @ (share * (left.T @ wanted))
    leverage = np.sum(left**2 * share, axis=1) + 1 / len(wanted)
    return np.asarray((wanted - fitted) / np.maximum(1 - leverage, 1e-6))
