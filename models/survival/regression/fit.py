"""The stage that fits a regression to lives: coefficients, concordance, checks in words, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.regression.accelerated import AcceleratedFit, fit_accelerated
from ragone.models.survival.regression.choosing import folds_of
from ragone.models.survival.regression.concordance import Concordance, concordance
from ragone.models.survival.regression.cox import CoxFit, fit_cox
from ragone.models.survival.regression.diagnosis import calibrate, diagnose
from ragone.models.survival.regression.families import FAMILIES
from ragone.models.survival.regression.residuals import baseline_hazard
from ragone.schemas import CycleLife, LifeOutcome, RegressionOutcome, SurvivalRegression, stage

COX = "cox"
_FOLDS = 10
_METHODS = {
    COX: "partial likelihood, ties by Efron, by Newton's method; errors by the observed information",
    "": "maximum likelihood of exact, interval-censored and right-censored lives with late entry, by Newton's method; "
    "errors by the observed information",
}
_REFERENCES = {
    COX: "Cox 1972, doi 10.1111/j.2517-6161.1972.tb00899.x; Efron 1977, doi 10.1080/01621459.1977.10480613",
    "": "Kalbfleisch, Prentice 2002, The Statistical Analysis of Failure Time Data, chapter 3",
}
_NONE = np.zeros(0)


@stage("survival.fit_regression", libraries=("scipy", "numpy"), informed_by=("lives",))
def fit_regression(
    lives: tuple[CycleLife, ...],
    *,
    terms: Sequence[str],
    columns: Mapping[str, Sequence[Any]],
    units: Mapping[str, str] | None = None,
    model: str = "weibull",
    strata: str = "",
    penalty: float = 0.0,
    hold_out: str = "",
    snapshot_id: str = "",
    left_out: Mapping[str, int] | None = None,
) -> SurvivalRegression:
    """Fit a regression of lives on what is known of the cells, and check it.

    Parameters
    ----------
    lives
        Lives with one unit and criterion; those that never started do not count.
    terms
        Covariates, or ``log(x)`` or ``x^2`` of one that is a number.
    columns
        A value for each life by covariate: numbers, or texts.
    units
        Units of the numbers.
    model
        ``weibull``, ``log-normal``, ``log-logistic`` or ``cox``.
    strata
        A covariate each of whose options has its own scale, or hazard of ``cox``.
    penalty
        Of half the squared coefficients of the standardised covariates, for each life [-].
    hold_out
        A covariate whose options are left out in turn, ten folds at most, for the held-out concordance.
    snapshot_id
        Snapshot that the lives were queried at.
    left_out
        Lives that the query found and that could not be used, by reason.
    """
    about: dict[str, Any] = {
        "model": model,
        "terms": tuple(terms),
        "stratified_by": strata,
        "penalty": penalty,
        "held_out": hold_out,
        "snapshot_id": snapshot_id,
        "left_out": dict(left_out or {}),
        "method": _METHODS[COX if model == COX else ""],
        "reference": _REFERENCES[COX if model == COX else ""],
        "unit": lives[0].unit if lives else "cycle",
        "criterion": lives[0].criterion if lives else "",
    }
    try:
        subjects = _subjects(lives, columns, units or {})
        fit = fit_lives(subjects, model, terms, strata=strata, penalty=penalty)
        return _record(fit, subjects, penalty, _held_out(subjects, model, terms, strata, penalty, hold_out), about)
    except LifetimesError as cause:
        missing: dict[str, Any] = dict.fromkeys((*_SHARES, "log_likelihood", "null_log_likelihood"))
        return SurvivalRegression(
            **about,
            **missing,
            outcome=RegressionOutcome.NOT_FITTED,
            reason=str(cause),
            life_count=len(lives),
            event_count=sum(life.outcome.is_event for life in lives),
            coefficients=_NONE,
            standard_errors=_NONE,
            p_values=_NONE,
            log_scales=_NONE,
            covariance=_NONE,
        )


_SHARES = (
    *("concordance", "concordance_standard_error", "uno_concordance", "uno_standard_error"),
    *("held_out_concordance", "held_out_standard_error"),
)


def fit_lives(
    lives: Lifetimes, model: str, terms: Sequence[str], *, strata: str = "", penalty: float = 0.0
) -> AcceleratedFit | CoxFit:
    """Fit one of the models by name.

    Raises
    ------
    LifetimesError
        If there is no such model, or it cannot be fitted to these lives.
    """
    if model == COX:
        return fit_cox(lives, terms, strata=strata, penalty=penalty)
    if model not in FAMILIES:
        raise LifetimesError(f"there is no model {model!r}. Choose one of {', '.join((*FAMILIES, COX))}.")
    return fit_accelerated(lives, model, terms, strata=strata, penalty=penalty)


def _subjects(lives: Sequence[CycleLife], columns: Mapping[str, Sequence[Any]], units: Mapping[str, str]) -> Lifetimes:
    """The lives that started, with the columns in place of the records' own covariates."""
    wrong = {name: len(values) for name, values in columns.items() if len(values) != len(lives)}
    if wrong:
        raise LifetimesError(f"{len(lives)} lives, but columns of length {wrong}. Give each life one value.")
    kept = [n for n, life in enumerate(lives) if life.outcome is not LifeOutcome.NOT_STARTED]
    found = Lifetimes.of_records([replace(lives[n], covariates={}) for n in kept])
    arrays = {name: _column([values[n] for n in kept]) for name, values in columns.items()}
    return replace(found, columns=arrays, units=dict(units))


def _column(values: Sequence[Any]) -> NDArray[Any]:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return np.array(values, dtype=np.float64) if numbers else np.array([str(value) for value in values])


def _held_out(
    lives: Lifetimes, model: str, terms: Sequence[str], strata: str, penalty: float, group: str
) -> Concordance:
    """Concordance of lives predicted without their group; folds that cannot be predicted do not count."""
    if not group:
        return Concordance(np.nan, np.nan, 0.0)
    if group not in lives.columns:
        raise LifetimesError(f"{group!r}, to be left out in turn, is not known of every life.")
    folds = folds_of(lives.columns[group], _FOLDS)
    predicted = np.full(len(lives), np.nan)
    for fold in np.unique(folds):
        out = folds == fold
        try:
            fit = fit_lives(lives.among(~out), model, terms, strata=strata, penalty=penalty)
            predicted[out] = fit.log_lives(lives.among(out))
        except LifetimesError:
            continue
    known = np.isfinite(predicted)
    return concordance(lives.among(known), predicted[known]) if known.any() else Concordance(np.nan, np.nan, 0.0)


def _record(
    fit: AcceleratedFit | CoxFit, lives: Lifetimes, penalty: float, held_out: Concordance, about: dict[str, Any]
) -> SurvivalRegression:
    from scipy.special import ndtr

    count, predicted = len(fit.names), fit.log_lives(lives)
    plain, uno = concordance(lives, predicted), concordance(lives, predicted, uno=True)
    errors = fit.standard_errors[:count]
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = np.where(errors > 0, 2 * ndtr(-np.abs(fit.coefficients / errors)), 1.0)
    numbers: dict[str, Any] = {
        name: value if np.isfinite(value) else None
        for name, value in zip(
            _SHARES,
            (plain.value, plain.standard_error, uno.value, uno.standard_error, held_out.value, held_out.standard_error),
            strict=True,
        )
    }
    return SurvivalRegression(
        **about,
        **numbers,
        outcome=RegressionOutcome.FITTED if fit.converged else RegressionOutcome.NOT_DETERMINED,
        life_count=len(lives),
        event_count=int(lives.observed.sum()),
        options={name: list(options) for name, options in fit.terms.options.items()},
        ranges=_ranges(lives),
        names=fit.names,
        coefficients=fit.coefficients,
        standard_errors=errors,
        p_values=p_values,
        log_scales=fit.log_scales if isinstance(fit, AcceleratedFit) else _NONE,
        covariance=fit.covariance.ravel(),
        strata=fit.strata,
        log_likelihood=fit.log_likelihood,
        null_log_likelihood=fit.null_log_likelihood,
        checks=[asdict(check) for check in diagnose(fit, lives, penalty=penalty)],
        calibration=_calibration(fit, lives),
        baseline={"centre": fit.centre.tolist(), "strata": baseline_hazard(fit)} if isinstance(fit, CoxFit) else {},
    )


def _calibration(fit: AcceleratedFit | CoxFit, lives: Lifetimes) -> list[dict[str, float]]:
    if isinstance(fit, CoxFit) or len(lives) < _FOLDS:
        return []
    return [asdict(one) for one in calibrate(fit, lives)]


def _ranges(lives: Lifetimes) -> dict[str, Any]:
    return {
        name: {"low": float(column.min()), "high": float(column.max()), "unit": lives.units.get(name, "")}
        for name, column in lives.columns.items()
        if column.dtype.kind == "f"
    }
