"""The full cell that follows from a measured positive electrode and its mass loading.

The positive coating is as thick as its loading, the measured phase fractions and the component densities make it;
the negative one holds the capacity ratio wanted. Everything else is the parameter set's and the can's.
"""

from __future__ import annotations

from typing import Any

from pipelines.cell.can import Can, can_of
from pipelines.cell.components import SEPARATOR_DENSITY, Layer, Stack, component_table
from pipelines.cell.engine import parameter_values
from pipelines.cell.stoichiometry import host_capacity, reference_window, stoichiometry_window
from pipelines.cell.variation import shifted
from schemas import CellOutcome, CellParameters, Transport, stage
from schemas.field import Bounds
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY

_POSITIVE = Bounds(low=0, low_open=True)


@stage("assemble_cell", libraries=("pybamm", "scipy"))
def assemble_cell(
    transport: Transport,
    *,
    mass_loading_kilogram_per_square_metre: float,
    varied: str = "",
    parameter_set: str = "Chen2020",
    form_factor: str = "4680",
    negative_to_positive_capacity_ratio: float = 1.1,
    active_material_density_kilogram_per_cubic_metre: float = ACTIVE_MATERIAL_DENSITY,
    carbon_binder_density_kilogram_per_cubic_metre: float = CARBON_BINDER_DENSITY,
    positive_particle_radius_metre: float = 5.22e-6,
) -> CellParameters:
    """Size a full cell in its can.

    Parameters
    ----------
    transport
        Metrics of the positive electrode.
    mass_loading_kilogram_per_square_metre
        Solids of one coated side over its area [kg/m^2], > 0.
    varied
        Metric raised by one standard error, for the KPI's uncertainty; empty for none.
    parameter_set
        PyBaMM parameter set of everything that is not a parameter here.
    form_factor
        Name of the can.
    negative_to_positive_capacity_ratio
        Host capacity of the negative coating over the positive one's within the parameter set's own stoichiometry
        window [-]; Chen2020's cell has 1.13, 1.1 is usual.
    active_material_density_kilogram_per_cubic_metre
        NMC without pores [kg/m^3]; Chen2020's coating implies 3262 / 0.665 = 4905.
    carbon_binder_density_kilogram_per_cubic_metre
        Carbon black and PVDF [kg/m^3].
    positive_particle_radius_metre
        Radius of the representative sphere [m]; Chen2020's.

    Returns
    -------
    CellParameters
        With the outcome NOT_CONDUCTING if a phase does not percolate, DOES_NOT_FIT if not one turn fits the can.

    Raises
    ------
    BoundsError
        If a parameter is not positive, there is no active material, or the capacity ratio leaves no voltage window.
    UnknownFieldError, MissingFieldError
        If a name is unknown, or the varied metric has no standard error.
    """
    for name, unit, value in (
        ("mass_loading_kilogram_per_square_metre", "kg/m^2", mass_loading_kilogram_per_square_metre),
        ("negative_to_positive_capacity_ratio", "1", negative_to_positive_capacity_ratio),
        ("active_material_density", "kg/m^3", active_material_density_kilogram_per_cubic_metre),
        ("carbon_binder_density", "kg/m^3", carbon_binder_density_kilogram_per_cubic_metre),
        ("positive_particle_radius_metre", "m", positive_particle_radius_metre),
        ("transport.active_material_fraction", "1", transport.active_material_fraction),
    ):
        _POSITIVE.require(value, name, unit)
    metrics = shifted(transport, varied)
    values, can = parameter_values(parameter_set), can_of(form_factor)
    positive = _positive_coating(
        metrics,
        mass_loading_kilogram_per_square_metre,
        active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density_kilogram_per_cubic_metre,
    )
    negative = _negative_coating(values, positive, metrics, negative_to_positive_capacity_ratio)
    stack = _stack(values, positive, negative)
    table = component_table(stack, can)
    area = 2 * can.winding_length(stack.thickness) * can.coated_height
    return CellParameters(
        outcome=_outcome(metrics, area),
        parameter_set=parameter_set,
        form_factor=form_factor,
        positive_thickness_metre=positive.thickness_metre,
        positive_porosity=metrics.pore_fraction,
        positive_active_material_fraction=metrics.active_material_fraction,
        positive_pore_tortuosity_factor=metrics.pore_tortuosity_factor,
        positive_effective_conductivity_siemens_per_metre=metrics.solid_effective_conductivity_siemens_per_metre,
        positive_surface_area_ratio=_area_ratio(metrics, positive_particle_radius_metre),
        positive_particle_radius_metre=positive_particle_radius_metre,
        negative_thickness_metre=negative.thickness_metre,
        negative_to_positive_capacity_ratio=negative_to_positive_capacity_ratio,
        electrode_area_square_metre=area,
        nominal_capacity_ampere_hour=area * _areal_capacity(values, positive, metrics, negative),
        cell_volume_cubic_metre=can.volume,
        cell_mass_kilogram=table["with_can"]["mass_kilogram"],
        components=table,
        varied=varied,
        method=_method(can),
    )


def _positive_coating(transport: Transport, loading: float, active_density: float, binder_density: float) -> Layer:
    solids = {
        "positive_active_material": (transport.active_material_fraction, active_density),
        "positive_carbon_binder": (transport.carbon_binder_fraction, binder_density),
    }
    density = sum(fraction * solid_density for fraction, solid_density in solids.values())
    return Layer(thickness_metre=loading / density, porosity=transport.pore_fraction, solids=solids)


def _negative_coating(values: Any, positive: Layer, transport: Transport, ratio: float) -> Layer:
    window = reference_window(values)
    host = host_capacity(values, "positive", positive.thickness_metre, transport.active_material_fraction)
    wanted = ratio * host * (window.y_0 - window.y_100)
    active = float(values["Negative electrode active material volume fraction"])
    thickness = wanted / host_capacity(values, "negative", 1.0, active)
    return _set_layer(values, "Negative electrode", thickness, "negative_solids")


def _stack(values: Any, positive: Layer, negative: Layer) -> Stack:
    separator = float(values["Separator porosity"])
    return Stack(
        positive=positive,
        negative=negative,
        separator=Layer(
            float(values["Separator thickness [m]"]), separator, {"separators": (1 - separator, SEPARATOR_DENSITY)}
        ),
        positive_collector=_foil(values, "positive"),
        negative_collector=_foil(values, "negative"),
    )


def _set_layer(values: Any, layer: str, thickness: float, name: str) -> Layer:
    """A coating of the parameter set; its density there is that of the dry, porous coating."""
    porosity = float(values[f"{layer} porosity"])
    solid_density = float(values[f"{layer} density [kg.m-3]"]) / (1 - porosity)
    return Layer(thickness, porosity, {name: (1 - porosity, solid_density)})


def _foil(values: Any, electrode: str) -> Layer:
    prefix = f"{electrode.capitalize()} current collector"
    density = float(values[f"{prefix} density [kg.m-3]"])
    return Layer(float(values[f"{prefix} thickness [m]"]), 0.0, {f"{electrode}_collector": (1.0, density)})


def _areal_capacity(values: Any, positive: Layer, transport: Transport, negative: Layer) -> float:
    """Charge between the voltage limits at vanishing current, over the area [A.h/m^2]."""
    host = host_capacity(values, "positive", positive.thickness_metre, transport.active_material_fraction)
    active = float(values["Negative electrode active material volume fraction"])
    window = stoichiometry_window(
        values, positive=host, negative=host_capacity(values, "negative", negative.thickness_metre, active)
    )
    return host * (window.y_0 - window.y_100)


def _area_ratio(transport: Transport, radius: float) -> float:
    """Measured surface over that of spheres of this radius [-]."""
    return transport.specific_surface_area_per_metre * radius / (3 * transport.active_material_fraction)


def _outcome(transport: Transport, area: float) -> CellOutcome:
    conducts = transport.percolates() and transport.solid_effective_conductivity_siemens_per_metre > 0
    if not conducts:
        return CellOutcome.NOT_CONDUCTING
    return CellOutcome.BUILT if area > 0 else CellOutcome.DOES_NOT_FIT


def _method(can: Can) -> str:
    return (
        f"Archimedean spiral, both sides coated, two separators, tabless; wall {can.wall_metre * 1e3:g} mm, "
        f"core hole {can.core_diameter_metre * 1e3:g} mm, headspace {can.headspace_metre * 1e3:g} mm; "
        "electrolyte fills the pores"
    )
