"""Protocols against what is known exactly: single particles, Ohm's law, a porous electrode, and conservation."""

import math
from functools import partial

import numpy as np
import pytest
from thermal_cells import thermal_cell

from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.model import OPTIONS, cell_values
from ragone.pipelines.cell.protocols import cycle_cell, full_cycles
from ragone.schemas import CyclingOutcome

FARADAY, GAS, TEMPERATURE, SALT = 96485.33212, 8.314462618, 298.15, 1000.0
CONTACT = 1e-3  # ohm, of the cell below
ELECTRODES = ("Negative", "Positive")
CONDUCTING = {f"{name} electrode conductivity [S.m-1]": 1e4 for name in ELECTRODES}


@pytest.fixture(scope="module")
def cell(example_values):
    """A 4680 in round numbers."""
    return thermal_cell(example_values)


@pytest.fixture
def with_values(monkeypatch):
    """Protocols under other parameter values of PyBaMM; gives the values."""

    def changed(changes, cell, **given):
        values = cell_values(cell, **given)
        values.update(changes)
        return values

    def change(changes):
        replaced = partial(changed, changes)
        monkeypatch.setattr("ragone.pipelines.cell.protocols.cycle.cell_values", replaced)
        return replaced

    return change


def test_the_single_particle_limit(cell, with_values):
    """Where ions and electrons move freely, all particles of an electrode are one: PyBaMM's SPM, to 0.2 mV."""
    free = {"Electrolyte conductivity [S.m-1]": 1e3, "Electrolyte diffusivity [m2.s-1]": 1e-6, **CONDUCTING}
    values = with_values(free)(cell, initial_state_of_charge=1.0)
    cycling = cycle_cell(cell, protocol=("Discharge at 1C until 2.5 V",))
    values["Current function [A]"] = cell.nominal_capacity_ampere_hour
    pybamm = load_pybamm()
    points = dict.fromkeys(("x_n", "x_s", "x_p", "r_n", "r_p"), 20)
    single = pybamm.Simulation(pybamm.lithium_ion.SPM(OPTIONS), parameter_values=values, var_pts=points)
    solution = single.solve([0, cycling.test_time_second[-1] - 1.0])
    inside = cycling.test_time_second < solution.t[-1]
    expected = solution["Voltage [V]"](cycling.test_time_second[inside])
    assert np.count_nonzero(inside) > 100
    assert cycling.voltage_volt[inside] == pytest.approx(expected, abs=2e-4)


def test_a_cell_that_obeys_ohms_law(cell, with_values):
    """With only a separator and a contact to resist, the voltage is the open-circuit voltage less I R, at all times.

    Where a layer borders on a perfect one, PyBaMM's finite volumes lose half a volume of it at each side: the error of
    the separator is of first order in the mesh, and gone when extrapolated.
    """
    conductivity = 0.5
    changes = {
        "Electrolyte conductivity [S.m-1]": conductivity,
        "Electrolyte diffusivity [m2.s-1]": 1e-6,
        **CONDUCTING,
        **{f"{name} electrode tortuosity factor (electrolyte)": 1e-5 for name in ELECTRODES},
        **{f"{name} electrode exchange-current density [A.m-2]": 1e6 for name in ELECTRODES},
        **{f"{name} particle diffusivity [m2.s-1]": 1e-8 for name in ELECTRODES},
    }
    values = with_values(changes)(cell, initial_state_of_charge=0.8)
    separator = _layer(values, cell, "Separator", conductivity)
    protocol = ("Discharge at 2C for 60 s", "Charge at 3C for 30 s")
    found = []
    for points in (10, 20):
        cycling = cycle_cell(cell, protocol=protocol, initial_state_of_charge=0.8, mesh_points=points)
        loss = cycling.voltage_volt - cycling.variable("Bulk open-circuit voltage [V]")
        found.append(loss / cycling.current_ampere)
        assert found[-1] == pytest.approx(CONTACT + separator * (1 - 1 / points), rel=1e-3)
    assert 2 * found[1] - found[0] == pytest.approx(CONTACT + separator, rel=5e-4)


def test_the_first_moment_of_a_pulse_is_newmans_porous_electrode(cell, with_values):
    """Linear kinetics, perfect electrons, nothing displaced yet: R = L coth(nu) / (nu kappa A) for each electrode.

    Newman and Tiedemann 1975, doi 10.1002/aic.690210103.
    """
    conductivity, charge = 0.9, 0.6
    changes = {"Electrolyte conductivity [S.m-1]": conductivity, **CONDUCTING}
    values = with_values(changes)(cell, initial_state_of_charge=charge)
    expected = CONTACT + _layer(values, cell, "Separator", conductivity)
    for name in ELECTRODES:
        ionic = _layer(values, cell, f"{name} electrode", conductivity)
        reaction = _reaction_resistance(values, cell, name)
        nu = math.sqrt(ionic / reaction)
        expected += ionic / (nu * math.tanh(nu))
    cycling = cycle_cell(
        cell,
        protocol=("Rest for 10 s", "Discharge at 0.02C for 10 s"),
        initial_state_of_charge=charge,
        mesh_points=40,
        relative_tolerance=1e-8,
        absolute_tolerance=1e-8,
    )
    rows = [np.flatnonzero(cycling.step_count == 1)[-1], np.flatnonzero(cycling.step_count == 2)[0]]
    before, after = cycling.voltage_volt[rows]
    assert (before - after) / -cycling.current_ampere[rows[1]] == pytest.approx(expected, rel=2e-3)


def test_charge_is_conserved_over_cycles(cell):
    """No side reaction: what is charged is discharged, cycle after cycle, and the particles count the same charge."""
    protocol = full_cycles.steps(cycles=3, charge_rate=1.0, discharge_rate=1.0)
    cycling = cycle_cell(cell, protocol=protocol)
    assert cycling.outcome is CyclingOutcome.COMPLETED
    time, current = cycling.test_time_second, cycling.current_ampere
    charge = np.concatenate([[0.0], np.cumsum(np.diff(time) * (current[1:] + current[:-1]) / 2)]) / 3600
    values = cell_values(cell, initial_state_of_charge=1.0)
    for name, sign in (("Negative", 1), ("Positive", -1)):
        moved = cycling.variable(f"{name} electrode stoichiometry")
        host = _host_capacity(values, cell, name)
        assert sign * host * (moved - moved[0]) == pytest.approx(charge, abs=1e-3 * cell.nominal_capacity_ampere_hour)
    ends = [charge[np.flatnonzero(cycling.cycle_count == number)[-1]] for number in (1, 2, 3)]
    assert np.diff(ends) == pytest.approx(0.0, abs=2e-3 * cell.nominal_capacity_ampere_hour)


def test_the_plating_margin_at_rest_is_the_open_circuit_potential(cell):
    """At rest it is the negative electrode's potential against lithium; charging lowers it, discharging raises it."""
    cycling = cycle_cell(
        cell,
        protocol=("Rest for 10 s", "Charge at 1C for 60 s", "Discharge at 1C for 60 s"),
        initial_state_of_charge=0.5,
    )
    margin = cycling.variable("Minimum negative electrode surface potential difference [V]")
    values = cell_values(cell, initial_state_of_charge=0.5)
    share = cycling.variable("Negative electrode stoichiometry")[0]
    potential = float(values["Negative electrode OCP [V]"](load_pybamm().Scalar(share)).evaluate())
    assert margin[cycling.step_count == 1] == pytest.approx(potential, abs=1e-6)
    assert margin[cycling.step_count == 2].max() < potential < margin[cycling.step_count == 3].min()


def test_the_plating_margin_is_that_at_the_separator(cell):
    """Lowest where electrode and separator meet: at the border of the mesh, which 20 volumes find to a millivolt."""
    coarse, fine = (
        cycle_cell(cell, protocol=("Charge at 2C for 60 s",), initial_state_of_charge=0.3, mesh_points=points)
        for points in (20, 40)
    )
    margins = [one.variable("Minimum negative electrode surface potential difference [V]") for one in (coarse, fine)]
    assert margins[0] == pytest.approx(margins[1], abs=1e-3)
    assert margins[1].min() < 0


def test_constant_power_is_that_of_the_loop(cell):
    """The model in its own geometry delivers what the loop's model, stretched onto another, delivers."""
    cycling = cycle_cell(cell, protocol=("Discharge at 60 W until 2.5 V",))
    discharge = discharge_at_constant_power(cell, power_watt=60.0)
    assert cycling.test_time_second[-1] == pytest.approx(discharge.test_time_second[-1], rel=1e-4)
    assert cycling.voltage_volt * cycling.current_ampere == pytest.approx(-60.0, rel=1e-4)


def _layer(values, cell, layer, conductivity):
    """Ionic resistance of a layer of the cell [ohm], for a conductivity of the electrolyte [S/m]."""
    suffix = "tortuosity factor (electrolyte)"
    effective = conductivity * float(values[f"{layer} porosity"]) / float(values[f"{layer} {suffix}"])
    return float(values[f"{layer} thickness [m]"]) / (effective * cell.electrode_area_square_metre)


def _reaction_resistance(values, cell, name):
    """Charge transfer of a whole electrode at small currents, R T / (F i0 a L A) [ohm]."""
    largest = float(values[f"Maximum concentration in {name.lower()} electrode [mol.m-3]"])
    inside = float(values[f"Initial concentration in {name.lower()} electrode [mol.m-3]"])
    scalars = [load_pybamm().Scalar(number) for number in (SALT, inside, largest, TEMPERATURE)]
    exchange = float(values[f"{name} electrode exchange-current density [A.m-2]"](*scalars).evaluate())
    active = float(values[f"{name} electrode active material volume fraction"])
    area = 3 * active / float(values[f"{name} particle radius [m]"])
    area *= float(values[f"Initial {name.lower()} electrode interface utilisation"])
    volume = float(values[f"{name} electrode thickness [m]"]) * cell.electrode_area_square_metre
    return GAS * TEMPERATURE / (FARADAY * exchange * area * volume)


def _host_capacity(values, cell, name):
    """Charge between stoichiometry 0 and 1 [A.h]."""
    volume = float(values[f"{name} electrode thickness [m]"]) * cell.electrode_area_square_metre
    active = float(values[f"{name} electrode active material volume fraction"])
    return (
        FARADAY / 3600 * volume * active * float(values[f"Maximum concentration in {name.lower()} electrode [mol.m-3]"])
    )
