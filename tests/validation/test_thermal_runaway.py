"""Runaway against Semenov's and Frank-Kamenetskii's analytic limits: one reaction, nothing used up."""

import math

import numpy as np
import pytest
from thermal_cells import thermal_cell

from ragone.pipelines.thermal import thermal_runaway
from ragone.pipelines.thermal.course import course
from ragone.pipelines.thermal.decomposition import GAS_CONSTANT, KIM_2007, Decomposition, Reaction, decomposition_of
from ragone.pipelines.thermal.semenov import semenov_number, tangency

CONDUCTANCE, CAPACITY, START = 0.15, 330.0, 400.0
TINY = 1e-12  # fraction of the reactant that a watt-second takes


def single(energy, heat_at_start, start=START):
    """One reaction of that activation energy and heat [W] at `start`, with so much reactant that none is used up."""
    frequency = heat_at_start * TINY * math.exp(energy / (GAS_CONSTANT * start))
    return Decomposition((Reaction("any", 1.0, frequency, energy),), (1.0 / TINY,))


def followed(decomposition, **changes):
    """The course of it, adiabatic unless changed."""
    given = {
        "heat_capacity": CAPACITY,
        "conductance": 0.0,
        "oven": START,
        "start": START,
        "longest": 1e7,
        "runaway_rate": 1e3,
    }
    return course(decomposition, **{**given, **changes})


def test_tangency_is_the_exact_root():
    """T - T_a = R T^2 / E: T = E / 2R (1 - sqrt(1 - 4 R T_a / E)), to the digits of the root finder."""
    energy = 1.2e5
    found = tangency(single(energy, 1.0), CONDUCTANCE)
    root = energy / (2 * GAS_CONSTANT) * (1 - math.sqrt(1 - 4 * GAS_CONSTANT * found.ambient / energy))
    assert found.temperature == pytest.approx(root, rel=1e-10)


def test_tangency_tends_to_the_leading_order():
    """T_cr - T_a = R T_a^2 / E, off by 2 R T_a / E of it: a tenth of the error at ten times the activation energy."""
    errors = []
    for energy in (2e5, 2e6):
        found = tangency(single(energy, 0.01), CONDUCTANCE)
        leading = GAS_CONSTANT * found.ambient**2 / energy
        errors.append((found.temperature - found.ambient) / leading - 1)
    assert errors[1] == pytest.approx(2 * GAS_CONSTANT * found.ambient / energy, rel=0.02)
    assert errors[0] == pytest.approx(10 * errors[1], rel=0.15)


def test_semenov_number_is_one_over_e_at_the_critical_ambient():
    """To leading order in R T / E."""
    errors = []
    for energy in (2e5, 2e6):
        decomposition = single(energy, 0.01)
        critical = tangency(decomposition, CONDUCTANCE).ambient
        errors.append(semenov_number(decomposition, CONDUCTANCE, critical) * math.e - 1)
    assert abs(errors[1]) < 0.01
    assert errors[0] == pytest.approx(10 * errors[1], rel=0.15)


def test_semenov_number_of_one_reaction_is_semenovs():
    """E Q / (R T^2 h A)."""
    number = semenov_number(single(1.35e5, 0.4), CONDUCTANCE, START)
    assert number == pytest.approx(1.35e5 * 0.4 / (GAS_CONSTANT * START**2 * CONDUCTANCE), rel=1e-12)


def test_adiabatic_induction_time_tends_to_frank_kamenetskii():
    """(C R T^2 / E Q) to leading order, off by 2 R T / E of it."""
    errors = []
    for energy in (2e5, 2e6):
        time = followed(single(energy, 1.0), runaway_rate=1e8).time[-1]
        leading = CAPACITY * GAS_CONSTANT * START**2 / energy
        errors.append(time / leading - 1)
    assert errors[1] == pytest.approx(2 * GAS_CONSTANT * START / energy, rel=0.02)
    assert errors[0] == pytest.approx(10 * errors[1], rel=0.15)


def test_adiabatic_time_is_the_integral_of_its_equation():
    """Without depletion the time is the integral of C dT / Q(T), by quadrature."""
    energy, decomposition = 1.35e5, single(1.35e5, 1.0)
    run = followed(decomposition)
    temperature = np.linspace(START, run.temperature[-1], 200001)
    heat = np.exp(energy / GAS_CONSTANT * (1 / START - 1 / temperature))
    assert run.time[-1] == pytest.approx(np.trapezoid(CAPACITY / heat, temperature), rel=1e-6)


def test_course_turns_at_semenovs_critical_ambient():
    """Followed in time, the cell runs away half a kelvin above the tangency's ambient, not half a kelvin below it."""
    decomposition = single(1.35e5, 1.0)
    critical = tangency(decomposition, CONDUCTANCE)
    above = followed(decomposition, conductance=CONDUCTANCE, oven=critical.ambient + 0.5, start=300.0)
    below = followed(decomposition, conductance=CONDUCTANCE, oven=critical.ambient - 0.5, start=300.0)
    assert above.ran_away
    assert not below.ran_away
    assert critical.ambient < below.temperature[-1] < critical.temperature


def test_reactants_are_used_up_by_their_laws():
    """At one temperature: exponential; logistic from a seed; behind a growing film, as long as the quadrature says."""
    rate, seconds = 1e-3, 2000.0
    laws = (
        Reaction("a", 1.0, rate, 0.0, 0.8),
        Reaction("b", 1.0, rate, 0.0, 0.96, autocatalytic=True),
        Reaction("c", 1.0, rate, 0.0, 0.75, film=0.1, reference_film=0.2),
    )
    heavy = Decomposition(laws, (1.0, 1.0, 1.0))
    plain, seeded, filmed = followed(heavy, heat_capacity=1e15, longest=seconds).fractions[:, -1]
    assert plain == pytest.approx(0.8 * math.exp(-rate * seconds), rel=1e-7)
    assert 1 - seeded == pytest.approx(1 / (1 + (1 / 0.04 - 1) * math.exp(-rate * seconds)), rel=1e-7)
    left = np.linspace(filmed, 0.75, 200001)
    assert np.trapezoid(np.exp((0.1 + 0.75 - left) / 0.2) / (rate * left), left) == pytest.approx(seconds, rel=1e-6)


def test_uncooled_cell_keeps_its_energy():
    """Heat capacity times rise is the heat of what was used up."""
    reactions = tuple(Reaction(**values) for values in KIM_2007.values())
    decomposition = Decomposition(reactions, (0.075, 0.075, 0.125, 0.045))
    run = followed(decomposition, runaway_rate=1.0)
    used = decomposition.fresh - run.fractions[:, -1]
    assert run.ran_away
    assert CAPACITY * (run.temperature[-1] - START) == pytest.approx(used @ decomposition.enthalpies, rel=1e-5)


def test_times_converge_with_the_tolerance(example_values):
    """A hundredfold tighter integration moves the time to runaway by less than a ten-millionth."""
    decomposition = decomposition_of(thermal_cell(example_values), KIM_2007)
    given = {"conductance": CONDUCTANCE, "oven": 428.15, "start": 298.15, "runaway_rate": 1.0}
    times = [followed(decomposition, **given, tolerance=t).time[-1] for t in (1e-7, 1e-10, 1e-12)]
    assert times[1] == pytest.approx(times[2], rel=1e-7)
    assert abs(times[0] - times[2]) > abs(times[1] - times[2])


def test_slope_is_the_derivative_of_the_heat(example_values):
    """Of all four reactions, against a central difference."""
    decomposition = decomposition_of(thermal_cell(example_values), KIM_2007)
    difference = (decomposition.heat(400.01) - decomposition.heat(399.99)) / 0.02
    assert decomposition.slope(400.0) == pytest.approx(difference, rel=1e-6)


def test_published_kinetics_run_away_where_ovens_make_cells_do(example_values):
    """With Kim's kinetics a cell in still air runs away in an oven at 155 degC, not in one at 100 degC."""
    kpis = thermal_runaway(thermal_cell(example_values), heat_transfer_coefficient_watt_per_square_metre_kelvin=7.17)
    border = kpis["critical_oven_temperature"].value
    assert 373.15 < border < 428.15
    assert kpis["critical_ambient_temperature"].value < border
    assert kpis["time_to_runaway"].value > 600.0
