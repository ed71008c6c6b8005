"""Stages: what they take, what they give, what is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from ragone.schemas import Design, Kpi, Record, stage
from ragone.schemas.errors import MissingFieldError, StageError, UnknownFieldError


@stage("rate", libraries=("numpy",))
def rate(
    design: Design,
    others: tuple[Kpi, ...],
    baseline: Design | None = None,
    *,
    power_watt: float,
    steps: int = 3,
    name: str = "plain",
    options: Mapping[str, Any] | None = None,
    corners: tuple[int, ...] = (1, 2),
    fast: bool = False,
    seed: int,
) -> Design:
    """Give the design back."""
    return design


@stage("still")
def still(design: Design) -> Design:
    """Give the design back."""
    return design


def test_a_stage_is_still_the_function(example):
    """Called directly, a stage is the function it wraps, with its documentation and entry point."""
    design = example("design")
    assert still(design) is design
    assert still.__doc__ == "Give the design back."
    assert still.entry_point == f"{__name__}:still"


def test_ports_are_the_positional_parameters():
    """Positional parameters are inputs: single, many, optional; the seed is recognised."""
    assert [(p.name, p.many, p.optional) for p in rate.ports.values()] == [
        ("design", False, False),
        ("others", True, False),
        ("baseline", False, True),
    ]
    assert rate.takes_seed
    assert not still.takes_seed


def test_bind_fills_defaults_in():
    """The recorded parameters are complete and typed, so that a default is part of the recipe."""
    assert rate.bind({"power_watt": 40}) == {
        "power_watt": 40.0,
        "steps": 3,
        "name": "plain",
        "options": None,
        "corners": (1, 2),
        "fast": False,
    }
    assert type(rate.bind({"power_watt": 40})["power_watt"]) is float
    assert rate.bind({"power_watt": 1.0, "corners": [4]})["corners"] == (4,)


def test_unknown_parameter_is_refused_with_hint():
    """A misspelled parameter is refused, and the nearest is named."""
    with pytest.raises(UnknownFieldError, match=r"'power_wat'.*did you mean 'power_watt'"):
        rate.bind({"power_wat": 40.0})


def test_missing_parameter_is_named():
    """A parameter without default must be given."""
    with pytest.raises(MissingFieldError, match="power_watt"):
        rate.bind({})


@pytest.mark.parametrize(
    "given",
    [
        {"power_watt": "40"},
        {"power_watt": True},
        {"power_watt": math.nan},
        {"power_watt": math.inf},
        {"power_watt": 1.0, "steps": 3.0},
        {"power_watt": 1.0, "steps": True},
        {"power_watt": 1.0, "name": 3},
        {"power_watt": 1.0, "fast": 1},
        {"power_watt": 1.0, "options": {"x": math.nan}},
        {"power_watt": 1.0, "options": {"x": object()}},
        {"power_watt": 1.0, "options": {1: "x"}},
    ],
)
def test_what_cannot_be_recorded_is_refused(given):
    """Wrong types, and what canonical JSON cannot hold, are refused with the parameter's name."""
    with pytest.raises(StageError, match=f"{list(given)[-1]} = "):
        rate.bind(given)


def test_outputs_are_named(example):
    """One record is called `result`; a mapping keeps its names."""
    design = example("design")
    assert rate.outputs(design) == {"result": design}
    assert rate.outputs({"0": design, "1": design}) == {"0": design, "1": design}


@pytest.mark.parametrize("returned", [None, 3, {}, {"0": 3}, [1]])
def test_only_records_are_outputs(returned):
    """Anything but records is refused."""
    with pytest.raises(StageError, match="rate returned"):
        rate.outputs(returned)


def test_outputs_of_a_mapping_are_records(example):
    """The mapping handed back is a copy."""
    given: dict[str, Record] = {"a": example("design")}
    assert rate.outputs(given) is not given
