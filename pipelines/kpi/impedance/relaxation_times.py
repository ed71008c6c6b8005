"""Which relaxation times does a spectrum hold, and with which resistances?

The spectrum is taken for a series resistance, an inductance, a capacity and a continuous distribution of R||C
elements over the logarithm of their time constant,

    Z(omega) = R + j omega L + 1 / (j omega C) + integral of gamma(ln tau) / (1 + j omega tau) d ln tau,

with gamma [ohm] nowhere negative. Finding gamma is ill posed: Tikhonov's method adds the square of its second
derivative, times a strength that the data choose (`regularisation`). The integral is the trapezoidal rule over equal
steps of ln tau, which converges exponentially for a smooth gamma; gamma reaches a decade beyond the spectrum at both
ends. Diffusion is a row of ever faster and smaller relaxations in this picture: a peak with shoulders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from ragone.pipelines.kpi.impedance.elements import Complex, Real

POINTS_PER_DECADE = 12
_BEYOND = 10.0  # the grid reaches this factor beyond the spectrum, at both ends
_SERIES, _INDUCTANCE, _CAPACITY = 0, 1, 2
_LUMPED = 3


@dataclass(frozen=True, eq=False)
class Problem:
    """The linear model of a spectrum over its modulus; columns: R, L, 1/C, then gamma times the step of ln tau."""

    omega: Real
    time_constants: Real
    model: Complex
    measured: Complex

    @property
    def step(self) -> float:
        """Step of ln tau."""
        return float(np.log(self.time_constants[1] / self.time_constants[0]))

    def roughness(self) -> Real:
        """Second derivative of gamma over a typical modulus: the sum of its squares is their integral over ln tau."""
        count = len(self.time_constants)
        with_ends = np.vstack([np.zeros((2, count)), np.eye(count), np.zeros((2, count))])  # gamma ends at zero
        second = np.diff(with_ends, 2, axis=0) / self.step**2.5 * np.median(np.abs(self.model[:, _SERIES]))
        return np.hstack([np.zeros((count + 2, _LUMPED)), second])


@dataclass(frozen=True, eq=False)
class RelaxationTimes:
    """The distribution gamma [ohm] over time constants [s], shape (m,) each, and what lies outside it."""

    time_constants: Real
    gamma: Real
    series_resistance: float
    inductance: float
    inverse_capacity: float
    strength: float
    residual: float
    covariance: Real

    @property
    def step(self) -> float:
        """Step of ln tau."""
        return float(np.log(self.time_constants[1] / self.time_constants[0]))

    def impedance(self, omega: Real) -> Complex:
        """Spectrum of the distribution [ohm]; omega and result of shape (n,)."""
        relaxing = (self.gamma * self.step / (1 + 1j * omega[:, None] * self.time_constants)).sum(axis=1)
        lumped = self.series_resistance + 1j * omega * self.inductance + self.inverse_capacity / (1j * omega)
        return np.asarray(relaxing + lumped, np.complex128)

    def resistance(self, first: int, last: int) -> tuple[float, float]:
        """Resistance between two numbers of the grid, both included, and its standard uncertainty [ohm]."""
        part = slice(_LUMPED + first, _LUMPED + last + 1)
        variance = float(self.covariance[part, part].sum())
        return float(self.gamma[first : last + 1].sum()) * self.step, float(np.sqrt(max(variance, 0.0)))

    def uncertainty_with_series(self, last: int) -> float:
        """Standard uncertainty of the series resistance and the distribution up to a number of the grid [ohm]."""
        chosen = [_SERIES, *range(_LUMPED, _LUMPED + last + 1)]
        return float(np.sqrt(max(float(self.covariance[np.ix_(chosen, chosen)].sum()), 0.0)))


def problem(omega: Real, impedance: Complex, points_per_decade: int = POINTS_PER_DECADE) -> Problem:
    """The linear model of a spectrum; omega falling, shape (n,)."""
    fastest, slowest = 1 / (_BEYOND * omega[0]), _BEYOND / omega[-1]
    times = np.geomspace(fastest, slowest, 1 + int(np.ceil(np.log10(slowest / fastest) * points_per_decade)))
    lumped = np.stack([np.ones_like(omega), 1j * omega, 1 / (1j * omega)], axis=1)
    model: Complex = np.hstack([lumped, 1 / (1 + 1j * omega[:, None] * times)]).astype(np.complex128)
    modulus = np.abs(impedance)
    return Problem(omega, times, model / modulus[:, None], impedance / modulus)


def invert(of: Problem, strength: float) -> RelaxationTimes:
    """The distribution at a strength of regularisation [-]; larger is smoother.

    References
    ----------
    Wan, Saccoccio, Chen, Ciucci 2015, doi 10.1016/j.electacta.2015.09.097.
    """
    model = np.concatenate([of.model.real, of.model.imag])
    measured = np.concatenate([of.measured.real, of.measured.imag])
    found = solve(model, measured, of.roughness(), strength)
    deviation = measured - model @ found
    free = found > 0
    return RelaxationTimes(
        time_constants=of.time_constants,
        gamma=found[_LUMPED:] / of.step,
        series_resistance=float(found[_SERIES]),
        inductance=float(found[_INDUCTANCE]),
        inverse_capacity=float(found[_CAPACITY]),
        strength=strength,
        residual=float(np.sqrt(np.mean(deviation**2))),
        covariance=_covariance(model, of.roughness(), strength, deviation, free),
    )


def solve(model: Real, measured: Real, roughness: Real, strength: float) -> Real:
    """Non-negative least squares with a penalty; columns are scaled to length 1 for the sake of conditioning."""
    stacked = np.vstack([model, np.sqrt(strength) * roughness])
    lengths = np.linalg.norm(stacked, axis=0)
    lengths[lengths == 0] = 1.0
    found, _ = nnls(stacked / lengths, np.concatenate([measured, np.zeros(len(roughness))]), maxiter=100 * len(lengths))
    return np.asarray(found / lengths)


def _covariance(model: Real, roughness: Real, strength: float, deviation: Real, free: NDArray[np.bool_]) -> Real:
    """Covariance of the unknowns not held at zero, from the scatter of residuals; smoothing adds no variance."""
    part = model[:, free]
    normal = part.T @ part + strength * roughness[:, free].T @ roughness[:, free]
    gain = np.linalg.pinv(normal, hermitian=True) @ part.T
    degrees = max(len(deviation) - float(np.trace(part @ gain)), 1.0)
    full = np.zeros((model.shape[1], model.shape[1]))
    full[np.ix_(free, free)] = gain @ gain.T * float(deviation @ deviation) / degrees
    return full
