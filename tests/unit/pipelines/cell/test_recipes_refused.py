import math

import pytest

from pipelines.cell import assemble_cell, assemble_half_cell, ideal_transport
from schemas.errors import BoundsError, NotFiniteError


@pytest.mark.parametrize("stage", [assemble_cell, assemble_half_cell])
def test_fractions_that_exceed_one_are_refused(example, stage):
    """The message names the three fractions and their sum."""
    crowded = example("transport", pore_fraction=0.5)
    with pytest.raises(BoundsError, match=r"pores 0\.5, active material 0\.4 and carbon-binder 0\.15 add up to 1\.05"):
        stage(crowded, mass_loading_kilogram_per_square_metre=0.2)


@pytest.mark.parametrize("stage", [assemble_cell, assemble_half_cell])
@pytest.mark.parametrize(
    "name",
    [
        "mass_loading_kilogram_per_square_metre",
        "active_material_density_kilogram_per_cubic_metre",
        "positive_particle_radius_metre",
        "electrolyte_density_kilogram_per_cubic_metre",
    ],
)
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(example, stage, name, value):
    """NaN and infinity are named with the parameter, before anything is computed."""
    with pytest.raises(NotFiniteError, match="is not finite"):
        stage(example("transport"), **{"mass_loading_kilogram_per_square_metre": 0.2, name: value})


def test_an_excess_of_electrolyte_is_not_negative(example):
    """Less electrolyte than fills the pores is another cell than the one computed."""
    with pytest.raises(BoundsError, match="electrolyte_excess"):
        assemble_cell(example("transport"), mass_loading_kilogram_per_square_metre=0.2, electrolyte_excess=-0.1)


def test_ideal_metrics_of_a_recipe_say_that_they_are_assumed(example):
    """Spheres, Bruggeman's pores and fractions that follow from the recipe's weights."""
    design = example("design", porosity=0.25, active_material_weight_fraction=0.96)
    transport = ideal_transport(design)
    assert transport.pore_tortuosity_factor == pytest.approx(2.0, rel=1e-12)
    assert "assumed, not measured" in transport.method
    active, binder = transport.active_material_fraction * 4780, transport.carbon_binder_fraction * 1800
    assert active / (active + binder) == pytest.approx(0.96, rel=1e-12)
    cell = assemble_cell(transport, mass_loading_kilogram_per_square_metre=0.2)
    assert cell.positive_surface_area_ratio == pytest.approx(1.0, rel=1e-12)
