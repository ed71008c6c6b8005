"""How strongly should a distribution of relaxation times be smoothed?

By re-im cross-validation: a distribution found in the real parts alone must predict the imaginary parts, and the
other way round, as both follow from it. Too weak a regularisation fits noise, which the other part does not share; too
strong a one fits neither. What only one part sees (series resistance; inductance and capacity) is fitted to its
own part afterwards.
"""

from __future__ import annotations

import numpy as np

from ragone.pipelines.kpi.impedance.elements import Real
from ragone.pipelines.kpi.impedance.relaxation_times import Problem, solve

STRENGTHS = np.geomspace(1e-10, 1e1, 23)
ALIKE = 1.05  # errors of prediction this close to the smallest are no worse than it
_REAL_ONLY, _IMAGINARY_ONLY = [0], [1, 2]


def cross_validated_strength(of: Problem) -> float:
    """The largest strength of regularisation [-] whose error of prediction is practically the smallest.

    The paper takes the smallest error itself. Its curve is flat towards weak regularisation, where noise grows peaks;
    of what predicts alike the smoothest is taken.

    References
    ----------
    Saccoccio, Wan, Chen, Ciucci 2014, doi 10.1016/j.electacta.2014.09.058.
    """
    errors = np.array([_error(of, float(strength)) for strength in STRENGTHS])
    return float(STRENGTHS[np.flatnonzero(errors <= ALIKE * errors.min())[-1]])


def _error(of: Problem, strength: float) -> float:
    """Sum of the squared errors of each part predicted from the other."""
    roughness = of.roughness()
    parts = ((of.model.real, of.measured.real, _REAL_ONLY), (of.model.imag, of.measured.imag, _IMAGINARY_ONLY))
    total = 0.0
    for (model, measured, _), (other, others, own) in (parts, parts[::-1]):
        found = solve(model, measured, roughness, strength)
        found[:3] = 0
        total += _unexplained(others - other @ found, other[:, own])
    return total


def _unexplained(rest: Real, columns: Real) -> float:
    """Squares that are left when the columns have been fitted."""
    amplitudes, *_ = np.linalg.lstsq(columns / np.linalg.norm(columns, axis=0), rest, rcond=None)
    return float(np.sum((rest - columns / np.linalg.norm(columns, axis=0) @ amplitudes) ** 2))
