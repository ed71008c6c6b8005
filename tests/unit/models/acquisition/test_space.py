"""Candidates as points of a unit cube, whatever kinds their variables are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import UnitCube
from ragone.schemas import Candidate
from ragone.schemas.errors import BoundsError, MissingFieldError, ParameterError

MIXED: dict[str, Any] = {
    "recipe.porosity": {"low": 0.2, "high": 0.6},
    "cell.form_factor": {"choices": ["4680", "21700", "pouch"]},
    "cell.layer_count": {"low": 1, "high": 4, "whole": True},
    "cell.electrolyte_excess": {"value": 0.1},
    "recipe.binder_adhesion": {"low": 0.5, "high": 0.5},
}


def test_variables_are_ordered_by_the_last_part_of_their_path() -> None:
    """So that the room in front changes no sequence; equal last parts go by the whole path."""
    between = {"low": 0.0, "high": 1.0}
    cube = UnitCube.of(dict.fromkeys(("recipe.porosity", "cell.porosity", "zone.adhesion", "cell.loading"), between))
    assert list(cube.variables) == ["zone.adhesion", "cell.loading", "cell.porosity", "recipe.porosity"]


def test_a_choice_has_an_axis_per_option_and_what_is_fixed_has_none() -> None:
    """One axis for a number, whole or not."""
    cube = UnitCube.of(MIXED)
    assert list(cube.variables) == ["cell.form_factor", "cell.layer_count", "recipe.porosity"]
    assert cube.axes == 3 + 1 + 1
    assert cube.fixed == {"cell.electrolyte_excess": 0.1, "recipe.binder_adhesion": 0.5}


def test_every_point_means_a_candidate_of_the_space_and_back() -> None:
    """Values are options, whole numbers and numbers in range; snapped, points and candidates are one to one."""
    cube = UnitCube.of(MIXED)
    points = cube.snapped(sobol_points(cube.axes, skip=0, count=64, seed=3))
    found = list(cube.candidates(points).values())
    assert {c.values["cell.form_factor"] for c in found} == {"4680", "21700", "pouch"}
    assert {c.values["cell.layer_count"] for c in found} == {1, 2, 3, 4}
    assert all(isinstance(c.values["cell.layer_count"], int) for c in found)
    assert all(0.2 <= c.values["recipe.porosity"] <= 0.6 for c in found)
    assert cube.points(found) == pytest.approx(points, abs=1e-15)
    assert np.array_equal(cube.snapped(points), points)


def test_whole_numbers_have_equal_shares() -> None:
    """Both ends as much as those between."""
    cube = UnitCube.of({"n": {"low": -1, "high": 2, "whole": True}})
    values = [c.values["n"] for c in cube.candidates(np.linspace(0.0, 1.0, 4001)[:, None]).values()]
    assert [round(values.count(n) / 4001, 3) for n in (-1, 0, 1, 2)] == [0.25] * 4


def test_points_of_real_variables_are_left_as_they_are() -> None:
    """To the last bit, also beside discrete ones."""
    cube = UnitCube.of(MIXED)
    points = sobol_points(cube.axes, skip=0, count=8, seed=3)
    assert np.array_equal(cube.snapped(points)[:, -1], points[:, -1])


@pytest.mark.parametrize(
    ("entry", "error", "message"),
    [
        ({"low": 0.6, "high": 0.2}, BoundsError, r"space\.a: low = 0.6 is above high = 0.2"),
        ({"low": 1.5, "high": 3, "whole": True}, ParameterError, "must be whole numbers"),
        ({"choices": []}, ParameterError, "at least one"),
        ({"choices": ["a", "a"]}, ParameterError, "must be different"),
        ({"low": 1.0}, ParameterError, "must hold low and high, or choices, or a value"),
    ],
)
def test_an_entry_that_is_no_space_is_refused(entry: dict[str, Any], error: type[Exception], message: str) -> None:
    """The message names the path."""
    with pytest.raises(error, match=message):
        UnitCube.of({"a": entry})


def test_a_candidate_that_does_not_fit_the_space_is_refused() -> None:
    """Without a value for a variable, or with an option that is none."""
    cube = UnitCube.of(MIXED)
    whole = {"cell.form_factor": "4680", "cell.layer_count": 2, "recipe.porosity": 0.3}
    with pytest.raises(MissingFieldError, match=r"no cell\.layer_count"):
        cube.points([Candidate(values={n: v for n, v in whole.items() if n != "cell.layer_count"})])
    with pytest.raises(BoundsError, match=r"form_factor = '18650' is none of"):
        cube.points([Candidate(values=whole | {"cell.form_factor": "18650"})])
