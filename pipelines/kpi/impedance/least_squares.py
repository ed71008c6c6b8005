"""Which parameters make a circuit's impedance agree best with a spectrum, and how well are they determined?

Complex nonlinear least squares in the logarithms of the parameters, with exact derivatives, by Levenberg and
Marquardt's method as scipy has it. Residuals are relative to the modulus, real and imaginary parts of equal weight:
right where noise is proportional to the signal. The noise is estimated from the residuals, so that what the circuit
cannot follow counts as noise: uncertainties hold if the circuit is right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import least_squares

from ragone.pipelines.kpi.impedance.circuit import Circuit
from ragone.pipelines.kpi.impedance.elements import Complex, Real

PERFECT = 1e-5  # relative residual; no instrument and no mesh is better, so smaller ones prefer no circuit
_FARTHEST = 60.0  # of a logarithm from 0: a search that goes astray must not overflow
_TOLERANCE, _STEPS = 1e-14, 200
_ROUGH, _ROUGH_STEPS = 1e-4, 60


@dataclass(frozen=True, eq=False)
class Fit:
    """A circuit with its parameters.

    `covariance` is that of the logarithms; infinite where the data do not determine them. `widening` is what
    standard uncertainties grow by because neighbouring residuals correlate [-]; 1 if they do not.
    """

    circuit: Circuit
    logarithms: Real
    covariance: Real
    residual: float
    sample_count: int
    widening: float

    @property
    def criterion(self) -> float:
        """Bayesian information criterion [-]: smaller is better."""
        count = 2 * self.sample_count
        return 2 * count * math.log(max(self.residual, PERFECT)) + len(self.circuit) * math.log(count)

    @property
    def relative_uncertainties(self) -> Real:
        """Standard uncertainty of each parameter over its value, to first order [-]."""
        return np.sqrt(np.diag(self.covariance))

    def value(self, place: int) -> float:
        """One parameter, in its own unit."""
        return float(np.exp(self.logarithms[place]))

    def total(self, places: list[int]) -> tuple[float, float]:
        """The sum of some parameters and its standard uncertainty, correlations included."""
        values = np.exp(self.logarithms[places])
        variance = values @ self.covariance[np.ix_(places, places)] @ values
        return float(values.sum()), math.sqrt(max(float(variance), 0.0))


def fit(circuit: Circuit, omega: Real, impedance: Complex, start: Real, *, rough: bool = False) -> Fit:
    """Fit a circuit.

    Parameters
    ----------
    circuit
        What to fit.
    omega
        Angular frequency [1/s], shape (n,).
    impedance
        Measured [ohm], shape (n,).
    start
        Logarithms of the parameters to start from.
    rough
        Stop early: good enough to compare starts.

    Returns
    -------
    Fit
        With the root mean square of the relative residuals.

    References
    ----------
    Boukamp 1986, doi 10.1016/0167-2738(86)90031-7.
    """
    weight = 1 / np.abs(impedance)

    @lru_cache(maxsize=2)  # residuals and their slopes are asked for at the same place, one after the other
    def evaluated(logarithms: bytes) -> tuple[Real, Real]:
        # where the slopes determine no step MINPACK asks for one that is no number: a far one, which it takes back
        at = np.clip(np.nan_to_num(np.frombuffer(logarithms), nan=_FARTHEST), -_FARTHEST, _FARTHEST)
        model, slopes = circuit.evaluate(omega, at)
        return _stacked((model - impedance) * weight), _stacked(slopes * weight[:, None])

    tolerance, most = (_ROUGH, _ROUGH_STEPS) if rough else (_TOLERANCE, _STEPS)
    found = least_squares(
        lambda logarithms: evaluated(logarithms.tobytes())[0],
        start,
        jac=lambda logarithms: evaluated(logarithms.tobytes())[1],
        method="lm",
        ftol=tolerance,
        xtol=tolerance,
        gtol=tolerance,
        max_nfev=most,
    )
    count, free = 2 * len(omega), 2 * len(omega) - len(circuit)
    squares = float(found.fun @ found.fun)
    covariance = _inverse(found.jac) * squares / free
    return Fit(circuit, found.x, covariance, float(np.sqrt(squares / count)), len(omega), _widening(found.fun))


def _widening(residuals: Real) -> float:
    """Root of what a lag-one correlation takes off the number of independent samples, if it is significant."""
    count = len(residuals)
    squares = float(residuals @ residuals)
    parts = np.split(residuals, 2)
    correlation = sum(float(part[1:] @ part[:-1]) for part in parts) / squares if squares > 0 else 0.0
    if correlation < 3 / np.sqrt(count):
        return 1.0
    return float(np.sqrt((1 + correlation) / (1 - correlation)))


def _stacked(values: Complex) -> Real:
    return np.concatenate([values.real, values.imag])


def _inverse(jacobian: Real) -> Real:
    """Inverse of the normal matrix; infinite variances if it is singular."""
    _, singular, directions = np.linalg.svd(jacobian, full_matrices=False)
    if singular[-1] <= singular[0] * np.finfo(float).eps * len(jacobian):
        return np.full((len(singular), len(singular)), np.inf)
    scaled = directions.T / singular
    return np.asarray(scaled @ scaled.T)
