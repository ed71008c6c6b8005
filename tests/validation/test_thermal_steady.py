"""The steady temperature against exact balances and against the transient that it leaves out."""

import numpy as np
import pytest
from thermal_cells import AREA, CAPACITY, discharged, sampled, thermal_cell

from ragone.pipelines.cell.heat import LUMPED
from ragone.pipelines.thermal import steady_temperature
from ragone.pipelines.thermal.balance import balance_temperature

TEMPERATURE = "Volume-averaged cell temperature [K]"


@pytest.fixture(scope="module")
def cell(example_values):
    """A 4680 that conducts heat well enough to be one lump at 10 W/(m^2 K)."""
    return thermal_cell(example_values, thermal_conductivity_watt_per_metre_kelvin=3.0)


@pytest.fixture(scope="module")
def steady(cell):
    """Its KPIs at 40 W."""
    return steady_temperature(cell, power_watt=40.0, heat_transfer_coefficient_watt_per_square_metre_kelvin=10.0)


def test_linear_source_balances_exactly():
    """For heat Q - s (T - T_a) the rise is Q / (h A + s)."""
    found = balance_temperature(lambda t: 5.0 - 0.02 * (t - 300.0), conductance=0.1, ambient=300.0, limit=400.0)
    assert found == pytest.approx(300.0 + 5.0 / 0.12, abs=1e-3)


def test_source_that_cools_balances_below_the_ambient():
    """A net reversible cooling is balanced by heat from outside."""
    found = balance_temperature(lambda _: -1.5, conductance=0.1, ambient=300.0, limit=400.0)
    assert found == pytest.approx(285.0, abs=1e-3)


@pytest.mark.parametrize("watt", [-10.0, 20.0])
def test_no_balance_in_the_range_is_none(watt):
    """More heat than the loss at the limit, or more cooling than 50 K give back."""
    assert balance_temperature(lambda _: watt, conductance=0.1, ambient=300.0, limit=400.0) is None


def test_source_that_rises_with_temperature_balances_up_to_the_limit():
    """The rise beyond the ambient's heat over the conductance is found too."""
    found = balance_temperature(lambda t: 2.0 + 0.05 * (t - 300.0), conductance=0.1, ambient=300.0, limit=400.0)
    assert found == pytest.approx(340.0, abs=1e-3)


def test_heat_at_the_steady_temperature_is_lost(steady):
    """Steady heat = h A (T - ambient), and its parts add up to it."""
    heat, temperature = steady["steady_heat"].value, steady["steady_temperature"].value
    assert heat == pytest.approx(10.0 * AREA * (temperature - 298.15), rel=1e-4)
    parts = [
        kpi.value for name, kpi in steady.items() if name not in ("steady_heat", "steady_temperature", "biot_number")
    ]
    assert len(parts) == 6
    assert sum(parts) == pytest.approx(heat, rel=1e-9)


def test_huge_lump_stays_at_its_steady_temperature(cell, example_values, steady):
    """A cell too heavy to follow a discharge, started at the steady temperature, keeps less than 0.3 % of the heat."""
    factor = 300.0
    heavy = thermal_cell(
        example_values,
        heat_capacity_joule_per_kelvin=factor * CAPACITY,
        contact_resistance_ohm=cell.contact_resistance_ohm,
    )
    temperature = steady["steady_temperature"].value
    solution = discharged(heavy, LUMPED, power=40.0, temperature=temperature, h=10.0)
    gained = factor * CAPACITY * (float(solution[TEMPERATURE].entries[-1]) - temperature)
    assert abs(gained) < 3e-3 * steady["steady_heat"].value * solution.t[-1]


def test_repeated_discharges_come_to_the_steady_temperature(cell, steady):
    """Discharged again and again the cell's mean temperature rises as far as the balance says, to 1 % of the rise."""
    temperature, means = 298.15, []
    for _ in range(4):
        _, found = sampled(discharged(cell, LUMPED, power=40.0, temperature=temperature, h=10.0), (TEMPERATURE,))
        temperature = float(found[TEMPERATURE][-1])
        means.append(float(np.mean(found[TEMPERATURE])))
    assert means[-1] == pytest.approx(means[-2], abs=0.05)
    assert means[-1] - 298.15 == pytest.approx(steady["steady_temperature"].value - 298.15, rel=0.01)


def test_better_cooling_is_cooler(cell):
    """Half as much again of cooling lowers the rise, by less than a third: a cooler cell makes more heat."""
    rises = []
    for h in (10.0, 15.0):
        load = {"power_watt": 40.0, "mesh_points": 8}
        kpis = steady_temperature(cell, **load, heat_transfer_coefficient_watt_per_square_metre_kelvin=h)
        rises.append(kpis["steady_temperature"].value - 298.15)
    assert rises[0] / 1.5 < rises[1] < rises[0]
