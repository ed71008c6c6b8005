"""Medians: the likelihood against a search by brute force, its coverage, and what is left where few ended."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import lognorm, weibull_min

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.median_life import MedianMethod, median_life
from ragone.models.survival.median_likelihood import quantile_by_likelihood
from ragone.models.survival.quantile_profile import Samples, maximise
from ragone.models.survival.regression.families import FAMILIES

_LAWS = {
    "weibull": lambda scale, shape: weibull_min(shape, scale=scale),
    "log-normal": lambda s, k: lognorm(1 / k, scale=s),
}


def _mixed() -> Lifetimes:
    """Ends at known times, between two looks, before the first, and stops; some came late."""
    return Lifetimes(
        lower=np.array([300.0, 420.0, 500.0, 550.0, 0.0, 400.0, 600.0, 600.0]),
        upper=np.array([300.0, 420.0, 500.0, 650.0, 350.0, np.inf, np.inf, np.inf]),
        entry=np.array([0.0, 100.0, 0.0, 0.0, 0.0, 250.0, 0.0, 0.0]),
        subjects=tuple("abcdefgh"),
        causes=("x", "x", "x", "x", "x", "", "", ""),
    )


def _log_likelihood(lives: Lifetimes, law) -> float:
    """By definition, from SciPy's distributions."""
    total = -np.log(law.sf(lives.entry)).sum()
    for low, high in zip(lives.lower, lives.upper, strict=True):
        total += law.logpdf(low) + np.log(low) if low == high else np.log(law.sf(low) - law.sf(high))
    return float(total)


@pytest.mark.parametrize("name", ["weibull", "log-normal"])
def test_the_largest_likelihood_is_that_of_a_search(name):
    """With ends between looks and late entry; also where the median is held."""
    lives, family = _mixed(), FAMILIES[name]()
    samples = Samples.of(lives)

    def loss(given) -> float:
        return -_log_likelihood(lives, _LAWS[name](np.exp(given[0]), np.exp(given[1])))

    best = minimize(loss, [math.log(600), 1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})
    assert maximise(samples, family).value[0] == pytest.approx(-best.fun, abs=1e-6)
    place = float(family.quantile(np.array(0.5)))
    held = [
        -minimize(lambda k, m=m: loss([m - place / np.exp(k[0]), k[0]]), [1.0], method="Nelder-Mead").fun
        for m in np.log([400.0, 700.0])
    ]
    np.testing.assert_allclose(maximise(samples, family, np.log([400.0, 700.0])).value, held, atol=1e-5)


def test_the_median_of_complete_weibull_lives_is_the_true_one():
    """Of 4000 lives of which all are seen to end, within two percent, and the lives speak for Weibull."""
    lives = 1000 * np.random.default_rng(4).weibull(2.5, 4000)
    found = quantile_by_likelihood(Lifetimes.of_durations(lives, np.ones(4000, bool)))
    truth = 1000 * math.log(2) ** 0.4
    assert found.value == pytest.approx(truth, rel=0.02)
    assert found.low < truth < found.high
    assert found.shares["weibull"] > 0.99


def test_the_ends_have_the_likelihood_of_the_cut_off():
    """Twice the logarithm of the ratio at each end is the cut-off."""
    lives = _mixed()
    found = quantile_by_likelihood(lives)
    families, samples = [FAMILIES[name]() for name in ("weibull", "log-normal")], Samples.of(lives)
    top = max(maximise(samples, one).value[0] for one in families)
    for end in (found.low, found.high):
        there = max(maximise(samples, one, np.log([end])).value[0] for one in families)
        assert 2 * (top - there) == pytest.approx(found.cut_off, abs=0.02)


def test_scale_does_not_matter():
    """Lives in hours in place of cycles: the same interval in hours."""
    durations, ended = np.array([300.0, 420, 510, 560, 600, 600, 600, 600, 600, 600]), np.arange(10) < 4
    one = quantile_by_likelihood(Lifetimes.of_durations(durations, ended))
    two = quantile_by_likelihood(Lifetimes.of_durations(durations * 2.5, ended))
    assert (two.low, two.value) == pytest.approx((2.5 * one.low, 2.5 * one.value), rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("log_normal", [False, True])
def test_the_interval_holds_the_truth_where_all_are_stopped_at_one_time(log_normal):
    """20 cells, 70 % stopped at one cycle, where log-log bands hold it in 1 of 10: 95 % of 400 within three errors."""
    random = np.random.default_rng(6)
    lives = np.exp(0.5 * random.standard_normal((400, 20))) if log_normal else random.weibull(2.5, (400, 20))
    law = lognorm(0.5) if log_normal else weibull_min(2.5)
    end, truth = law.ppf(0.3), law.median()
    found = [median_life(Lifetimes.of_durations(np.minimum(one, end), one <= end)) for one in lives]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert abs(held - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 400)


def test_the_curve_is_used_where_it_reaches_far_enough():
    """Thirty cells of which few were stopped late; and the likelihood where all were stopped before the median."""
    lives = np.linspace(400, 800, 30)
    assert median_life(Lifetimes.of_durations(lives, lives < 790)).method is MedianMethod.CURVE
    early = median_life(Lifetimes.of_durations(np.minimum(lives, 500), lives < 500))
    assert early.method is MedianMethod.LIKELIHOOD
    assert early.extrapolated
    assert early.low < 600 < early.high


def test_without_an_end_there_is_a_lower_bound():
    """Ten cells alive at 500: had half of them died, so many would not all live. Of three nothing can be said."""
    found = median_life(Lifetimes.of_durations([500.0] * 10, [False] * 10))
    assert (found.method, found.low, found.high) == (MedianMethod.BOUND, 500.0, math.inf)
    assert median_life(Lifetimes.of_durations([500.0] * 3, [False] * 3)).low == 0.0


def test_ties_alone_do_not_scatter():
    """Two ends at one time: the scale is not known, and the refusal says what is missing."""
    with pytest.raises(LifetimesError, match="1 distinct ends"):
        quantile_by_likelihood(Lifetimes.of_durations([5.0, 5.0, 9.0], [True, True, False]))


def test_the_span_of_few_cells_is_no_interval():
    """The span of two that ended holds the median in half of all cases: the interval is wider. Six are enough."""
    for count in (2, 5):
        lives = Lifetimes.of_durations(np.linspace(400.0, 500.0, count), np.ones(count, dtype=bool))
        assert median_life(lives).method is MedianMethod.LIKELIHOOD
    two = median_life(Lifetimes.of_durations([400.0, 500.0], [True, True]))
    assert two.low < 400 < 500 < two.high
    six = Lifetimes.of_durations(np.linspace(400.0, 500.0, 6), np.ones(6, dtype=bool))
    assert median_life(six).method is MedianMethod.CURVE
