import math

import pytest

from ragone.pipelines.cell import assemble_half_cell, ideal_transport
from ragone.schemas.errors import BoundsError, NotFiniteError
from ragone.schemas.materials import NMC_811
from tests.built_cells import design, full_cell, half_cell


@pytest.mark.parametrize("built", [full_cell, half_cell])
def test_fractions_that_exceed_one_are_refused(example, built):
    """The message names the three fractions and their sum."""
    crowded = example("transport", pore_fraction=0.5)
    with pytest.raises(BoundsError, match=r"pores 0\.5, active material 0\.4 and carbon-binder 0\.15 add up to 1\.05"):
        built(crowded)


@pytest.mark.parametrize("name", ["electrode_area_square_metre", "lithium_thickness_metre"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(example, name, value):
    """NaN and infinity are named with the parameter, before anything is computed."""
    with pytest.raises(NotFiniteError, match="is not finite"):
        assemble_half_cell(example("transport"), NMC_811, design(), **{name: value})


def test_ideal_metrics_of_a_recipe_say_that_they_are_assumed(example):
    """Spheres, Bruggeman's pores and fractions that follow from the recipe's weights."""
    transport = ideal_transport(example("recipe", porosity=0.25, active_material_weight_fraction=0.96), NMC_811)
    assert transport.pore_tortuosity_factor == pytest.approx(2.0, rel=1e-12)
    assert "assumed, not measured" in transport.method
    active, binder = transport.active_material_fraction * 4780, transport.carbon_binder_fraction * 1800
    assert active / (active + binder) == pytest.approx(0.96, rel=1e-12)
    assert full_cell(transport).positive_surface_area_ratio == pytest.approx(1.0, rel=1e-12)
