"""The full cell that follows from a measured positive electrode and its mass loading.

The positive coating is as thick as its loading, the measured phase fractions and the densities of its materials make
it; the negative one, measured or the parameter set's, holds the capacity ratio wanted. What the design does not say is
the parameter set's and the housing's.
"""

from __future__ import annotations

from typing import Any

from ragone.pipelines.cell.catalogue import materials_of_set, require_agreement
from ragone.pipelines.cell.coating import Coating, coating_of
from ragone.pipelines.cell.collectors import series_resistances, with_resistances
from ragone.pipelines.cell.components import Stack
from ragone.pipelines.cell.engine import parameter_values
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
from ragone.pipelines.cell.particle_radius import particle_radius
from ragone.pipelines.cell.roll_up import rolled_up
from ragone.pipelines.cell.stoichiometry import Window, host_capacity, reference_window, stoichiometry_window
from ragone.schemas import CellDesign, CellOutcome, CellParameters, Materials, Transport, stage
from ragone.schemas.electrode import raised
from ragone.schemas.errors import MissingFieldError


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
        Loading, capacity ratio, chemistry, separator, electrolyte, foils and housing. Chen2020's cell has a capacity
        ratio of 1.13; 1.1 is usual.
    negative_transport
        Metrics of the negative electrode; the parameter set's unless given.
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
        If materials are not those of the parameter set, or not those that entered the metrics.
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
        negative = (negative_transport, negative_materials or materials_of_set(design.parameter_set, "negative"))
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
    values = parameter_values(design.parameter_set, design.parameters)
    housing = housing_of(design.form_factor, pouch_area_square_metre=design.pouch_area_square_metre)
    radius = particle_radius("positive", positive[0], design, values)
    coating = coating_of("positive", *positive, radius.metre)
    opposite = _opposite(negative, design, values)
    thickness = design.mass_loading_kilogram_per_square_metre / coating.density
    host = host_capacity(values, "positive", thickness, coating.active_material_fraction)
    negative_thickness = _negative_thickness(values, host, opposite, design.negative_to_positive_capacity_ratio)
    stack = Stack(
        positive=coated_layer(values, "positive", thickness, coating.porosity, coating.solids),
        negative=negative_layer(values, negative_thickness, fallback)
        if opposite is None
        else coated_layer(values, "negative", negative_thickness, opposite.porosity, opposite.solids),
        separator=separator_layer(values, design.separator_thickness_metre, design.separator_porosity),
        positive_collector=collector_layer(values, "positive", fallback, design.positive_collector_thickness_metre),
        negative_collector=collector_layer(values, "negative", fallback, design.negative_collector_thickness_metre),
        sides=sides_of(design.form_factor),
    )
    rolled = rolled_up(
        stack,
        housing,
        electrolyte_density=design.electrolyte_density_kilogram_per_cubic_metre,
        excess=design.electrolyte_excess,
    )
    window = _window(values, host, negative_thickness, opposite)
    area = rolled["electrode_area_square_metre"]
    resistances = series_resistances(design, stack, rolled["components"]["geometry"], area)
    said = raised(coating.raised) + raised(opposite.raised and f"negative_{opposite.raised}" if opposite else "")
    return CellParameters(
        outcome=_outcome(coating, opposite, area),
        parameter_set=design.parameter_set,
        parameters=design.parameters,
        form_factor=design.form_factor,
        positive_thickness_metre=thickness,
        positive_particle_radius_metre=radius.metre,
        positive_particle_radius_source=radius.source,
        positive_particle_radius_spread=radius.spread,
        **coating.fields(),
        negative_thickness_metre=negative_thickness,
        negative_to_positive_capacity_ratio=design.negative_to_positive_capacity_ratio,
        **(opposite.fields() if opposite else {}),
        negative_particle_radius_metre=opposite.particle_radius if opposite else None,
        separator_thickness_metre=design.separator_thickness_metre,
        separator_porosity=design.separator_porosity,
        nominal_capacity_ampere_hour=area * (host * (window.y_0 - window.y_100)),
        contact_resistance_ohm=design.contact_resistance_ohm + sum(resistances.values()),
        **rolled | with_resistances(rolled["components"], resistances) | {"method": rolled["method"] + said},
    )


def _opposite(negative: tuple[Transport, Materials] | None, design: CellDesign, values: Any) -> Coating | None:
    """The measured negative coating; None if it is the parameter set's."""
    if negative is None:
        return None
    radius = particle_radius("negative", negative[0], design, values)
    return coating_of("negative", *negative, radius.metre)


def _negative_thickness(values: Any, host: float, negative: Coating | None, ratio: float) -> float:
    """Thickness [m] of the coating that holds `ratio` times the positive one's charge within the set's own window."""
    window = reference_window(values)
    wanted = ratio * host * (window.y_0 - window.y_100)
    return wanted / host_capacity(values, "negative", 1.0, _negative_active(values, negative))


def _window(values: Any, host: float, negative_thickness: float, negative: Coating | None) -> Window:
    """Stoichiometries of the cell between its voltage limits at vanishing current."""
    opposite = host_capacity(values, "negative", negative_thickness, _negative_active(values, negative))
    return stoichiometry_window(values, positive=host, negative=opposite)


def _negative_active(values: Any, negative: Coating | None) -> float:
    if negative is not None:
        return negative.active_material_fraction
    return number(values, "Negative electrode active material volume fraction")


def _outcome(positive: Coating, negative: Coating | None, area: float) -> CellOutcome:
    if not positive.conducts:
        return CellOutcome.NOT_CONDUCTING
    if negative is not None and not negative.conducts:
        return CellOutcome.NEGATIVE_NOT_CONDUCTING
    return CellOutcome.BUILT if area > 0 else CellOutcome.DOES_NOT_FIT
