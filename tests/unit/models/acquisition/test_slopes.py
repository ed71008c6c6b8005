"""The slopes of the optimiser's beliefs."""

from __future__ import annotations

import numpy as np
import pytest
from goal_problems import goal, kpi

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.slopes import slopes_of
from ragone.schemas import Candidate

SPACE = {"x": {"low": 0.0, "high": 2.0}, "y": {"low": -1.0, "high": 3.0}, "kind": {"choices": ["a", "b"]}}
GOALS = [goal("maximise", name="energy"), goal("minimise", name="cost")]


def beliefs(count: int = 24) -> Beliefs:
    """The beliefs after designs at random places of an energy that is curved and a cost that is a plane."""
    places = np.random.default_rng(0).random((count, 2)) * [2.0, 4.0] - [0.0, 1.0]
    candidates = [Candidate(values={"x": x, "y": y, "kind": "ab"[n % 2]}) for n, (x, y) in enumerate(places.tolist())]
    values = [(v, n) for x, y in places.tolist() for v, n in ((3 + x - x**2 + 0.3 * y, "energy"), (5 * y - x, "cost"))]
    kpis = [kpi(value, 0.01, name=name) for value, name in values]
    return Beliefs.of(candidates, kpis, [], space=SPACE, goals=GOALS, seed=0)


def at(x: float, y: float) -> Candidate:
    """A candidate at a place."""
    return Candidate(values={"x": x, "y": y, "kind": "a"})


def test_each_slope_is_the_finite_difference_of_the_mean() -> None:
    """The slope of each goal by each number is that of the predicted KPI, in the units of both."""
    found, step = beliefs(), 1e-4
    slopes = {(slope.kpi, slope.path): slope.value for slope in slopes_of(found, at(0.7, 1.1))}
    assert set(slopes) == {(name, path) for name in ("energy", "cost") for path in ("x", "y")}
    for path, (dx, dy) in {"x": (step, 0.0), "y": (0.0, step)}.items():
        means, _ = found.predict(found.space.points([at(0.7 + dx, 1.1 + dy), at(0.7 - dx, 1.1 - dy)]))
        differences = (means[0] - means[1]) / (2 * step)
        assert [slopes["energy", path], slopes["cost", path]] == pytest.approx(differences.tolist(), rel=1e-5)


def test_the_deviation_is_that_of_a_difference_of_two_values_close_by() -> None:
    """The belief's own covariance between two places says how sure their difference is."""
    found, step = beliefs(), 0.01
    slope = slopes_of(found, at(0.7, 1.1))[0]
    _, covariances = found.surrogates[0].predict(found.space.points([at(0.7 - step, 1.1), at(0.7 + step, 1.1)]))
    variance = covariances[0, 0] + covariances[1, 1] - 2 * covariances[0, 1]
    assert slope.standard_deviation == pytest.approx(np.sqrt(variance) / (2 * step), rel=0.01)


def test_the_true_slope_lies_within_the_deviations() -> None:
    """Slopes of the functions that were measured, known exactly."""
    true = {("energy", "x"): 1 - 2 * 0.7, ("energy", "y"): 0.3, ("cost", "x"): -1.0, ("cost", "y"): 5.0}
    for slope in slopes_of(beliefs(), at(0.7, 1.1)):
        assert abs(slope.value - true[slope.kpi, slope.path]) < 3 * slope.standard_deviation


def test_a_slope_at_a_design_that_was_seen_is_finite() -> None:
    """The distance of a point to itself is zero, at which the kernel is differentiable although its root is not."""
    found = beliefs()
    point = found.seen.points[4]
    x, y = (float(point[found.space.known.axes_of(path)][0]) for path in ("x", "y"))
    for slope in slopes_of(found, at(2 * x, 4 * y - 1)):
        assert np.isfinite([slope.value, slope.standard_deviation]).all()
        assert slope.standard_deviation > 0


def test_there_is_no_slope_without_a_surrogate() -> None:
    """One candidate leaves no belief, thus no slope."""
    assert slopes_of(beliefs(count=1), at(0.7, 1.1)) == ()
