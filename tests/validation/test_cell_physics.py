"""The cell model against PyBaMM's own, against limits that are known, and against a published cell."""

import dataclasses
import itertools

import pytest

from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell.engine import load_pybamm, parameter_values
from ragone.pipelines.cell.stoichiometry import reference_window
from ragone.pipelines.former.kpis import extract_kpis
from tests.built_cells import full_cell

ACTIVE_DENSITY, BINDER_DENSITY, RADIUS = 4780.0, 1800.0, 5.22e-6


def industrial(example, porosity=0.335, weight_fraction=0.96):
    """Transport of a coating with this active weight fraction: spheres, Bruggeman pores."""
    active, binder = weight_fraction / ACTIVE_DENSITY, (1 - weight_fraction) / BINDER_DENSITY
    fraction = (1 - porosity) * active / (active + binder)
    return example(
        "transport",
        pore_fraction=porosity,
        active_material_fraction=fraction,
        carbon_binder_fraction=1 - porosity - fraction,
        specific_surface_area_per_metre=3 * fraction / RADIUS,
        pore_tortuosity_factor=porosity**-0.5,
        solid_effective_conductivity_siemens_per_metre=0.18,
    )


@pytest.fixture(scope="module")
def cell(example):
    """An industrial coating in a 4680."""
    return full_cell(industrial(example))


@pytest.fixture(scope="module")
def energy(cell):
    """Energy [W.h] at a power [W]."""
    return lambda power: extract_kpis(cell, discharge_at_constant_power(cell, power_watt=power), ())["energy"].value


def test_tortuosity_of_bruggeman_gives_the_bruggeman_model(cell):
    """For Chen2020's own electrodes with tau = eps^(1 - b), PyBaMM's default DFN gives the same curve."""
    pybamm, values = load_pybamm(), parameter_values("Chen2020")
    area, power = 0.1027, 15.0
    own = dataclasses.replace(
        cell,
        positive_thickness_metre=75.6e-6,
        positive_porosity=0.335,
        positive_active_material_fraction=0.665,
        positive_pore_tortuosity_factor=0.335**-0.5,
        positive_effective_conductivity_siemens_per_metre=0.18,
        positive_surface_area_ratio=1.0,
        negative_thickness_metre=85.2e-6,
        electrode_area_square_metre=area,
    )
    ours = discharge_at_constant_power(own, power_watt=power)
    window = reference_window(values)
    values.update(
        {
            "Power function [W]": power,
            "Electrode height [m]": 1.0,
            "Electrode width [m]": area,
            "Initial concentration in negative electrode [mol.m-3]": window.x_100 * 33133.0,
            "Initial concentration in positive electrode [mol.m-3]": window.y_100 * 63104.0,
        },
        check_already_exists=False,
    )
    solver = pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6)
    model = pybamm.lithium_ion.DFN({"operating mode": "power"})
    theirs = pybamm.Simulation(model, parameter_values=values, solver=solver).solve([0, 1e5])
    assert theirs.t[-1] == pytest.approx(ours.test_time_second[-1], rel=1e-6)
    before_the_end = ours.test_time_second[:-1]
    assert theirs["Voltage [V]"](before_the_end) == pytest.approx(ours.voltage_volt[:-1], abs=1e-5)


def test_each_measured_metric_acts_as_it_should(cell):
    """A more tortuous pore, a smaller area and a poorer conductor each lower the energy at high power."""

    def delivered(**changes):
        discharge = discharge_at_constant_power(dataclasses.replace(cell, **changes), power_watt=150.0)
        return extract_kpis(cell, discharge, ())["energy"].value

    base = delivered()
    assert delivered(positive_pore_tortuosity_factor=4.0) < 0.99 * base
    assert delivered(positive_surface_area_ratio=0.3) < 0.99 * base
    assert delivered(positive_effective_conductivity_siemens_per_metre=0.01) < 0.99 * base


def test_low_power_approaches_the_nominal_capacity(cell):
    """As the power vanishes all of the charge between the voltage limits is delivered."""
    kpis = extract_kpis(cell, discharge_at_constant_power(cell, power_watt=1.0), ())
    assert kpis["capacity"].value == pytest.approx(cell.nominal_capacity_ampere_hour, rel=2e-3)


def test_charge_of_the_samples_is_that_of_the_solver(cell):
    """The trapezoidal rule on the stored samples agrees with a hundred times finer ones."""
    coarse, fine = (
        extract_kpis(cell, discharge_at_constant_power(cell, power_watt=50.0, sample_count=n), ()) for n in (151, 15001)
    )
    assert coarse["capacity"].value == pytest.approx(fine["capacity"].value, rel=2e-4)
    assert coarse["energy"].value == pytest.approx(fine["energy"].value, rel=1e-6)


def test_mesh_is_fine_enough(cell):
    """Doubling the mesh moves the energy by less than a thousandth."""
    results = [
        extract_kpis(cell, discharge_at_constant_power(cell, power_watt=50.0, mesh_points=n), ())["energy"].value
        for n in (20, 40)
    ]
    assert results[0] == pytest.approx(results[1], rel=1e-3)


def test_energy_falls_with_power(energy):
    """Losses grow with the current: the Ragone curve only falls."""
    curve = [energy(power) for power in (10.0, 50.0, 100.0, 200.0)]
    assert all(low > high for low, high in itertools.pairwise(curve))


@pytest.mark.parametrize(("porosity", "loading"), [(0.30, 0.25), (0.41, 0.10)])
def test_industrial_designs_lie_near_the_published_cell(example, porosity, loading):
    """Within a third of the 622 W.h/L and 233 W.h/kg measured on a 4680 (Ank et al. 2023, 10.1149/1945-7111/ad14d0)."""
    cell = full_cell(industrial(example, porosity), mass_loading_kilogram_per_square_metre=loading)
    kpis = extract_kpis(cell, discharge_at_constant_power(cell, power_watt=10.0), ())
    assert kpis["energy_density"].value == pytest.approx(622.4, rel=1 / 3)
    assert kpis["specific_energy"].value == pytest.approx(232.5, rel=1 / 3)
    assert 3.5 < kpis["mean_voltage"].value < 3.8
