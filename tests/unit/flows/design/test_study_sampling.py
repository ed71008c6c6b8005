"""`resolution.cubes` of a parameter file: a number, or a target that ends the sampling."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ragone.app.tables.campaigns import cubes_text
from ragone.flows import Study, StudyError, Trial, TrialOutcome
from ragone.schemas import Candidate

DEFAULT = yaml.safe_load((Path(__file__).parents[4] / "params.yaml").read_text())


def with_cubes(cubes: Any) -> Study:
    """The default study with other cubes."""
    content = copy.deepcopy(DEFAULT)
    content["study"]["resolution"]["cubes"] = cubes
    return Study.read(content)


def test_a_number_is_a_number() -> None:
    """Nothing is open: all cubes are measured at once, and the definition holds the number as before."""
    resolution = with_cubes(7).resolution
    assert (resolution.cubes, resolution.first_cubes, resolution.target) == (7, 7, None)
    assert with_cubes(7).definition()["resolution"]["cubes"] == 7


def test_a_target_may_stand_alone() -> None:
    """Confidence, least, most and metric have defaults; percent are read."""
    resolution = with_cubes({"target": "1 %"}).resolution
    assert resolution.target is not None
    assert vars(resolution.target) == {
        "metric": "pore_tortuosity_factor",
        "relative": pytest.approx(0.01),
        "confidence": 0.95,
        "least": 4,
        "most": 40,
    }
    assert (resolution.cubes, resolution.first_cubes) == (40, 4)


def test_a_target_is_part_of_the_definition() -> None:
    """Another target is another study."""
    written = {"target": 0.02, "confidence": "90 %", "least": 5, "most": 6, "metric": "specific_surface_area_per_metre"}
    definition = with_cubes(written).definition()["resolution"]["cubes"]
    assert definition == {
        "metric": "specific_surface_area_per_metre",
        "relative": 0.02,
        "confidence": pytest.approx(0.9),
        "least": 5,
        "most": 6,
    }


BAD = [
    ({}, "study.resolution.cubes.target is missing"),
    ({"target": 0}, r"study.resolution.cubes.target = 0 \[-\] is outside \(0, 1\)"),
    ({"target": 5}, r"study.resolution.cubes.target = 5 \[-\] is outside \(0, 1\).* percentage"),
    ({"target": 0.01, "confidence": 95}, r"study.resolution.cubes.confidence = 95 \[-\] is outside"),
    ({"target": 0.01, "least": 2}, "study.resolution.cubes.least = 2 must be a whole number from 3"),
    ({"target": 0.01, "least": 8, "most": 5}, "study.resolution.cubes: least = 8 is above most = 5"),
    ({"target": 0.01, "metric": "pore_tortuosity"}, "did you mean 'pore_tortuosity_factor'"),
    ({"target": 0.01, "mots": 5}, "study.resolution.cubes.mots is not a known key: did you mean 'most'"),
    (0, "study.resolution.cubes = 0 must be a whole number from 1"),
    ("1 %", "study.resolution.cubes = '1 %' must be a whole number"),
]


@pytest.mark.parametrize(("cubes", "message"), BAD, ids=[str(cubes) for cubes, _ in BAD])
def test_bad_cubes_are_named_by_their_path(cubes: Any, message: str) -> None:
    """Every mistake is told with what was expected."""
    with pytest.raises(StudyError, match=message):
        with_cubes(cubes)


def test_a_trial_tells_how_many_cubes_it_took() -> None:
    """Only where the number was open; and if the target was not met, that."""
    trial = Trial(0, Candidate(values={}), TrialOutcome.MEASURED, cube_count=12)
    assert cubes_text(trial) == ""
    assert cubes_text(replace(trial, target_met=True)) == ", 12 cubes"
    assert cubes_text(replace(trial, cube_count=40, target_met=False)) == ", 40 cubes: target not met"
