"""A sum of relaxations fitted to a step response, their number chosen from the data.

y(t) = c + sum of R_k (1 - exp(-t / tau_k)) + s g(t), all R_k and s >= 0; g, the tail, is nothing, the root of time
(diffusion) or time itself (a drift of the equilibrium voltage). Models with up to `MOST` relaxations are fitted by
least squares in R_k and ln tau_k and the one of least Bayesian information criterion is taken. A relaxation is looked
for between the time resolution and the window's length; of one slower than a third of the window only the beginning is
seen, which makes it a tail too.

References
----------
Schwarz, 1978, 10.1214/aos/1176344136: the criterion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, nnls

Vector = NDArray[np.float64]

MOST = 4
GRID = 24
TAIL_SHARE = 1 / 3  # of the window: a slower relaxation is a tail
TAILS = {"none": None, "root of time": 0.5, "drift": 1.0}


@dataclass(frozen=True, slots=True)
class Relaxations:
    """Amplitudes R_k in y's unit and ln of time constants [s], by rising tau; their covariance, (R, ln tau) order."""

    amplitude: Vector
    log_tau: Vector
    covariance: NDArray[np.float64]
    offset: float
    tail: str
    slow: int
    criterion: float
    reduced_chi_square: float

    @property
    def tau(self) -> Vector:
        """Time constants [s]."""
        return np.asarray(np.exp(self.log_tau))

    @property
    def identified(self) -> int:
        """Number of relaxations that are measured to their end."""
        return len(self.amplitude) - self.slow


def fit_relaxations(time: Vector, data: Vector, deviation: Vector, shortest: float) -> Relaxations | None:
    """The best sum of relaxations; None with fewer data than the simplest model needs.

    Parameters
    ----------
    time
        Shape (n,), since the jump [s], rising.
    data, deviation
        Shape (n,): the response and its standard deviation.
    shortest
        Lower bound of the time constants [s].
    """
    limits = (np.log(shortest), np.log(max(float(time[-1]), 2 * shortest)))
    best: Relaxations | None = None
    for tail in TAILS:
        taus = np.empty(0)
        for count in range(MOST + 1):
            if len(time) < 2 * count + 4:
                break
            taus = taus if count == 0 else _one_more(time, data, deviation, taus, tail, limits)
            fit = _refined(time, data, deviation, taus, tail, limits)
            taus = fit.tau
            if best is None or fit.criterion < best.criterion:
                best = fit
    return best


def _columns(time: Vector, log_tau: Vector, tail: str) -> Vector:
    """Shape (n, 1 + K + tail): offset, relaxations, tail scaled to 1 at the end."""
    columns = [np.ones_like(time), *(-np.expm1(-time / np.exp(log_tau)[:, None]))]
    power = TAILS[tail]
    if power is not None:
        columns.append((time / time[-1]) ** power)
    return np.stack(columns, axis=1)


def _linear(time: Vector, data: Vector, deviation: Vector, log_tau: Vector, tail: str) -> tuple[Vector, float]:
    """Coefficients, none negative but the offset, and the root of chi square."""
    columns = _columns(time, log_tau, tail) / deviation[:, None]
    both = np.concatenate([-columns[:, :1], columns], axis=1)
    found, misfit = nnls(both, data / deviation)
    return np.concatenate([[found[1] - found[0]], found[2:]]), float(misfit)


def _one_more(
    time: Vector, data: Vector, deviation: Vector, taus: Vector, tail: str, limits: tuple[float, float]
) -> Vector:
    """The time constants with that one of a grid added which lowers the misfit most."""
    tries = [np.sort(np.append(np.log(taus), new)) for new in np.linspace(*limits, GRID)]
    misfits = [_linear(time, data, deviation, log_tau, tail)[1] for log_tau in tries]
    return np.asarray(np.exp(tries[int(np.argmin(misfits))]))


def _refined(
    time: Vector, data: Vector, deviation: Vector, taus: Vector, tail: str, limits: tuple[float, float]
) -> Relaxations:
    count = len(taus)
    start = np.clip(np.log(taus), limits[0] + 1e-6, limits[1] - 1e-6)
    linear, _ = _linear(time, data, deviation, start, tail)
    size = max(float(np.ptp(data)), float(deviation.mean()))
    first = np.concatenate([linear[:1], np.maximum(linear[1:], 1e-6 * size), start])
    low = np.concatenate([[-np.inf], np.zeros(len(linear) - 1), np.full(count, limits[0])])
    high = np.concatenate([np.full(len(linear), np.inf), np.full(count, limits[1])])

    def split(x: Vector) -> tuple[Vector, Vector]:
        return x[: len(linear)], x[len(linear) :]

    def residuals(x: Vector) -> Vector:
        coefficients, log_tau = split(x)
        return np.asarray((_columns(time, log_tau, tail) @ coefficients - data) / deviation)

    def jacobian(x: Vector) -> Any:
        coefficients, log_tau = split(x)
        ratio = time[:, None] / np.exp(log_tau)
        slopes = -coefficients[1 : count + 1] * ratio * np.exp(-ratio)
        return np.concatenate([_columns(time, log_tau, tail), slopes], axis=1) / deviation[:, None]

    found = least_squares(residuals, first, jacobian, bounds=(low, high), x_scale="jac", max_nfev=60)
    return _described(found.x, found.jac, 2 * float(found.cost), len(time), count, len(linear), tail, float(time[-1]))


def _described(
    x: Vector, jacobian: Vector, chi_square: float, data_count: int, count: int, linear: int, tail: str, end: float
) -> Relaxations:
    excess = max(1.0, chi_square / max(data_count - len(x), 1))
    covariance = np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-14, hermitian=True) * excess
    order = np.argsort(x[linear:])
    picked = np.concatenate([1 + order, linear + order]).astype(int)
    log_tau = x[linear:][order]
    return Relaxations(
        amplitude=x[1 + order],
        log_tau=log_tau,
        covariance=covariance[np.ix_(picked, picked)],
        offset=float(x[0]),
        tail=tail,
        slow=int(np.sum(np.exp(log_tau) > TAIL_SHARE * end)),
        criterion=chi_square + len(x) * float(np.log(data_count)),
        reduced_chi_square=chi_square / max(data_count - len(x), 1),
    )
