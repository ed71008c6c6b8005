"""Where recorded stages are found now."""

import pytest

from schemas.former_stages import present_entry_point

PACKING = "pipelines.manufacture.packing:pack_particles"


@pytest.mark.parametrize(
    ("recorded", "given", "found"),
    [
        (PACKING, ("design", "edge_voxels"), "pipelines.former.packing:pack_particles"),
        (PACKING, ("recipe", "materials", "edge_voxels"), PACKING),
        ("pipelines.kpi.thermal.steady:steady_temperature", ("cell",), "pipelines.thermal.steady:steady_temperature"),
        ("pipelines.cell.reference:reference_cell", (), "pipelines.cell.reference:reference_cell"),
    ],
)
def test_what_a_run_was_given_tells_the_former_stage_from_the_present_one(recorded, given, found):
    """The former one if it lacks what the present one is given; a module that moved is elsewhere."""
    assert present_entry_point(recorded, given) == found
