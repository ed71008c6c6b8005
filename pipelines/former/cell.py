"""Cells assembled with their design and the densities of their materials as parameters, contradictions unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ragone.pipelines.cell import assembly, half_cell, ideal
from ragone.pipelines.cell.layers import Fallback
from ragone.pipelines.characterise import perturb
from ragone.schemas import CellDesign, CellParameters, Design, Materials, Recipe, Transport, stage
from ragone.schemas.materials import NMC_811


@stage("ideal_transport")
def ideal_transport(
    design: Design,
    *,
    exponent: float = 1.5,
    particle_radius_metre: float = 5.22e-6,
    solid_effective_conductivity_siemens_per_metre: float = 0.18,
    active_material_density_kilogram_per_cubic_metre: float = 4780.0,
    carbon_binder_density_kilogram_per_cubic_metre: float = 1800.0,
) -> Transport:
    """Metrics assumed for a design; see `ragone.pipelines.cell.ideal.ideal_transport`."""
    recipe = Recipe(active_material_weight_fraction=design.active_material_weight_fraction, porosity=design.porosity)
    return ideal.ideal_transport(
        recipe,
        _weighing(active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre),
        exponent=exponent,
        particle_radius_metre=particle_radius_metre,
        solid_effective_conductivity_siemens_per_metre=solid_effective_conductivity_siemens_per_metre,
    )


@stage("assemble_cell", libraries=assembly.assemble_cell.libraries)
def assemble_cell(
    transport: Transport,
    *,
    mass_loading_kilogram_per_square_metre: float,
    varied: str = "",
    parameter_set: str = "Chen2020",
    parameters: dict[str, Any] | None = None,
    form_factor: str = "4680",
    pouch_area_square_metre: float = 20e-4,
    negative_to_positive_capacity_ratio: float = 1.1,
    active_material_density_kilogram_per_cubic_metre: float = 4780.0,
    carbon_binder_density_kilogram_per_cubic_metre: float = 1800.0,
    negative_solids_density_kilogram_per_cubic_metre: float = 2200.0,
    positive_collector_thickness_metre: float = 15e-6,
    negative_collector_thickness_metre: float = 10e-6,
    electrolyte_density_kilogram_per_cubic_metre: float = 1200.0,
    electrolyte_excess: float = 0.1,
    contact_resistance_ohm: float = 0.0,
    positive_particle_radius_metre: float | None = None,
) -> CellParameters:
    """Size a full cell; `varied` is a metric raised by its standard error. See `ragone.pipelines.cell.assembly`."""
    design = CellDesign(
        mass_loading_kilogram_per_square_metre=mass_loading_kilogram_per_square_metre,
        negative_to_positive_capacity_ratio=negative_to_positive_capacity_ratio,
        parameter_set=parameter_set,
        parameters=parameters or {},
        form_factor=form_factor,
        pouch_area_square_metre=pouch_area_square_metre,
        electrolyte_density_kilogram_per_cubic_metre=electrolyte_density_kilogram_per_cubic_metre,
        electrolyte_excess=electrolyte_excess,
        contact_resistance_ohm=contact_resistance_ohm,
        positive_particle_radius_metre=positive_particle_radius_metre,
    )
    return assembly.assembled(
        (
            _varied(transport, varied),
            _weighing(active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre),
        ),
        design,
        fallback=Fallback(
            negative_solids_density_kilogram_per_cubic_metre,
            positive_collector_thickness_metre,
            negative_collector_thickness_metre,
        ),
    )


@stage("assemble_half_cell", libraries=half_cell.assemble_half_cell.libraries)
def assemble_half_cell(
    transport: Transport,
    *,
    mass_loading_kilogram_per_square_metre: float,
    varied: str = "",
    parameter_set: str = "Chen2020",
    parameters: dict[str, Any] | None = None,
    electrode_area_square_metre: float = half_cell.DISC,
    lithium_thickness_metre: float = 250e-6,
    active_material_density_kilogram_per_cubic_metre: float = 4780.0,
    carbon_binder_density_kilogram_per_cubic_metre: float = 1800.0,
    positive_collector_thickness_metre: float = 15e-6,
    electrolyte_density_kilogram_per_cubic_metre: float = 1200.0,
    contact_resistance_ohm: float = 0.0,
    positive_particle_radius_metre: float | None = None,
) -> CellParameters:
    """Put the electrode opposite lithium metal; see `ragone.pipelines.cell.half_cell`."""
    design = CellDesign(
        mass_loading_kilogram_per_square_metre=mass_loading_kilogram_per_square_metre,
        parameter_set=parameter_set,
        parameters=parameters or {},
        electrolyte_density_kilogram_per_cubic_metre=electrolyte_density_kilogram_per_cubic_metre,
        contact_resistance_ohm=contact_resistance_ohm,
        positive_particle_radius_metre=positive_particle_radius_metre,
    )
    return half_cell.half_cell(
        _varied(transport, varied),
        _weighing(active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre),
        design,
        electrode_area=electrode_area_square_metre,
        lithium_thickness=lithium_thickness_metre,
        fallback=Fallback(positive_collector_thickness=positive_collector_thickness_metre),
    )


def _weighing(active_material: float, carbon_binder: float) -> Materials:
    return replace(
        NMC_811,
        active_material_density_kilogram_per_cubic_metre=active_material,
        carbon_binder_density_kilogram_per_cubic_metre=carbon_binder,
    )


def _varied(transport: Transport, metric: str) -> Transport:
    return perturb.function(transport, metric=metric) if metric else transport  # type: ignore[arg-type]
