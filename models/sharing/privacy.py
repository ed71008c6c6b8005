"""How much noise makes a release private, and what that forbids an attacker.

A release is (epsilon, delta)-differentially private if no event is more than exp(epsilon) times as probable, but for
delta, when one design is added to the data or taken away. The noise is the discrete Gaussian; its Rényi divergences are
no larger than those of the continuous one of the same variance, from which delta follows.

References
----------
Dwork and Roth 2014, doi 10.1561/0400000042; Bun and Steinke 2016, arXiv 1605.02065; Canonne, Kamath and Steinke 2020,
arXiv 2004.00565, proposition 12 (delta by Rényi divergences) and theorem 14 (several dimensions); Kairouz, Oh and
Viswanath 2015, arXiv 1311.0776 (the region of tests).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.sharing.errors import ShareError

_ORDERS = 1 + np.logspace(-3, 4, 4001)  # of Rényi divergence; the infimum over a grid is an upper bound
_SMALLEST_EPSILON, _LARGEST_EPSILON = 0.01, 20.0


@dataclass(frozen=True)
class Privacy:
    """The promise of a release: at most `epsilon`, but for a chance of `delta`."""

    epsilon: float
    delta: float

    def __post_init__(self) -> None:
        if not _SMALLEST_EPSILON <= self.epsilon <= _LARGEST_EPSILON:
            raise ShareError(
                f"epsilon = {self.epsilon:g} is outside [{_SMALLEST_EPSILON}, {_LARGEST_EPSILON:g}]. Above, nothing is "
                "kept private; 1 is usual."
            )
        if not 0 < self.delta <= 1e-3:
            raise ShareError(f"delta = {self.delta:g} is outside (0, 0.001]. Give less than 1 over the designs.")

    @property
    def largest_advantage(self) -> float:
        """The largest difference of true and false positives of any test for one design being in the data."""
        return (math.expm1(self.epsilon) + 2 * self.delta) / (math.exp(self.epsilon) + 1)

    def variance(self, sensitivity: int) -> int:
        """The least variance of discrete Gaussian noise on whole numbers that keeps the promise.

        Parameters
        ----------
        sensitivity
            Largest Euclidean distance by which one design moves the numbers.
        """
        return max(1, math.ceil((self.relative_deviation * sensitivity) ** 2))

    def plain(self, sensitivity: int, variance: int) -> dict[str, Any]:
        """It as a document states it, with the variance of the noise that is in it."""
        return {
            "epsilon": self.epsilon,
            "delta": self.delta,
            "mechanism": "discrete Gaussian",
            "neighbours": "one design more or less",
            "sensitivity": sensitivity,
            "variance": variance,
        }

    @property
    def relative_deviation(self) -> float:
        """The least deviation over the sensitivity."""
        low, high = 1e-4, 1e4
        for _ in range(60):
            middle = math.sqrt(low * high)
            low, high = (low, middle) if delta_of(self.epsilon, middle) <= self.delta else (middle, high)
        return high


def delta_of(epsilon: float, relative_deviation: float) -> float:
    """The delta at an epsilon of Gaussian noise, of a deviation that is stated over the sensitivity."""
    rho = 1 / (2 * relative_deviation**2)
    logarithm = (_ORDERS - 1) * (_ORDERS * rho - epsilon) - np.log(_ORDERS - 1) + _ORDERS * np.log1p(-1 / _ORDERS)
    return float(np.exp(min(logarithm.min(), 0.0)))


def epsilon_of(delta: float, relative_deviation: float) -> float:
    """The epsilon at a delta; the inverse of `delta_of`."""
    low, high = 0.0, 1e4
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if delta_of(middle, relative_deviation) <= delta else (middle, high)
    return high
