"""Every accepted parameter set, and every one that BPX can say, as a lumped cell whose energy balances close."""

import json

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid

from ragone.pipelines.cell import assemble_cell, bpx_document, ideal_transport, materials_of_set, reference_cell
from ragone.pipelines.cell.engine import PARAMETER_SETS, load_pybamm, parameter_values
from ragone.pipelines.cell.heat import (
    CHEMICAL,
    HEAT_NAMES,
    IRREVERSIBLE,
    LUMPED,
    SOURCES,
    heat_variables,
    lumped_parameters,
    thermal_values,
)
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.simulation import Numerics, mesh, quiet_solver
from ragone.pipelines.files.bpx.read import checked_bpx
from ragone.schemas import CellDesign, Recipe

COOLING = 10.0  # W/(m^2 K)
QUICK = ("Chen2020_Arrhenius",)
WRITTEN = tuple(name for name in PARAMETER_SETS if name not in ("Ai2020", "Marquis2019"))  # BPX cannot say the others
COARSE = {"NCA_Kim2011": 2e-3}  # at 1C its heat is 64 J: the mesh of 20 leaves 0.18 %, and a fourth of it with 40
POWER, CURRENT, TEMPERATURE = "Voltage [V]", "Current [A]", "Volume-averaged cell temperature [K]"


def slowly(names):
    """One set always, the others in the full counts."""
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in names]


def warmed(cell, lower_voltage):
    """Time [s] and variables by name of a discharge at 1C, lumped."""
    model = dfn(cell.negative_electrode, LUMPED)
    model.variables.update(heat_variables(model))
    values = cell_values(cell, initial_state_of_charge=1.0)
    given = {
        **thermal_values(cell, heat_transfer_coefficient_watt_per_square_metre_kelvin=COOLING),
        "Current function [A]": cell.nominal_capacity_ampere_hour,
        "Ambient temperature [K]": 298.15,
        "Initial temperature [K]": 298.15,
        "Lower voltage cut-off [V]": lower_voltage,
    }
    values.update(given | lumped_parameters(values), check_already_exists=False)
    numerics = Numerics(20, 1e-7, 1e-7)
    simulation = load_pybamm().Simulation(
        model, parameter_values=values, solver=quiet_solver(numerics), var_pts=mesh(numerics)
    )
    solution = simulation.solve([0.0, 1e6])
    time = np.linspace(0.0, solution.t[-1], 4001)
    names = (*HEAT_NAMES, POWER, CURRENT, TEMPERATURE)
    return time, {name: np.broadcast_to(solution[name](time), time.shape) for name in names}


def require_closed(cell, parameter_set):
    """Power and losses are the chemical power, and heat warms the cell or is lost: both within 0.1 % of the heat."""
    lower = float(parameter_values(parameter_set)["Lower voltage cut-off [V]"])
    time, found = warmed(cell, lower)
    irreversible = sum(found[name] for name in IRREVERSIBLE)
    error = found[POWER] * found[CURRENT] + irreversible - found[CHEMICAL]
    heat = np.trapezoid(irreversible, time)
    assert abs(np.trapezoid(error, time)) < COARSE.get(parameter_set, 1e-3) * heat
    generated = cumulative_trapezoid(sum(found[name] for name in SOURCES), time, initial=0)
    rise = found[TEMPERATURE] - 298.15
    lost = cumulative_trapezoid(COOLING * cell.cooled_area_square_metre * rise, time, initial=0)
    warmth = cell.heat_capacity_joule_per_kelvin * rise
    assert rise.max() > 0.3
    assert np.abs(generated - lost - warmth).max() < 1e-3 * heat


@pytest.mark.parametrize("parameter_set", slowly(PARAMETER_SETS))
def test_a_set_closes_its_balances(parameter_set):
    """The heat of mixing, which needs slopes of the potentials, is among the sources, of splines too."""
    require_closed(reference_cell(parameter_set=parameter_set, form_factor="21700"), parameter_set)


def test_electrodes_of_two_sets_close_theirs():
    """In an electrolyte whose thermodynamic factor and transference number vary, with graphite of another set."""
    materials = materials_of_set("Chen2020_Arrhenius", "positive")
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.35)
    design = CellDesign(
        mass_loading_kilogram_per_square_metre=0.1,
        parameter_set="Chen2020_Arrhenius",
        negative_parameter_set="Ecker2015",
        electrolyte="landesfeind-2019-ec-emc",
        form_factor="21700",
    )
    cell = assemble_cell(ideal_transport(recipe, materials), materials, design)
    require_closed(cell, "Chen2020_Arrhenius")


@pytest.mark.slow
@pytest.mark.parametrize("parameter_set", WRITTEN)
def test_its_bpx_file_closes_them_too(parameter_set):
    """Written as BPX and read back, potentials are tables; they warm the cell alike."""
    cell = reference_cell(parameter_set=parameter_set, form_factor="21700")
    content = checked_bpx(json.loads(json.dumps(bpx_document(cell))))
    require_closed(reference_cell(parameter_set=content.title, parameters=content.document), parameter_set)
