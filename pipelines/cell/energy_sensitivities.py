"""The sensitivities of a discharge's energy as a stage, to all that is known of how its cell came to be.

Beside the cell's own fields, loading and capacity ratio are changed where the cell was assembled of a measured
electrode, whose records are given: it is then assembled again, with its area, mass and opposite electrode. Nothing
there is rounded.

The metrics of a microstructure that was drawn have no derivative by its recipe. Those of `ideal_transport` have:
porosity and weight fraction of the active material are then changed through Bruggeman's relation, with the loading
kept, so that thickness, fractions, tortuosity factor and wetted surface change together.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import numpy as np

from ragone.pipelines.cell.assembly import assemble_cell
from ragone.pipelines.cell.discharge import LIBRARIES
from ragone.pipelines.cell.errors import SensitivityError
from ragone.pipelines.cell.half_cell import assemble_half_cell
from ragone.pipelines.cell.ideal import ideal_transport
from ragone.pipelines.cell.sensitivities import (
    Changed,
    Conditions,
    DifferentiatedEnergy,
    differentiate_energy,
)
from ragone.schemas import CellDesign, CellParameters, EnergySensitivities, Materials, Recipe, Transport, stage
from ragone.schemas.cell import NegativeElectrode
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

DESIGN_FIELDS = ("mass_loading_kilogram_per_square_metre", "negative_to_positive_capacity_ratio")
RECIPE_FIELDS = ("porosity", "active_material_weight_fraction")
_FEWEST = 6  # points of the mesh: half of them are solved with, too
_SAME = 1e-6  # relative deviation of a cell that is assembled again
_COMPARED = (
    "positive_thickness_metre",
    "positive_pore_tortuosity_factor",
    "electrode_area_square_metre",
    "cell_mass_kilogram",
    "cell_volume_cubic_metre",
)


@stage("cell.energy_sensitivities", libraries=(*LIBRARIES, "bpx"))
def energy_sensitivities(
    cell: CellParameters,
    transport: Transport | None = None,
    materials: Materials | None = None,
    design: CellDesign | None = None,
    negative_transport: Transport | None = None,
    negative_materials: Materials | None = None,
    recipe: Recipe | None = None,
    *,
    power_watt: Positive,
    initial_state_of_charge: Share = 1.0,
    ambient_temperature_kelvin: Positive = 298.15,
    lower_voltage_volt: NotNegative = 2.5,
    largest_duration_second: Positive = 720000.0,
    mesh_points: int = 20,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
    lithium_thickness_metre: Positive = 250e-6,
    exponent: Annotated[float, Bounds(low=1)] = 1.5,
    particle_radius_metre: Positive | None = None,
    solid_effective_conductivity_siemens_per_metre: Positive = 0.18,
) -> EnergySensitivities:
    """Differentiate the energy of a discharge at constant power.

    Parameters
    ----------
    cell
        Isothermal, with one sphere that stands for all particles. Each of its fields is changed alone.
    transport, materials, design, negative_transport, negative_materials
        Inputs of the cell's assembly; none if it was not assembled of a measured electrode.
    recipe
        Recipe of which `ideal_transport` assumed the metrics; none of a measured electrode.
    power_watt
        Delivered by the whole cell [W], > 0.
    initial_state_of_charge
        State of charge at the start, in [0, 1].
    ambient_temperature_kelvin
        Temperature of the whole cell, throughout [K].
    lower_voltage_volt
        Voltage at which the discharge ends [V].
    largest_duration_second
        Time within which it must end [s].
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius, at least 6.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-]; the results are those of a tenth of them.
    lithium_thickness_metre
        Thickness of the lithium with which a half cell was assembled [m].
    exponent, particle_radius_metre, solid_effective_conductivity_siemens_per_metre
        Of `ideal_transport`, as the metrics were assumed with: [-], [m], [S/m].

    Returns
    -------
    EnergySensitivities
        The power first, then the fields of the cell, then those of its design and its recipe.

    Raises
    ------
    BoundsError
        If the mesh has too few points.
    SensitivityError
        If the cell was not built, is not what its records are assembled to, or does not end at the lower voltage.

    References
    ----------
    Hindmarsh et al. 2005 (SUNDIALS), doi 10.1145/1089014.1089020.
    """
    Bounds(low=_FEWEST).require(mesh_points, "mesh_points", "1")
    conditions = Conditions(
        power_watt,
        initial_state_of_charge,
        ambient_temperature_kelvin,
        lower_voltage_volt,
        largest_duration_second,
        mesh_points,
        relative_tolerance,
        absolute_tolerance,
    )
    further: dict[str, Changed] = {}
    if transport is not None and materials is not None and design is not None:
        opposite: dict[str, Any] = {"negative_transport": negative_transport, "negative_materials": negative_materials}
        if cell.negative_electrode is NegativeElectrode.LITHIUM_METAL:
            opposite = {
                "electrode_area_square_metre": cell.electrode_area_square_metre,
                "lithium_thickness_metre": lithium_thickness_metre,
            }
        further = _changes_of_design(cell, design, partial(_assembled, transport, materials, opposite))
        if recipe is not None:
            ideal: dict[str, Any] = {
                "exponent": exponent,
                "particle_radius_metre": particle_radius_metre,
                "solid_effective_conductivity_siemens_per_metre": solid_effective_conductivity_siemens_per_metre,
            }

            def assumed(one: Recipe) -> CellParameters:
                return _assembled(ideal_transport(one, materials, **ideal), materials, opposite, design)

            further |= _changes_of_recipe(cell, recipe, assumed)
    return _record(conditions, differentiate_energy(cell, conditions, further))


def _assembled(
    transport: Transport, materials: Materials, opposite: dict[str, Any], design: CellDesign
) -> CellParameters:
    stage = assemble_half_cell if "electrode_area_square_metre" in opposite else assemble_cell
    made: CellParameters = stage(transport, materials, design, **opposite)
    return made


def _changes_of_design(cell: CellParameters, design: CellDesign, build: Any) -> dict[str, Changed]:
    """The cell with a multiplied field of its design, by the name of the field."""
    _require_same(cell, build(design))
    names = DESIGN_FIELDS[:1] if cell.negative_electrode is NegativeElectrode.LITHIUM_METAL else DESIGN_FIELDS
    return {name: partial(_built, build, design, name) for name in names if getattr(design, name)}


def _changes_of_recipe(cell: CellParameters, recipe: Recipe, build: Any) -> dict[str, Changed]:
    """The cell with a multiplied field of its recipe, by the name of the field."""
    _require_same(cell, build(recipe))
    return {name: partial(_built, build, recipe, name) for name in RECIPE_FIELDS}


def _built(build: Any, design: CellDesign | Recipe, name: str, factor: float) -> CellParameters:
    cell: CellParameters = build(replace(design, **{name: factor * getattr(design, name)}))
    return cell


def _require_same(cell: CellParameters, again: CellParameters) -> None:
    for name in _COMPARED:
        own, other = getattr(cell, name), getattr(again, name)
        if not np.isclose(own, other, rtol=_SAME, atol=0):
            raise SensitivityError(
                f"{cell.id} has {name} = {own:g}, but is assembled of its records to {other:g}. Give the records that "
                "it was assembled of, or none."
            )


def _record(given: Conditions, found: DifferentiatedEnergy) -> EnergySensitivities:
    rows = found.sensitivities
    names = ("energy", "energy_density", "specific_energy", "error", "mesh_error")
    return EnergySensitivities(
        power_watt=given.power_watt,
        ambient_temperature_kelvin=given.ambient_temperature_kelvin,
        lower_voltage_volt=given.lower_voltage_volt,
        energy_watt_hour=found.energy_watt_hour,
        energy_error_watt_hour=found.energy_error_watt_hour,
        names=tuple(row.name for row in rows),
        **{name: np.array([getattr(row, name) for row in rows]) for name in names},
        method=f"PyBaMM DFN, isothermal, {given.mesh_points} points a domain; sensitivities of IDAS, rtol and atol a "
        f"tenth of {given.relative_tolerance:g} and {given.absolute_tolerance:g}; from "
        f"{given.initial_state_of_charge:.0%} state of charge",
        reference="Hindmarsh et al. 2005, doi 10.1145/1089014.1089020",
    )
