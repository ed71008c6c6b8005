"""Naive estimates: what they are, and that their bias is the one known from the distribution."""

from __future__ import annotations

from math import gamma, log

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammainc

from ragone.models.survival import Lifetimes, Naive, naive_estimates

_SHAPE, _SCALE = 2.5, 1000.0


def _by_name(lives):
    return {one.estimator: one.value for one in naive_estimates(lives)}


def test_naive_estimates_of_four_lives():
    """Two dead at 100 and 300, two stopped at 200 and 600."""
    found = _by_name(Lifetimes.of_durations([100.0, 300.0, 200.0, 600.0], [True, True, False, False]))
    assert found == {
        Naive.MEAN_OF_DEAD: 200.0,
        Naive.MEDIAN_OF_DEAD: 200.0,
        Naive.MEAN_OF_ALL: 300.0,
        Naive.MEDIAN_OF_ALL: 250.0,
        Naive.EXPOSURE_OVER_DEATHS: 600.0,
    }


def test_an_end_between_two_looks_counts_at_its_middle():
    """A life that ended between 100 and 200 counts as 150."""
    lives = Lifetimes(
        lower=np.array([100.0]), upper=np.array([200.0]), entry=np.zeros(1), subjects=("a",), causes=("capacity",)
    )
    assert _by_name(lives)[Naive.MEAN_OF_DEAD] == 150.0


def test_without_a_death_nothing_is_said_of_the_dead():
    """Means over no cell are NaN, not zero, and raise no warning."""
    found = _by_name(Lifetimes.of_durations([5.0, 7.0], [False, False]))
    assert all(np.isnan(found[one]) for one in (Naive.MEAN_OF_DEAD, Naive.MEDIAN_OF_DEAD, Naive.EXPOSURE_OVER_DEATHS))
    assert found[Naive.MEAN_OF_ALL] == 6.0


@pytest.mark.parametrize("censored", [0.3, 0.7])
def test_bias_at_a_fixed_end_is_that_of_the_truncated_distribution(censored):
    """The mean of the dead tends to E[T | T < c], durations to E[min(T, c)], exposure over deaths to E[min]/P(dead)."""
    end = _SCALE * (-log(censored)) ** (1 / _SHAPE)
    rng = np.random.default_rng(1)
    truth = _SCALE * rng.weibull(_SHAPE, 200_000)
    found = _by_name(Lifetimes.of_durations(np.minimum(truth, end), truth <= end))
    hazard = (end / _SCALE) ** _SHAPE
    truncated = _SCALE * gamma(1 + 1 / _SHAPE) * gammainc(1 + 1 / _SHAPE, hazard)  # integral of t f(t) up to c
    shorter = truncated + end * censored
    assert found[Naive.MEAN_OF_DEAD] == pytest.approx(truncated / (1 - censored), rel=5e-3)
    assert found[Naive.MEAN_OF_ALL] == pytest.approx(shorter, rel=5e-3)
    assert found[Naive.EXPOSURE_OVER_DEATHS] == pytest.approx(shorter / (1 - censored), rel=1e-2)


def test_bias_under_random_censoring_is_that_of_the_integral():
    """Stopped at random, the mean of the dead tends to the mean of T weighed with the chance of not being stopped."""
    stop = 1200.0
    rng = np.random.default_rng(2)
    truth, stopped = _SCALE * rng.weibull(_SHAPE, 200_000), rng.exponential(stop, 200_000)
    found = naive_estimates(Lifetimes.of_durations(np.minimum(truth, stopped), truth <= stopped))[0]

    def density(time: float) -> float:
        return _SHAPE / _SCALE * (time / _SCALE) ** (_SHAPE - 1) * np.exp(-((time / _SCALE) ** _SHAPE) - time / stop)

    dead = quad(density, 0, 5 * _SCALE)[0]
    expected = quad(lambda time: time * density(time), 0, 5 * _SCALE)[0] / dead
    assert found.value == pytest.approx(expected, rel=5e-3)
    assert found.relative_to(_SCALE * gamma(1 + 1 / _SHAPE)) < -0.08
