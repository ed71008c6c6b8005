"""Temperatures across a roll: the exact steady state of a cylinder, energy kept, and the KPI of a discharge."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import discharge_at_constant_current, reference_cell
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.thermal import roll_temperature
from ragone.pipelines.thermal.roll import Roll, roll_of
from ragone.schemas import KpiOutcome

LONG = np.array([0.0, 1e7, 2e7])  # s


@pytest.fixture(scope="module")
def cell():
    """The LG M50 with activation energies in its can."""
    return reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")


@pytest.mark.parametrize("rings", [10, 40])
def test_the_steady_cylinder(rings):
    """Almost without a core hole the core is q r^2 / (4 k) above the side, the side q V / (h A) above the ambient."""
    roll = Roll(1e-9, 0.01, 0.07, 1.1, 50.0)
    core, side = roll.temperatures(LONG, np.full(3, 5.0), loss=0.05, ambient=298.15, rings=rings)[-1]
    density = 5.0 / (np.pi * 0.01**2 * 0.07)
    assert side == pytest.approx(298.15 + 5.0 / 0.05, rel=1e-9)
    assert core - side == pytest.approx(density * 0.01**2 / (4 * 1.1), rel=2 / rings**2)


def test_the_steady_annulus_converges_at_second_order():
    """With a core hole: q/(4k) (ro^2 - ri^2) - q ri^2/(2k) ln(ro/ri), a quarter of the error with half the width."""
    inner, outer, conductivity = 2e-3, 22e-3, 1.08
    roll = Roll(inner, outer, 0.07, conductivity, 285.0)
    density = 20.0 / (np.pi * (outer**2 - inner**2) * 0.07)
    exact = density / (4 * conductivity) * (outer**2 - inner**2)
    exact -= density * inner**2 / (2 * conductivity) * np.log(outer / inner)
    errors = []
    for rings in (10, 20, 40):
        core, side = roll.temperatures(LONG, np.full(3, 20.0), 0.5, 298.15, rings)[-1]
        errors.append(abs(core - side - exact))
    assert errors[2] < 2e-3 * exact
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.4)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.4)


def test_without_loss_all_heat_stays():
    """A well conducting roll warms by heat over capacity everywhere."""
    roll = Roll(1e-3, 0.01, 0.07, 1e5, 50.0)
    core, side = roll.temperatures(np.linspace(0, 100, 11), np.full(11, 5.0), 0.0, 298.15)[-1]
    assert core == pytest.approx(298.15 + 5.0 * 100 / 50, abs=1e-3)
    assert side == pytest.approx(core, abs=1e-3)


def test_a_roll_that_conducts_well_is_the_lump(cell):
    """The heat read off the lumped course warms it as that course says; the real core is warmer than the lump."""
    discharge = discharge_at_constant_current(cell, rate_per_hour=1.5, thermal="lumped", mesh_points=10)
    lump = discharge.temperature_kelvin.max()
    copper = replace(cell, thermal_conductivity_watt_per_metre_kelvin=1e4)
    kpis = roll_temperature.function(discharge, copper)
    assert kpis["core_temperature"].value == pytest.approx(lump, abs=0.3)
    assert kpis["core_to_surface_difference"].value < 0.01
    kpis = roll_temperature.function(discharge, cell)
    assert kpis["core_temperature"].value > lump
    assert 1 < kpis["core_to_surface_difference"].value < 10
    assert kpis["core_to_surface_difference"].standard_uncertainty < 0.1


def test_factors_of_cooling_are_those_of_the_roll_too(cell):
    """A drawn cell is the cell whose coefficient and heat capacity are as many times larger."""
    factors = {"Total heat transfer coefficient [W.m-2.K-1]": 2.0, "Cell heat capacity [J.K-1.m-3]": 1.2}
    discharge = discharge_at_constant_current(cell, rate_per_hour=1.5, thermal="lumped", mesh_points=8)
    drawn = roll_temperature.function(discharge, replace(cell, parameter_factors=factors))
    larger = replace(cell, heat_capacity_joule_per_kelvin=1.2 * cell.heat_capacity_joule_per_kelvin)
    stated = roll_temperature.function(discharge, larger, heat_transfer_coefficient_watt_per_square_metre_kelvin=20.0)
    for name, kpi in drawn.items():
        assert kpi.value == pytest.approx(stated[name].value, rel=1e-9)


def test_a_protocol_with_steps_is_read_too(cell):
    """Two steps share the time at which one ends and the other begins; every temperature is finite."""
    steps = ("Discharge at 1C for 600 s", "Rest for 600 s")
    cycling = cycle_cell(cell, protocol=steps, thermal="lumped", mesh_points=8)
    kpis = roll_temperature.function(cycling, cell)
    assert cycling.temperature_kelvin.max() < kpis["core_temperature"].value < cycling.temperature_kelvin.max() + 5


def test_radii_are_those_of_the_can(cell):
    """A 21700 of 0.2 mm wall with a core hole of 3 mm."""
    roll = roll_of(cell)
    assert roll.outer == pytest.approx(10.3e-3, rel=1e-6)
    assert roll.inner == pytest.approx(1.5e-3, rel=1e-6)


def test_what_has_no_roll_or_no_heat_is_refused(cell):
    """An isothermal discharge, and a cell that is not wound."""
    isothermal = discharge_at_constant_current(cell, rate_per_hour=1.0, mesh_points=8)
    assert roll_temperature.function(isothermal, cell)["core_temperature"].outcome is KpiOutcome.NOT_APPLICABLE
    lumped = replace(isothermal, temperature_kelvin=np.linspace(298.15, 310, len(isothermal.test_time_second)))
    flat = replace(cell, components={})
    refused = roll_temperature.function(lumped, flat)["core_temperature"]
    assert "not wound" in refused.method
