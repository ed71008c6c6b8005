"""The cost of a cell's materials: masses times prices, and what has no price."""

from dataclasses import replace

import pytest

from ragone.pipelines.cell import discharge_at_constant_current, reference_cell
from ragone.pipelines.kpi import delivered_by_curve, material_cost
from ragone.schemas import KpiOutcome
from ragone.schemas.units import conversion_factor, is_unit, parse_quantity


@pytest.fixture(scope="module")
def cell():
    """The LG M50 in its can."""
    return reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")


@pytest.fixture(scope="module")
def discharge(cell):
    """At C/5."""
    return discharge_at_constant_current(cell, rate_per_hour=0.2, mesh_points=8)


def mass(cell, *names):
    """Mass of some components [kg]."""
    return sum(cell.components["components"][name]["mass_kilogram"] for name in names)


def test_one_price_alone_costs_its_mass(cell, discharge):
    """With every other price zero the cost is that of the foils on the copper side, by their mass."""
    others = ("carbon_binder", "negative_solids", "electrolyte", "separator", "aluminium_foil", "housing")
    none = {f"{name}_price_dollar_per_kilogram": 0.0 for name in (*others, "positive_active_material")}
    kpis = material_cost.function(discharge, cell, copper_foil_price_dollar_per_kilogram=10.0, **none)
    copper = mass(cell, "negative_collector", "negative_tab", "foil_edges")
    assert kpis["cell_material_cost"].value == pytest.approx(10 * copper, rel=1e-12)
    energy = delivered_by_curve.function(discharge)["energy"].value / 1000
    assert kpis["material_cost"].value == pytest.approx(10 * copper / energy, rel=1e-12)
    assert kpis["material_cost"].standard_uncertainty == pytest.approx(0.3 * kpis["material_cost"].value, rel=1e-3)


def test_every_component_is_paid(cell, discharge):
    """One price for all of them gives the mass of the cell."""
    names = ("positive_active_material", "carbon_binder", "negative_solids", "electrolyte", "separator")
    names += ("aluminium_foil", "copper_foil", "housing")
    same = {f"{name}_price_dollar_per_kilogram": 2.0 for name in names}
    kpis = material_cost.function(discharge, cell, **same)
    assert kpis["cell_material_cost"].value == pytest.approx(2 * cell.cell_mass_kilogram, rel=1e-9)


def test_the_defaults_give_what_cells_cost_in_2024(cell, discharge):
    """Materials of an NMC 811 cell for some tens of dollars over a kilowatt hour, most of it the active material."""
    cost = material_cost.function(discharge, cell)["material_cost"]
    assert 40 < cost.value < 65
    assert 0.1 < cost.standard_uncertainty / cost.value < 0.25
    assert "NMC 811, Knehr" in cost.method
    exact = material_cost.function(discharge, cell, relative_price_uncertainty=0.0)["material_cost"]
    assert exact.value == cost.value
    assert exact.standard_uncertainty < 1e-3 * cost.value


def test_what_has_no_price_has_no_cost(cell, discharge):
    """An active material that is not among the defaults, and a component of another cell, are named."""
    for other in (replace(cell, parameter_set="Ai2020"), replace(cell, parameters={"Header": {}})):
        refused = material_cost.function(discharge, other)["material_cost"]
        assert refused.outcome is KpiOutcome.NOT_APPLICABLE
        assert "is not known; give positive_active_material_price_dollar_per_kilogram" in refused.method
        given = material_cost.function(discharge, other, positive_active_material_price_dollar_per_kilogram=30.0)
        assert given["material_cost"].value > 0
    metal = {"components": {"lithium": {"mass_kilogram": 0.01}}}
    refused = material_cost.function(discharge, replace(cell, components=metal))["cell_material_cost"]
    assert "no price is known of lithium" in refused.method
    bare = material_cost.function(discharge, replace(cell, components={}))["cell_material_cost"]
    assert bare.outcome is KpiOutcome.NOT_APPLICABLE


def test_dollars_are_a_unit():
    """They convert to nothing but themselves."""
    assert is_unit("USD/(kW.h)")
    assert conversion_factor("USD/g", "USD/kg") == pytest.approx(1000)
    assert parse_quantity("22 USD/kg", "USD/kg", "price") == 22.0
