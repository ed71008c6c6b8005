"""Carbon-binder with nanopores weighs in the cell what it weighs in the voxels."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.characterise import homogenise
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811
from tests.built_cells import LOADING, full_cell, half_cell

POROUS = replace(NMC_811, carbon_binder_nanoporosity=0.4)
RECIPE = Recipe(active_material_weight_fraction=0.92, porosity=0.4)
EDGE = 40


@pytest.fixture(scope="module")
def volume():
    """Voxels of the recipe; those of the carbon-binder hold its nanopores."""
    return pack_particles(RECIPE, POROUS, edge_voxels=EDGE, voxel_size_metre=6e-7, seed=1)


@pytest.fixture(scope="module")
def transport(volume):
    """Metrics of these voxels, in which no ion crosses the carbon-binder."""
    return homogenise(volume, POROUS)


@pytest.mark.parametrize("built", [full_cell, half_cell])
def test_voxels_cell_and_components_have_one_mass_fraction(volume, transport, built):
    """Of the voxels, of the thickness that the cell's loading makes, and of the masses of its components."""
    counts = np.bincount(volume.labels.ravel(), minlength=3)
    active, binder = counts[1] * 4780.0, counts[2] * (1 - 0.4) * 1800.0
    of_voxels = active / (active + binder)
    assert of_voxels == pytest.approx(0.92, abs=1.0 / counts[2])  # a voxel of the carbon-binder more or less
    cell = built(transport, POROUS)
    of_thickness = cell.positive_thickness_metre * cell.positive_active_material_fraction * 4780.0 / LOADING
    parts = cell.components["components"]
    masses = [parts[name]["mass_kilogram"] for name in ("positive_active_material", "positive_carbon_binder")]
    assert of_thickness == pytest.approx(of_voxels, abs=1e-6)
    assert masses[0] / sum(masses) == pytest.approx(of_voxels, abs=1e-6)
    assert sum(masses) == pytest.approx(LOADING * cell.electrode_area_square_metre, rel=1e-12)


def test_the_coating_is_as_thick_as_a_dense_one_of_its_porosity(transport):
    """79.0 um for this recipe, and all of its porosity; not the 75 um of a carbon-binder that would weigh as solid."""
    cell = full_cell(transport, POROUS)
    assert cell.positive_thickness_metre == pytest.approx(79.0e-6, abs=0.05e-6)
    assert cell.positive_porosity == pytest.approx(0.4, abs=2 / EDGE**3)
    dense = homogenise(pack_particles(RECIPE, NMC_811, edge_voxels=EDGE, voxel_size_metre=6e-7, seed=1), NMC_811)
    assert full_cell(dense).positive_thickness_metre == pytest.approx(cell.positive_thickness_metre, rel=2e-4)


def test_the_diffusivity_is_that_which_was_solved(transport):
    """More porosity and a tortuosity factor larger in proportion: their quotient stays."""
    cell = full_cell(transport, POROUS)
    assert cell.positive_porosity > transport.pore_fraction
    solved = transport.pore_fraction / transport.pore_tortuosity_factor
    assert cell.positive_porosity / cell.positive_pore_tortuosity_factor == pytest.approx(solved, rel=1e-12)


def test_electrolyte_fills_the_nanopores(transport):
    """What is no solid of the coating is electrolyte."""
    coating = {"separator_thickness_metre": 1e-9, "electrolyte_excess": 0.0}
    cell = half_cell(transport, POROUS, **coating)
    volume = cell.components["components"]["electrolyte"]["volume_cubic_metre"]
    expected = cell.positive_porosity * cell.positive_thickness_metre * cell.electrode_area_square_metre
    assert volume == pytest.approx(expected, rel=1e-4)


def test_assumed_metrics_keep_the_recipe():
    """A recipe that nobody drew keeps its weight fraction and porosity; Bruggeman's relation is of the pores seen."""
    transport = ideal_transport(RECIPE, POROUS)
    cell = full_cell(transport, POROUS)
    assert cell.positive_porosity == pytest.approx(0.4, rel=1e-12)
    seen = transport.active_material_fraction, transport.carbon_binder_fraction
    assert POROUS.weight_fraction(*seen) == pytest.approx(0.92, rel=1e-12)
    solved = transport.pore_fraction**1.5
    assert cell.positive_porosity / cell.positive_pore_tortuosity_factor == pytest.approx(solved, rel=1e-12)


def test_dense_carbon_binder_changes_nothing(transport):
    """Without nanopores the cell has the metrics as they are, to the bit."""
    cell = full_cell(transport, NMC_811)
    assert cell.positive_porosity == transport.pore_fraction
    assert cell.positive_pore_tortuosity_factor == transport.pore_tortuosity_factor
