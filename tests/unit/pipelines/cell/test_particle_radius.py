"""Where the radius comes from in which lithium diffuses, and that a cell of any radius is solved on one mesh."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.cell import assemble_cell, ideal_transport, materials_of_set, reference_cell
from ragone.pipelines.cell.engine import PARAMETER_SETS, load_pybamm
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
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.materials import NMC_811
from ragone.schemas.particle_sizes import expected_radii
from tests.built_cells import conductivities, design, full_cell, half_cell

DRAWN = {"particle_diffusion_radius_metre": 4.3e-6, "particle_sauter_radius_metre": 4e-6}
FRACTIONS = {"pore_fraction": 0.35, "active_material_fraction": 0.55, "carbon_binder_fraction": 0.1}


def test_lithium_diffuses_in_the_particles_that_were_drawn(example):
    """In full and half cells; the area stays the measured one, whatever the sphere."""
    drawn = example("transport", **DRAWN)
    for build in (full_cell, half_cell):
        cell = build(drawn)
        assert cell.positive_particle_radius_metre == 4e-6
        assert cell.positive_particle_radius_source == OF_PARTICLES
        assert cell.positive_surface_area_ratio == pytest.approx(3.74e5 * 4e-6 / (3 * 0.4), rel=1e-12)


def test_a_design_states_another(example):
    """What is stated prevails over what was drawn, and without either the parameter set's is taken."""
    stated = full_cell(example("transport", **DRAWN), positive_particle_radius_metre=2e-6)
    assert (stated.positive_particle_radius_metre, stated.positive_particle_radius_source) == (2e-6, "cell design")
    unknown = full_cell(example("transport"))
    assert (unknown.positive_particle_radius_metre, unknown.positive_particle_radius_source) == (
        5.22e-6,
        "parameter set",
    )


def test_assumed_metrics_are_of_the_particles_of_the_recipe(example):
    """Their surface and their sphere; where only a radius is stated, lithium diffuses in the parameter set's."""
    recipe = example("recipe", median_particle_radius_metre=3e-6, particle_radius_spread=0.3)
    law = expected_radii(recipe)
    assumed = ideal_transport(recipe, NMC_811)
    assert assumed.specific_surface_area_per_metre == pytest.approx(3 * assumed.active_material_fraction / law.sauter)
    assert full_cell(assumed).positive_particle_radius_metre == law.sauter
    assert full_cell(assumed).positive_surface_area_ratio == pytest.approx(1.0)
    stated = ideal_transport(recipe, NMC_811, particle_radius_metre=5.22e-6)
    assert stated.specific_surface_area_per_metre == pytest.approx(3 * stated.active_material_fraction / 5.22e-6)
    assert full_cell(stated).positive_particle_radius_source == "parameter set"


def test_the_negative_electrode_has_its_own(example):
    """That of its particles, in the record and in the model; an older record has the parameter set's."""
    graphite = materials_of_set("Chen2020", "negative")
    negative = example("transport", **{**DRAWN, **conductivities(graphite)})
    cell = assemble_cell(example("transport"), NMC_811, design(), negative, graphite)
    assert cell.negative_particle_radius_metre == 4e-6
    name = "Negative particle radius [m]"
    assert float(cell_values(cell, initial_state_of_charge=1.0)[name]) == 4e-6
    older = cell.in_version(3)
    assert (older.negative_particle_radius_metre, older.positive_particle_radius_source) == (None, "")
    assert float(cell_values(older, initial_state_of_charge=1.0)[name]) == 5.86e-6


def ends(cell, points):
    """Durations at 100 W on the mesh that all radii share, and on one of the cell's own."""
    conditions = {"initial_state_of_charge": 1.0, "ambient_temperature": 298.15, "lower_voltage": 2.5}
    numerics = Numerics(points, 1e-8, 1e-8)
    shared = solve(cell, Control.POWER, numerics, setpoint=100.0, largest_duration=7.2e5, **conditions)
    values = cell_values(cell, initial_state_of_charge=1.0)
    operation = {Control.POWER.value: 100.0, AMBIENT: 298.15, INITIAL: 298.15, LOWER_VOLTAGE: 2.5}
    values.update(operation, check_already_exists=False)
    simulation = load_pybamm().Simulation(
        dfn(cell.negative_electrode, {"operating mode": "power"}),
        parameter_values=values,
        solver=quiet_solver(numerics),
        var_pts=mesh(numerics),
    )
    own = simulation.solve([0, 7.2e5])
    return shared, own


@pytest.mark.parametrize("side", ["positive", "negative"])
def test_a_mesh_of_another_radius_gives_the_same(example, side):
    """Stretching particles is exact: the end differs from that on an own mesh by what the coatings' mesh differs."""
    graphite = materials_of_set("Chen2020", "negative")
    electrodes = {
        "positive": example("transport", **FRACTIONS),
        "negative": example("transport", **FRACTIONS, **conductivities(graphite)),
    }
    found = []
    for changes in ({}, DRAWN | {"particle_sauter_radius_metre": 8e-6}):
        chosen = {**electrodes, side: dataclasses.replace(electrodes[side], **changes)}
        cell = assemble_cell(chosen["positive"], NMC_811, design(), chosen["negative"], graphite)
        shared, own = ends(cell, 10)
        found.append((shared.t[-1], own.t[-1]))
        time = np.linspace(0, 0.9 * own.t[-1], 20)
        assert np.abs(shared["Voltage [V]"](time) - own["Voltage [V]"](time)).max() < 2e-3
    (plain, plain_own), (wide, wide_own) = found
    assert abs(wide - plain) > 1e-2 * plain
    assert abs(wide / wide_own - plain / plain_own) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("parameter_set", PARAMETER_SETS)
def test_every_set_can_be_stretched(parameter_set):
    """Constant diffusivities and functions alike: half of the radius gives no less charge than the whole."""
    cell = reference_cell(parameter_set=parameter_set)
    charges = []
    for factor in (1.0, 0.5):
        fine = dataclasses.replace(cell, positive_particle_radius_metre=factor * cell.positive_particle_radius_metre)
        solution = solve(
            fine,
            Control.CURRENT,
            Numerics(10, 1e-6, 1e-6),
            setpoint=cell.nominal_capacity_ampere_hour,
            initial_state_of_charge=1.0,
            ambient_temperature=298.15,
            lower_voltage=2.5,
            largest_duration=7.2e5,
        )
        charges.append(solution["Discharge capacity [A.h]"].entries[-1])
    assert 0 < charges[0] <= charges[1] * (1 + 1e-6)
