"""`resolution.volume elements` of a parameter file: a number, or a target that ends the sampling."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ragone.app.tables.campaigns import volume_elements_text
from ragone.flows import Study, StudyError, Trial, TrialOutcome
from ragone.schemas import Candidate

DEFAULT = yaml.safe_load((Path(__file__).parents[4] / "params.yaml").read_text())


def with_volume_elements(elements: Any) -> Study:
    """The default study with other volume elements."""
    content = copy.deepcopy(DEFAULT)
    content["study"]["resolution"]["volume_elements"] = elements
    return Study.read(content)


def test_a_number_is_a_number() -> None:
    """Nothing is open: all volume elements are measured at once, and the definition holds the number as before."""
    resolution = with_volume_elements(7).resolution
    assert (resolution.volume_elements, resolution.first_volume_elements, resolution.target) == (7, 7, None)
    assert with_volume_elements(7).definition()["resolution"]["volume_elements"] == 7


def test_a_target_may_stand_alone() -> None:
    """Confidence, least, most and metric have defaults; percent are read."""
    resolution = with_volume_elements({"target": "1 %"}).resolution
    assert resolution.target is not None
    assert vars(resolution.target) == {
        "metric": "pore_tortuosity_factor",
        "relative": pytest.approx(0.01),
        "confidence": 0.95,
        "least": 4,
        "most": 40,
    }
    assert (resolution.volume_elements, resolution.first_volume_elements) == (40, 4)


def test_a_target_is_part_of_the_definition() -> None:
    """Another target is another study."""
    written = {"target": 0.02, "confidence": "90 %", "least": 5, "most": 6, "metric": "specific_surface_area_per_metre"}
    definition = with_volume_elements(written).definition()["resolution"]["volume_elements"]
    assert definition == {
        "metric": "specific_surface_area_per_metre",
        "relative": 0.02,
        "confidence": pytest.approx(0.9),
        "least": 5,
        "most": 6,
    }


BAD = [
    ({}, "study.resolution.volume_elements.target is missing"),
    ({"target": 0}, r"study.resolution.volume_elements.target = 0 \[-\] is outside \(0, 1\)"),
    ({"target": 5}, r"study.resolution.volume_elements.target = 5 \[-\] is outside \(0, 1\).* percentage"),
    ({"target": 0.01, "confidence": 95}, r"study.resolution.volume_elements.confidence = 95 \[-\] is outside"),
    ({"target": 0.01, "least": 2}, "study.resolution.volume_elements.least = 2 must be a whole number from 3"),
    ({"target": 0.01, "least": 8, "most": 5}, "study.resolution.volume_elements: least = 8 is above most = 5"),
    ({"target": 0.01, "metric": "pore_tortuosity"}, "did you mean 'pore_tortuosity_factor'"),
    ({"target": 0.01, "mots": 5}, "study.resolution.volume_elements.mots is not a known key: did you mean 'most'"),
    (0, "study.resolution.volume_elements = 0 must be a whole number from 1"),
    ("1 %", "study.resolution.volume_elements = '1 %' must be a whole number"),
]


@pytest.mark.parametrize(("elements", "message"), BAD, ids=[str(elements) for elements, _ in BAD])
def test_bad_volume_elements_are_named_by_their_path(elements: Any, message: str) -> None:
    """Every mistake is told with what was expected."""
    with pytest.raises(StudyError, match=message):
        with_volume_elements(elements)


def test_a_trial_tells_how_many_volume_elements_it_took() -> None:
    """Only where the number was open; and if the target was not met, that."""
    trial = Trial(1, Candidate(values={}), TrialOutcome.MEASURED, volume_element_count=12)
    assert volume_elements_text(trial) == ""
    assert volume_elements_text(replace(trial, target_met=True)) == ", 12 volume elements"
    assert (
        volume_elements_text(replace(trial, volume_element_count=40, target_met=False))
        == ", 40 volume elements: target not met"
    )
