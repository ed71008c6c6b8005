"""The energy balances of a discharge, each closed to 0.1 % of the heat."""

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid
from thermal_cells import AREA, CAPACITY, discharged, sampled, thermal_cell

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.heat import (
    CHEMICAL,
    CONTACT,
    ELECTROLYTE,
    HEAT_NAMES,
    IRREVERSIBLE,
    ISOTHERMAL,
    LUMPED,
    MIXING,
    REACTION,
    REVERSIBLE,
    SOLIDS,
    SOURCES,
)
from ragone.pipelines.cell.model import cell_values

TERMINAL, CURRENT, TEMPERATURE = "Voltage [V]", "Current [A]", "Volume-averaged cell temperature [K]"
FARADAY = 96485.33212


@pytest.fixture(scope="module")
def cell(example_values):
    """An industrial coating in a 4680."""
    return thermal_cell(example_values)


@pytest.fixture(scope="module")
def lumped(cell):
    """A discharge at 100 W that warms the cell."""
    return discharged(cell, LUMPED, power=100.0)


def terminal_balance(solution):
    """Time, terminal power + irreversible heat - chemical power [W], and irreversible heat [W]."""
    time, found = sampled(solution, (*HEAT_NAMES, TERMINAL, CURRENT))
    irreversible = sum(found[name] for name in IRREVERSIBLE)
    return time, found[TERMINAL] * found[CURRENT] + irreversible - found[CHEMICAL], irreversible


def test_power_and_losses_are_the_chemical_power(lumped):
    """Over a discharge, what the terminals get and what is lost irreversibly add up to -integral of a j U(surface)."""
    time, error, irreversible = terminal_balance(lumped)
    assert abs(np.trapezoid(error, time)) < 1e-3 * np.trapezoid(irreversible, time)


def test_that_balance_closes_at_every_moment(cell):
    """With a tight integration in time, to 1e-4 of the power delivered, isothermally too."""
    _, error, _ = terminal_balance(discharged(cell, ISOTHERMAL, power=20.0, tolerance=1e-8))
    assert np.abs(error).max() < 1e-4 * 20.0


def test_that_balance_is_of_second_order_in_the_mesh(cell):
    """What is left of it falls nearly fourfold when the mesh is doubled."""
    errors = []
    for points in (10, 20):
        time, error, irreversible = terminal_balance(discharged(cell, LUMPED, power=100.0, mesh_points=points))
        errors.append(np.trapezoid(error, time) / np.trapezoid(irreversible, time))
    assert 1.5 < np.log2(errors[0] / errors[1]) < 2.5


def test_half_cell_closes_too(example_values):
    """Against lithium metal, whose own reaction is counted."""
    half = thermal_cell(
        example_values,
        negative_electrode="lithium metal",
        negative_thickness_metre=0.0,
        negative_to_positive_capacity_ratio=0.0,
    )
    time, error, irreversible = terminal_balance(discharged(half, ISOTHERMAL, power=20.0, tolerance=1e-8))
    assert abs(np.trapezoid(error, time)) < 1e-3 * np.trapezoid(irreversible, time)


def test_all_heat_and_energy_is_the_fall_of_chemical_energy(cell):
    """Nothing but concentrations says how much energy went: energy delivered, losses and mixing add up to it."""
    solution = discharged(cell, LUMPED, power=40.0)
    time, found = sampled(solution, (*HEAT_NAMES, TERMINAL, CURRENT))
    heat = np.trapezoid(sum(found[name] for name in (*IRREVERSIBLE, MIXING)), time)
    energy = np.trapezoid(found[TERMINAL] * found[CURRENT], time)
    assert energy + heat == pytest.approx(fall_of_chemical_energy(solution, cell, 20), abs=1e-3 * heat)
    assert np.trapezoid(found[MIXING], time) > 0.25 * heat


def fall_of_chemical_energy(solution, cell, points):
    """Of both electrodes from the first to the last state [J]: shells of the particles, dg/dc = -F U(c)."""
    values = cell_values(cell, initial_state_of_charge=1.0)
    lengths = {"Negative": cell.negative_thickness_metre, "Positive": cell.positive_thickness_metre}
    shells = np.diff(np.linspace(0, 1, points + 1) ** 3)
    fall = 0.0
    for name, length in lengths.items():
        largest = float(values[f"Maximum concentration in {name.lower()} electrode [mol.m-3]"])
        active = float(values[f"{name} electrode active material volume fraction"])
        share = np.linspace(1e-4, 1 - 1e-4, 200001)
        potential = values[f"{name} electrode OCP [V]"](load_pybamm().Vector(share)).evaluate().ravel()
        energy = cumulative_trapezoid(-FARADAY * largest * potential, share, initial=0)
        variable = solution.all_models[0].get_processed_variable(f"{name} particle concentration [mol.m-3]")
        ends = [np.asarray(solution.y[:, k]).reshape(-1, 1) for k in (0, solution.y.shape[1] - 1)]
        means = [
            np.mean(np.interp(variable.evaluate(t=0, y=y).reshape(points, points) / largest, share, energy) @ shells)
            for y in ends
        ]
        fall += (means[0] - means[1]) * active * length * cell.electrode_area_square_metre
    return fall


def test_heat_warms_the_cell_or_is_lost(lumped):
    """Heat capacity times rise and what cooling takes equal the sum of the sources, up to every moment."""
    time, found = sampled(lumped, (*SOURCES, TEMPERATURE))
    temperature = found[TEMPERATURE]
    generated = cumulative_trapezoid(sum(found[name] for name in SOURCES), time, initial=0)
    lost = cumulative_trapezoid(4.0 * AREA * (temperature - 298.15), time, initial=0)
    warmed = CAPACITY * (temperature - temperature[0])
    assert temperature[-1] > 310.0
    assert np.abs(generated - lost - warmed).max() < 1e-3 * generated[-1]


def test_sources_are_what_warms_pybamm(lumped):
    """Both Joule terms are PyBaMM's one, and all but the contact are its total heat."""
    _, found = sampled(lumped, (*SOURCES, "Ohmic heating [W]", "Total heating [W]"))
    assert found[ELECTROLYTE] + found[SOLIDS] == pytest.approx(found["Ohmic heating [W]"], rel=1e-6)
    assert sum(found[n] for n in SOURCES if n != CONTACT) == pytest.approx(found["Total heating [W]"], rel=1e-6)


def test_contact_heats_by_its_resistance(lumped):
    """I^2 R with the record's resistance."""
    _, found = sampled(lumped, (CONTACT, CURRENT))
    assert found[CONTACT] == pytest.approx(1e-3 * found[CURRENT] ** 2, rel=1e-9)
    assert found[CONTACT].min() > 0


def test_ohms_law_in_the_solids(cell):
    """A hundredfold conductivity of the positive electrode leaves a hundredth of its Joule heat."""
    heats = []
    for conductivity in (100.0, 1e4):
        values = {
            "Positive electrode conductivity [S.m-1]": conductivity,
            "Negative electrode conductivity [S.m-1]": 1e9,
        }
        _, found = sampled(discharged(cell, ISOTHERMAL, power=100.0, **values), (SOLIDS,))
        heats.append(found[SOLIDS].mean())
    assert heats[0] == pytest.approx(100 * heats[1], rel=0.02)


def test_reversible_heat_of_a_constant_entropic_change(cell):
    """I T (dU/dT of the negative - dU/dT of the positive), of either sign; Chen2020's own is zero."""
    changes = {
        "Negative electrode OCP entropic change [V.K-1]": 1e-4,
        "Positive electrode OCP entropic change [V.K-1]": 3e-4,
    }
    _, found = sampled(discharged(cell, LUMPED, power=40.0, **changes), (REVERSIBLE, CURRENT, TEMPERATURE))
    assert found[REVERSIBLE] == pytest.approx(-2e-4 * found[CURRENT] * found[TEMPERATURE], rel=1e-3)
    _, own = sampled(discharged(cell, LUMPED, power=40.0), (REVERSIBLE,))
    assert np.abs(own[REVERSIBLE]).max() == 0


def test_reversible_heat_of_an_entropy_function(cell):
    """With dU/dT a function of stoichiometry the terminals' balance still closes, and reversible heat changes sign."""
    change = {
        "Positive electrode OCP entropic change [V.K-1]": lambda stoichiometry: (
            4e-4 * load_pybamm().tanh(8 * (stoichiometry - 0.6))
        )
    }
    solution = discharged(cell, LUMPED, power=40.0, **change)
    time, error, irreversible = terminal_balance(solution)
    assert abs(np.trapezoid(error, time)) < 1e-3 * np.trapezoid(irreversible, time)
    _, found = sampled(solution, (REVERSIBLE,))
    assert found[REVERSIBLE].min() < -0.1 < 0.1 < found[REVERSIBLE].max()


def test_reaction_heat_at_small_current_is_quadratic(cell):
    """Half the power makes a quarter of the reaction heat while kinetics are linear, and ohmic heat likewise."""
    small, smaller = (
        sampled(discharged(cell, ISOTHERMAL, power=p, tolerance=1e-9), (REACTION, SOLIDS))[1] for p in (2.0, 1.0)
    )
    for name in (REACTION, SOLIDS):
        middle = slice(1000, 3000)
        assert small[name][middle].mean() == pytest.approx(4 * smaller[name][middle].mean(), rel=0.05)
