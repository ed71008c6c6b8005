"""Can a regression of lives be relied on? Each check says in words what was found, and whether it is a concern.

References
----------
Therneau, Grambsch 2000, Modeling Survival Data, chapters 4 to 7. Peduzzi et al. 1995, doi 10.1016/0895-4356(95)00048-8
(ten events for each coefficient). D'Agostino, Nam 2003, doi 10.1016/S0169-7161(03)23001-7 (calibration).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.regression.accelerated import AcceleratedFit, fit_accelerated
from ragone.models.survival.regression.cox import CoxFit, fit_cox
from ragone.models.survival.regression.families import FAMILIES
from ragone.models.survival.regression.residuals import coefficient_changes, examine_proportionality

Floats = NDArray[np.float64]
Fit = AcceleratedFit | CoxFit
_EVENTS_EACH = 10
_DOUBTFUL = 0.05
_INFLUENTIAL = 0.5  # of a standard error that one subject may change a coefficient
_NAMED = 3
_GROUPS = 3
_WORSE = 2.0  # of Akaike's criterion


@dataclass(frozen=True)
class Check:
    """A check of a regression: its finding in words, and whether that is a concern."""

    check: str
    finding: str
    concern: bool


@dataclass(frozen=True)
class Calibration:
    """Lives of similar prediction: how many, deaths observed, deaths expected while under observation."""

    lives: int
    observed: float
    expected: float


def diagnose(fit: Fit, lives: Lifetimes, *, penalty: float = 0.0) -> list[Check]:
    """Check a fit on the lives that it was fitted to."""
    found = [_convergence(fit), _events(fit, lives, penalty)]
    if not fit.converged:
        return found
    if isinstance(fit, CoxFit):
        found += [*_proportionality(fit, lives), *_influences(fit, lives)]
    else:
        found += [*_family(fit, lives), *_calibration(fit, lives)]
    return [*found, *_forms(fit, lives, penalty)]


def calibrate(fit: AcceleratedFit, lives: Lifetimes, groups: int = _GROUPS) -> list[Calibration]:
    """Compare deaths observed and expected, by groups of predicted life, the shortest first."""
    predicted = fit.log_lives(lives)
    parts = np.array_split(np.argsort(predicted, kind="stable"), groups)
    expected = _expected_deaths(fit, lives)
    return [Calibration(len(part), float(lives.observed[part].sum()), float(expected[part].sum())) for part in parts]


def _expected_deaths(fit: AcceleratedFit, lives: Lifetimes) -> Floats:
    """Cumulative hazard of each subject while it was under observation; of an interval that at its middle."""
    family, scale = FAMILIES[fit.family](), np.exp(fit.log_scales[fit.stratum_of(lives)])
    until = np.where(lives.observed, (lives.lower + np.where(lives.observed, lives.upper, 0)) / 2, lives.lower)

    def hazard(times: Floats) -> Floats:
        started = times > 0
        z = (np.log(np.where(started, times, 1.0)) - fit.log_lives(lives)) / scale
        return np.where(started, -family.log_survivor(z), 0.0)

    return hazard(until) - hazard(lives.entry)


def _convergence(fit: Fit) -> Check:
    if fit.converged:
        return Check("convergence", "the likelihood has its maximum", False)
    errors = fit.standard_errors[: len(fit.names)]
    wide = fit.names[int(np.argmax(errors * np.maximum(np.abs(fit.coefficients), 1e-12)))]
    return Check(
        "convergence",
        f"the likelihood has no maximum: the lives that ended are told from the others by {wide}, or by terms that say "
        "the same, so that its effect may be as large as one likes. Leave it out, or fit with a penalty.",
        True,
    )


def _events(fit: Fit, lives: Lifetimes, penalty: float) -> Check:
    deaths, columns = int(lives.observed.sum()), len(fit.terms.names)
    words = f"{deaths} deaths for {columns} coefficients of covariates"
    if not columns or deaths >= _EVENTS_EACH * columns:
        return Check("number of deaths", words, False)
    kept = "the penalty keeps them small" if penalty else "take fewer, or a penalty"
    return Check(
        "number of deaths", f"{words}, fewer than {_EVENTS_EACH} for each: effects may be chance; {kept}", True
    )


def _proportionality(fit: CoxFit, lives: Lifetimes) -> Iterator[Check]:
    if not len(fit.names):
        return
    found = examine_proportionality(fit, lives)
    changing = [f"{name} (p = {p:.2g})" for name, p in zip(fit.names, found.p_values, strict=True) if p < _DOUBTFUL]
    words = f"score test of coefficients that change with time: p = {found.overall_p_value:.2g} in all"
    if changing:
        words += (
            f"; the hazard ratio is not constant for {', '.join(changing)}. Stratify by it, or fit a log-normal life"
        )
    yield Check("proportional hazards", words, bool(changing) or found.overall_p_value < _DOUBTFUL)


def _influences(fit: CoxFit, lives: Lifetimes) -> Iterator[Check]:
    shares = coefficient_changes(fit) / fit.standard_errors
    worst = np.abs(shares).max(axis=1)
    order = [n for n in np.argsort(-worst)[:_NAMED] if worst[n] > _INFLUENTIAL]
    said = "; ".join(
        f"without {lives.subjects[n]} the coefficient of {fit.names[c]} would change by {-shares[n, c]:+.2g} standard "
        "errors"
        for n in order
        for c in [int(np.argmax(np.abs(shares[n])))]
    )
    yield Check("influential cells", said or "no single cell changes a coefficient by half its error", bool(order))


def _family(fit: AcceleratedFit, lives: Lifetimes) -> Iterator[Check]:
    criteria = {
        name: fit_accelerated(lives, name, fit.terms.terms, strata=fit.stratified_by).akaike for name in FAMILIES
    }
    best = min(criteria, key=lambda name: criteria[name])
    listed = ", ".join(f"{name} {value:.1f}" for name, value in criteria.items())
    worse = criteria[fit.family] - criteria[best]
    advice = f"; {best} describes the lives better by {worse:.1f}" if worse > _WORSE else ""
    yield Check("distribution", f"Akaike's criterion: {listed}{advice}", worse > _WORSE)


def _calibration(fit: AcceleratedFit, lives: Lifetimes) -> Iterator[Check]:
    from scipy.stats import chi2

    if lives.observed.sum() < _EVENTS_EACH * _GROUPS or not len(fit.terms.names):
        return
    groups = calibrate(fit, lives)
    statistic = sum((one.observed - one.expected) ** 2 / one.expected for one in groups)
    p_value = float(chi2.sf(statistic, _GROUPS - 1))
    listed = ", ".join(f"{one.observed:.0f} and {one.expected:.1f}" for one in groups)
    words = f"deaths observed and expected, by thirds of predicted life: {listed} (p = {p_value:.2g})"
    yield Check("calibration", words, p_value < _DOUBTFUL)


def _forms(fit: Fit, lives: Lifetimes, penalty: float) -> Iterator[Check]:
    """Does the square of a term improve the fit? Then its effect is bent."""
    from scipy.stats import chi2

    bent, examined = [], []
    for term in fit.terms.terms:
        squared = f"{term}^2"
        if term in fit.terms.options or squared in fit.terms.terms or not _is_plain(term):
            continue
        if len(set(lives.columns[term].tolist())) <= _NAMED:
            continue
        examined.append(term)
        try:
            other = _refitted(fit, lives, (*fit.terms.terms, squared), penalty)
        except LifetimesError:
            continue
        p_value = float(chi2.sf(max(0.0, 2 * (other.log_likelihood - fit.log_likelihood)), 1))
        if other.converged and p_value < _DOUBTFUL:
            bent.append(f"{term} (p = {p_value:.2g})")
    if examined:
        words = f"no squared term of {', '.join(examined)} improves the fit"
        if bent:
            words = f"likelihood ratio of a squared term: the effect is bent for {', '.join(bent)}"
        yield Check("functional form", words, bool(bent))


def _is_plain(term: str) -> bool:
    return not term.startswith("log(") and not term.endswith("^2")


def _refitted(fit: Fit, lives: Lifetimes, terms: tuple[str, ...], penalty: float) -> Fit:
    if isinstance(fit, CoxFit):
        return fit_cox(lives, terms, strata=fit.stratified_by, penalty=penalty)
    return fit_accelerated(lives, fit.family, terms, strata=fit.stratified_by, penalty=penalty)
