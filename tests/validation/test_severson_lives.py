"""Lives of Severson's 84 cells: policies held out, batches told apart, lives that were stopped on paper."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.severson import CANDIDATES, censored_at, predict_held_out, read_lives
from ragone.models.survival.regression import choose_terms, concordance, fit_accelerated, folds_of


@pytest.fixture
def lives(shared_data):
    """The lives with the covariates of their policies."""
    return read_lives(shared_data / "severson_cycle_lives.csv")


def test_policies_that_were_not_fitted_are_ranked(lives):
    """By the charge-weighted rate alone: 0.80 pooled, of which the batches are a part, and 0.62 within them."""
    policies, batches = lives.columns["policy"], lives.columns["batch"]
    folds, predicted = folds_of(policies, 10), np.zeros(len(lives))
    for fold in range(10):
        training = lives.among(folds != fold)
        assert not set(training.columns["policy"].tolist()) & set(policies[folds == fold].tolist())
        fit = fit_accelerated(training, "log-logistic", ["batch", "log(charge_weighted_rate)"])
        predicted[folds == fold] = fit.log_lives(lives.among(folds == fold))
    assert concordance(lives, predicted).value >= 0.80
    assert concordance(lives, predicted, within=batches).value >= 0.62


def test_shuffled_policies_say_nothing(lives):
    """Lives dealt out anew within the batches leave the batches only: half of the pairs within them, or fewer."""
    generator, batches = np.random.default_rng(0), lives.columns["batch"]
    shuffled = lives.lower.copy()
    for batch in np.unique(batches):
        shuffled[batches == batch] = generator.permutation(shuffled[batches == batch])
    dealt = type(lives).of_durations(shuffled, [True] * len(lives), columns=lives.columns)
    fit = fit_accelerated(dealt, "log-logistic", ["batch", "log(charge_weighted_rate)"])
    assert abs(fit.coefficients[-1]) < 3 * fit.standard_errors[len(fit.names) - 1]
    assert abs(concordance(dealt, fit.log_lives(dealt), within=batches).value - 0.5) < 0.12


def test_no_cell_of_the_first_batch_dies_before_500(lives):
    """So that the effect of the batch has no estimate there, while that of the rate has one."""
    stopped = censored_at(lives, 500.0)
    assert set(stopped.columns["batch"][stopped.observed].tolist()) == {"2017-06-30"}
    assert not fit_accelerated(stopped, "log-logistic", ["batch", "log(charge_weighted_rate)"]).converged
    assert fit_accelerated(stopped, "log-logistic", ["log(charge_weighted_rate)"]).converged


def test_the_median_survives_stopping(lives):
    """The median of all 84 cells, 547 cycles, is found of lives that were stopped at 500, though 39 % had died."""
    fit = fit_accelerated(censored_at(lives, 500.0), "weibull")
    median = np.exp(fit.coefficients[0] + np.exp(fit.log_scales[0]) * np.log(np.log(2)))
    assert median == pytest.approx(np.median(lives.lower), rel=0.05)


def test_the_charge_weighted_rate_is_chosen(lives):
    """Of sixteen terms, by the likelihood of policies left out."""
    found = choose_terms(
        lives, CANDIDATES, lives.columns["policy"], families=("log-logistic",), always=("batch",), most=1
    )
    assert found.terms == ("batch", "log(charge_weighted_rate)")


@pytest.mark.slow
def test_choices_within_training_folds_rank_policies(lives):
    """Distribution and terms chosen within each training fold: the goals are met all the same."""
    predicted, _ = predict_held_out(lives, lives.columns["policy"], 0)
    assert concordance(lives, predicted).value >= 0.80
    assert concordance(lives, predicted, within=lives.columns["batch"]).value >= 0.62
