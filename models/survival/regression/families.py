"""Distributions of the error of a logarithmic life: its density, its survivor function, and their slopes.

An accelerated-failure-time model is ``log(life) = b.x + s e``. A smallest-extreme-value error makes the life Weibull, a
normal one log-normal, a logistic one log-logistic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Family:
    """Functions of the standardised error z [-]: logarithms of density and survivor function, and slopes of the first.

    `quantile` is the z below which a share of the population fails.
    """

    name: str
    log_density: Function
    density_slope: Function
    density_curvature: Function
    log_survivor: Function
    quantile: Function


def _weibull() -> Family:
    return Family(
        "weibull",
        log_density=lambda z: z - np.exp(z),
        density_slope=lambda z: 1 - np.exp(z),
        density_curvature=lambda z: -np.exp(z),
        log_survivor=lambda z: -np.exp(z),
        quantile=lambda share: np.log(-np.log1p(-share)),
    )


def _log_normal() -> Family:
    from scipy.special import log_ndtr, ndtri

    return Family(
        "log-normal",
        log_density=lambda z: -0.5 * (z**2 + np.log(2 * np.pi)),
        density_slope=lambda z: -z,
        density_curvature=lambda z: -np.ones_like(z),
        log_survivor=lambda z: log_ndtr(-z),
        quantile=ndtri,
    )


def _log_logistic() -> Family:
    from scipy.special import expit

    return Family(
        "log-logistic",
        log_density=lambda z: -np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z))),
        density_slope=lambda z: -np.tanh(z / 2),
        density_curvature=lambda z: -2 * expit(z) * expit(-z),
        log_survivor=lambda z: -np.logaddexp(0.0, z),
        quantile=lambda share: np.log(share) - np.log1p(-share),
    )


FAMILIES: Mapping[str, Callable[[], Family]] = {
    "weibull": _weibull,
    "log-normal": _log_normal,
    "log-logistic": _log_logistic,
}
