"""The form of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragone.flows import Study

PARAMS = Path(__file__).parents[4]


@pytest.mark.parametrize(
    "name", ["params.yaml", *(f"params/{path.name}" for path in sorted((PARAMS / "params").glob("*.yaml")))]
)
def test_a_study_fits_its_own_form(name: str) -> None:
    """As a server checks what it is given."""
    jsonschema = pytest.importorskip("jsonschema")
    study = Study.load(PARAMS / name)
    jsonschema.validate(study.to_plain(), study.form())


def test_what_a_stage_says_of_a_parameter_stands_in_the_form() -> None:
    """Also of one that the file leaves out; bounds where a number has no unit, choices of the executor."""
    form = Study.load(PARAMS / "params.yaml").form()["properties"]
    discharge = form["steps"]["properties"]["discharge"]["properties"]
    assert discharge["power"]["title"] == "power [W]"
    assert "with a unit" in discharge["power"]["description"]
    assert "default: 298.15" in discharge["ambient_temperature"]["description"]
    low = form["space"]["properties"]["recipe.binder_adhesion"]["properties"]["low"]
    assert (low["type"], low["minimum"], low["maximum"]) == ("number", 0, 1)
    assert "processes" in form["executor"]["properties"]["kind"]["enum"]
