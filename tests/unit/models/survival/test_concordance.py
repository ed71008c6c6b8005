"""Concordance of predicted and observed order of lives: published values, counting by hand, censoring."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import CoxPHFitter, datasets
from lifelines.utils import concordance_index

from ragone.models.survival import Lifetimes
from ragone.models.survival.regression import concordance
from tests.classic_lives import lung


def test_lung_agrees_with_r():
    """`concordance(coxph(Surv(time, status) ~ age + sex + ph.ecog, lung))` prints 0.6371, se 0.02507, 19787 pairs."""
    frame = datasets.load_lung().dropna(subset=["ph.ecog"])[["time", "status", "age", "sex", "ph.ecog"]]
    risk = CoxPHFitter().fit(frame, "time", "status").predict_partial_hazard(frame).to_numpy()
    found = concordance(lung("age", "sex", "ph.ecog"), -risk)
    assert round(found.value, 4) == 0.6371
    assert round(found.standard_error, 5) == 0.02507
    assert found.pairs == 12544 + 7117 + 126


def test_agrees_with_lifelines_with_ties():
    """The value is lifelines', with ties of times, predictions and censorings."""
    generator = np.random.default_rng(0)
    times, seen = generator.integers(1, 30, 200).astype(float), generator.random(200) < 0.6
    predicted = np.round(times + 10 * generator.normal(size=200), -1)
    found = concordance(Lifetimes.of_durations(times, seen), predicted)
    assert found.value == pytest.approx(concordance_index(times, predicted, seen))


def test_pairs_of_one_batch_and_late_entries():
    """Cells of other batches, and those that came under observation after a death, are not compared with it."""
    lives = Lifetimes.of_durations([1.0, 2, 3, 4], [True] * 4, entry=[0, 0, 1.5, 0])
    assert concordance(lives, np.arange(4.0)).pairs == 5
    assert concordance(lives, np.arange(4.0), within=np.array(["a", "a", "b", "b"])).pairs == 2


def test_standard_error_is_the_spread_of_repetitions():
    """The error agrees with the spread over many samples within its own uncertainty."""
    generator = np.random.default_rng(1)
    found = []
    for _ in range(300):
        x, noise = generator.normal(size=(2, 80))
        found.append(concordance(Lifetimes.of_durations(np.exp(x + noise), np.full(80, True)), x))
    spread = np.std([one.value for one in found])
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.12)


def test_uno_does_not_depend_on_censoring():
    """Uno's estimate of strongly censored lives is that of the complete ones, and Harrell's is not."""
    generator = np.random.default_rng(2)
    count = 3000
    x = generator.integers(0, 2, count).astype(float)
    # The first group dies late but surely; concordance is low early and high late, so that stopping matters.
    lives = np.where(x > 0, 50 + 50 * generator.random(count), 100 * generator.random(count))
    stops = np.where(generator.random(count) < 0.7, 100 * generator.random(count), 100.0)
    complete = concordance(Lifetimes.of_durations(lives, np.full(count, True)), x)
    stopped = Lifetimes.of_durations(np.minimum(lives, stops), lives <= stops)
    uno, harrell = concordance(stopped, x, uno=True), concordance(stopped, x)
    assert abs(uno.value - complete.value) < 0.012
    assert abs(harrell.value - complete.value) > 0.02


def test_no_pairs():
    """Without a pair there is no value."""
    found = concordance(Lifetimes.of_durations([1.0, 2.0], [False, False]), np.arange(2.0))
    assert np.isnan(found.value)
    assert found.pairs == 0


def test_weights_count_only_those_that_were_under_observation():
    """Of a stop at 2 three were at risk, not the fourth that came at 3.5: the end at 3 weighs 1 / (2/3)^2, by hand."""
    lives = Lifetimes.of_durations(
        [1.0, 2.0, 3.0, 4.0, 5.0], [True, False, True, False, True], entry=[0.0, 0.0, 0.0, 0.0, 3.5]
    )
    found = concordance(lives, np.array([0.0, 1.0, 3.0, 2.0, 4.0]), uno=True)
    assert found.pairs == pytest.approx(3 + 2.25)
    assert found.value == pytest.approx(3 / 5.25)


def test_an_end_at_the_time_of_a_stop_comes_first():
    """One that ended at 2 was not at risk of the stop at 2, of which three were: the end at 3 weighs 1 / (2/3)^2."""
    lives = Lifetimes.of_durations([2.0, 2.0, 3.0, 5.0], [True, False, True, False])
    assert concordance(lives, np.array([0.0, 1.0, 2.0, 3.0]), uno=True).pairs == pytest.approx(3 + 2.25)
