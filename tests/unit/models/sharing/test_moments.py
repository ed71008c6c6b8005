"""Sums of designs: exact but for rounding, moved by one design no more than stated, and fitted as by least squares."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.sharing.moments import Layout
from ragone.models.sharing.receiving import surrogate_of_sums
from ragone.models.sharing.statistics import statistics_of
from ragone.models.surrogate.features import Feature

FEATURES = (Feature("a", "m", 0.0, 2.0), Feature("b", "", 1.0, 2.0), Feature("c", "", options=("x", "y")))
TARGET = Feature("t", "W", -3.0, 5.0)
LAYOUTS = [Layout(FEATURES, TARGET, 1), Layout(FEATURES, TARGET, 2), Layout(FEATURES, TARGET, 1, histograms=True)]


def drawn(count: int, seed: int = 0, beyond: float = 0.0):
    """Points, values and designs; a share of coordinates lies outside of the stated bounds."""
    random = np.random.default_rng(seed)
    points = np.hstack([random.uniform(-beyond, 1 + beyond, (count, 2)), np.eye(2)[random.integers(0, 2, count)]])
    return points, random.uniform(-3 - 8 * beyond, 5 + 8 * beyond, count), random.integers(0, max(1, count // 2), count)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_design_moves_them_no_more_than_stated(layout):
    """Brute force: each design of some data is taken away, corners and values far outside among them."""
    for seed in range(5):
        points, values, designs = drawn(30, seed, beyond=0.5 * (seed % 3))
        points[0, :2], values[0] = 1e6, -1e9
        points[1], values[1] = (1, 1, 0, 1), 5.0
        everything = np.array(layout.summed(points, values, designs))
        for design in np.unique(designs):
            kept = designs != design
            without = np.array(layout.summed(points[kept], values[kept], designs[kept]))
            assert np.linalg.norm(everything - without) <= layout.sensitivity
    corner = np.array([[1.0, 1.0, 0.0, 1.0]]), np.array([5.0]), np.array([0])
    assert np.linalg.norm(layout.summed(*corner)) > 0.99 * layout.sensitivity


@pytest.mark.parametrize("layout", LAYOUTS)
def test_values_beyond_the_bounds_count_as_the_bounds(layout):
    """A design far outside adds what one at the bounds adds."""
    far = layout.summed(np.array([[-7.0, 3.0, 0.0, 1.0]]), np.array([99.0]), np.array([0]))
    assert far == layout.summed(np.array([[0.0, 1.0, 0.0, 1.0]]), np.array([5.0]), np.array([0]))


def test_statistics_are_those_of_the_data():
    """Without noise: count, means, deviations, correlations and histograms, clipped to nothing, by design."""
    layout = LAYOUTS[2]
    points, values, _ = drawn(400)
    found = statistics_of(layout, layout.summed(points, values, np.arange(400)))
    table = np.column_stack([2 * points[:, 0], 1 + points[:, 1], points[:, 2:], values])
    assert found["count"] == pytest.approx(400, abs=0.1)
    assert [one["name"] for one in found["columns"]] == ["a", "b", "c = x", "c = y", "t"]
    np.testing.assert_allclose([one["mean"] for one in found["columns"]], table.mean(axis=0), atol=2e-3)
    np.testing.assert_allclose([one["deviation"] for one in found["columns"]], table.std(axis=0), atol=2e-3)
    np.testing.assert_allclose(found["correlations"], np.corrcoef(table.T), atol=5e-3)
    counts = np.histogram(values, bins=8, range=(-3, 5))[0]
    np.testing.assert_allclose(found["histograms"][-1], counts, atol=1e-9)


def test_rows_of_one_design_weigh_as_one():
    """A design that is there three times adds what it adds once."""
    layout = LAYOUTS[0]
    once = (np.array([[0.3, 0.6, 1.0, 0.0]]), np.array([1.0]))
    thrice = (np.repeat(once[0], 3, axis=0), np.repeat(once[1], 3))
    single = layout.summed(*once, np.array([0]))
    np.testing.assert_allclose(layout.summed(*thrice, np.array([7, 7, 7])), single, atol=1)


def test_without_noise_it_is_the_polynomial():
    """A quadratic response is met to rounding, and its deviation is that of the noise in the data."""
    layout = Layout(FEATURES[:2], TARGET, 2)
    random = np.random.default_rng(1)
    points = random.random((2000, 2))
    response = 1 + points[:, 0] - 2 * points[:, 1] ** 2 + points[:, 0] * points[:, 1]
    exact = surrogate_of_sums(layout, layout.summed(points, response, np.arange(2000)), 0.0)
    np.testing.assert_allclose(exact.predict_points(points).means, response, atol=2e-4)
    noisy = response + 0.2 * random.standard_normal(2000)
    found = surrogate_of_sums(layout, layout.summed(points, noisy, np.arange(2000)), 0.0)
    assert found.fitted.predict_deviations(points).mean() == pytest.approx(0.2, rel=0.05)
    predicted = found.predict_points(points, 0.9)
    assert np.mean((predicted.low <= noisy) & (noisy <= predicted.high)) == pytest.approx(0.9, abs=0.02)
    assert predicted.inside.all()
    assert not found.predict_points(np.array([[1.2, 0.5]])).inside.any()
