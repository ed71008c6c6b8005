"""Shares by cause: exact without censoring, lifelines' where no times are tied, and ties, which it shifts."""

from __future__ import annotations

import dataclasses

import numpy as np
from lifelines import AalenJohansenFitter

from ragone.models.survival import Lifetimes
from ragone.models.survival.competing import cumulative_incidence
from ragone.models.survival.kaplan_meier import kaplan_meier


def _lives(times, kinds) -> Lifetimes:
    """Kind 0 is a stop."""
    lives = Lifetimes.of_durations(np.asarray(times, float), np.asarray(kinds) > 0)
    return dataclasses.replace(lives, causes=tuple(("", "capacity", "plating")[kind] for kind in kinds))


def test_without_censoring_shares_are_counts():
    """Of five, two ended by plating; the standard error is the binomial one."""
    found = cumulative_incidence(_lives([1, 2, 3, 4, 5], [1, 2, 1, 2, 1]), "plating")
    assert found.share.tolist() == [0.0, 0.2, 0.2, 0.4, 0.4]
    np.testing.assert_allclose(found.standard_error, np.sqrt(found.share * (1 - found.share) / 5))


def test_untied_times_give_the_values_of_lifelines():
    """Shares and standard errors of 200 lives with two causes."""
    random = np.random.default_rng(3)
    times, kinds = random.exponential(10, 200), random.integers(0, 3, 200)
    theirs = AalenJohansenFitter(calculate_variance=True).fit(times, kinds, 1)
    ours = cumulative_incidence(_lives(times, kinds), "capacity")
    places = np.searchsorted(theirs.cumulative_density_.index.to_numpy(), ours.times)
    np.testing.assert_allclose(ours.share, theirs.cumulative_density_.to_numpy().ravel()[places], atol=1e-12)
    np.testing.assert_allclose(ours.standard_error**2, theirs.variance_.to_numpy()[places], atol=1e-12)


def test_shares_of_all_causes_add_up_to_all_that_ended_also_with_ties():
    """Whole cycles, many at one time: the sum is one minus Kaplan and Meier's curve, which shifted times are not."""
    random = np.random.default_rng(4)
    lives = _lives(random.integers(1, 15, 100), random.integers(0, 3, 100))
    parts = [cumulative_incidence(lives, cause).share for cause in ("capacity", "plating")]
    np.testing.assert_allclose(sum(parts), 1 - kaplan_meier(lives).survival, atol=1e-12)
    intervals = cumulative_incidence(lives, "plating")
    assert (intervals.low <= intervals.share).all()
    assert (intervals.share <= intervals.high).all()
