"""The measured positive electrode against lithium metal: what is measured in a coin cell.

One coated side, the set's separator, and a disc of lithium that never limits. No housing is counted: energies over
volume and mass are those of the layers, which nobody should quote; capacity over active material is what it is for.
"""

from __future__ import annotations

import math

from ragone.pipelines.cell.catalogue import require_agreement
from ragone.pipelines.cell.chemistry import Chemistry, chemistry_fields
from ragone.pipelines.cell.coating import coating_of, require_finite_positive
from ragone.pipelines.cell.components import Layer, Stack
from ragone.pipelines.cell.errors import ContradictionError
from ragone.pipelines.cell.housing import Bare
from ragone.pipelines.cell.layers import ASSUMED, Fallback, coated_layer, collector_layer, separator_layer
from ragone.pipelines.cell.negative_coating import STATED
from ragone.pipelines.cell.particle_radius import particle_radius
from ragone.pipelines.cell.roll_up import rolled_up
from ragone.pipelines.cell.separators import separator_of
from ragone.pipelines.cell.stoichiometry import half_cell_window, host_capacity
from ragone.pipelines.cell.substances import LITHIUM
from ragone.schemas import CellDesign, CellOutcome, CellParameters, Materials, NegativeElectrode, Transport, stage
from ragone.schemas.electrode import raised
from ragone.schemas.parameter import Positive

DISC = math.pi / 4 * 12e-3**2  # m^2: a disc of 12 mm, as punched for coin cells


@stage("cell.assemble_half_cell", libraries=("pybamm", "bpx", "scipy"))
def assemble_half_cell(
    transport: Transport,
    materials: Materials,
    design: CellDesign,
    *,
    electrode_area_square_metre: Positive = DISC,
    lithium_thickness_metre: Positive = 250e-6,
) -> CellParameters:
    """Put the electrode opposite lithium metal.

    Parameters
    ----------
    transport
        Metrics of the positive electrode.
    materials
        Materials of the positive electrode.
    design
        Loading, chemistry, separator, electrolyte, positive foil and particle radius, and contact resistance enter.
        Xu2019 is accepted here too. The electrolyte fills the pores, without an excess.
    electrode_area_square_metre
        [m^2], > 0; a disc of 12 mm unless given.
    lithium_thickness_metre
        Thickness of the disc opposite [m].

    Returns
    -------
    CellParameters
        Its nominal capacity is that between the set's voltage limits against lithium at vanishing current; where the
        potential stays above the lower one, down to the full electrode.

    Raises
    ------
    ContradictionError, BoundsError, NotFiniteError, UnknownFieldError, MissingFieldError, BpxError
        As `assemble_cell`.
    """
    require_agreement(materials, transport, design, "positive")
    return half_cell(
        transport,
        materials,
        design,
        electrode_area=electrode_area_square_metre,
        lithium_thickness=lithium_thickness_metre,
    )


def half_cell(
    transport: Transport,
    materials: Materials,
    design: CellDesign,
    *,
    electrode_area: float,
    lithium_thickness: float,
    fallback: Fallback = ASSUMED,
) -> CellParameters:
    """The half cell, whatever the materials of its parameter set; see `assemble_half_cell`."""
    require_finite_positive(electrode_area=(electrode_area, "m^2"), lithium_thickness=(lithium_thickness, "m"))
    _require_no_negative(design)
    values = Chemistry.of(design, half_cell=True).values()
    radius = particle_radius("positive", transport, design, values)
    coating = coating_of("positive", transport, materials, radius.metre)
    thickness = design.mass_loading_kilogram_per_square_metre / coating.density
    separator = separator_of(design)
    metal = {"lithium": (1.0, LITHIUM.density)}
    stack = Stack(
        positive=coated_layer(values, "positive", thickness, coating.porosity, coating.solids),
        negative=Layer(lithium_thickness, 0.0, metal, LITHIUM.specific_heat, LITHIUM.conductivity),
        separator=separator_layer(values, separator.thickness, separator.porosity),
        positive_collector=collector_layer(values, "positive", fallback, design.positive_collector_thickness_metre),
        negative_collector=None,
        sides=1,
    )
    window = half_cell_window(values)
    host = host_capacity(values, "positive", thickness, coating.active_material_fraction)
    rolled = rolled_up(
        stack,
        Bare(electrode_area),
        electrolyte_density=design.electrolyte_density_kilogram_per_cubic_metre,
        excess=0.0,
        remark="one coated side against lithium metal",
    )
    return CellParameters(
        outcome=CellOutcome.BUILT if coating.conducts else CellOutcome.NOT_CONDUCTING,
        **chemistry_fields(design),
        form_factor="half cell",
        positive_thickness_metre=thickness,
        positive_particle_radius_metre=radius.metre,
        positive_particle_radius_source=radius.source,
        positive_particle_radius_spread=radius.spread,
        **coating.fields(),
        negative_electrode=NegativeElectrode.LITHIUM_METAL,
        negative_thickness_metre=0.0,
        negative_to_positive_capacity_ratio=0.0,
        **separator.fields(),
        nominal_capacity_ampere_hour=electrode_area * host * (window.y_0 - window.y_100),
        contact_resistance_ohm=design.contact_resistance_ohm,
        **rolled | {"method": rolled["method"] + raised(coating.raised)},
    )


def _require_no_negative(design: CellDesign) -> None:
    for name in ("negative_parameter_set", *STATED):
        if getattr(design, name):
            raise ContradictionError(
                f"cell_design.{name} = {getattr(design, name)!r} is of a negative electrode, and lithium metal stands "
                "opposite. Leave the field out, or assemble a full cell."
            )
