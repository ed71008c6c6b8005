"""A 4680 with what cooling needs, round numbers, and its discharges by PyBaMM with the heat variables."""

import numpy as np

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.heat import heat_variables, thermal_values
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.simulation import Numerics, mesh, quiet_solver
from ragone.schemas import KINDS

CAPACITY, AREA = 330.0, 0.0149  # J/K, m^2
_MASSES = {"negative_solids": 0.075, "positive_active_material": 0.125, "electrolyte": 0.045}


def thermal_cell(example_values, **changes):
    """A cell of 25 A.h; keyword arguments replace its values."""
    components = {name: {"mass_kilogram": mass, "volume_cubic_metre": 0.0} for name, mass in _MASSES.items()}
    own = {
        "positive_thickness_metre": 6.5e-5,
        "positive_porosity": 0.335,
        "positive_pore_tortuosity_factor": 0.335**-0.5,
        "positive_effective_conductivity_siemens_per_metre": 0.18,
        "positive_surface_area_ratio": 1.0,
        "positive_particle_radius_metre": 5.22e-6,
        "negative_thickness_metre": 7.6e-5,
        "electrode_area_square_metre": 0.62,
        "cooled_area_square_metre": AREA,
        "conduction_length_metre": 0.02,
        "thermal_conductivity_watt_per_metre_kelvin": 1.0,
        "heat_capacity_joule_per_kelvin": CAPACITY,
        "contact_resistance_ohm": 1e-3,
        "components": {"components": components},
    }
    return KINDS["cell_parameters"].build({**example_values("cell_parameters"), **own, **changes})


def discharged(
    cell, options, *, power, mesh_points=20, tolerance=1e-6, temperature=298.15, ambient=298.15, h=4.0, **values
):
    """PyBaMM's solution of a constant-power discharge to 2.5 V, with the heat variables."""
    model = dfn(cell.negative_electrode, {**options, "operating mode": "power"})
    model.variables.update(heat_variables(model))
    given = {
        **thermal_values(cell, heat_transfer_coefficient_watt_per_square_metre_kelvin=h),
        "Power function [W]": power,
        "Ambient temperature [K]": ambient,
        "Initial temperature [K]": temperature,
        "Lower voltage cut-off [V]": 2.5,
    }
    parameters = cell_values(cell, initial_state_of_charge=1.0)
    parameters.update({**given, **values}, check_already_exists=False)
    numerics = Numerics(mesh_points, tolerance, tolerance)
    simulation = load_pybamm().Simulation(
        model, parameter_values=parameters, solver=quiet_solver(numerics), var_pts=mesh(numerics)
    )
    return simulation.solve([0.0, 1e6])


def sampled(solution, names, count=4001):
    """Times and the variables by name, shape (count,) each."""
    time = np.linspace(0.0, solution.t[-1], count)
    return time, {name: np.broadcast_to(solution[name](time), time.shape) for name in names}
