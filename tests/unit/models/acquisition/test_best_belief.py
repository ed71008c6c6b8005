"""The best belief, over responses whose best is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from goal_problems import goal, kpi, kpis_of

from ragone.models.acquisition import suggest_by_best_belief, suggest_by_sobol
from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.best_belief import BelievedTerms
from ragone.models.surrogate import repeatable
from ragone.schemas.errors import BoundsError, ParameterError

SQUARE: dict[str, Any] = {"x": {"low": 0.0, "high": 2.0}, "y": {"low": -1.0, "high": 1.0}}
ONE = [goal("maximise", name="kpi_0")]
LIMITED = [*ONE, goal("at_most", 0.5, name="kpi_1")]


def hill(values: dict[str, Any]) -> float:
    """A paraboloid with its top at (1.2, 0.2)."""
    return -float((values["x"] - 1.2) ** 2 + (values["y"] - 0.2) ** 2)


def plane(values: dict[str, Any]) -> float:
    """The x coordinate."""
    return float(values["x"])


def even(count: int = 24, space: dict[str, Any] = SQUARE):
    """An even start."""
    return tuple(suggest_by_sobol((), (), space=space, goals=ONE, count=count, seed=3).values())


def best(tried, kpis, failed=(), pending=(), **changes: Any):
    """The first candidate that the stage suggests."""
    given: dict[str, Any] = {"space": SQUARE, "goals": ONE, "count": 1, "seed": 5} | changes
    return suggest_by_best_belief(tried, kpis, failed, pending, **given)["0"].values


def test_the_top_is_found() -> None:
    """It explores nothing: the mean's top, which is the true one where much is known; the same again."""
    tried = even()
    found = best(tried, kpis_of(tried, [hill]))
    assert [found["x"], found["y"]] == pytest.approx([1.2, 0.2], abs=0.03)
    assert found == best(tried, kpis_of(tried, [hill]))


def test_no_point_of_a_fine_grid_is_believed_to_be_better() -> None:
    """By brute force, of noisy values and within a limit."""
    tried, random = even(14), np.random.default_rng(2)
    kpis = tuple(
        kpi(value + 0.1 * random.standard_normal(), 0.1, name=name)
        for one in tried
        for name, value in (("kpi_0", hill(one.values)), ("kpi_1", plane(one.values)))
    )
    found = suggest_by_best_belief(tried, kpis, space=SQUARE, goals=LIMITED, count=1, seed=5)["0"]
    beliefs = Beliefs.of(tried, kpis, (), space=SQUARE, goals=LIMITED, seed=5)
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 101)] * 2), axis=-1).reshape(-1, 2)
    with repeatable(5):
        terms = BelievedTerms.of(beliefs, {}, 0.8, 5)
        values, own = terms(grid)[0], terms(beliefs.space.points([found]))[0][0]
    assert own[1] >= -1e-6
    assert own[0] >= values[values[:, 1] >= 0, 0].max() - 1e-9


def test_gradients_are_those_of_finite_differences() -> None:
    """Of the objective, of a limit with its deviation and of the boundary, averaged over tolerances."""
    tried = even(12)
    beliefs = Beliefs.of(tried, kpis_of(tried, [hill, plane]), even(14)[12:], space=SQUARE, goals=LIMITED, seed=1)
    with repeatable(1):
        terms = BelievedTerms.of(beliefs, {"x": 0.05}, 0.9, 1)
        at = np.array([[0.41, 0.33]])
        gradients = terms(at)[1][0]
        for axis, step in enumerate(np.eye(2) * 1e-5):
            slope = (terms(at + step)[0][0] - terms(at - step)[0][0]) / 2e-5
            assert gradients[:, axis] == pytest.approx(slope, rel=1e-4, abs=1e-5)
    assert gradients.shape == (3, 2)


def test_a_limit_is_kept_with_the_confidence() -> None:
    """The top is beyond it: at even odds the mean lies on the limit, with more confidence before it."""
    tried = even()
    kpis = tuple(
        one for c in tried for one in (kpi(hill(c.values), name="kpi_0"), kpi(plane(c.values), 0.1, name="kpi_1"))
    )
    found = [best(tried, kpis, goals=LIMITED, confidence=p)["x"] for p in (0.5, 0.95)]
    assert found[0] == pytest.approx(0.5, abs=0.08)
    assert found[1] < found[0] - 0.02


def test_options_and_whole_numbers_are_searched() -> None:
    """Of every combination the best one, with its number in the best place."""
    space: dict[str, Any] = {
        "x": {"low": 0.0, "high": 2.0},
        "n": {"low": 0, "high": 4, "whole": True},
        "o": {"choices": ["a", "b"]},
    }

    def response(values: dict[str, Any]) -> float:
        return -float((values["x"] - 0.7) ** 2 + 0.1 * (values["n"] - 3) ** 2) + (values["o"] == "b")

    tried = even(40, space)
    found = best(tried, kpis_of(tried, [response]), space=space)
    assert (found["n"], found["o"]) == (3, "b")
    assert found["x"] == pytest.approx(0.7, abs=0.05)


def test_failures_are_kept_away_from() -> None:
    """The top lies where evaluations fail."""
    tried = even(32)
    works = [one for one in tried if one.values["y"] < 0]
    failed = tuple(one for one in tried if one.values["y"] >= 0)
    assert best(tuple(works), kpis_of(works, [hill]), failed)["y"] < 0.05


def test_nothing_known_gives_an_even_start() -> None:
    """The first designs are those of the sequence, as many as are wanted."""
    found = suggest_by_best_belief((), (), space=SQUARE, goals=ONE, count=3, seed=3)
    assert [one.values for one in found.values()] == [one.values for one in even(3)]


def test_as_many_different_ones_as_are_wanted() -> None:
    """One top has one optimum; the others are drawn evenly, and none is known."""
    tried = even()
    found = suggest_by_best_belief(tried, kpis_of(tried, [hill]), space=SQUARE, goals=ONE, count=4, seed=3)
    assert len({tuple(one.values.values()) for one in (*tried, *found.values())}) == len(tried) + 4


def test_what_has_no_best_is_refused() -> None:
    """Several objectives, and a confidence that is none."""
    tried = even(4)
    with pytest.raises(ParameterError, match="several objectives"):
        best(tried, kpis_of(tried, [hill, plane]), goals=[*ONE, goal("minimise", name="kpi_1")])
    with pytest.raises(BoundsError, match="confidence"):
        best(tried, kpis_of(tried, [hill]), confidence=1.0)
