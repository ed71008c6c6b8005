"""Tests of equal lives: published values, lifelines' weights, strata, trend and late entry."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import datasets
from lifelines.statistics import multivariate_logrank_test

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.log_rank import Weighting, log_rank, permuted_p_value
from tests.classic_lives import lung

_THEIRS = {
    Weighting.LOG_RANK: {},
    Weighting.GEHAN: {"weightings": "wilcoxon"},
    Weighting.TARONE_WARE: {"weightings": "tarone-ware"},
    Weighting.PETO: {"weightings": "peto"},
    Weighting.FLEMING_HARRINGTON: {"weightings": "fleming-harrington", "p": 1, "q": 0},
}


def test_lung_has_the_values_of_r_survival():
    """R's survdiff(Surv(time, status) ~ sex, lung): chi-squared 10.3, p 0.00131; 112 ended and 91.6 expected."""
    lives = lung("sex")
    found = log_rank(lives, lives.columns["sex"].astype(int).astype(str).tolist())
    assert round(found.statistic, 1) == 10.3
    assert round(found.p_value, 5) == 0.00131
    assert (found.observed.tolist(), found.expected.round(1).tolist()) == ([112.0, 53.0], [91.6, 73.4])


@pytest.mark.parametrize("weighting", list(Weighting))
def test_weights_are_those_of_lifelines(weighting):
    """Four stages of cancer of the larynx."""
    frame = datasets.load_larynx()
    stages = (2 * frame["Stage_II"] + 3 * frame["Stage_III"] + 4 * frame["Stage_IV"]).to_numpy()
    lives = Lifetimes.of_durations(frame["time"].to_numpy(float), frame["death"].to_numpy())
    ours = log_rank(lives, [str(int(stage)) for stage in stages], weighting=weighting)
    theirs = multivariate_logrank_test(frame["time"], stages, frame["death"], **_THEIRS[weighting])
    assert ours.statistic == pytest.approx(theirs.test_statistic, rel=1e-9)
    assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-6)


def test_strata_that_hold_one_group_compare_nothing():
    """Two batches, each with groups of its own: what differs may be the batch."""
    lives = Lifetimes.of_durations([1.0, 2.0, 30.0, 40.0], [True] * 4)
    with pytest.raises(LifetimesError, match="nothing can be compared"):
        log_rank(lives, ["a", "a", "b", "b"], strata=["x", "x", "y", "y"])


def test_a_trend_has_one_degree_of_freedom_and_is_sharper():
    """Three groups whose lives rise in order."""
    random = np.random.default_rng(5)
    lives = np.concatenate([random.weibull(2.5, 30) * scale for scale in (1.0, 1.15, 1.3)])
    groups = ["a"] * 30 + ["b"] * 30 + ["c"] * 30
    analysed = Lifetimes.of_durations(lives, [True] * 90)
    trend = log_rank(analysed, groups, scores=[0, 1, 2])
    assert trend.degrees_of_freedom == 1
    assert trend.p_value < log_rank(analysed, groups).p_value


def test_late_entry_is_respected():
    """A subject that came later than an end was not at risk there, so that nobody else is compared with it."""
    lives = Lifetimes.of_durations([2.0, 3.0, 9.0], [True, True, True], entry=[0.0, 0.0, 5.0])
    with pytest.raises(LifetimesError, match="nothing can be compared"):
        log_rank(lives, ["a", "a", "b"])


def test_exchanged_labels_give_the_exact_p_value():
    """Of the 20 ways to split six lives, two are as uneven as all short ones against all long ones."""
    lives = Lifetimes.of_durations([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [True] * 6)
    found = permuted_p_value(lives, ["a", "a", "a", "b", "b", "b"], draws=1500, seed=1)
    assert found == pytest.approx(0.1, abs=0.03)


def test_one_group_is_refused():
    """There is nothing to compare it with."""
    with pytest.raises(LifetimesError, match="one group"):
        log_rank(Lifetimes.of_durations([1.0, 2.0], [True, True]), ["a", "a"])
