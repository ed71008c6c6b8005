"""A polynomial of first or second degree, by sums with noise: all that is known of the data are those sums.

As much is added to the diagonal as makes the noisy matrix positive by the spectral norm that its noise has, so that
no penalty remains where there are many designs. The deviation holds the noise of the data, and that of the sums.

References
----------
Wang 2018, arXiv 1803.02596 (adaptive perturbation of sufficient statistics).
"""

from __future__ import annotations

import math

import numpy as np

from ragone.models.sharing.moments import Layout
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.private_polynomial import PrivatePolynomial


def fit_private_polynomial(layout: Layout, sums: Floats, deviation: float) -> PrivatePolynomial:
    """Fit to noisy sums.

    Parameters
    ----------
    layout
        What the sums are of.
    sums
        Of products, shape (width, width).
    deviation
        Of the noise on a diagonal entry; off the diagonal it is smaller by the root of two.
    """
    products, across, squares = sums[:-1, :-1], sums[:-1, -1], float(sums[-1, -1])
    smallest = float(np.linalg.eigvalsh(products)[0])
    floor = max(deviation * math.sqrt(2 * len(products)), 1e-9 * float(np.abs(products).max()), 1e-9)
    ridge = max(0.0, floor - smallest)
    inverse: Floats = np.asarray(np.linalg.inv(products + ridge * np.eye(len(products))), dtype=np.float64)
    found = inverse @ across
    count, length = max(float(products[0, 0]), 1.0), 1 + float(found @ found)
    left = squares - 2 * float(found @ across) + float(found @ products @ found)
    variance = max(left, 0.0) / count + deviation * length / count
    covariance = variance * inverse + deviation**2 * length * inverse @ inverse
    half, middle = (layout.target.high - layout.target.low) / 2, (layout.target.high + layout.target.low) / 2
    coefficients: Floats = np.asarray(half * found, dtype=np.float64)
    coefficients[0] += middle
    return PrivatePolynomial(layout.degree, coefficients, half**2 * covariance, half**2 * variance)
