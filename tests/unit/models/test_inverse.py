"""Designs for targets, over responses whose inverse is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi
from source_problems import learned

from ragone.models.acquisition.sobol import sobol_points
from ragone.models.conclusion import conclude
from ragone.models.inverse import chances_of, find_designs_for_targets, share_likely
from ragone.models.target_beliefs import TargetBeliefs
from ragone.schemas import Candidate
from ragone.schemas.errors import MissingFieldError, ParameterError, StageError

SPACE = {"x": {"low": 0.0, "high": 2.0}, "y": {"low": -1.0, "high": 1.0}}
GOALS = [goal("maximise", name="energy"), goal("minimise", name="cost")]


def problem(count: int = 32) -> dict[str, Any]:
    """An energy of 10 - (x - 1)^2, whatever y is, and a cost of 5 + y, as they are measured."""
    points = sobol_points(2, skip=0, count=count, seed=1) * 2 - [0.0, 1.0]
    kpis = [
        kpi(v, 0.005, name=n)
        for x, y in points.tolist()
        for n, v in (("energy", 10 - 4 * (x - 1) ** 2), ("cost", 5 + y))
    ]
    rows = candidates([{"x": x, "y": y} for x, y in points.tolist()])
    campaign = conclude.function(rows, tuple(kpis), name="c", definition={"space": SPACE}, goals=GOALS)
    return {"campaign": campaign, "candidates": rows, "kpis": tuple(kpis), "seed": 0}


def target(name: str, low: float | None, high: float | None) -> dict[str, Any]:
    """A range of a KPI."""
    return {"kpi": name, "low": low, "high": high}


def test_both_inverses_are_found() -> None:
    """An energy of 9 is that of x = 0.5 and of x = 1.5; the cost decides y."""
    targets = [target("energy", 8.95, 9.05), target("cost", 5.25, 5.35)]
    found = list(find_designs_for_targets.function(**problem(), targets=targets, count=2).values())
    assert sorted(one.values["x"] for one in found) == pytest.approx([0.5, 1.5], abs=0.03)
    assert [one.values["y"] for one in found] == pytest.approx([0.3, 0.3], abs=0.06)


def test_the_same_call_gives_the_same_designs() -> None:
    """A recorded call reproduces."""
    calls = [
        find_designs_for_targets.function(**problem(), targets=[target("energy", 9.5, None)], count=2) for _ in range(2)
    ]
    assert [one.values for one in calls[0].values()] == [one.values for one in calls[1].values()]


def test_a_probability_is_that_of_the_believed_normal_distribution() -> None:
    """By counting draws of it, in a range and with one open end."""
    beliefs = TargetBeliefs.of(failed=[], **problem())
    at = beliefs.space.points([Candidate(values={"x": 0.55, "y": 0.3})])
    means, deviations = beliefs.predict(at)
    mean, deviation = float(means[0, 0]), float(deviations[0, 0])
    draws = np.random.default_rng(0).normal(mean, deviation, 200_000)
    for low, high in ((mean - deviation, mean + 0.3 * deviation), (mean + deviation, None), (None, mean - deviation)):
        chance = np.exp(chances_of(beliefs, at, [target("energy", low, high)]).logarithms[0])
        inside = (draws >= (-np.inf if low is None else low)) & (draws <= (np.inf if high is None else high))
        assert chance == pytest.approx(inside.mean(), abs=0.005)


def test_the_share_of_the_space_is_that_of_the_level_set() -> None:
    """An energy of at least 9 is met in the half of the space where |x - 1| < 0.5."""
    beliefs = TargetBeliefs.of(failed=[], **problem())
    assert share_likely(beliefs, [target("energy", 9.0, None)], seed=0) == pytest.approx(0.5, abs=0.02)


def test_the_nearest_is_found_where_no_design_meets_a_target() -> None:
    """Far beyond the largest energy it is that with the largest, not one of which nothing is known."""
    found = find_designs_for_targets.function(**problem(), targets=[target("energy", 12.0, None)], count=1)
    assert found["0"].values["x"] == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ([], "no target"),
        ([target("enrgy", 1.0, None)], "did you mean 'energy'"),
        ([target("energy", 2.0, 1.0)], "no range"),
        ([target("energy", None, None)], "no range"),
    ],
)
def test_targets_that_mean_nothing_are_refused(targets, says) -> None:
    """The message names the target."""
    with pytest.raises(ParameterError, match=says):
        find_designs_for_targets.function(**problem(8), targets=targets)


def test_one_design_is_too_few() -> None:
    """Nothing is known then."""
    with pytest.raises(StageError, match="fewer than two"):
        find_designs_for_targets.function(**problem(1), targets=[target("energy", 9.0, None)])


def test_a_value_earlier_of_what_was_not_varied_is_handed_on() -> None:
    """Candidates of before y was varied count as of y = 0.3, where nothing else is known; unknown it is refused."""
    given = problem()
    stripped = [Candidate(values={"x": one.values["x"]}) for one in given["candidates"][:6]]
    given["candidates"] = (*stripped, *given["candidates"][6:])
    beliefs = TargetBeliefs.of(failed=[], **given, earlier={"y": 0.3})
    assert beliefs.own.space.points(stripped)[:, 1] == pytest.approx(0.65)
    with pytest.raises(MissingFieldError, match="earlier"):
        TargetBeliefs.of(failed=[], **given)


def test_a_surrogate_gives_targets_besides_the_goals() -> None:
    """Its quantity, x + 2 y, is 1.4 in one place of each line on which the energy is 9."""
    space = {f"recipe.{name}": entry for name, entry in SPACE.items()}
    given = problem()
    given["candidates"] = candidates([{f"recipe.{n}": v for n, v in one.values.items()} for one in given["candidates"]])
    given["campaign"] = conclude.function(
        given["candidates"], given["kpis"], name="c", definition={"space": space}, goals=GOALS
    )
    surrogate = learned(lambda values: values["recipe.x"] + 2 * values["recipe.y"], space, target="tortuosity")
    given["surrogates"] = (surrogate,)
    targets = [target("energy", 8.98, 9.02), target("tortuosity", 1.38, 1.42)]
    found = find_designs_for_targets.function(**given, targets=targets, count=2)
    assert len(found) == 2
    for one in found.values():
        x, y = one.values["recipe.x"], one.values["recipe.y"]
        assert min(abs(x - 0.5), abs(x - 1.5)) < 0.03
        assert x + 2 * y == pytest.approx(1.4, abs=0.04)
    beliefs = TargetBeliefs.of(failed=[], **given)
    at = beliefs.space.points([Candidate(values={"recipe.x": 0.7, "recipe.y": -0.2})])
    means, deviations = beliefs.predict(at)
    assert beliefs.names == ("energy", "cost", "tortuosity")
    assert means[0] == pytest.approx([10 - 4 * 0.3**2, 4.8, 0.3], abs=0.05)
    assert deviations.shape == (1, 3)


def test_a_surrogate_that_needs_more_than_is_known_is_refused() -> None:
    """The message names what it predicts from."""
    surrogate = learned(lambda values: values["recipe.z"], {"recipe.z": {"low": 0.0, "high": 1.0}}, target="tortuosity")
    with pytest.raises(ParameterError, match=r"tortuosity is no target here: .* predicts from z"):
        TargetBeliefs.of(failed=[], **problem(8), surrogates=(surrogate,))


def test_a_surrogate_of_a_goal_is_refused() -> None:
    """The campaign's own beliefs are used of its goals."""
    surrogate = learned(lambda values: values["x"], SPACE, target="energy")
    with pytest.raises(ParameterError, match="a goal"):
        TargetBeliefs.of(failed=[], **problem(8), surrogates=(surrogate,))
