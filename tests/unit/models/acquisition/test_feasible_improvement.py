"""What is added to expected improvement: feasibility first, a boundary, pending points, changed spaces, tolerances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi, kpis_of

from ragone.models.acquisition import (
    suggest_by_expected_improvement,
    suggest_by_feasible_improvement,
    suggest_by_sobol,
)
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.expected_gain import expected_gain
from ragone.models.acquisition.many_points import fit_to_many
from ragone.models.acquisition.observations import observe_at
from ragone.models.acquisition.space import UnitCube
from ragone.models.acquisition.surrogates import expected_density, surrogate_of
from ragone.models.acquisition.tolerances import AveragedModel, deviations_of
from ragone.models.goals import goals_of
from ragone.models.surrogate import fit_gaussian_process, repeatable
from ragone.schemas import Candidate
from ragone.schemas.errors import BoundsError, MissingFieldError, ParameterError

SQUARE: dict[str, Any] = {"x": {"low": 0.0, "high": 1.0}, "y": {"low": 0.0, "high": 1.0}}
ONE = [goal("maximise")]


def hill(values: dict[str, Any]) -> float:
    """A paraboloid with its top, 0, at (0.3, 0.6)."""
    return -float((values["x"] - 0.3) ** 2 + (values["y"] - 0.6) ** 2)


def even(count: int, seed: int = 1) -> tuple[Candidate, ...]:
    """An even start."""
    return tuple(suggest_by_sobol((), (), space=SQUARE, goals=ONE, count=count, seed=seed).values())


def suggested(tried: Any, kpis: Any, failed: Any = (), pending: Any = (), **changes: Any) -> np.ndarray[Any, Any]:
    """The points that the stage suggests, shape (count, 2)."""
    given: dict[str, Any] = {"space": SQUARE, "goals": ONE, "count": 1, "seed": 5} | changes
    found = suggest_by_feasible_improvement(tried, kpis, failed, pending, **given)
    return np.array([[candidate.values["x"], candidate.values["y"]] for candidate in found.values()])


def test_without_anything_special_it_is_expected_improvement() -> None:
    """From measured candidates alone, a batch too, what is suggested is as of the older stage, to the last bit."""
    tried = even(8)
    given: dict[str, Any] = {"space": SQUARE, "goals": ONE, "count": 2, "seed": 5}
    older = suggest_by_expected_improvement(tried, kpis_of(tried, [hill]), **given)
    found = suggest_by_feasible_improvement(tried, kpis_of(tried, [hill]), **given)
    assert [one.values for one in found.values()] == [one.values for one in older.values()]


def test_failures_keep_the_search_on_their_side() -> None:
    """The top lies where evaluations fail: what is suggested is at the boundary, mostly on the side that works."""
    tried = even(16)
    works = [one for one in tried if one.values["y"] < 0.5]
    found = suggested(works, kpis_of(works, [hill]), [one for one in tried if one not in works], count=3)
    assert (found[:, 1] < 0.6).all()
    assert found[:, 1].min() < 0.5
    assert np.abs(found[:, 0] - 0.3).min() < 0.15


def test_feasibility_comes_first() -> None:
    """While no candidate keeps the limit, the place that keeps it is sought, whatever the objective."""
    tried = even(6)
    both = tuple(k for one in tried for k in (kpi(one.values["x"]), kpi(hill(one.values), name="limited")))
    limit = max(hill(one.values) for one in tried) / 4
    found = suggested(tried, both, goals=[goal("maximise"), goal("at_least", limit, "limited")], count=2)
    assert min(np.linalg.norm(found - [0.3, 0.6], axis=1)) < 0.1
    assert np.linalg.norm(found[0] - found[1]) > 0.02


def test_where_everything_failed_it_goes_elsewhere() -> None:
    """Without a single value the next point lies far from all failures, and a batch spreads."""
    failed = candidates([{"x": 0.1, "y": 0.1}, {"x": 0.2, "y": 0.3}])
    found = suggested((), (), failed, count=2)
    assert np.linalg.norm(found - [0.15, 0.2], axis=1).min() > 0.5
    assert np.linalg.norm(found[0] - found[1]) > 0.3


def test_a_pending_candidate_is_not_suggested_again() -> None:
    """The point that would come next, once pending, gives way to one that differs."""
    tried = even(8)
    first = suggested(tried, kpis_of(tried, [hill]))[0]
    pending = candidates([{"x": float(first[0]), "y": float(first[1])}])
    second = suggested(tried, kpis_of(tried, [hill]), (), pending)[0]
    assert np.linalg.norm(first - second) > 0.01


@pytest.mark.parametrize(
    ("uncertainty", "values"), [(None, [1.0] * 4), (0.1, [2.0, 2.0, 1.0, 1.0])], ids=["constant", "duplicate points"]
)
def test_constant_and_repeated_observations(uncertainty: float | None, values: list[float]) -> None:
    """Equal values, and one candidate with two values, lead to a suggestion in the space."""
    tried = candidates([{"x": 0.5, "y": 0.5}] * 2 + [{"x": 0.1, "y": 0.9}, {"x": 0.8, "y": 0.2}])
    found = suggested(tried, tuple(kpi(value, uncertainty) for value in values))
    assert ((found >= 0) & (found <= 1)).all()


def test_a_moved_range_keeps_what_is_known_outside() -> None:
    """The top lies at the edge of a new range; from candidates outside of it three suggestions come to it."""
    tried = candidates([{"x": x, "y": y} for x in (0.3, 0.5, 0.7) for y in (0.4, 0.6, 0.8)])
    space = {"x": {"low": 0.0, "high": 0.25}, "y": {"low": 0.0, "high": 1.0}}
    for _ in range(3):
        given: dict[str, Any] = {"space": space, "goals": ONE, "count": 1, "seed": 5}
        tried += tuple(suggest_by_feasible_improvement(tried, kpis_of(tried, [hill]), **given).values())
    found = np.array([[one.values["x"], one.values["y"]] for one in tried[9:]])
    assert np.linalg.norm(found - [0.25, 0.6], axis=1).min() < 0.05
    assert found[:, 0].max() <= 0.25


def test_what_is_fixed_now_and_dropped_options_inform() -> None:
    """With x fixed off the top, y of the top is suggested; an option that is no longer offered is not."""
    tried = even(8)
    fixed = suggested(tried, kpis_of(tried, [hill]), space={**SQUARE, "x": {"value": 0.5}})
    assert fixed[0] == pytest.approx([0.5, 0.6], abs=0.1)
    rows = [{"y": y, "c": c} for y in (0.1, 0.5, 0.9) for c in ("a", "b", "dropped")]
    known = candidates(rows)
    kpis = tuple(kpi(-abs(row["y"] - 0.5) + (5.0 if row["c"] == "dropped" else 0.0)) for row in rows)
    space = {"y": SQUARE["y"], "c": {"choices": ["a", "b"]}}
    found = suggest_by_feasible_improvement(known, kpis, space=space, goals=ONE, count=2, seed=1)
    assert {one.values["c"] for one in found.values()} <= {"a", "b"}


def test_a_new_variable_needs_its_earlier_value() -> None:
    """Candidates without the variable are refused with the way out, and used once it is given."""
    tried = even(6)
    space = {**SQUARE, "z": {"low": 0.0, "high": 2.0}}
    with pytest.raises(MissingFieldError, match=r"earlier: \{z: ...\}"):
        suggested(tried, kpis_of(tried, [hill]), space=space)
    found = suggested(tried, kpis_of(tried, [hill]), space=space, earlier={"z": 1.0})
    assert found[0] == pytest.approx([0.3, 0.6], abs=0.2)
    with pytest.raises(ParameterError, match="differ in y, which the space does not name"):
        suggested(tried, kpis_of(tried, [hill]), space={"x": SQUARE["x"]})


def test_foreign_values_are_dropped_where_they_mislead() -> None:
    """A smooth response is learned with the foreign values, one that is noise outside without them."""
    inside, outside = np.linspace(0, 1, 8)[:, None], np.linspace(1.1, 3, 12)[:, None]
    points, own = np.vstack([inside, outside]), np.arange(20) < 8
    smooth = np.sin(3 * points[:, 0])
    misled = np.where(own, smooth, np.random.default_rng(0).normal(0, 30, 20))
    with repeatable(0):
        for values, used in ((smooth, 20), (misled, 8)):
            response = observe_at(points, goals_of(ONE), tuple(map(kpi, values.tolist()))).responses[0]
            assert len(surrogate_of(points, response, own).differentiable.train_targets) == used


def test_the_density_of_values_left_out_is_that_of_refits() -> None:
    """In closed form as by leaving out one after the other with the same kernel."""
    points, values = np.linspace(0, 1, 6)[:, None], np.array([1.0, 3.0, 2.0, 5.0, 4.0, 6.0])
    with repeatable(0):
        surrogate = fit_gaussian_process(points, values, np.full(6, 0.3))
        model: Any = surrogate.differentiable
        noisy = model.likelihood(model.forward(model.train_inputs[0]), model.train_inputs[0])
        covariance, mean = (each.detach().numpy() for each in (noisy.covariance_matrix, noisy.mean))
        found = expected_density(surrogate, np.ones(6, dtype=bool))
    error, known = surrogate.scale.standardised(values) - mean, np.arange(6)
    densities = []
    for left in known:
        rest = known != left
        weights = np.linalg.solve(covariance[np.ix_(rest, rest)], covariance[rest, left])
        variance = covariance[left, left] - weights @ covariance[rest, left]
        away = error[left] - weights @ error[rest]
        densities.append(-0.5 * (np.log(2 * np.pi * variance) + away**2 / variance) - np.log(surrogate.scale.spread))
    assert found == pytest.approx(np.mean(densities), rel=1e-6)


def test_a_process_of_many_points_predicts_as_one_fitted_to_all() -> None:
    """The kernel of a part serves: at other points the means differ by less than their errors."""
    random = np.random.default_rng(1)
    points, others = random.random((220, 2)), random.random((50, 2))
    values = np.sin(5 * points[:, 0]) + points[:, 1] ** 2
    with repeatable(0):
        part, whole = (fit(points, values, np.full(220, 1e-4)) for fit in (fit_to_many, fit_gaussian_process))
        assert len(part.differentiable.train_targets) == 220
        assert part.predict(others)[0] == pytest.approx(whole.predict(others)[0], abs=0.02)


def test_tolerances_move_the_optimum_off_a_cliff() -> None:
    """A rise ends at x = 0.7 in a fall of three times its slope: with a tolerance of 0.1 the top is 0.0674 before it.

    There a quarter of what is made lies beyond the edge.
    """

    def cliff(values: dict[str, Any]) -> float:
        return float(values["x"] - 4.0 * max(0.0, values["x"] - 0.7))

    tried = even(24)
    sharp = suggested(tried, kpis_of(tried, [cliff]))[0, 0]
    robust = suggested(tried, kpis_of(tried, [cliff]), tolerances={"x": 0.1})[0, 0]
    assert sharp == pytest.approx(0.7, abs=0.05)
    assert robust == pytest.approx(0.7 - 0.0674, abs=0.03)
    assert robust < sharp


def test_an_average_over_deviations_is_that_of_the_process() -> None:
    """Mean and covariance are those of a linear map of the process at the deviating points."""
    import torch

    cube = UnitCube.of(SQUARE)
    points, asked = np.random.default_rng(2).random((8, 2)), np.array([[0.2, 0.4], [0.6, 0.5]])
    with repeatable(0):
        process = fit_gaussian_process(points, points.sum(axis=1) ** 2, None)
        shifts = deviations_of(cube, {"x": 0.05}, 3)
        found = AveragedModel([process.differentiable], shifts).posterior(torch.from_numpy(asked))
        means, covariances = process.predict((asked[:, None] + shifts).reshape(-1, 2))
    average = np.kron(np.eye(2), np.full(len(shifts), 1 / len(shifts)))
    scale = process.scale
    assert found.mean.detach().squeeze(-1).numpy() == pytest.approx(scale.standardised(average @ means), abs=1e-9)
    expected = average @ covariances @ average.T / scale.spread**2 + 1e-6 * np.eye(2)
    assert found.covariance_matrix.detach().numpy() == pytest.approx(expected, abs=1e-9)
    assert shifts[:, 1] == pytest.approx(0.0)
    assert shifts.mean(axis=0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_deviations_have_the_mean_and_the_variance_that_are_stated(seed: int) -> None:
    """Exactly, however few they are: a parabola is averaged to what it costs, minus the variance."""
    cube = UnitCube.of({"x": {"low": 2.0, "high": 4.0}, "y": {"low": 0.0, "high": 1.0}})
    shifts = deviations_of(cube, {"x": 0.5}, seed)
    assert shifts.mean(axis=0) == pytest.approx([0.0, 0.0])
    assert (shifts**2).mean(axis=0) == pytest.approx([0.25**2, 0.0])


@pytest.mark.parametrize(
    ("tolerances", "error", "message"),
    [
        ({"z": 0.1}, ParameterError, "no variable of the space"),
        ({"c": 0.1}, ParameterError, "no continuous number"),
        ({"x": -0.1}, BoundsError, "standard deviation > 0"),
    ],
)
def test_tolerances_that_mean_nothing(tolerances: dict[str, float], error: type[Exception], message: str) -> None:
    """Are refused by their path."""
    with pytest.raises(error, match=message):
        deviations_of(UnitCube.of({**SQUARE, "c": {"choices": ["a", "b"]}}), tolerances, 1)


def test_a_changed_space_knows_what_lies_in_it() -> None:
    """Outside of a range or off a fixed value is not inside; a point of the searched cube is."""
    changed = ChangedSpace.of({"x": SQUARE["x"], "y": {"value": 0.5}}, candidates([{"x": 2.0, "y": 1.0}]), {})
    points = changed.points(candidates([{"x": 0.4, "y": 0.5}, {"x": 0.4, "y": 1.0}, {"x": 2.0, "y": 0.5}]))
    assert changed.inside(points).tolist() == [True, False, False]
    assert changed.inside(changed.embedded(np.array([[0.3]]))).all()


def test_the_expected_gain_shrinks_as_the_top_is_found() -> None:
    """At the top known it is a small share of the best value; far from it, with few values, a large one."""
    given: dict[str, Any] = {"space": SQUARE, "goals": ONE, "seed": 5}

    def gain(tried: tuple[Candidate, ...]) -> float:
        kpis = tuple(kpi(10.0 + hill(one.values), 1e-4) for one in tried)
        found = tuple(suggest_by_feasible_improvement(tried, kpis, count=1, **given).values())
        share = expected_gain(tried, kpis, (), found, **given)
        assert share is not None
        return share

    known = candidates([{"x": x, "y": y} for x in (0.2, 0.3, 0.4) for y in (0.5, 0.6, 0.7)])
    assert gain(known) < 1e-3 < gain(even(4))


def test_the_expected_gain_of_several_objectives_is_of_the_hypervolume() -> None:
    """A share of what the front encloses; none as long as nothing is feasible."""
    tried = even(6)
    goals = [goal("maximise"), goal("minimise", name="second")]
    kpis = tuple(k for one in tried for k in (kpi(one.values["x"]), kpi(one.values["y"], name="second")))
    given: dict[str, Any] = {"space": SQUARE, "goals": goals, "seed": 5}
    corner = candidates([{"x": 1.0, "y": 0.0}])
    share = expected_gain(tried, kpis, (), corner, **given)
    assert share is not None
    assert share > 0.1
    limited = {**given, "goals": [goal("maximise"), goal("at_least", 9.0, "second")]}
    assert expected_gain(tried, kpis, (), corner, **limited) is None
