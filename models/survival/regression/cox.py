"""Cox regression: hazards in proportion to ``exp(b.x)``, whatever the hazard common to all of a stratum.

Ties by Efron's or Breslow's approximation, late entry, strata, a ridge penalty. The fit agrees with lifelines'; ours
stands here because lifelines has no residuals of lives with late entry, so that nothing could be checked of them, and
no Breslow ties, and because a likelihood without a maximum is an outcome to be said, not a warning. Ends between two
looks are no part of it: take an accelerated model.

References
----------
Cox 1972, doi 10.1111/j.2517-6161.1972.tb00899.x. Efron 1977, doi 10.1080/01621459.1977.10480613.
Therneau, Grambsch 2000, Modeling Survival Data, chapters 3 to 7 (residuals).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.regression.accelerated import ENOUGH, ascent, is_maximum, strata_of
from ragone.models.survival.regression.terms import Terms

Floats = NDArray[np.float64]
_STEPS, _HALVINGS = 100, 30


@dataclass(frozen=True)
class RiskSets:
    """A row for each death: when, in which stratum, whose, and who was at risk; ties shared out.

    `at_risk` has shape (death, subject): 1 at risk, less the share of the tied deaths that came before by Efron.
    """

    times: Floats
    strata: NDArray[np.int64]
    dead: NDArray[np.int64]
    at_risk: Floats

    @classmethod
    def of(cls, lives: Lifetimes, strata: NDArray[np.int64], *, efron: bool = True) -> RiskSets:
        """Build the rows, in order of stratum and time."""
        died = np.flatnonzero(lives.observed)
        died = died[np.lexsort((lives.upper[died], strata[died]))]
        times = lives.upper[died]
        same = strata[died, None] == strata[None, :]
        at_risk = (same & (lives.entry[None, :] < times[:, None]) & (times[:, None] <= lives.lower[None, :])).astype(
            np.float64
        )
        if efron:
            tied = same & lives.observed[None, :] & (lives.upper[None, :] == times[:, None])
            _, first, counts = np.unique(
                np.column_stack([strata[died], times]), axis=0, return_index=True, return_counts=True
            )
            before = np.arange(len(died)) - np.repeat(first, counts)
            at_risk -= tied * (before / np.repeat(counts, counts))[:, None]
        return cls(times, strata[died], died, at_risk)


@dataclass(frozen=True)
class CoxFit:
    """A fitted model; coefficients are logarithms of hazard ratios per unit of each term.

    `columns` are the covariates of those that it was fitted to, less their mean.
    """

    terms: Terms
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    score_statistic: float
    converged: bool
    unit: str
    strata: tuple[str, ...]
    stratified_by: str
    centre: Floats
    columns: Floats
    risk_sets: RiskSets

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.terms.names

    @property
    def standard_errors(self) -> Floats:
        """Standard errors of the coefficients, shape (column,)."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    @property
    def akaike(self) -> float:
        """Akaike's criterion of the partial likelihood; not comparable with that of an accelerated model."""
        return 2 * len(self.coefficients) - 2 * self.log_likelihood

    @property
    def risks(self) -> Floats:
        """Hazard of each subject relative to the mean of the covariates, shape (n,)."""
        return np.asarray(np.exp(self.columns @ self.coefficients))

    @property
    def sums(self) -> Floats:
        """Sum of the risks of those at risk at each death, shape (death,)."""
        return self.risk_sets.at_risk @ self.risks

    @property
    def means(self) -> Floats:
        """Mean of the covariates of those at risk at each death, weighed by their risk, shape (death, column)."""
        return np.asarray((self.risk_sets.at_risk * self.risks) @ self.columns / self.sums[:, None])

    def log_lives(self, lives: Lifetimes) -> Floats:
        """Return ``-b.x`` of lives, by which they are ranked; the longest-lived is the largest; shape (n,)."""
        columns = self.terms.columns({"": np.zeros(len(lives)), **lives.columns})
        return np.asarray(-(columns - self.centre) @ self.coefficients)


def fit_cox(
    lives: Lifetimes, terms: Sequence[str], *, strata: str = "", penalty: float = 0.0, efron: bool = True
) -> CoxFit:
    """Fit hazard ratios by the partial likelihood.

    Parameters
    ----------
    lives
        With the covariates as columns; ends exact or censored.
    terms
        Covariates, as `Terms` reads them; one at least.
    strata
        A covariate each of whose options has a hazard of its own.
    penalty
        Of half the squared coefficients, for each life, covariates being divided by their standard deviation [-].
    efron
        Share ties out by Efron; by Breslow if false.

    Raises
    ------
    LifetimesError
        If nobody died, an end is an interval, or a covariate is not known or takes one value only.
    """
    if not lives.observed.any():
        raise LifetimesError(
            f"none of {len(lives)} lives ended, so that no hazards can be compared. Run some cells to their end."
        )
    if not lives.exact.all():
        raise LifetimesError(
            f"{int((~lives.exact).sum())} of {len(lives)} lives ended between two looks, and Cox regression takes "
            "known ends. Fit weibull, log-normal or log-logistic, which take intervals."
        )
    codes = strata_of(lives, strata)[1]
    return maximise_partial(lives, RiskSets.of(lives, codes, efron=efron), terms, strata=strata, penalty=penalty)


def maximise_partial(
    lives: Lifetimes, risk_sets: RiskSets, terms: Sequence[str], *, strata: str = "", penalty: float = 0.0
) -> CoxFit:
    """Fit hazard ratios to sets of subjects at risk; the other parameters are those of `fit_cox`.

    Raises
    ------
    LifetimesError
        If a covariate is not known or takes one value only.
    """
    read = Terms.of(lives, terms)
    raw = read.columns({"": np.zeros(len(lives)), **lives.columns})
    centre, spread = raw.mean(axis=0), np.where(raw.std(axis=0) > 0, raw.std(axis=0), 1.0)
    options, codes = strata_of(lives, strata)
    _require_differences(read, raw, codes, strata)
    partial = _Partial((raw - centre) / spread, risk_sets, penalty * len(lives))
    best, converged = partial.maximise()
    zero = np.zeros(raw.shape[1])
    null, gradient, hessian = partial.derivatives(zero)
    back = np.diag(1 / spread)
    return CoxFit(
        terms=read,
        coefficients=best / spread,
        covariance=back @ np.linalg.pinv(-partial.derivatives(best)[2], hermitian=True) @ back,
        log_likelihood=partial.value(best, penalised=False),
        null_log_likelihood=null,
        score_statistic=float(gradient @ np.linalg.pinv(-hessian, hermitian=True) @ gradient),
        converged=converged,
        unit=lives.unit,
        strata=options,
        stratified_by=strata,
        centre=centre,
        columns=raw - centre,
        risk_sets=partial.risk_sets,
    )


def _require_differences(terms: Terms, columns: Floats, codes: NDArray[np.int64], strata: str) -> None:
    """Refuse a column that takes one value in each stratum: only lives of one stratum are compared."""
    parts = [columns[codes == code] for code in np.unique(codes)]
    constant = np.all([np.ptp(part, axis=0) == 0 for part in parts], axis=0)
    if constant.any():
        raise LifetimesError(
            f"covariate {terms.names[int(constant.argmax())]!r} takes one value in each stratum of {strata!r}, so that "
            "its effect is part of the hazards of the strata. Leave it out of the covariates, or fit without strata."
        )


class _Partial:
    """The logarithmic partial likelihood of coefficients, with gradient and Hessian."""

    def __init__(self, columns: Floats, risk_sets: RiskSets, penalty: float) -> None:
        self.columns, self.risk_sets, self.penalty = columns, risk_sets, penalty

    def maximise(self) -> tuple[Floats, bool]:
        """Return the best coefficients, and whether Newton's method came to rest there."""
        at = np.zeros(self.columns.shape[1])
        value, gradient, hessian = self.derivatives(at)
        for _ in range(_STEPS):
            step = ascent(gradient, hessian)
            share = next((s for s in 0.5 ** np.arange(_HALVINGS) if self.value(at + s * step) > value), None)
            if share is None or float(gradient @ step) < ENOUGH:
                return at, is_maximum(float(gradient @ step), hessian)
            at = at + share * step
            value, gradient, hessian = self.derivatives(at)
        return at, False

    def value(self, at: Floats, *, penalised: bool = True) -> float:
        """Return the logarithmic partial likelihood, less the penalty."""
        predictor = self.columns @ at
        with np.errstate(all="ignore"):
            sums = self.risk_sets.at_risk @ np.exp(predictor)
            total = float(predictor[self.risk_sets.dead].sum() - np.log(sums).sum())
        return total - 0.5 * self.penalty * float(at @ at) * penalised if np.isfinite(total) else -np.inf

    def derivatives(self, at: Floats) -> tuple[float, Floats, Floats]:
        """Return value, gradient, shape (p,), and Hessian, shape (p, p)."""
        risks = np.exp(self.columns @ at)
        weighed = self.risk_sets.at_risk * risks
        sums = weighed.sum(axis=1)
        means = weighed @ self.columns / sums[:, None]
        gradient = (self.columns[self.risk_sets.dead] - means).sum(axis=0) - self.penalty * at
        squares = (self.columns * (weighed.T @ (1 / sums))[:, None]).T @ self.columns
        return self.value(at), gradient, means.T @ means - squares - self.penalty * np.eye(len(at))
