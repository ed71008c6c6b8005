"""The full cell that follows from a measured positive electrode and its mass loading.

The positive coating is as thick as its loading, the measured phase fractions and the component densities make it;
the negative one holds the capacity ratio wanted. Everything else is the parameter set's and the housing's.
"""

from __future__ import annotations

from typing import Any

from pipelines.cell.components import Layer, Stack
from pipelines.cell.engine import parameter_values
from pipelines.cell.form_factors import housing_of, sides_of
from pipelines.cell.layers import Fallback, collector_layer, negative_layer, number, positive_layer, separator_layer
from pipelines.cell.recipe import require_finite_positive, require_recipe
from pipelines.cell.roll_up import rolled_up
from pipelines.cell.stoichiometry import host_capacity, reference_window, stoichiometry_window
from pipelines.cell.substances import ELECTROLYTE
from pipelines.cell.variation import shifted
from schemas import CellOutcome, CellParameters, Transport, stage
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY


@stage("assemble_cell", libraries=("pybamm", "bpx", "scipy"))
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
    active_material_density_kilogram_per_cubic_metre: float = ACTIVE_MATERIAL_DENSITY,
    carbon_binder_density_kilogram_per_cubic_metre: float = CARBON_BINDER_DENSITY,
    negative_solids_density_kilogram_per_cubic_metre: float = Fallback.negative_solids_density,
    positive_collector_thickness_metre: float = Fallback.positive_collector_thickness,
    negative_collector_thickness_metre: float = Fallback.negative_collector_thickness,
    electrolyte_density_kilogram_per_cubic_metre: float = ELECTROLYTE.density,
    electrolyte_excess: float = 0.1,
    contact_resistance_ohm: float = 0.0,
    positive_particle_radius_metre: float | None = None,
) -> CellParameters:
    """Size a full cell in its housing.

    Parameters
    ----------
    transport
        Metrics of the positive electrode.
    mass_loading_kilogram_per_square_metre
        Solids of one coated side over its area [kg/m^2], > 0.
    varied
        Metric raised by one standard error, for the KPI's uncertainty; empty for none.
    parameter_set
        PyBaMM parameter set of everything that is not a parameter here, or the title of a BPX file.
    parameters
        Content of that BPX file, as `read_bpx` returns it.
    form_factor
        4680, 21700, 18650 or pouch (a single layer).
    pouch_area_square_metre
        Area of a pouch's positive coating [m^2]; of no consequence to cans.
    negative_to_positive_capacity_ratio
        Host capacity of the negative coating over the positive one's within the parameter set's own stoichiometry
        window [-]; Chen2020's cell has 1.13, 1.1 is usual.
    active_material_density_kilogram_per_cubic_metre
        Of the positive electrode, without pores [kg/m^3]; NMC unless given, and what the microstructure was made with.
    carbon_binder_density_kilogram_per_cubic_metre
        Carbon black and PVDF [kg/m^3].
    negative_solids_density_kilogram_per_cubic_metre
        Without pores [kg/m^3], where the parameter set does not say what its negative coating weighs.
    positive_collector_thickness_metre, negative_collector_thickness_metre
        Foils [m], where the parameter set gives none.
    electrolyte_density_kilogram_per_cubic_metre
        [kg/m^3].
    electrolyte_excess
        Electrolyte beyond the pores over that in the pores [-], >= 0.
    contact_resistance_ohm
        Tabs and welds in series with the whole cell [ohm], >= 0: 0 for a tabless cell; no geometry here tells it.
    positive_particle_radius_metre
        Radius of the representative sphere [m]; the parameter set's unless given.

    Returns
    -------
    CellParameters
        With the outcome NOT_CONDUCTING if a phase does not percolate, DOES_NOT_FIT if not one turn fits the can.

    Raises
    ------
    BoundsError
        If a parameter is not positive, the fractions exceed one, there is no active material, or the capacity ratio
        leaves no voltage window.
    NotFiniteError
        If a parameter is infinite or no number.
    UnknownFieldError, MissingFieldError
        If a name is unknown, or the varied metric has no standard error.
    BpxError
        If the BPX content cannot be used.
    """
    require_finite_positive(
        mass_loading=(mass_loading_kilogram_per_square_metre, "kg/m^2"),
        pouch_area=(pouch_area_square_metre, "m^2"),
        negative_to_positive_capacity_ratio=(negative_to_positive_capacity_ratio, "1"),
    )
    values = parameter_values(parameter_set, parameters)
    housing = housing_of(form_factor, pouch_area_square_metre=pouch_area_square_metre)
    fallback = Fallback(
        negative_solids_density_kilogram_per_cubic_metre,
        positive_collector_thickness_metre,
        negative_collector_thickness_metre,
    )
    radius = positive_particle_radius_metre
    radius = number(values, "Positive particle radius [m]") if radius is None else radius
    metrics, solids = require_recipe(
        shifted(transport, varied),
        active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density_kilogram_per_cubic_metre,
        radius,
    )
    positive = _positive_coating(values, metrics, mass_loading_kilogram_per_square_metre, solids)
    negative = _negative_coating(values, positive, metrics, negative_to_positive_capacity_ratio, fallback)
    stack = Stack(
        positive=positive,
        negative=negative,
        separator=separator_layer(values),
        positive_collector=collector_layer(values, "positive", fallback),
        negative_collector=collector_layer(values, "negative", fallback),
        sides=sides_of(form_factor),
    )
    rolled = rolled_up(
        stack, housing, electrolyte_density=electrolyte_density_kilogram_per_cubic_metre, excess=electrolyte_excess
    )
    area = rolled["electrode_area_square_metre"]
    return CellParameters(
        outcome=_outcome(metrics, area),
        parameter_set=parameter_set,
        parameters=parameters or {},
        form_factor=form_factor,
        positive_thickness_metre=positive.thickness_metre,
        positive_porosity=metrics.pore_fraction,
        positive_active_material_fraction=metrics.active_material_fraction,
        positive_pore_tortuosity_factor=metrics.pore_tortuosity_factor,
        positive_effective_conductivity_siemens_per_metre=metrics.solid_effective_conductivity_siemens_per_metre,
        positive_surface_area_ratio=area_ratio(metrics, radius),
        positive_particle_radius_metre=radius,
        negative_thickness_metre=negative.thickness_metre,
        negative_to_positive_capacity_ratio=negative_to_positive_capacity_ratio,
        nominal_capacity_ampere_hour=area * _areal_capacity(values, positive, metrics, negative),
        contact_resistance_ohm=contact_resistance_ohm,
        varied=varied,
        **rolled,
    )


def area_ratio(transport: Transport, radius: float) -> float:
    """Measured surface over that of spheres of this radius [-]."""
    return transport.specific_surface_area_per_metre * radius / (3 * transport.active_material_fraction)


def conducts(transport: Transport) -> bool:
    """Whether ions and electrons both cross the electrode."""
    return transport.percolates() and transport.solid_effective_conductivity_siemens_per_metre > 0


def _positive_coating(
    values: Any, transport: Transport, loading: float, solids: dict[str, tuple[float, float]]
) -> Layer:
    density = sum(fraction * solid_density for fraction, solid_density in solids.values())
    return positive_layer(values, loading / density, transport.pore_fraction, solids)


def _negative_coating(values: Any, positive: Layer, transport: Transport, ratio: float, fallback: Fallback) -> Layer:
    window = reference_window(values)
    host = host_capacity(values, "positive", positive.thickness_metre, transport.active_material_fraction)
    wanted = ratio * host * (window.y_0 - window.y_100)
    active = number(values, "Negative electrode active material volume fraction")
    return negative_layer(values, wanted / host_capacity(values, "negative", 1.0, active), fallback)


def _areal_capacity(values: Any, positive: Layer, transport: Transport, negative: Layer) -> float:
    """Charge between the voltage limits at vanishing current, over the area [A.h/m^2]."""
    host = host_capacity(values, "positive", positive.thickness_metre, transport.active_material_fraction)
    active = number(values, "Negative electrode active material volume fraction")
    window = stoichiometry_window(
        values, positive=host, negative=host_capacity(values, "negative", negative.thickness_metre, active)
    )
    return host * (window.y_0 - window.y_100)


def _outcome(transport: Transport, area: float) -> CellOutcome:
    if not conducts(transport):
        return CellOutcome.NOT_CONDUCTING
    return CellOutcome.BUILT if area > 0 else CellOutcome.DOES_NOT_FIT
