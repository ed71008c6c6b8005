"""How long will a cell live that has these covariates? Median and interval, from a stored regression.

The interval is that of one more cell, not of the median: it holds the spread between cells and what is not known of the
coefficients, by draws from their normal distribution. A cell that runs already has only what it can still reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.regression.families import FAMILIES, Family
from ragone.models.survival.regression.terms import Terms, covariate_of
from ragone.schemas import RegressionOutcome, SurvivalRegression

Floats = NDArray[np.float64]
_DRAWS, _SEED, _HALVINGS = 2000, 0, 80


@dataclass(frozen=True)
class PredictedLife:
    """Median life of such cells with its interval, and the interval of the life of one; None beyond what was observed.

    `outside` names the covariates that are outside of the range that was fitted.
    """

    median: float | None
    median_low: float | None
    median_high: float | None
    low: float | None
    high: float | None
    outside: tuple[str, ...]


def predict_life(
    regression: SurvivalRegression, covariates: Mapping[str, Any], *, confidence: float = 0.95, alive_at: float = 0.0
) -> PredictedLife:
    """Predict the life of a cell.

    Parameters
    ----------
    regression
        A stored regression that was fitted.
    covariates
        A number or a text for each covariate, in the units of the regression.
    confidence
        Of both intervals [-].
    alive_at
        The cell has lived that long already, in the unit of the lives.

    Raises
    ------
    LifetimesError
        If the regression was not fitted, or a covariate is missing or unknown.
    """
    if regression.outcome is not RegressionOutcome.FITTED:
        raise LifetimesError(f"{regression.id} predicts nothing: {regression.outcome}. {regression.reason}".strip())
    row = {"": [0.0], **{name: [value] for name, value in covariates.items()}}
    options = {name: tuple(found) for name, found in regression.options.items()}
    columns = Terms(regression.terms, options).columns(row)[0]
    stratum = _stratum(regression, covariates)
    outside = tuple(name for name in map(covariate_of, regression.terms) if _is_outside(regression, name, covariates))
    shares = (0.5 - confidence / 2, 0.5, 0.5 + confidence / 2)
    if regression.model == "cox":
        return _by_hazard(regression, columns, stratum, shares, alive_at, outside)
    middles, scales = _draws(regression, np.concatenate([[1.0], columns]), stratum)
    family = FAMILIES[regression.model]()
    begun = np.log(alive_at) if alive_at > 0 else -np.inf
    medians = _quantiles(family, middles, scales, 0.5, begun)
    low, high = (_mixture_quantile(family, middles[1:], scales[1:], share, begun) for share in (shares[0], shares[2]))
    ends = np.quantile(medians[1:], [shares[0], shares[2]])
    median, *interval = np.exp([medians[0], *ends, low, high]).tolist()
    return PredictedLife(median, interval[0], interval[1], interval[2], interval[3], outside)


def _draws(regression: SurvivalRegression, columns: Floats, stratum: int) -> tuple[Floats, Floats]:
    """Location and scale of the logarithm of the life: as fitted, then drawn; shape (draw,) each."""
    best = np.concatenate([regression.coefficients, regression.log_scales])
    covariance = regression.covariance.reshape(len(best), len(best))
    values, vectors = np.linalg.eigh(covariance)
    scores = np.random.default_rng(_SEED).normal(size=(_DRAWS, len(best))) * np.sqrt(np.maximum(values, 0))
    drawn = np.vstack([best, best + scores @ vectors.T])
    return drawn[:, : len(columns)] @ columns, np.exp(drawn[:, len(columns) + stratum])


def _quantiles(family: Family, middles: Floats, scales: Floats, share: float, begun: float) -> Floats:
    """Logarithms of the lives that a share of those alive at `begun` do not reach, one for each draw."""
    alive = _alive(family, middles, scales, begun)
    return np.asarray(middles + scales * family.quantile(1 - alive * (1 - share)))


def _mixture_quantile(family: Family, middles: Floats, scales: Floats, share: float, begun: float) -> float:
    """The same of all draws together, by bisection."""
    every = _quantiles(family, middles, scales, share, begun)
    low, high, alive = float(every.min()), float(every.max()), _alive(family, middles, scales, begun).mean()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        survives = _alive(family, middles, scales, middle).mean() / alive > 1 - share
        low, high = (middle, high) if survives else (low, middle)
    return (low + high) / 2


def _alive(family: Family, middles: Floats, scales: Floats, log_life: float) -> Floats:
    """Share of those of each draw that live that long."""
    if not np.isfinite(log_life):
        return np.ones(len(middles))
    return np.asarray(np.exp(family.log_survivor((log_life - middles) / scales)))


def _by_hazard(
    regression: SurvivalRegression,
    columns: Floats,
    stratum: int,
    shares: Sequence[float],
    alive_at: float,
    outside: tuple[str, ...],
) -> PredictedLife:
    """Quantiles of the survivor function of a Cox regression; None where it does not fall that far."""
    baseline = regression.baseline["strata"][regression.strata[stratum]]
    times = np.array(baseline["times"])
    risk = np.exp((columns - np.array(regression.baseline["centre"])) @ regression.coefficients)
    hazards = np.array(baseline["hazards"]) * risk
    hazards = hazards - (hazards[times <= alive_at].max() if (times <= alive_at).any() else 0.0)
    low, median, high = (
        next((float(t) for t, h in zip(times, hazards, strict=True) if h >= -np.log1p(-share)), None)
        for share in shares
    )
    return PredictedLife(median, None, None, low, high, outside)


def _stratum(regression: SurvivalRegression, covariates: Mapping[str, Any]) -> int:
    if not regression.stratified_by:
        return 0
    given = str(covariates.get(regression.stratified_by, ""))
    if given not in regression.strata:
        raise LifetimesError(
            f"{regression.stratified_by} = {given!r} is none of the strata that were fitted: "
            f"{', '.join(regression.strata)}."
        )
    return regression.strata.index(given)


def _is_outside(regression: SurvivalRegression, name: str, covariates: Mapping[str, Any]) -> bool:
    fitted = regression.ranges.get(name)
    return bool(fitted) and not fitted["low"] <= float(covariates[name]) <= fitted["high"]
