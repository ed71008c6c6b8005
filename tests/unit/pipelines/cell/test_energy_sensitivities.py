"""Sensitivities of the energy of a discharge against central differences of whole discharges."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.cell.energy_sensitivities import RECIPE_FIELDS, energy_sensitivities
from ragone.pipelines.cell.errors import SensitivityError
from ragone.pipelines.cell.sensitivities import (
    POWER,
    Conditions,
    DifferentiatedEnergy,
    Sensitivity,
    differentiate_energy,
)
from ragone.pipelines.cell.simulation import Control, Numerics, solve
from ragone.schemas import CellOutcome, CellParameters, Recipe, Transport
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.materials import NMC_811
from tests.built_cells import LOADING, design, full_cell

CONDITIONS = Conditions(power_watt=40.0, mesh_points=8)
RECIPE = Recipe(active_material_weight_fraction=0.94, porosity=0.32)
STEP = 4e-3  # of ln x
OWN = 1e-6  # error of the differences themselves


@pytest.fixture(scope="module")
def transport(example):
    """An ordinary coating."""
    return example("transport", pore_fraction=0.335, active_material_fraction=0.6, carbon_binder_fraction=0.065)


@pytest.fixture(scope="module")
def cell(transport) -> CellParameters:
    """A cell whose foils and tabs resist a little."""
    return replace(full_cell(transport), contact_resistance_ohm=0.003)


@pytest.fixture(scope="module")
def found(cell, transport) -> DifferentiatedEnergy:
    """The sensitivities of that cell, and of one assembled again with another loading."""
    again = {"loading": lambda factor: _loaded(transport, factor)}
    return differentiate_energy(cell, CONDITIONS, again)


def _loaded(transport, factor: float) -> CellParameters:
    loaded = full_cell(transport, mass_loading_kilogram_per_square_metre=factor * LOADING)
    return replace(loaded, contact_resistance_ohm=0.003)


def named(found: DifferentiatedEnergy, name: str) -> Sensitivity:
    """The sensitivity of that name."""
    return next(one for one in found.sensitivities if one.name == name)


def difference(cell_of, power_of=lambda factor: 40.0, mesh_points: int = 8) -> float:
    """The central difference of ln E, extrapolated from two steps, from whole discharges with tight tolerances."""

    @cache
    def energy(factor: float) -> float:
        stretched = replace(cell_of(factor), positive_particle_radius_source=OF_PARTICLES)
        solution = solve(
            stretched,
            Control.POWER,
            Numerics(mesh_points, 1e-9, 1e-9),
            setpoint=power_of(factor),
            initial_state_of_charge=1.0,
            ambient_temperature=298.15,
            lower_voltage=2.5,
            largest_duration=720000.0,
        )
        return power_of(factor) * float(solution.t[-1]) / 3600

    near, far = (
        np.log(energy(float(np.exp(step))) / energy(float(np.exp(-step)))) / (2 * step) for step in (STEP, 2 * STEP)
    )
    return float(near + (near - far) / 3)


@pytest.mark.parametrize(
    "name",
    [
        "positive_thickness_metre",
        "positive_porosity",
        "positive_active_material_fraction",
        "positive_pore_tortuosity_factor",
        "positive_effective_conductivity_siemens_per_metre",
        "positive_particle_radius_metre",
        "negative_thickness_metre",
        "electrode_area_square_metre",
        "contact_resistance_ohm",
    ],
)
def test_a_field_of_the_cell(found, cell, name):
    """The derivative at the moving end agrees with that of discharges of changed cells."""
    expected = difference(lambda factor: replace(cell, **{name: factor * getattr(cell, name)}))
    assert abs(named(found, name).energy - expected) <= named(found, name).error + OWN
    assert named(found, name).error < 1e-4


def test_the_power(found, cell):
    """It counts itself in the energy, which without any loss would not depend on it."""
    expected = difference(lambda factor: cell, lambda factor: 40.0 * factor)
    assert named(found, POWER).energy == pytest.approx(expected, abs=2e-5)
    assert named(found, POWER).energy < 0


@pytest.mark.parametrize("name", ["positive_thickness_metre", "positive_pore_tortuosity_factor"])
def test_an_end_at_which_the_voltage_dives(cell, name):
    """The error holds the truth where the voltage bends within a thousandth of the duration."""
    steep = differentiate_energy(cell, replace(CONDITIONS, power_watt=200.0))
    expected = difference(lambda factor: replace(cell, **{name: factor * getattr(cell, name)}), lambda factor: 200.0)
    one = named(steep, name)
    assert abs(one.energy - expected) <= one.error + 3 * OWN
    assert one.error < 2e-3 * abs(one.energy)


def test_the_error_of_the_mesh(found, cell):
    """More points change less than half of them does."""
    coarse = differentiate_energy(cell, replace(CONDITIONS, mesh_points=6))
    for name in ("positive_thickness_metre", "positive_particle_radius_metre", POWER):
        assert 0 < abs(named(found, name).energy - named(coarse, name).energy) <= named(coarse, name).mesh_error


def test_a_cell_assembled_again(found, transport):
    """A larger loading changes thicknesses, area, mass and capacity together."""
    loading = named(found, "loading")
    assert loading.energy == pytest.approx(difference(lambda factor: _loaded(transport, factor)), abs=5e-5)
    more, less = _loaded(transport, 1.01), _loaded(transport, 1 / 1.01)
    heavier = np.log(more.cell_mass_kilogram / less.cell_mass_kilogram) / (2 * np.log(1.01))
    assert loading.specific_energy == pytest.approx(loading.energy - heavier, abs=1e-4)
    assert loading.energy_density == pytest.approx(loading.energy, abs=1e-12)  # the can stays


def _assumed(**fields) -> Transport:
    return ideal_transport(replace(RECIPE, **fields), NMC_811)


@pytest.mark.parametrize("name", RECIPE_FIELDS)
def test_a_recipe_whose_metrics_are_assumed(name):
    """Porosity and composition act through Bruggeman's relation and the cell that is assembled again."""
    cell = full_cell(_assumed())
    stored = energy_sensitivities(cell, _assumed(), NMC_811, design(), recipe=RECIPE, power_watt=40.0, mesh_points=8)
    at = stored.names.index(name)
    expected = difference(lambda factor: full_cell(_assumed(**{name: factor * getattr(RECIPE, name)})))
    assert abs(stored.energy[at] - expected) <= stored.error[at] + 3 * OWN
    assert abs(expected) > 100 * stored.error[at]


def test_records_of_another_cell_are_refused():
    """What was assembled of other records would be differentiated at another point."""
    cell = full_cell(_assumed())
    with pytest.raises(SensitivityError, match="Give the records"):
        energy_sensitivities(cell, _assumed(porosity=0.4), NMC_811, design(), power_watt=40.0, mesh_points=8)


def test_an_end_that_is_not_the_lower_voltage_has_no_derivative(cell):
    """A discharge that is broken off, or a cell that was not built."""
    with pytest.raises(SensitivityError, match=r"40 W ended with 'final time'"):
        differentiate_energy(cell, replace(CONDITIONS, largest_duration_second=60.0))
    with pytest.raises(SensitivityError, match="was not built"):
        differentiate_energy(replace(cell, outcome=CellOutcome.DOES_NOT_FIT), CONDITIONS)
