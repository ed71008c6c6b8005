"""Which of many uncertain quantities makes a number vary? First-order shares of the variance, from one set of draws.

The number is regressed on the first and second Hermite polynomials of each score. These are orthonormal under the
standard normal distribution, so that the squares of a quantity's coefficients are what its variance contributes alone:
its first-order Sobol index once they are divided by the variance. The regression's errors say how well a share is
known; its residual holds interactions and what is of third order. With few draws the second polynomials are left out.

References
----------
Le Gratiet, Marelli, Sudret 2016, arXiv 1606.04273 (Sobol indices from the coefficients of a polynomial chaos).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
REFERENCE = "Le Gratiet, Marelli, Sudret 2016, arXiv 1606.04273"
_SPARE = 8  # draws beyond the coefficients that an error can be estimated from
_ENOUGH = 2  # draws for each coefficient from which on the second polynomials are fitted


@dataclass(frozen=True)
class Shares:
    """Shares of the quantities in the variance [-], their standard errors, and the effect of one standard deviation."""

    shares: Floats
    standard_errors: Floats
    effects: Floats
    order: int


def least_draws(quantities: int) -> int:
    """The fewest draws from which shares of so many quantities are estimated."""
    return quantities + 1 + _SPARE


def variance_shares(scores: Floats, values: Floats) -> Shares:
    """Estimate the first-order shares of the variance of a number.

    Parameters
    ----------
    scores
        Shape (draw, quantity). Standard normal scores [-], `least_draws` at least.
    values
        Shape (draw,). The number, in its unit.
    """
    count, quantities = scores.shape
    order = 2 if count >= _ENOUGH * (2 * quantities + 1) else 1
    terms = [scores, (scores**2 - 1) / math.sqrt(2)][:order]
    coefficients, errors = _regressed(np.hstack([np.ones((count, 1)), *terms]), values)
    variance = float(values.var(ddof=1))
    if variance == 0:
        zero = np.zeros(quantities)
        return Shares(zero, zero, zero, order)
    single = coefficients[1:].reshape(order, quantities)
    spread = errors[1:].reshape(order, quantities)
    shares = np.maximum(0.0, (single**2 - spread**2).sum(axis=0) / variance)
    own = (4 * single**2 * spread**2 + 2 * spread**4).sum(axis=0) / variance**2
    return Shares(shares, np.sqrt(own + 2 / count * shares**2), single[0], order)


def _regressed(columns: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Least squares: the coefficients and their standard errors."""
    coefficients, _, _, _ = np.linalg.lstsq(columns, values, rcond=None)
    residual = values - columns @ coefficients
    noise = float(residual @ residual) / (len(values) - columns.shape[1])
    return np.asarray(coefficients), np.sqrt(noise * np.diag(np.linalg.inv(columns.T @ columns)))
