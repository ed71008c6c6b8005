"""How the lives of cells depend on what is known of them: a fitted regression with all that its user must know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, choice, document, integer, real, text, texts, vector
from ragone.schemas.record import Record

_FITTED = Tolerance(relative=1e-4, absolute=1e-7)
_SHARE = Tolerance(absolute=1e-6)


class RegressionOutcome(StrEnum):
    """Outcome of a regression of lives."""

    FITTED = "fitted"
    NOT_DETERMINED = "the lives do not determine every coefficient: the likelihood has no maximum"
    NOT_FITTED = "the lives cannot be analysed in this way"


def _share(doc: str) -> Any:
    """A share between 0 and 1; null where it cannot be estimated."""
    return real("1", low=0, high=1, optional=True, tolerance=_SHARE, doc=f"{doc}; null if it cannot be estimated")


def _fitted(doc: str) -> Any:
    return vector("1", tolerance=_FITTED, doc=doc)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SurvivalRegression(Record):
    """A regression of lives on p terms, of n lives of which some were stopped.

    Of an accelerated-failure-time model (`weibull`, `log-normal`, `log-logistic`) the coefficients are those of the
    logarithm of the life in `unit`, `intercept` first; of `cox` those of the logarithm of the hazard.
    """

    kind: ClassVar[str] = "survival_regression"

    outcome: RegressionOutcome = choice(RegressionOutcome, doc="how far the regression came")
    reason: str = text(default="", doc="why it was not fitted")
    model: str = text(doc="weibull, log-normal, log-logistic or cox")
    unit: str = text(doc="of the lives")
    criterion: str = text(default="", doc="what ended the lives")
    life_count: int = integer(low=0, doc="lives, n")
    event_count: int = integer(low=0, doc="lives of which the end was seen")
    terms: tuple[str, ...] = texts(doc="terms that were asked for")
    options: Any = document(default={}, doc="options of each term that is a text; the first has no coefficient")
    ranges: Any = document(default={}, doc="least and largest value of each covariate that is a number, with its unit")
    names: tuple[str, ...] = texts(default=(), doc="coefficients; p")
    coefficients: np.ndarray[Any, Any] = _fitted("of the logarithm, for each unit of the covariate; shape (p,)")
    standard_errors: np.ndarray[Any, Any] = _fitted("of the coefficients; shape (p,)")
    p_values: np.ndarray[Any, Any] = vector("1", low=0, high=1, tolerance=_SHARE, doc="of no effect; shape (p,)")
    log_scales: np.ndarray[Any, Any] = _fitted("logarithm of the scale of each stratum; none of cox")
    covariance: np.ndarray[Any, Any] = _fitted("of coefficients and logarithms of scales, row by row")
    strata: tuple[str, ...] = texts(default=(), doc="strata, one without a name if there are none")
    stratified_by: str = text(default="", doc="covariate that makes the strata")
    penalty: float = real("1", low=0, default=0.0, doc="of half the squared standardised coefficients, for each life")
    log_likelihood: float | None = real("1", optional=True, tolerance=_FITTED, doc="null if not fitted")
    null_log_likelihood: float | None = real("1", optional=True, tolerance=_FITTED, doc="without covariates")
    concordance: float | None = _share("pairs of these lives in the right order")
    concordance_standard_error: float | None = _share("of the concordance")
    uno_concordance: float | None = _share("the same, corrected for censoring")
    uno_standard_error: float | None = _share("of the corrected concordance")
    held_out: str = text(default="", doc="covariate whose options were left out in turn; empty if none was")
    held_out_concordance: float | None = _share("pairs in the right order, each life by a fit without its option")
    held_out_standard_error: float | None = _share("of the held-out concordance")
    checks: Any = document(default=[], doc="what was checked: `check`, `finding` in words, and whether it is a concern")
    calibration: Any = document(default=[], doc="deaths observed and expected, by thirds of predicted life")
    baseline: Any = document(default={}, doc="of cox: times and cumulative hazards at the mean covariates, by stratum")
    snapshot_id: str = text(default="", doc="snapshot that the lives were queried at; empty for the present")
    left_out: Any = document(default={}, doc="lives that were not used, counted by reason")
    method: str = text(doc="how it was fitted")
    reference: str = text(default="", doc="author, year and doi of the method")

    def validate(self) -> None:
        """There is a number for each coefficient, and a covariance for each pair."""
        count, whole = len(self.names), len(self.names) + len(self.log_scales)
        found = (len(self.coefficients), len(self.standard_errors), len(self.p_values), len(self.covariance))
        if found != (count, count, count, whole**2):
            raise FieldShapeError(
                f"survival_regression: {count} names, {len(self.log_scales)} scales, and {found} coefficients, errors, "
                "p values and covariances. One of each is expected, and a covariance for each pair."
            )
