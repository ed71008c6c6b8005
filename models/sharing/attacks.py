"""Attacks on what is shared, by which its protection is measured: is a design among the data, and which one is it?

Each attacker here knows more than a real one would: all designs but one, the layout, and the law of the noise. What
succeeds against an export in which rows are kept must stay below the stated bound against a private one.

References
----------
Yeom et al. 2018, doi 10.1109/CSF.2018.00027 (threshold of the loss); Carlini et al. 2022, arXiv 2112.03570 (likelihood
ratio by shadow models); Balle, Cherubin and Hayes 2022, arXiv 2201.04845 (an informed reconstruction).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragone.models.sharing.moments import Layout
from ragone.models.surrogate.features import decoded
from ragone.models.surrogate.kriging import FittedKriging
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.trained import TrainedSurrogate

_LEAST = 1e-12


@dataclass(frozen=True)
class Advantage:
    """True less false positives of a test on independent trials, and its binomial standard error."""

    value: float
    standard_error: float

    @classmethod
    def of(cls, inside: Sequence[bool], outside: Sequence[bool]) -> Advantage:
        """The advantage of a test that said so of designs that are inside, and of designs that are not."""
        rates = float(np.mean(inside)), float(np.mean(outside))
        variance = rates[0] * (1 - rates[0]) / len(inside) + rates[1] * (1 - rates[1]) / len(outside)
        return cls(rates[0] - rates[1], float(np.sqrt(variance)))


def is_member_by_sums(released: Sequence[int], others: Sequence[int], candidate: Sequence[int]) -> bool:
    """The most powerful test on noisy sums: does the rest, without the other designs, point to the candidate's?

    The likelihood ratio of normal noise is the projection on what the candidate adds; the threshold is half of that.
    """
    rest = np.subtract(released, others, dtype=np.float64)
    adds = np.array(candidate, dtype=np.float64)
    return bool(rest @ adds > adds @ adds / 2)


def is_member_by_loss(losses: Floats, threshold: float) -> list[bool]:
    """The test of Yeom et al.: designs whose squared error is below a threshold were trained on."""
    return [bool(one < threshold) for one in losses]


def is_member_by_shadows(prediction: float, inside: Floats, outside: Floats) -> bool:
    """The test of Carlini et al.: which normal law does a prediction fit better?

    Parameters
    ----------
    prediction
        Of the candidate, by the surrogate under attack.
    inside, outside
        Predictions of the candidate by shadow surrogates trained with it, and without it.
    """
    fits = [_log_density(prediction, one) for one in (inside, outside)]
    return fits[0] > fits[1]


def is_member_by_shadows_of_several(released: Floats, inside: Floats, outside: Floats) -> bool:
    """The same for several numbers at once, shape (k,), by shadows of shape (n, k): which multivariate law fits better?

    It is meant for hyper-parameters, whose logarithms are nearer to normal.
    """
    fits = [_joint_log_density(released, one) for one in (inside, outside)]
    return fits[0] > fits[1]


def rows_of_kriging(surrogate: TrainedSurrogate) -> tuple[dict[str, list[object]], Floats]:
    """Read the training rows and values out of a Gaussian process, whose tensors hold them.

    Raises
    ------
    TypeError
        If it is of another method.
    """
    fitted = surrogate.fitted
    if not isinstance(fitted, FittedKriging):
        raise TypeError(f"{surrogate.method} keeps no training rows.")
    standardised = fitted.mean + fitted.cholesky @ (fitted.cholesky.T @ fitted.solution)
    return decoded(surrogate.features, fitted.points), fitted.centre + fitted.spread * standardised


def reconstructed(layout: Layout, released: Sequence[int], others: Sequence[int]) -> Floats:
    """The best guess of the one design that is not known: its features and target in [-1, 1], shape (axes + 1,).

    What a design adds is the product of its vector with itself: the leading eigenvector of the rest, whose first entry
    is 1.
    """
    rest = layout.matrix(np.subtract(released, others).tolist())
    vector = np.linalg.eigh(rest)[1][:, -1]
    scaled = vector / (vector[0] if abs(vector[0]) > _LEAST else _LEAST)
    return np.asarray(np.clip(np.append(scaled[1 : 1 + layout.axes], scaled[-1]), -1, 1))


def _log_density(value: float, samples: Floats) -> float:
    deviation = max(float(samples.std(ddof=1)), _LEAST)
    return -0.5 * ((value - float(samples.mean())) / deviation) ** 2 - float(np.log(deviation))


def _joint_log_density(values: Floats, samples: Floats) -> float:
    """The logarithm of a normal density of the mean and covariance of samples, but for a constant."""
    covariance = np.cov(samples.T) + _LEAST * np.eye(samples.shape[1])
    rest = values - samples.mean(axis=0)
    return -0.5 * (float(rest @ np.linalg.solve(covariance, rest)) + float(np.linalg.slogdet(covariance)[1]))
