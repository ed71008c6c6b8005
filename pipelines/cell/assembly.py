"""The full cell that follows from a measured positive electrode and its mass loading.

The positive coating is as thick as its loading, the measured phase fractions and the densities of its materials make
it; the negative one, measured, stated or a parameter set's, holds the capacity ratio wanted. What the design does not
say is the parameter sets' and the housing's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.catalogue import materials_of_set, require_agreement, set_of
from ragone.pipelines.cell.chemistry import Chemistry, chemistry_fields
from ragone.pipelines.cell.coating import Coating, coating_of
from ragone.pipelines.cell.collectors import series_resistances, with_resistances
from ragone.pipelines.cell.components import Layer, Stack
from ragone.pipelines.cell.form_factors import housing_of, sides_of
from ragone.pipelines.cell.layers import (
    ASSUMED,
    Fallback,
    coated_layer,
    collector_layer,
    negative_layer,
    number,
    separator_layer,
)
from ragone.pipelines.cell.negative_coating import NegativeCoating, negative_coating
from ragone.pipelines.cell.particle_radius import particle_radius
from ragone.pipelines.cell.roll_up import rolled_up
from ragone.pipelines.cell.separators import separator_of
from ragone.pipelines.cell.stoichiometry import Window, host_capacity, reference_window, stoichiometry_window
from ragone.schemas import CellDesign, CellOutcome, CellParameters, Materials, Transport, stage
from ragone.schemas.electrode import raised
from ragone.schemas.errors import BoundsError, MissingFieldError


@stage("cell.assemble_cell", libraries=("pybamm", "bpx", "scipy"))
def assemble_cell(
    transport: Transport,
    materials: Materials,
    design: CellDesign,
    negative_transport: Transport | None = None,
    negative_materials: Materials | None = None,
) -> CellParameters:
    """Size a full cell in its housing.

    Parameters
    ----------
    transport
        Metrics of the positive electrode. Lithium diffuses in spheres of its particles' radius, as they were drawn,
        unless the design states another; where it has none, in the parameter set's.
    materials
        Materials of the positive electrode: those that its microstructure was drawn with.
    design
        Loading, capacity ratio, both electrodes' chemistry, separator, electrolyte, foils and housing. Chen2020's cell
        has a capacity ratio of 1.13; 1.1 is usual. The ratio is that of the negative host capacity to the charge that
        the positive coating exchanges within the window of its parameter set's own cell.
    negative_transport
        Metrics of the negative electrode; those that the design states, else the parameter set's, unless given.
    negative_materials
        Materials of that negative electrode; those of `materials_of_set` unless given.

    Returns
    -------
    CellParameters
        With the outcome NOT_CONDUCTING or NEGATIVE_NOT_CONDUCTING if a phase of that electrode does not percolate,
        DOES_NOT_FIT if not one turn fits the can.

    Raises
    ------
    ContradictionError
        If materials are not those of the parameter set, or not those that entered the metrics; if the negative
        electrode is measured and stated.
    BoundsError, NotFiniteError
        If the fractions exceed one, there is no active material, or the capacity ratio leaves no voltage window.
    UnknownFieldError, MissingFieldError
        If a name is unknown; if the negative electrode's materials are given without its metrics.
    BpxError
        If the BPX content cannot be used.
    """
    require_agreement(materials, transport, design, "positive")
    negative = None
    if negative_transport is not None:
        negative = (negative_transport, negative_materials or materials_of_set(set_of(design, "negative"), "negative"))
        require_agreement(negative[1], negative_transport, design, "negative")
    elif negative_materials is not None:
        raise MissingFieldError(
            "negative_materials are given without negative_transport: how much of the coating they fill is not known. "
            "Give both, or neither for the parameter set's own negative electrode."
        )
    return assembled((transport, materials), design, negative)


def assembled(
    positive: tuple[Transport, Materials],
    design: CellDesign,
    negative: tuple[Transport, Materials] | None = None,
    fallback: Fallback = ASSUMED,
) -> CellParameters:
    """The cell, whatever the materials of its parameter set; see `assemble_cell`."""
    values = _Values.of(design)
    radius = particle_radius("positive", positive[0], design, values.cell)
    coating = coating_of("positive", *positive, radius.metre)
    opposite = negative_coating(negative, design, values.negative, fallback)
    thickness = design.mass_loading_kilogram_per_square_metre / coating.density
    host = host_capacity(values.cell, "positive", thickness, coating.active_material_fraction)
    active = _negative_active(values.negative, opposite)
    negative_thickness = _negative_thickness(values, host, active, design.negative_to_positive_capacity_ratio)
    separator = separator_of(design)
    stack = Stack(
        positive=coated_layer(values.positive, "positive", thickness, coating.porosity, coating.solids),
        negative=_negative_layer(values.negative, negative_thickness, opposite, fallback),
        separator=separator_layer(values.positive, separator.thickness, separator.porosity),
        **_collectors(values, design, fallback),
        sides=sides_of(design.form_factor),
    )
    rolled = rolled_up(
        stack,
        housing_of(design.form_factor, pouch_area_square_metre=design.pouch_area_square_metre),
        electrolyte_density=design.electrolyte_density_kilogram_per_cubic_metre,
        excess=design.electrolyte_excess,
    )
    negative_host = host_capacity(values.cell, "negative", negative_thickness, active)
    window = _window(values.cell, design, host, negative_host)
    area = rolled["electrode_area_square_metre"]
    resistances = series_resistances(design, stack, rolled["components"]["geometry"], area)
    return CellParameters(
        outcome=_outcome(coating, opposite, area),
        **chemistry_fields(design),
        form_factor=design.form_factor,
        positive_thickness_metre=thickness,
        positive_particle_radius_metre=radius.metre,
        positive_particle_radius_source=radius.source,
        positive_particle_radius_spread=radius.spread,
        **coating.fields(),
        negative_thickness_metre=negative_thickness,
        negative_to_positive_capacity_ratio=design.negative_to_positive_capacity_ratio,
        **(opposite.fields() if opposite else {}),
        **separator.fields(),
        nominal_capacity_ampere_hour=area * (host * (window.y_0 - window.y_100)),
        contact_resistance_ohm=design.contact_resistance_ohm + sum(resistances.values()),
        **rolled
        | with_resistances(rolled["components"], resistances)
        | {"method": rolled["method"] + _raised(coating, opposite)},
    )


@dataclass(frozen=True)
class _Values:
    """PyBaMM's parameter values of the cell, and of the own cells of its electrodes' parameter sets."""

    cell: Any
    positive: Any
    negative: Any

    @classmethod
    def of(cls, design: CellDesign) -> _Values:
        chemistry = Chemistry.of(design, half_cell=False)
        return cls(chemistry.values(), chemistry.positive(), chemistry.negative())


def _negative_thickness(values: _Values, host: float, active: float, ratio: float) -> float:
    """Thickness [m] of the coating that holds `ratio` times the positive one's charge within the set's own window."""
    window = reference_window(values.positive)
    return ratio * host * (window.y_0 - window.y_100) / host_capacity(values.cell, "negative", 1.0, active)


def _window(values: Any, design: CellDesign, host: float, negative_host: float) -> Window:
    """Stoichiometries of the cell between its voltage limits at vanishing current; where none, both sets are named."""
    try:
        return stoichiometry_window(values, positive=host, negative=negative_host)
    except BoundsError as cause:
        if not design.negative_parameter_set:
            raise
        raise BoundsError(
            f"between the voltage limits of {design.parameter_set} its positive electrode and the negative one of "
            f"{design.negative_parameter_set} do not meet: {cause}"
        ) from cause


def _negative_active(values: Any, negative: NegativeCoating | None) -> float:
    if negative is not None:
        return negative.coating.active_material_fraction
    return number(values, "Negative electrode active material volume fraction")


def _negative_layer(values: Any, thickness: float, negative: NegativeCoating | None, fallback: Fallback) -> Layer:
    if negative is None:
        return negative_layer(values, thickness, fallback)
    return coated_layer(values, "negative", thickness, negative.coating.porosity, negative.coating.solids)


def _collectors(values: _Values, design: CellDesign, fallback: Fallback) -> dict[str, Layer]:
    """Both foils, each that of its electrode's parameter set unless the design states its thickness."""
    positive, negative = design.positive_collector_thickness_metre, design.negative_collector_thickness_metre
    return {
        "positive_collector": collector_layer(values.positive, "positive", fallback, positive),
        "negative_collector": collector_layer(values.negative, "negative", fallback, negative),
    }


def _raised(positive: Coating, negative: NegativeCoating | None) -> str:
    """The metric that was raised by a standard error, as a method ends with it."""
    opposite = negative.coating.raised if negative else ""
    return raised(positive.raised) + raised(opposite and f"negative_{opposite}")


def _outcome(positive: Coating, negative: NegativeCoating | None, area: float) -> CellOutcome:
    if not positive.conducts:
        return CellOutcome.NOT_CONDUCTING
    if negative is not None and not negative.coating.conducts:
        return CellOutcome.NEGATIVE_NOT_CONDUCTING
    return CellOutcome.BUILT if area > 0 else CellOutcome.DOES_NOT_FIT
