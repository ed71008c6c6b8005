"""An even spread that goes on where it stopped and repeats nothing that can be told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi

from ragone.models.acquisition import suggest_by_sobol
from ragone.models.acquisition.sobol import distinct, sobol_points
from ragone.models.acquisition.space import UnitCube
from ragone.schemas.errors import FieldShapeError, ParameterError

SPACE: dict[str, Any] = {
    "recipe.active_material_weight_fraction": {"value": 0.95},
    "recipe.porosity": {"low": 0.2, "high": 0.6},
    "recipe.binder_adhesion": {"low": 0.0, "high": 1.0},
    "cell.mass_loading_kilogram_per_square_metre": {"low": 0.1, "high": 0.3},
}
GOALS = [goal("maximise")]
# Porosity, adhesion and loading of the designs that earlier versions drew with seed 1.
EARLIER = [
    [0.4353438340127468, 0.28616916202008724, 0.13252706080675125],
    [0.2705617487430573, 0.9456960996612906, 0.22097872886806724],
    [0.594814220815897, 0.7139584021642804, 0.1746364699676633],
    [0.31108515709638596, 0.05320311710238457, 0.2851099975407123],
]
FREE = ("recipe.porosity", "recipe.binder_adhesion", "cell.mass_loading_kilogram_per_square_metre")


def suggested(tried: Any = (), failed: Any = (), **changes: Any) -> list[dict[str, Any]]:
    """The values of what the sequence gives."""
    given: dict[str, Any] = {"space": SPACE, "goals": GOALS, "count": 6, "seed": 1} | changes
    kpis = tuple(kpi(1.0) for _ in tried)
    return [c.values for c in suggest_by_sobol(candidates(tried), kpis, candidates(failed), **given).values()]


def test_the_points_are_those_of_earlier_versions() -> None:
    """To the last bit: the same seed gives the same numbers to the same fields."""
    found = suggested(count=4)
    assert [[values[path] for path in FREE] for values in found] == EARLIER
    assert {values["recipe.active_material_weight_fraction"] for values in found} == {0.95}


def test_the_sequence_goes_on_where_it_stopped() -> None:
    """Six candidates at once are the same as two, then four; failed ones count as drawn."""
    at_once = suggested()
    assert suggested(at_once[:2], count=4) == suggested((), at_once[:2], count=4) == at_once[2:]


def test_the_sequence_depends_on_the_seed() -> None:
    """Two seeds give different candidates, one seed the same."""
    assert suggested() == suggested()
    assert suggested() != suggested(seed=2)


def test_a_space_without_variables_has_one_candidate() -> None:
    """Every candidate carries the values."""
    assert suggested(space={"a": {"value": 2.5}, "b": {"choices": ["x"]}}, count=2) == [{"a": 2.5, "b": "x"}] * 2


def test_a_space_of_options_is_covered_without_repeats() -> None:
    """Twelve candidates of twelve, in three batches, whatever was tried or failed; the thirteenth is one of them."""
    space = {"a": {"choices": ["x", "y", "z"]}, "b": {"low": 0, "high": 3, "whole": True}}
    found: list[dict[str, Any]] = []
    for _ in range(3):
        found += suggested(found[:3], found[3:], space=space, count=4)
    assert len({(v["a"], v["b"]) for v in found}) == 12
    assert suggested(found, space=space, count=1)[0] in found


def test_a_candidate_is_not_suggested_twice() -> None:
    """A point that was tried, or chosen twice, gives way to the next points of the sequence."""
    cube = UnitCube.of({"a": {"low": 0.0, "high": 1.0}, "b": {"low": 0.0, "high": 1.0}})
    tried = np.array([[0.0, 1.0], [0.5, 0.5]])
    chosen = np.array([[0.5, 0.5 + 1e-9], [0.2, 0.3], [0.2, 0.3]])
    spare = sobol_points(2, skip=2, count=3, seed=4)
    assert np.array_equal(distinct(cube, chosen, tried, 4), np.array([spare[0], chosen[1], spare[2]]))


def test_kpis_and_goals_are_checked_although_they_are_not_used() -> None:
    """A study finds its mistakes before its first candidate is evaluated."""
    with pytest.raises(FieldShapeError, match="1 candidates and 1 KPIs for 2 goals"):
        suggested([{"recipe.porosity": 0.3}], goals=[*GOALS, goal("at_least", 1.0)])
    with pytest.raises(ParameterError, match="no objective"):
        suggested(goals=[goal("at_least", 1.0)])
