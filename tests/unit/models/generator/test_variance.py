"""The variance of errors: what generated them is found again, and its bands cover."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.generator.variance import Variance, calibrated, covered, half_width, held_out

TRUE = Variance(floor=0.02, growth=0.3, spread_weight=1.5)


def measured(count: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Errors of that variance: half of the points outside, spreads of all sizes."""
    rng = np.random.default_rng(seed)
    distance = np.where(np.arange(count) % 2, rng.uniform(0, 0.5, count), 0.0)
    spread = rng.uniform(0, 0.06, count)
    return distance, spread, rng.normal(0, TRUE.sigma(distance, spread)), np.arange(count) % 4


def test_what_generated_the_errors_is_found():
    """All three terms, from many points; widened a little at most."""
    found = calibrated(*measured(1000))
    for name in ("floor", "growth", "spread_weight"):
        assert getattr(found, name) == pytest.approx(getattr(TRUE, name), rel=0.15)


def test_few_points_cover_on_average():
    """29 points, as of 21 volumes and 8 left-out corners: each predicted without its fold, about nine of ten inside."""
    shares = []
    for seed in range(12):
        distance, spread, error, folds = measured(29, seed)
        shares.append(covered(error, held_out(distance, spread, error, folds), 0.9))
    assert 0.87 <= np.mean(shares) <= 0.99


def test_what_few_points_can_tell_is_not_taken_for_nothing():
    """Eight points outside that happen to be no worse than the others do not say that distance is harmless."""
    distance, spread, error, folds = measured(29)
    outside = distance > 0
    distance[outside & (np.cumsum(outside) > 8)] = 0.0
    error = 0.02 * (-1.0) ** np.arange(29)
    growth = calibrated(distance, spread, error, folds).growth
    assert 0.02 < growth < 0.3


def test_errors_without_a_cause_are_all_floor():
    """Nothing is outside and members agree: growth and weight are zero, not arbitrary."""
    error = np.random.default_rng(1).normal(0, 0.05, 40)
    found = calibrated(np.zeros(40), np.zeros(40), error, np.arange(40) % 4)
    assert (found.growth, found.spread_weight) == (0.0, 0.0)
    assert found.floor == pytest.approx(0.05, rel=0.4)


def test_no_errors_give_no_variance():
    """A perfect generator; no division by zero."""
    zero = np.zeros(8)
    assert calibrated(zero, zero, zero, np.arange(8) % 4) == Variance(0.0, 0.0, 0.0)


def test_an_outlier_widens_the_band():
    """A fold that is far worse than the others said it would be."""
    distance, spread, error, folds = measured(40)
    before = calibrated(distance, spread, error, folds)
    error[folds == 1] *= 6
    assert calibrated(distance, spread, error, folds).sigma(0.2, 0.03) > before.sigma(0.2, 0.03)


def test_bands_of_a_normal_distribution():
    """68.27 % lie within one standard deviation."""
    assert half_width(0.6827) == pytest.approx(1.0, abs=1e-3)
    assert half_width(0.9) == pytest.approx(1.645, abs=1e-3)
