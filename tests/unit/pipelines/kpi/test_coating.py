"""Thickness and density of a coating: exact from recipe and loading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragone.pipelines.cell import assemble_cell, ideal_transport
from ragone.pipelines.kpi import coating
from ragone.schemas import CellDesign, KpiOutcome, Recipe
from ragone.schemas.materials import NMC_811

LOADING = 0.2  # kg/m^2


@pytest.fixture(scope="module")
def cell():
    """A cell of 95 % active material and a porosity of 0.3."""
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.3)
    design = CellDesign(mass_loading_kilogram_per_square_metre=LOADING)
    return assemble_cell(ideal_transport(recipe, NMC_811), NMC_811, design)


def test_the_density_is_that_of_the_solids_times_their_share(cell):
    """Solids of two densities by mass fill what is no pore; loading over density is the thickness."""
    kpis = coating.function(cell)
    solids = 1 / (
        0.95 / NMC_811.active_material_density_kilogram_per_cubic_metre
        + 0.05 / NMC_811.carbon_binder_density_kilogram_per_cubic_metre
    )
    density, thickness = kpis["coating_density"], kpis["coating_thickness"]
    assert density.value == pytest.approx(0.7 * solids / 1000, rel=1e-6)
    assert thickness.value == pytest.approx(1e6 * LOADING / (0.7 * solids), rel=1e-6)
    assert (density.unit, thickness.unit) == ("g/cm^3", "um")


def test_without_masses_there_is_no_density(cell):
    """A cell that lists no components has a thickness alone, and the reason says so."""
    kpis = coating.function(replace(cell, components={}))
    assert kpis["coating_thickness"].value > 0
    assert kpis["coating_density"].outcome is KpiOutcome.NOT_APPLICABLE
    assert "masses" in kpis["coating_density"].method
