"""Residuals of a Cox regression, and the test of proportional hazards that is made of them.

References
----------
Schoenfeld 1982, doi 10.1093/biomet/69.1.239. Grambsch, Therneau 1994, doi 10.1093/biomet/81.3.515.
Therneau, Grambsch 2000, Modeling Survival Data, chapters 4, 6 and 7. The test is the exact score test of a coefficient
that changes with time, as `cox.zph` of the R package survival has it since version 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.regression.cox import CoxFit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Proportionality:
    """Score statistics of coefficients that change with time, each and all together, and their p values [-]."""

    statistics: Floats
    p_values: Floats
    overall: float
    overall_p_value: float


def martingale_residuals(fit: CoxFit, lives: Lifetimes) -> Floats:
    """Deaths of each subject less those expected while it was under observation, shape (n,); at most 1."""
    expected = fit.risks * (fit.risk_sets.at_risk.T @ (1 / fit.sums))
    return np.asarray(lives.observed - expected)


def schoenfeld_residuals(fit: CoxFit) -> Floats:
    """Covariates of each that died less the mean of those at risk, shape (death, column), in the order of `risk_sets`.

    With ties the mean is that of all deaths of one time.
    """
    sets = fit.risk_sets
    _, moments = np.unique(np.column_stack([sets.strata, sets.times]), axis=0, return_inverse=True)
    moments = moments.ravel()
    means = np.zeros((moments.max() + 1, fit.columns.shape[1]))
    np.add.at(means, moments, fit.means)
    return np.asarray(fit.columns[sets.dead] - (means / np.bincount(moments)[:, None])[moments])


def coefficient_changes(fit: CoxFit) -> Floats:
    """Change of each coefficient that each subject causes (dfbeta), to first order, shape (n, column)."""
    sets, means = fit.risk_sets, fit.means
    scores = np.zeros_like(fit.columns)
    scores[sets.dead] = schoenfeld_residuals(fit)
    weights = sets.at_risk * fit.risks / fit.sums[:, None]
    scores -= fit.columns * weights.sum(axis=0)[:, None] - weights.T @ means
    return np.asarray(scores @ fit.covariance)


def examine_proportionality(fit: CoxFit, lives: Lifetimes) -> Proportionality:
    """Test whether hazard ratios change with time, measured by the share that has died (Kaplan-Meier)."""
    from scipy.stats import chi2

    sets = fit.risk_sets
    time = _share_dead_before(lives, sets.times)
    time = time - time.mean()
    gradient = time @ (fit.columns[sets.dead] - fit.means)
    plain, once, twice = (_information(fit, weight) for weight in (np.ones_like(time), time, time**2))
    rest = twice - once @ np.linalg.pinv(plain, hermitian=True) @ once
    statistics = gradient**2 / np.diag(rest)
    overall = float(gradient @ np.linalg.pinv(rest, hermitian=True) @ gradient)
    return Proportionality(
        statistics, chi2.sf(statistics, 1), overall, float(chi2.sf(overall, np.linalg.matrix_rank(rest)))
    )


def _information(fit: CoxFit, weights: Floats) -> Floats:
    """Weighed sum over the deaths of the covariance of the covariates of those at risk."""
    shares = fit.risk_sets.at_risk.T @ (weights / fit.sums) * fit.risks
    squares = (fit.columns * shares[:, None]).T @ fit.columns
    return np.asarray(squares - (fit.means * weights[:, None]).T @ fit.means)


def _share_dead_before(lives: Lifetimes, times: Floats) -> Floats:
    """One less Kaplan-Meier's estimate just before each time."""
    moments = np.unique(times)
    at_risk = ((lives.entry < moments[:, None]) & (lives.lower >= moments[:, None])).sum(axis=1)
    deaths = (lives.observed & (lives.upper == moments[:, None])).sum(axis=1)
    survivor = np.concatenate([[1.0], np.cumprod(1 - deaths / at_risk)])
    return np.asarray(1 - survivor[np.searchsorted(moments, times)])


def baseline_hazard(fit: CoxFit) -> dict[str, dict[str, list[float]]]:
    """Return times and cumulative hazards at the mean covariates, by stratum; ties by the approximation of the fit."""
    sets, found = fit.risk_sets, {}
    for number, name in enumerate(fit.strata):
        rows = sets.strata == number
        times, first = np.unique(sets.times[rows][::-1], return_index=True)
        hazards = np.cumsum(1 / fit.sums[rows])
        found[name] = {"times": times.tolist(), "hazards": hazards[rows.sum() - 1 - first].tolist()}
    return found
