"""Study files of the former form are refused with the lines to change, and rewritten into the present one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from ragone.flows import Study, StudyError
from ragone.flows.design.former_study import is_former, migrated
from ragone.flows.parameter_files.parameters import read_yaml

MIGRATED = Path(__file__).parent / "migrated"  # the shipped studies of then in the present form
COMMON: dict[str, Any] = {
    "seed": 2026,
    "storage": {"keep_voxels": False},
    "executor": {"kind": "processes", "workers": 2},
}
FULL = {"cell": {"engine": "sized_full_cell"}, "discharge": {"engine": "constant_power"}}
WIDE = {
    "active_material_weight_fraction": {"low": 0.90, "high": 0.97},
    "porosity": {"low": 0.25, "high": 0.50},
    "binder_adhesion": 0.5,
}
AT_POWER = {"kpi": "energy_density", "maximise": True, "power": "200 W"}
FINE = {"edge_voxels": 64, "voxel_size": "0.4 um", "cubes": 4}
FORMER: dict[str, dict[str, Any]] = {
    "params.yaml": {
        "name": "energy-density-at-constant-power",
        "space": {
            "active_material_weight_fraction": {"low": 0.92, "high": 0.97},
            "porosity": {"low": 0.28, "high": 0.45},
            "binder_adhesion": {"low": 0, "high": 1},
            "mass_loading": {"low": "10 mg/cm^2", "high": "30 mg/cm^2"},
        },
        "objective": AT_POWER,
        "budget": {"initial": 6, "total": 12, "batch": 2},
        "resolution": {**FINE, "cubes": 2},
        "stages": {
            "manufacture": {"engine": "particle_packing"},
            "characterise": {"engine": "homogenisation"},
            **FULL,
            "suggest": {"engine": "expected_improvement"},
        },
    },
    "params/four-parameters.yaml": {
        "name": "four-parameters",
        "space": {
            **WIDE,
            "binder_adhesion": {"low": 0, "high": 1},
            "mass_loading": {"low": "10 mg/cm^2", "high": "50 mg/cm^2"},
        },
        "objective": AT_POWER,
        "budget": {"initial": 10, "total": 30, "batch": 2},
        "resolution": FINE,
        "stages": FULL,
    },
    "params/full-cell.yaml": {
        "name": "full-cell",
        "space": {**WIDE, "mass_loading": "30 mg/cm^2"},
        "objective": AT_POWER,
        "budget": {"initial": 6, "total": 14, "batch": 2},
        "resolution": FINE,
        "stages": FULL,
    },
    "params/half-cell.yaml": {
        "name": "half-cell",
        "space": {**WIDE, "mass_loading": "20 mg/cm^2"},
        "objective": {"kpi": "active_material_capacity", "maximise": True, "rate": "1 1/h"},
        "budget": {"initial": 6, "total": 14, "batch": 2},
        "resolution": FINE,
        "stages": {"cell": {"engine": "half_cell"}, "discharge": {"engine": "constant_current"}},
    },
}


def former(name: str = "params.yaml", **changes: Any) -> dict[str, Any]:
    """A study of the repository as it was written before; keyword arguments replace its sections."""
    return {"study": {**COMMON, **copy.deepcopy(FORMER[name]), **changes}}


@pytest.mark.parametrize("name", FORMER)
def test_the_former_studies_of_the_repository_become_the_present_ones(name: str) -> None:
    """Whatever decides the results is the same, volumes measured on their voxels as they are included."""
    present = MIGRATED / Path(name).name
    assert is_former(former(name))
    assert not is_former(read_yaml(present))
    made, stated = Study.read(migrated(former(name))), Study.load(present)
    assert made.definition() == stated.definition()
    assert (made.execution, made.keep_voxels) == (stated.execution, stated.keep_voxels)


def test_a_former_study_is_refused_with_the_lines_to_change() -> None:
    """Each line, and the verb that changes them all."""
    with pytest.raises(StudyError) as refusal:
        Study.read(former())
    told = str(refusal.value)
    for name, present in (("porosity", "recipe.porosity"), ("mass_loading", "cell.mass_loading")):
        assert f"space.{name} is {present} now" in told
    assert "objective is objectives and steps.discharge now" in told
    assert "stages is steps now" in told
    assert "ragone migrate-study" in told


def test_a_study_that_counts_cubes_counts_volume_elements() -> None:
    """The former key alone is refused with the present one, and rewritten; everything else stays as it was written."""
    present = read_yaml(MIGRATED / "params.yaml")
    old = copy.deepcopy(present)
    resolution = old["study"]["resolution"]
    resolution["cubes"] = resolution.pop("volume_elements")
    assert is_former(old)
    with pytest.raises(StudyError, match=r"resolution\.cubes is resolution\.volume_elements now.*migrate-study"):
        Study.read(old)
    assert migrated(old) == present


def test_parameters_of_engines_go_to_the_records_and_steps_that_have_them() -> None:
    """A density to the materials, a radius to the cell, a pressure to its step; a bare number gets its unit."""
    stages = {
        "manufacture": {
            "engine": "particle_packing",
            "parameters": {
                "active_material_density_kilogram_per_cubic_metre": 4700.0,
                "calendering_pressure_pascal": 1e8,
            },
        },
        "cell": {
            "engine": "sized_full_cell",
            "parameters": {"form_factor": "21700", "positive_particle_radius_metre": 5e-6},
        },
        "average": {"engine": "bruggeman"},
        "discharge": {"engine": "constant_power", "parameters": {"mesh_points": 6}},
        "suggest": {"engine": "sobol"},
    }
    objective = {"kpi": "energy", "maximise": False, "power": "5 W"}
    study = Study.read(migrated(former(stages=stages, objective=objective)))
    assert study.given.fixed["materials"] == {"active_material_density_kilogram_per_cubic_metre": 4700.0}
    assert study.given.fixed["cell"] == {"form_factor": "21700", "positive_particle_radius_metre": pytest.approx(5e-6)}
    assert study.chain.step("manufacture").parameters == {"calendering_pressure_pascal": pytest.approx(1e8)}
    assert study.chain.step("discharge").parameters == {"power_watt": 5.0, "mesh_points": 6}
    assert study.chain.step("average").stage.name == "characterise.average_with_bruggeman"
    assert (str(study.goals[0].sense), study.suggest.stage.name) == ("minimise", "acquisition.sobol")


def test_what_is_done_with_a_generator_is_called_otherwise() -> None:
    """The parameters of the step that draws, and the simulator by its stage."""
    parameters = {"when_blind": "simulate", "oracle": "particle_packing", "tuning_steps": 60}
    made = migrated(former(stages={"manufacture": {"engine": "generator", "parameters": parameters}}))
    expected = {"stage": "generator.draw", "out_of_distribution": "simulate", "simulator": "pack_particles"}
    assert made["study"]["steps"]["manufacture"] == {**expected, "tuning_steps": 60}


BAD = [
    ({"resolution": 3}, "study.resolution must be a map"),
    ({"stages": [1]}, "study.stages must be a map"),
    ({"objective": "energy"}, "study.objective must be a map"),
    ({"stages": {"cell": 3}}, "study.stages.cell must be a map"),
    ({"stages": {"manufcture": {"engine": "x"}}}, "study has the form of an earlier version: stages is steps now"),
    ({"space": {"porosty": 0.3}}, "study.space.porosty begins with no record or step"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=[m for _, m in BAD])
def test_what_is_not_known_of_a_former_study_is_named_when_it_is_read(changes: dict[str, Any], message: str) -> None:
    """As a StudyError, by its path."""
    with pytest.raises(StudyError, match=message):
        Study.read(migrated(former(**changes)))
