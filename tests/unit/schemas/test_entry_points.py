"""Where recorded stages are found now."""

import pytest

from ragone.schemas.entry_points import present_entry_point, present_parameters

PACKING = "ragone.pipelines.manufacture.packing:pack_particles"
REALISE = "ragone.pipelines.realise:realise"


@pytest.mark.parametrize(
    ("recorded", "given", "found"),
    [
        (PACKING, ("design", "edge_voxels"), "ragone.pipelines.former.packing:pack_particles"),
        ("pipelines.manufacture.packing:pack_particles", ("design",), "ragone.pipelines.former.packing:pack_particles"),
        ("pipelines.manufacture.packing:pack_particles", ("materials",), PACKING),
        ("somebody.pipelines:made", ("design",), "somebody.pipelines:made"),
        (PACKING, ("recipe", "materials", "edge_voxels"), PACKING),
        (
            "ragone.pipelines.kpi.thermal.steady:steady_temperature",
            ("cell",),
            "ragone.pipelines.thermal.steady:steady_temperature",
        ),
        ("ragone.pipelines.cell.reference:reference_cell", (), "ragone.pipelines.cell.reference:reference_cell"),
    ],
)
def test_what_a_run_was_given_tells_the_former_stage_from_the_present_one(recorded, given, found):
    """The former one if it lacks what the present one is given; a module that moved is elsewhere."""
    assert present_entry_point(recorded, given) == found


def test_a_parameter_that_is_new_means_what_was_done_without_it():
    """Unless it is recorded, and of that stage alone."""
    packing = "ragone.pipelines.manufacture.packing:pack_particles"
    assert present_parameters(packing, {"edge_voxels": 8}) == {"edge_voxels": 8, "largest_mean_overlap": 1.0}
    assert present_parameters(packing, {"largest_mean_overlap": 0.02}) == {"largest_mean_overlap": 0.02}
    assert present_parameters(REALISE, {"records": {}}) == {"records": {}}


def test_a_cell_that_did_not_state_its_parameter_set_had_the_former_default():
    """One that states it keeps it; records of other kinds are left alone."""
    fields = {"form_factor": "21700"}
    recorded = {"cell": {"kind": "cell_design", "fields": fields}, "recipe": {"kind": "recipe", "fields": {}}}
    found = present_parameters(REALISE, {"records": recorded})["records"]
    assert found["cell"]["fields"] == {"parameter_set": "Chen2020", "form_factor": "21700"}
    assert found["recipe"] == recorded["recipe"]
    stated = {"cell": {"kind": "cell_design", "fields": {"parameter_set": "OKane2022"}}}
    assert present_parameters(REALISE, {"records": stated})["records"] == stated
