"""The measured positive electrode against lithium metal: what is measured in a coin cell.

One coated side, the set's separator, and a disc of lithium that never limits. No housing is counted: energies over
volume and mass are those of the layers, which nobody should quote; capacity over active material is what it is for.
"""

from __future__ import annotations

import math
from typing import Any

from pipelines.cell.assembly import area_ratio, conducts
from pipelines.cell.components import Layer, Stack
from pipelines.cell.engine import parameter_values
from pipelines.cell.housing import Bare
from pipelines.cell.layers import Fallback, collector_layer, number, positive_layer, separator_layer
from pipelines.cell.recipe import require_finite_positive, require_recipe
from pipelines.cell.roll_up import rolled_up
from pipelines.cell.stoichiometry import half_cell_window, host_capacity
from pipelines.cell.substances import ELECTROLYTE, LITHIUM
from pipelines.cell.variation import shifted
from schemas import CellOutcome, CellParameters, NegativeElectrode, Transport, stage
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY

_DISC = math.pi / 4 * 12e-3**2  # m^2: a disc of 12 mm, as punched for coin cells


@stage("assemble_half_cell", libraries=("pybamm", "bpx", "scipy"))
def assemble_half_cell(
    transport: Transport,
    *,
    mass_loading_kilogram_per_square_metre: float,
    varied: str = "",
    parameter_set: str = "Chen2020",
    parameters: dict[str, Any] | None = None,
    electrode_area_square_metre: float = _DISC,
    lithium_thickness_metre: float = 250e-6,
    active_material_density_kilogram_per_cubic_metre: float = ACTIVE_MATERIAL_DENSITY,
    carbon_binder_density_kilogram_per_cubic_metre: float = CARBON_BINDER_DENSITY,
    positive_collector_thickness_metre: float = Fallback.positive_collector_thickness,
    electrolyte_density_kilogram_per_cubic_metre: float = ELECTROLYTE.density,
    contact_resistance_ohm: float = 0.0,
    positive_particle_radius_metre: float | None = None,
) -> CellParameters:
    """Put the electrode opposite lithium metal.

    Parameters
    ----------
    transport
        Metrics of the positive electrode.
    mass_loading_kilogram_per_square_metre
        Solids of the coated side over its area [kg/m^2], > 0.
    varied
        Metric raised by one standard error, for the KPI's uncertainty; empty for none.
    parameter_set, parameters
        PyBaMM parameter set, or title and content of a BPX file; its positive electrode, electrolyte and separator
        are used. Xu2019 is accepted here too.
    electrode_area_square_metre
        [m^2], > 0; a disc of 12 mm unless given.
    lithium_thickness_metre
        Of the disc opposite [m].
    active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre
        Of the positive electrode, without pores [kg/m^3].
    positive_collector_thickness_metre
        Foil [m], where the parameter set gives none.
    electrolyte_density_kilogram_per_cubic_metre
        [kg/m^3]; it fills the pores.
    contact_resistance_ohm
        In series with the cell [ohm], >= 0.
    positive_particle_radius_metre
        Radius of the representative sphere [m]; the parameter set's unless given.

    Returns
    -------
    CellParameters
        Its nominal capacity is that between the set's voltage limits against lithium at vanishing current; where the
        potential stays above the lower one, down to the full electrode.

    Raises
    ------
    BoundsError, NotFiniteError, UnknownFieldError, MissingFieldError, BpxError
        As `assemble_cell`.
    """
    require_finite_positive(
        mass_loading=(mass_loading_kilogram_per_square_metre, "kg/m^2"),
        electrode_area=(electrode_area_square_metre, "m^2"),
        lithium_thickness=(lithium_thickness_metre, "m"),
    )
    values = parameter_values(parameter_set, parameters, half_cell=True)
    radius = positive_particle_radius_metre
    radius = number(values, "Positive particle radius [m]") if radius is None else radius
    metrics, solids = require_recipe(
        shifted(transport, varied),
        active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density_kilogram_per_cubic_metre,
        radius,
    )
    density = sum(fraction * solid_density for fraction, solid_density in solids.values())
    thickness = mass_loading_kilogram_per_square_metre / density
    metal = {"lithium": (1.0, LITHIUM.density)}
    stack = Stack(
        positive=positive_layer(values, thickness, metrics.pore_fraction, solids),
        negative=Layer(lithium_thickness_metre, 0.0, metal, LITHIUM.specific_heat, LITHIUM.conductivity),
        separator=separator_layer(values),
        positive_collector=collector_layer(
            values, "positive", Fallback(positive_collector_thickness=positive_collector_thickness_metre)
        ),
        negative_collector=None,
        sides=1,
    )
    window = half_cell_window(values)
    host = host_capacity(values, "positive", thickness, metrics.active_material_fraction)
    rolled = rolled_up(
        stack,
        Bare(electrode_area_square_metre),
        electrolyte_density=electrolyte_density_kilogram_per_cubic_metre,
        excess=0.0,
        remark="one coated side against lithium metal",
    )
    return CellParameters(
        outcome=CellOutcome.BUILT if conducts(metrics) else CellOutcome.NOT_CONDUCTING,
        parameter_set=parameter_set,
        parameters=parameters or {},
        form_factor="half cell",
        positive_thickness_metre=thickness,
        positive_porosity=metrics.pore_fraction,
        positive_active_material_fraction=metrics.active_material_fraction,
        positive_pore_tortuosity_factor=metrics.pore_tortuosity_factor,
        positive_effective_conductivity_siemens_per_metre=metrics.solid_effective_conductivity_siemens_per_metre,
        positive_surface_area_ratio=area_ratio(metrics, radius),
        positive_particle_radius_metre=radius,
        negative_electrode=NegativeElectrode.LITHIUM_METAL,
        negative_thickness_metre=0.0,
        negative_to_positive_capacity_ratio=0.0,
        nominal_capacity_ampere_hour=electrode_area_square_metre * host * (window.y_0 - window.y_100),
        contact_resistance_ohm=contact_resistance_ohm,
        varied=varied,
        **rolled,
    )
