"""What stopped cells might hide: Kaplan and Meier's curve at one end, stopped cells as dead at the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragone.models.survival import Lifetimes
from ragone.models.survival.kaplan_meier import kaplan_meier
from ragone.models.survival.restricted_mean import restricted_mean
from ragone.models.survival.sensitivity import (
    restricted_mean_if_stopped_die_sooner,
    survival_if_stopped_die_sooner,
    tipping_factor,
)


@pytest.fixture
def lives():
    """Sixty lives, half of them stopped at random."""
    random = np.random.default_rng(8)
    ends, stops = 1000 * random.weibull(2.5, 60), 1000 * random.exponential(1.2, 60)
    return Lifetimes.of_durations(np.minimum(ends, stops), ends <= stops)


def test_a_factor_of_one_is_kaplan_and_meiers_curve(lives):
    """Stopped cells spread over the later ends, as Efron found."""
    times, survival = survival_if_stopped_die_sooner(lives, 1.0)
    curve = kaplan_meier(lives)
    assert times.tolist() == curve.table.times.tolist()
    np.testing.assert_allclose(survival, curve.survival, atol=1e-12)
    horizon = 800.0
    assert restricted_mean_if_stopped_die_sooner(lives, horizon, 1.0) == pytest.approx(
        restricted_mean(lives, horizon).value
    )


def test_the_sooner_they_die_the_lower_the_mean(lives):
    """Down to stopped cells that die at the next end."""
    means = [restricted_mean_if_stopped_die_sooner(lives, 800.0, factor) for factor in (0.0, 1.0, 2.0, 5.0, 1e6)]
    assert means == sorted(means, reverse=True)
    assert means[-1] >= np.minimum(lives.lower, 800.0).mean()


def test_the_tipping_factor_brings_the_mean_to_the_limit(lives):
    """Between nothing to be done and what even the dead do not reach."""
    now = restricted_mean_if_stopped_die_sooner(lives, 800.0, 1.0)
    factor = tipping_factor(lives, 800.0, now - 20)
    assert restricted_mean_if_stopped_die_sooner(lives, 800.0, factor) == pytest.approx(now - 20, abs=0.05)
    assert tipping_factor(lives, 800.0, now + 1) == 1.0
    assert math.isinf(tipping_factor(lives, 800.0, 10.0))
