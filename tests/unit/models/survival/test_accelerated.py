"""Accelerated-failure-time models: published fits, exact derivatives, coverage, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.regression import FAMILIES, fit_accelerated
from ragone.models.survival.regression.accelerated import _Likelihood, _with_intercept
from tests.classic_lives import larynx, lung, mixed


def test_weibull_of_lung_agrees_with_r():
    """`survreg(Surv(time, status) ~ sex + age + ph.ecog, lung)`: tests/r_lung.Rout.save of the R package survival."""
    fit = fit_accelerated(lung("sex", "age", "ph.ecog"), "weibull", ["sex", "age", "ph.ecog"])
    assert fit.coefficients == pytest.approx([6.273435252, 0.401090541, -0.007475439, -0.339638098], rel=1e-6)
    assert np.exp(fit.log_scales) == pytest.approx([0.731109], abs=5e-7)
    assert (round(fit.log_likelihood, 1), round(fit.null_log_likelihood, 1)) == (-1132.4, -1147.4)
    assert 2 * (fit.log_likelihood - fit.null_log_likelihood) == pytest.approx(29.98, abs=5e-3)


def test_one_covariate_and_none_agree_with_r():
    """`~ 1` and `~ age` of the same file, to the printed digits."""
    empty = fit_accelerated(lung(), "weibull")
    assert [*empty.coefficients, *np.exp(empty.log_scales)] == pytest.approx([6.034904, 0.7593936], rel=1e-6)
    fit = fit_accelerated(lung("age"), "weibull", ["age"])
    assert [*fit.coefficients, *np.exp(fit.log_scales)] == pytest.approx([6.88712062, -0.01360829, 0.7587515], rel=1e-6)


def test_strata_agree_with_r():
    """`~ strata(sex) + sex` and `~ strata(sex)`: tests/r_strata.Rout.save of the R package survival."""
    fit = fit_accelerated(lung("sex"), "weibull", ["sex"], strata="sex_text")
    assert fit.coefficients == pytest.approx([5.494409, 0.380171], abs=1e-6)
    assert np.exp(fit.log_scales) == pytest.approx([0.8084294, 0.6355816], abs=1e-7)
    alone = fit_accelerated(lung("sex"), "weibull", strata="sex_text")
    assert [*alone.coefficients, *np.exp(alone.log_scales)] == pytest.approx([6.062171, 0.8167551, 0.6533036], abs=1e-6)


@pytest.mark.parametrize(
    ("family", "coefficients", "errors", "scale"),
    [
        ("weibull", [3.53, -0.02, -0.15, -0.59, -1.54], [0.90, 0.01, 0.41, 0.32, 0.36], 0.88),
        ("log-logistic", [3.10, -0.015, -0.13, -0.81, -1.77], [0.95, 0.014, 0.41, 0.35, 0.43], 0.72),
    ],
)
def test_larynx_agrees_with_klein_and_moeschberger(family, coefficients, errors, scale):
    """Tables 12.2 and 12.3 of Klein and Moeschberger 2003: intercept, age, stages II to IV, to the printed digits."""
    fit = fit_accelerated(larynx(), family, ["age", "Stage_II", "Stage_III", "Stage_IV"])
    printed = 5e-3 * 1.05
    assert fit.coefficients == pytest.approx(coefficients, abs=printed)
    assert fit.standard_errors[:5] == pytest.approx(errors, abs=printed)
    assert np.exp(fit.log_scales) == pytest.approx([scale], abs=printed)


@pytest.mark.parametrize("family", FAMILIES)
def test_derivatives_are_those_of_the_likelihood(family):
    """Gradient and Hessian agree with differences where every kind of end, late entry, strata and a penalty meet."""
    lives = mixed(np.random.default_rng(1).lognormal(5, 0.5, 40))
    columns = _with_intercept(np.random.default_rng(2).normal(size=(40, 2)))
    codes = np.arange(40) % 2
    likelihood = _Likelihood(lives, FAMILIES[family](), columns, codes, 2, 0.3)
    at, step = np.array([5.1, 0.2, -0.1, -0.7, -0.5]), 1e-6 * np.eye(5)
    _, gradient, hessian = likelihood.derivatives(at)
    assert gradient == pytest.approx(
        [(likelihood.value(at + h) - likelihood.value(at - h)) / 2e-6 for h in step], abs=1e-6
    )
    differences = [(likelihood.derivatives(at + h)[1] - likelihood.derivatives(at - h)[1]) / 2e-6 for h in step]
    assert hessian == pytest.approx(np.array(differences), abs=1e-6)


@pytest.mark.parametrize(("family", "fitter"), [("weibull", "WeibullAFTFitter"), ("log-normal", "LogNormalAFTFitter")])
def test_intervals_and_late_entry_agree_with_lifelines(family, fitter):
    """The same maximum as lifelines finds, with lives between two looks that came under observation late."""
    import lifelines
    import pandas as pd

    generator = np.random.default_rng(3)
    rate = generator.uniform(1, 5, 120)
    ends = np.exp(7 - 0.3 * rate + 0.3 * generator.normal(size=120))
    lower, upper, entry = np.floor(ends / 50) * 50 + 1, np.ceil(ends / 50) * 50 + 1, np.where(rate > 4, 5.0, 0.0)
    upper[:30] = np.inf
    lives = Lifetimes(lower, upper, entry, ("",) * 120, ("",) * 120, columns={"rate": rate})
    fit = fit_accelerated(lives, family, ["rate"])
    frame = pd.DataFrame({"lower": lower, "upper": upper, "entry": entry, "rate": rate})
    peer = getattr(lifelines, fitter)().fit_interval_censoring(frame, "lower", "upper", entry_col="entry")
    location = "lambda_" if family == "weibull" else "mu_"
    assert fit.coefficients[::-1] == pytest.approx(peer.params_[location].to_numpy(), rel=2e-4)
    assert fit.log_likelihood >= peer.log_likelihood_ - 1e-6


def test_units_of_covariates_and_lives_do_not_matter():
    """Cycles counted in thousands shift the intercept by their logarithm; a rate in other units scales its effect."""
    lives = mixed(np.random.default_rng(1).weibull(3, 60) * 500)
    scaled = Lifetimes(
        **{
            **vars(lives),
            "lower": lives.lower / 1000,
            "upper": lives.upper / 1000,
            "entry": lives.entry / 1000,
            "columns": {**lives.columns, "rate": lives.columns["rate"] * 3600},
        }
    )
    one, other = (fit_accelerated(which, "weibull", ["rate", "batch"]) for which in (lives, scaled))
    assert other.coefficients == pytest.approx(one.coefficients * [1, 1 / 3600, 1] - [np.log(1000), 0, 0], rel=1e-6)


def test_a_text_is_an_indicator_and_a_logarithm_a_power_law():
    """`batch` gives the ratio of lives of b to a; `log(rate)` the exponent of the rate."""
    generator = np.random.default_rng(5)
    rate, batch = generator.uniform(1, 6, 4000), np.array(["a", "b"])[generator.integers(0, 2, 4000)]
    ends = 1000 * rate**-1.5 * np.where(batch == "b", 0.5, 1.0) * np.exp(0.1 * generator.normal(size=4000))
    lives = Lifetimes.of_durations(ends, np.full(4000, True), columns={"rate": rate, "batch": batch})
    fit = fit_accelerated(lives, "log-normal", ["log(rate)", "batch"])
    assert fit.names == ("intercept", "log(rate)", "batch=b")
    assert fit.coefficients == pytest.approx([np.log(1000), -1.5, np.log(0.5)], abs=0.02)


def test_a_strong_penalty_leaves_the_intercept():
    """Without covariates' effects the fit is that of no covariates."""
    lives = lung("age")
    fit = fit_accelerated(lives, "weibull", ["age"], penalty=1e9)
    assert fit.coefficients[1] == pytest.approx(0, abs=1e-8)
    assert fit.log_likelihood == pytest.approx(fit.null_log_likelihood, abs=1e-5)


def test_nobody_died():
    """No life time can be estimated, and what is known is said."""
    with pytest.raises(LifetimesError, match=r"none of 3 lives ended.* up to 300 cycle"):
        fit_accelerated(Lifetimes.of_durations([100, 200, 300], [False] * 3))


def test_a_covariate_that_does_not_vary_or_exist():
    """Each is refused by name."""
    lives = Lifetimes.of_durations([1.0, 2.0], [True, True], columns={"rate": np.array([1.0, 1.0])})
    with pytest.raises(LifetimesError, match=r"'rate' is 1\.0 for all 2 lives"):
        fit_accelerated(lives, terms=["rate"])
    with pytest.raises(LifetimesError, match=r"'depth' is not known .* known are rate"):
        fit_accelerated(lives, terms=["depth"])


def test_separation_is_not_convergence():
    """Where only the lives of one batch ended, the ratio between batches has no estimate."""
    batch = np.array(["a"] * 5 + ["b"] * 5)
    lives = Lifetimes.of_durations([100.0, 120, 140, 160, 180] * 2, batch == "a", columns={"batch": batch})
    assert not fit_accelerated(lives, "weibull", ["batch"]).converged
    assert fit_accelerated(lives, "weibull", ["batch"], penalty=0.1).converged
