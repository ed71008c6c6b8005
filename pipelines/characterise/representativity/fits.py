"""What lies at the end of a line, and how fast does the scatter fall? Fits over a handful of samples.

The mean is taken as value (1 + b / edge): what a fixed shell at the volume element's faces adds is its share of the
volume. Samples weigh by the volume that was measured, which is what the integral-range law says their precision is. The
scatter is fitted twice: with a free exponent, and by that law, scatter = (l / edge)^(3/2), which holds where the volume
element is much larger than everything in it. Both fits are closed formulas.

References
----------
Kanit et al. 2003, Int. J. Solids Struct. 40, 3647, doi 10.1016/S0020-7683(03)00143-4 (integral range, size of the
representative volume, bias of small ones).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri

from ragone.pipelines.characterise.representativity.metrics import Floats


def line(abscissa: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Intercept and slope of a weighted straight line, each as the combination of the ordinates that gives it.

    Parameters
    ----------
    abscissa, weights
        Shape (k,). An ordinate of weight zero takes no part; at least two have one.
    """
    design = np.stack([np.ones_like(abscissa), abscissa])
    solved = np.linalg.solve((design * weights) @ design.T, design * weights)
    return solved[0], solved[1]


@dataclass(frozen=True)
class ScatterLaw:
    """scatter = exp(intercept) edge^-exponent, with the covariance of the two coefficients, shape (2, 2)."""

    intercept: float
    exponent: float
    covariance: npt.NDArray[Any]
    length: float

    def at(self, edge: float, confidence: float) -> tuple[float, float]:
        """Scatter of volume elements of an edge, and the upper end of its interval [-]."""
        place = np.array([1.0, -math.log(edge)])
        logarithm = self.intercept - self.exponent * math.log(edge)
        half = float(ndtri(0.5 + confidence / 2)) * math.sqrt(float(place @ self.covariance @ place))
        return math.exp(logarithm), math.exp(logarithm + half)


def scatter_law(edges: Floats, scatters: Floats, counts: npt.NDArray[np.int64]) -> ScatterLaw | None:
    """The law through the scatters of several sizes; None unless two of them scatter.

    The logarithm of a standard deviation of n normal values has variance 1 / (2 (n - 1)).
    """
    known = (scatters > 0) & (counts > 1)
    if known.sum() < 2:
        return None
    x, y, freedom = np.log(edges[known]), np.log(scatters[known]), (counts[known] - 1).astype(np.float64)
    intercept, slope = line(x, freedom)
    spread = np.stack([intercept, -slope])
    volume = float((freedom * scatters[known] ** 2 * edges[known] ** 3).sum() / freedom.sum())
    return ScatterLaw(
        intercept=float(intercept @ y),
        exponent=float(-slope @ y),
        covariance=(spread / (2 * freedom)) @ spread.T,
        length=volume ** (1 / 3),
    )


def scatter_interval(scatter: float, count: int, confidence: float) -> tuple[float, float]:
    """Interval of a standard deviation of normal values, by the chi-square law; (0, 0) for a single value."""
    if count < 2:
        return 0.0, 0.0
    freedom, tail = count - 1, (1 - confidence) / 2
    low, high = (scatter * math.sqrt(freedom / float(chdtri(freedom, p))) for p in (tail, 1 - tail))
    return low, high
