"""Restricted means: the variance of the area, where lifelines gives that of one cell."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lifelines import KaplanMeierFitter, datasets
from lifelines.utils import restricted_mean_survival_time

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.restricted_mean import difference, ratio, restricted_mean


@pytest.fixture
def mir_137():
    """Lives of waltons' flies of the group miR-137."""
    frame = datasets.load_waltons()
    own = frame[frame["group"] == "miR-137"]
    return Lifetimes.of_durations(own["T"].to_numpy(float), own["E"].to_numpy())


def test_standard_error_is_greenwoods_and_lifelines_is_not(mir_137):
    """0.12324 up to 10; lifelines gives 0.516 as variance, which is that of one fly."""
    found = restricted_mean(mir_137, 10.0)
    curve = KaplanMeierFitter().fit(mir_137.lower, mir_137.observed)
    value, variance = restricted_mean_survival_time(curve, t=10.0, return_variance=True)
    assert found.standard_error == pytest.approx(0.12324, abs=5e-6)
    assert found.value == pytest.approx(value)
    assert variance == pytest.approx(0.516, abs=1e-3)


def test_without_censoring_it_is_the_ordinary_mean():
    """Mean, and the standard error with n in place of n - 1."""
    lives = np.array([3.0, 5.0, 6.0, 9.0, 12.0, 14.0])
    found = restricted_mean(Lifetimes.of_durations(lives, [True] * 6), 20.0)
    assert found.value == pytest.approx(lives.mean())
    assert found.standard_error == pytest.approx(lives.std() / np.sqrt(6))


def test_its_standard_error_is_that_of_many_repetitions():
    """Of 2000 samples of 60 cells, a third of them stopped: the scatter of the mean is the stated error within 5 %."""
    random = np.random.default_rng(3)
    found = []
    for _ in range(2000):
        ends, stops = random.weibull(2.5, 60), random.exponential(2.5, 60)
        found.append(restricted_mean(Lifetimes.of_durations(np.minimum(ends, stops), ends <= stops), 0.9))
    scatter = np.std([one.value for one in found])
    assert np.mean([one.standard_error for one in found]) == pytest.approx(scatter, rel=0.05)


def test_a_horizon_that_nobody_reached_is_refused(mir_137):
    """With the longest observation."""
    lives = Lifetimes.of_durations([10.0, 20.0], [True, False])
    with pytest.raises(LifetimesError, match="longest was for 20"):
        restricted_mean(lives, 30.0)


def test_difference_and_ratio_are_of_independent_groups(mir_137):
    """Variances add up; the ratio's interval is symmetric on the logarithmic scale."""
    one, two = restricted_mean(mir_137, 10.0), restricted_mean(mir_137, 8.0)
    gap, share = difference(one, two), ratio(one, two)
    assert gap.standard_error == pytest.approx(np.hypot(one.standard_error, two.standard_error))
    assert share.low * share.high == pytest.approx(share.value**2)


def test_too_few_cells_have_no_interval():
    """Greenwood's variance of one cell is 0: no error is given, and none is carried on into a difference."""
    found = restricted_mean(Lifetimes.of_durations([500.0], [True]), 600.0)
    assert found.value == 500
    assert math.isnan(found.standard_error)
    assert math.isnan(difference(found, restricted_mean(_many(), 600.0)).low)
    assert not math.isnan(restricted_mean(_many(), 600.0).standard_error)


def _many() -> Lifetimes:
    """Six cells, one of which lived on."""
    return Lifetimes.of_durations([100.0, 200, 300, 400, 500, 700], [True] * 6)
