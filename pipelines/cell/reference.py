"""The cell that a parameter set or a BPX file describes itself, as a record like any other.

Geometry, fractions, Bruggeman exponents (written as tortuosity factors) and conductivity are the set's, so that the
model of the record is PyBaMM's of the set at the reference temperature. A parameter set knows its layers but not its
housing: without a form factor the mass is that of the layers, unless a BPX file gives density and volume.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ragone.pipelines.cell.can import Can
from ragone.pipelines.cell.components import QUANTITIES, Layer, Stack
from ragone.pipelines.cell.engine import parameter_values
from ragone.pipelines.cell.form_factors import can_of
from ragone.pipelines.cell.housing import Bare, Housed, Housing
from ragone.pipelines.cell.layers import (
    Fallback,
    collector_layer,
    negative_layer,
    number,
    own_positive_layer,
    separator_layer,
)
from ragone.pipelines.cell.roll_up import rolled_up
from ragone.pipelines.cell.stoichiometry import reference_capacity, reference_window
from ragone.pipelines.cell.substances import ELECTROLYTE
from ragone.schemas import CellOutcome, CellParameters, stage

_FORM_FACTOR = "as given"
_AREAS = ("face_area", "negative_overhang_area", "separator_overhang_area")
_BARE = ("bare_positive_foil_area", "bare_negative_foil_area")


@dataclass(frozen=True, slots=True)
class _GivenRoll:
    """A can around a roll whose face area [m^2] is given instead of what would fit."""

    can: Can
    face_area: float

    def around(self, stack_metre: float) -> Housed:
        full = self.can.around(stack_metre)
        share = self.face_area / full.face_area
        areas: dict[str, Any] = {name: share * getattr(full, name) for name in (*_AREAS, *_BARE)}
        rolled = {"wound_length_metre", "turns"}
        geometry = {name: value * (share if name in rolled else 1) for name, value in full.geometry.items()}
        return replace(full, **areas, geometry=geometry)


@stage("cell.reference_cell", libraries=("pybamm", "bpx", "scipy"))
def reference_cell(
    *,
    parameter_set: str,
    parameters: dict[str, Any] | None = None,
    form_factor: str = "",
    negative_solids_density_kilogram_per_cubic_metre: float = Fallback.negative_solids_density,
    positive_collector_thickness_metre: float = Fallback.positive_collector_thickness,
    negative_collector_thickness_metre: float = Fallback.negative_collector_thickness,
    electrolyte_density_kilogram_per_cubic_metre: float = ELECTROLYTE.density,
    electrolyte_excess: float = 0.1,
) -> CellParameters:
    """The parameter set's own cell.

    Parameters
    ----------
    parameter_set
        A parameter set of PyBaMM, or the title of a BPX file.
    parameters
        Content of that BPX file, as `read_bpx` returns it.
    form_factor
        Can around the set's layers, whose area stays the set's; none if empty.
    negative_solids_density_kilogram_per_cubic_metre
        Without pores [kg/m^3], where the set does not say what its negative coating weighs.
    positive_collector_thickness_metre, negative_collector_thickness_metre
        Foils [m], where the set gives none.
    electrolyte_density_kilogram_per_cubic_metre
        [kg/m^3].
    electrolyte_excess
        Electrolyte beyond the pores over that in the pores [-], >= 0.

    Returns
    -------
    CellParameters
        Its capacity ratio is the negative host capacity over the positive one's within the set's window.

    Raises
    ------
    UnknownFieldError, BpxError, BoundsError
        If the set or can is not known, the BPX content cannot be used, or no stoichiometry gives its voltage limits.
    """
    values = parameter_values(parameter_set, parameters)
    fallback = Fallback(
        negative_solids_density_kilogram_per_cubic_metre,
        positive_collector_thickness_metre,
        negative_collector_thickness_metre,
    )
    positive = own_positive_layer(values, parameter_set)
    stack = Stack(
        positive=positive,
        negative=negative_layer(values, number(values, "Negative electrode thickness [m]"), fallback),
        separator=separator_layer(values),
        positive_collector=collector_layer(values, "positive", fallback),
        negative_collector=collector_layer(values, "negative", fallback),
    )
    area = _area(values)
    rolled = rolled_up(
        stack,
        _housing(values, parameters, form_factor, area / stack.sides),
        electrolyte_density=electrolyte_density_kilogram_per_cubic_metre,
        excess=electrolyte_excess,
        remark=f"geometry of {parameter_set}",
    )
    window, host = reference_window(values), reference_capacity(values, "positive")
    within = host * (window.y_0 - window.y_100)
    if parameters:
        rolled |= _as_the_file_says(parameters, rolled)
    return CellParameters(
        outcome=CellOutcome.BUILT,
        parameter_set=parameter_set,
        parameters=parameters or {},
        form_factor=form_factor or _FORM_FACTOR,
        negative_thickness_metre=stack.negative.thickness_metre,
        negative_to_positive_capacity_ratio=reference_capacity(values, "negative") / within,
        nominal_capacity_ampere_hour=_stated_capacity(parameters) or area * within,
        **_positive_electrode(values, positive),
        contact_resistance_ohm=number(values, "Contact resistance [Ohm]", 0.0),
        **rolled,
    )


def _positive_electrode(values: Any, layer: Layer) -> dict[str, Any]:
    exponent = number(values, "Positive electrode Bruggeman coefficient (electrode)")
    conductivity = number(values, "Positive electrode conductivity [S.m-1]")
    return {
        "positive_thickness_metre": layer.thickness_metre,
        "positive_porosity": layer.porosity,
        "positive_active_material_fraction": number(values, "Positive electrode active material volume fraction"),
        "positive_pore_tortuosity_factor": layer.porosity
        ** (1 - number(values, "Positive electrode Bruggeman coefficient (electrolyte)")),
        "positive_effective_conductivity_siemens_per_metre": conductivity * (1 - layer.porosity) ** exponent,
        "positive_surface_area_ratio": 1.0,
        "positive_particle_radius_metre": number(values, "Positive particle radius [m]"),
        "positive_particle_radius_source": "parameter set",
    }


def _area(values: Any) -> float:
    """Area of the whole cell [m^2]."""
    height, width = (number(values, f"Electrode {side} [m]") for side in ("height", "width"))
    return height * width * number(values, "Number of electrodes connected in parallel to make a cell", 1.0)


def _housing(values: Any, parameters: dict[str, Any] | None, form_factor: str, face_area: float) -> Housing:
    if form_factor:
        return _GivenRoll(can_of(form_factor), face_area)
    if parameters:
        cell = parameters["Parameterisation"]["Cell"]
        return Bare(face_area, cell.get("Volume [m3]"), cell.get("External surface area [m2]"))
    return Bare(face_area, number(values, "Cell volume [m3]", 0.0) or None)


def _stated_capacity(parameters: dict[str, Any] | None) -> float | None:
    """Nominal capacity that a BPX file states for its cell [A.h]: it defines 1C."""
    return float(parameters["Parameterisation"]["Cell"]["Nominal cell capacity [A.h]"]) if parameters else None


def _as_the_file_says(parameters: dict[str, Any], rolled: dict[str, Any]) -> dict[str, Any]:
    """Mass and heat capacity of the whole cell where a BPX file tells them; what the layers lack is `not listed`."""
    cell = parameters["Parameterisation"]["Cell"]
    density, volume = cell.get("Density [kg.m-3]"), cell.get("Volume [m3]")
    if not density or not volume:
        return {}
    mass, heat = density * volume, cell.get("Specific heat capacity [J.K-1.kg-1]")
    table, layers = rolled["components"], rolled["components"]["with_can"]
    whole = {
        "mass_kilogram": mass,
        "volume_cubic_metre": rolled["cell_volume_cubic_metre"],
        "heat_capacity_joule_per_kelvin": mass * heat if heat else layers["heat_capacity_joule_per_kelvin"],
    }
    rest = {name: whole[name] - table["without_can"][name] for name in QUANTITIES}
    return {
        "cell_mass_kilogram": mass,
        "heat_capacity_joule_per_kelvin": whole["heat_capacity_joule_per_kelvin"],
        "components": table | {"components": table["components"] | {"not_listed": rest}, "with_can": whole},
        "method": f"{rolled['method']}; mass and heat capacity of the whole cell as the file gives them",
    }
