"""Surrogates of others over the cube of a study: equal predictions, gradients, and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from goal_problems import candidates, goal
from source_problems import learned

from ragone.models.acquisition.sources import Source, is_feature_of, sources_of
from ragone.models.acquisition.space import UnitCube
from ragone.models.goals import goals_of
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas.errors import ParameterError

GOAL = goals_of([goal("maximise")])[0]
EARLIER: dict[str, Any] = {
    "recipe.porosity": {"low": 0.2, "high": 0.4},
    "recipe.layers": {"low": 2, "high": 9, "whole": True},
    "cell.format": {"choices": ["18650", "21700", "4680"]},
    "discharge.power_watt": {"low": 10.0, "high": 30.0},
}
PRESENT: dict[str, Any] = {
    "recipe.porosity": {"low": 0.25, "high": 0.5},
    "recipe.layers": {"low": 1, "high": 6, "whole": True},
    "cell.format": {"choices": ["4680", "21700"]},
    "recipe.new": {"low": 0.0, "high": 1.0},
}

FIXED: dict[str, Any] = {
    "recipe.porosity": {"value": 0.3},
    "recipe.layers": {"value": 1},
    "recipe.new": {"low": 0.0, "high": 1.0},
}


def response(values: dict[str, Any]) -> float:
    """A smooth response with a jump between formats."""
    own = {"18650": 0.0, "21700": 1.0, "4680": -2.0}[values["cell.format"]]
    bend = 30 * (values["recipe.porosity"] - 0.3) ** 2
    return own - bend + 0.3 * values["recipe.layers"] - 0.05 * values["discharge.power_watt"]


@pytest.mark.parametrize("method", ["gaussian_process", "quadratic"])
def test_a_source_predicts_as_the_surrogate_does(method: str) -> None:
    """At candidates of a changed space, with options, whole numbers and a fixed power, both predict alike."""
    record, cube = learned(response, EARLIER, method=method), UnitCube.of(PRESENT)
    source = Source.of(record, GOAL, cube, {"discharge.power_watt": 22.0})
    rows = [
        {"recipe.porosity": 0.27, "recipe.layers": 6, "cell.format": "4680", "recipe.new": 0.1},
        {"recipe.porosity": 0.46, "recipe.layers": 1, "cell.format": "21700", "recipe.new": 0.9},
    ]
    with torch.no_grad():
        means, covariances = source.moments(torch.from_numpy(cube.points(candidates(rows))))
    columns = {path.rpartition(".")[2]: [row[path] for row in rows] for path in PRESENT}
    trained = TrainedSurrogate.load(record)
    points = np.hstack([one.encoded({**columns, "power_watt": [22.0] * 2}[one.name]) for one in trained.features])
    expected = trained.predict(points)
    assert means.numpy() == pytest.approx(expected[0], abs=1e-9)
    assert covariances.numpy() == pytest.approx(expected[1], abs=1e-9)


def test_a_process_keeps_its_gradient() -> None:
    """The derivative of mean and variance with respect to the coordinates is that of central differences."""
    space = {path: PRESENT[path] for path in ("recipe.porosity", "recipe.new")}
    record = learned(
        lambda v: -((v["recipe.porosity"] - 0.3) ** 2) * 50, {"recipe.porosity": EARLIER["recipe.porosity"]}
    )
    source = Source.of(record, GOAL, UnitCube.of(space), {})

    def moments(x: torch.Tensor) -> torch.Tensor:
        mean, covariance = source.moments(x[None])
        return mean.sum() + covariance.sum()

    at = torch.tensor([0.31, 0.6], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(moments(at), at)
    with torch.no_grad():
        steps = 1e-5 * torch.eye(2, dtype=torch.float64)
        numeric = [float(moments(at + step) - moments(at - step)) / 2e-5 for step in steps]
    assert gradient.numpy() == pytest.approx(np.array(numeric), rel=1e-4, abs=1e-7)
    assert abs(numeric[1]) > 1e-3


def test_less_is_better_turns_the_sign() -> None:
    """A source of what is to be small expects the negative of the KPI."""
    record, cube = learned(response, EARLIER), UnitCube.of(EARLIER)
    small = goals_of([goal("minimise")])[0]
    at = torch.full((1, cube.axes), 0.5, dtype=torch.float64)
    up, down = (Source.of(record, each, cube, {}).moments(at)[0] for each in (GOAL, small))
    assert float(up) == -float(down) != 0


def test_columns_are_found_by_the_last_part_of_a_path() -> None:
    """Fields of the negative electrode bear its name; steps may."""
    assert is_feature_of("porosity", "recipe.porosity")
    assert is_feature_of("porosity of negative_recipe", "negative_recipe.porosity")
    assert is_feature_of("power_watt of fast", "fast.power_watt")
    assert not is_feature_of("porosity", "negative_recipe.porosity")
    assert not is_feature_of("porosity of negative_recipe", "recipe.porosity")


@pytest.mark.parametrize(
    ("space", "target", "message"),
    [
        ({"recipe.new": {"low": 0.0, "high": 1.0}}, "energy_density", "of which the study says nothing"),
        (FIXED, "energy_density", "none of which the space varies"),
        (PRESENT, "specific_energy", "predicts specific_energy, the goals are energy_density"),
    ],
)  # fmt: skip
def test_what_matches_nothing_is_refused_by_name(space: dict[str, Any], target: str, message: str) -> None:
    """A source without a common variable, without a value that it needs, or of another KPI is named."""
    earlier = {path: EARLIER[path] for path in ("recipe.porosity", "recipe.layers")}
    record = learned(lambda v: v["recipe.porosity"] * v["recipe.layers"], earlier, target=target)
    with pytest.raises(ParameterError, match=message) as caught:
        sources_of([record], [GOAL], UnitCube.of(space), {})
    assert record.id[:30] in str(caught.value)
