"""Choice of covariates by the likelihood of lives that were left out."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.regression import choose_terms, fit_accelerated, folds_of


def lives(seed: int = 0, count: int = 120) -> Lifetimes:
    """Lives that a rate shortens by a power law, with three covariates that mean nothing."""
    generator = np.random.default_rng(seed)
    columns = {f"noise_{n}": generator.normal(size=count) for n in range(3)}
    columns["rate"] = generator.uniform(1, 6, count)
    ends = 2000 * columns["rate"] ** -1.2 * np.exp(0.3 * generator.normal(size=count))
    stops = generator.uniform(300, 2500, count)
    return Lifetimes.of_durations(np.minimum(ends, stops), ends <= stops, columns=columns)


def test_what_matters_is_chosen_first_and_all_that_was_tried_is_said():
    """The rate comes first, as its logarithm, in a log-normal life; every trial is listed."""
    found = choose_terms(lives(), ["noise_0", "noise_1", "noise_2", "rate", "log(rate)"], np.arange(120))
    assert found.terms[0] == "log(rate)"
    assert found.score == max(score for _, _, score in found.tried)
    assert {terms for _, terms, _ in found.tried} >= {(), ("rate",), ("log(rate)",), ("noise_2",)}


def test_groups_are_not_parted():
    """All of a group are in one fold, and every fold has some."""
    groups = np.repeat(np.arange(9), 4)
    folds = folds_of(groups, 5)
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in range(9))
    assert set(folds.tolist()) == set(range(5))


def test_likelihood_of_other_lives():
    """That of the lives fitted to is the maximum; a text that was not fitted is refused."""
    some = lives()
    fit = fit_accelerated(some, "log-normal", ["rate"])
    assert fit.log_likelihood_of(some) == pytest.approx(fit.log_likelihood)
    halves = [some.among(np.arange(120) % 2 == part) for part in (0, 1)]
    assert sum(fit.log_likelihood_of(half) for half in halves) == pytest.approx(fit.log_likelihood)
    batched = Lifetimes.of_durations([1.0, 2, 3], [True] * 3, columns={"batch": np.array(["a", "b", "a"])})
    other = Lifetimes.of_durations([1.0], [True], columns={"batch": np.array(["c"])})
    for fitted in (fit_accelerated(batched, terms=["batch"]), fit_accelerated(batched, strata="batch")):
        with pytest.raises(LifetimesError, match=r"'c' is none of the .* fitted: a, b"):
            fitted.log_likelihood_of(other)
