"""A coating stretched onto another thickness is the same coating."""

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.simulation import (
    AMBIENT,
    INITIAL,
    LOWER_VOLTAGE,
    Control,
    Numerics,
    mesh,
    quiet_solver,
    solve,
)
from ragone.schemas import NegativeElectrode
from tests.built_cells import full_cell


@pytest.fixture(scope="module", params=[0.1, 0.3], ids=["thin", "thick"])
def cell(request, example):
    """Half or one and a half times as thick as the parameter set's own."""
    transport = example("transport", pore_fraction=0.35, active_material_fraction=0.55, carbon_binder_fraction=0.1)
    return full_cell(transport, mass_loading_kilogram_per_square_metre=request.param)


def stretched(cell, points):
    """Solution at 100 W on the mesh of the reference thicknesses."""
    return solve(
        cell,
        Control.POWER,
        Numerics(points, 1e-8, 1e-8),
        setpoint=100.0,
        initial_state_of_charge=1.0,
        ambient_temperature=298.15,
        lower_voltage=2.5,
        largest_duration=7.2e5,
    )


def plain(cell, points):
    """The same on a mesh of the cell's own thicknesses, PyBaMM built for this cell alone."""
    values = cell_values(cell, initial_state_of_charge=1.0)
    operation = {Control.POWER.value: 100.0, AMBIENT: 298.15, INITIAL: 298.15, LOWER_VOLTAGE: 2.5}
    values.update(operation, check_already_exists=False)
    numerics = Numerics(points, 1e-8, 1e-8)
    simulation = load_pybamm().Simulation(
        dfn(cell.negative_electrode, {"operating mode": "power"}),
        parameter_values=values,
        solver=quiet_solver(numerics),
        var_pts=mesh(numerics),
    )
    return simulation.solve([0, 7.2e5])


def test_both_meshes_converge_to_one_solution(cell):
    """Their difference falls in proportion to the mesh, and lies far below what the mesh itself is off."""
    ends = {n: (stretched(cell, n).t[-1], plain(cell, n).t[-1]) for n in (10, 20, 40)}
    apart = [abs(ends[n][0] - ends[n][1]) for n in (10, 20, 40)]
    assert apart[0] / apart[1] == pytest.approx(2, rel=0.25)
    assert apart[1] / apart[2] == pytest.approx(2, rel=0.25)
    assert apart[1] < 1e-4 * ends[20][1]


def test_voltages_agree_along_the_way(cell):
    """Not only the end: within half a millivolt until the voltage falls off (the mesh is off by more)."""
    one, other = stretched(cell, 20), plain(cell, 20)
    time = np.linspace(0, 0.9 * other.t[-1], 40)
    assert np.abs(one["Voltage [V]"](time) - other["Voltage [V]"](time)).max() < 5e-4


def test_an_order_of_solving_changes_no_bit(cell):
    """Nothing of another cell's solution is left in the built model."""
    first = stretched(cell, 10)
    stretched(dataclasses.replace(cell, positive_pore_tortuosity_factor=7.0), 10)
    assert stretched(cell, 10)["Voltage [V]"].entries.tobytes() == first["Voltage [V]"].entries.tobytes()


def test_lithium_metal_does_not_limit(cell):
    """A half cell at a vanishing rate gives its nominal charge between the voltage limits, at a higher voltage."""
    half = dataclasses.replace(cell, negative_electrode=NegativeElectrode.LITHIUM_METAL, negative_thickness_metre=0.0)
    solution = solve(
        half,
        Control.CURRENT,
        Numerics(20, 1e-6, 1e-6),
        setpoint=cell.nominal_capacity_ampere_hour / 100,
        initial_state_of_charge=1.0,
        ambient_temperature=298.15,
        lower_voltage=2.5,
        largest_duration=7.2e6,
    )
    assert solution["Voltage [V]"].entries[0] == pytest.approx(4.2, abs=2e-3)
    values = cell_values(half, initial_state_of_charge=0.0)
    full = cell_values(half, initial_state_of_charge=1.0)
    name = "Initial concentration in positive electrode [mol.m-3]"
    moles = (values[name] - full[name]) * half.positive_active_material_fraction * half.positive_thickness_metre
    charge = moles * half.electrode_area_square_metre * 96485.33212 / 3600
    assert solution["Discharge capacity [A.h]"].entries[-1] == pytest.approx(charge, rel=2e-3)
