"""The layers of a cell that a parameter set describes: coatings, separator and foils.

A set's densities are taken to be those of dry, porous coatings, as PyBaMM's sets use them, and only if they can be:
if the foils weigh what aluminium and copper do, and the coatings do not all weigh the same as the separator, which
means that one density of the whole cell was entered everywhere. What a set does not give is taken from `Fallback`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.catalogue import materials_of_set
from ragone.pipelines.cell.coating import Solids
from ragone.pipelines.cell.components import Layer
from ragone.pipelines.cell.engine import HALF_CELL_SETS
from ragone.pipelines.cell.substances import (
    ALUMINIUM,
    COATING,
    COPPER,
    GRAPHITE_DENSITY,
    SEPARATOR,
    Substance,
)
from ragone.schemas.materials import CARBON_BINDER_DENSITY, NMC_811


@dataclass(frozen=True)
class Fallback:
    """Values for a parameter set that states none: density of the negative solids [kg/m^3], foils [m]."""

    negative_solids_density: float = GRAPHITE_DENSITY
    positive_collector_thickness: float = 15e-6
    negative_collector_thickness: float = 10e-6


ASSUMED = Fallback()


def number(values: Any, name: str, otherwise: float | None = None) -> float:
    """A parameter as a number.

    Raises
    ------
    KeyError
        If it is neither there nor given otherwise.
    """
    value = values.get(name, otherwise)
    if value is None:
        raise KeyError(name)
    return float(value)


def coated_layer(values: Any, electrode: str, thickness: float, porosity: float, solids: Solids) -> Layer:
    """A coating with the thermal properties of the set's."""
    return Layer(thickness, porosity, solids, *_thermal(values, f"{electrode.capitalize()} electrode", COATING))


def own_positive_layer(values: Any, parameter_set: str) -> Layer:
    """The positive coating of the set's own cell; the active material makes up what the set says the coating weighs."""
    porosity = number(values, "Positive electrode porosity")
    active = number(values, "Positive electrode active material volume fraction")
    binder = max(0.0, 1 - porosity - active)
    known = materials_of_set(parameter_set, "positive") if parameter_set in HALF_CELL_SETS else NMC_811
    density = known.active_material_density_kilogram_per_cubic_metre
    if _has_own_densities(values):
        weighed = number(values, "Positive electrode density [kg.m-3]")
        density = max(weighed - binder * CARBON_BINDER_DENSITY, 0.0) / active or density
    solids = {"positive_active_material": (active, density), "positive_carbon_binder": (binder, CARBON_BINDER_DENSITY)}
    thickness = number(values, "Positive electrode thickness [m]")
    return coated_layer(values, "positive", thickness, porosity, solids)


def negative_layer(values: Any, thickness: float, fallback: Fallback) -> Layer:
    """The set's negative coating at this thickness [m]."""
    porosity = number(values, "Negative electrode porosity")
    solids = {"negative_solids": (1 - porosity, negative_solids_density(values, fallback))}
    return coated_layer(values, "negative", thickness, porosity, solids)


def negative_solids_density(values: Any, fallback: Fallback) -> float:
    """Density of what the set's negative coating is made of, pores apart [kg/m^3]."""
    if not _has_own_densities(values):
        return fallback.negative_solids_density
    return number(values, "Negative electrode density [kg.m-3]") / (1 - number(values, "Negative electrode porosity"))


def separator_layer(values: Any, thickness: float | None = None, porosity: float | None = None) -> Layer:
    """A separator of polyethylene; what is not given is the set's."""
    porosity = number(values, "Separator porosity") if porosity is None else porosity
    thickness = number(values, "Separator thickness [m]") if thickness is None else thickness
    solids = {"separators": (1 - porosity, SEPARATOR.density)}
    return Layer(thickness, porosity, solids, *_thermal(values, "Separator", SEPARATOR))


def collector_layer(values: Any, electrode: str, fallback: Fallback, given: float | None = None) -> Layer:
    """A foil: aluminium at the positive, copper at the negative electrode; of the thickness given [m], if one is."""
    prefix = f"{electrode.capitalize()} current collector"
    metal = ALUMINIUM if electrode == "positive" else COPPER
    otherwise: float = getattr(fallback, f"{electrode}_collector_thickness")
    thickness = given or number(values, f"{prefix} thickness [m]", 0.0) or otherwise  # a BPX file's foils have none
    density = (
        number(values, f"{prefix} density [kg.m-3]", metal.density) if _has_own_densities(values) else metal.density
    )
    return Layer(thickness, 0.0, {f"{electrode}_collector": (1.0, density)}, metal.specific_heat, metal.conductivity)


def _thermal(values: Any, layer: str, otherwise: Substance) -> tuple[float, float]:
    """Specific heat [J/(kg K)] and conductivity [W/(m K)] of a layer of the set."""
    return (
        number(values, f"{layer} specific heat capacity [J.kg-1.K-1]", otherwise.specific_heat),
        number(values, f"{layer} thermal conductivity [W.m-1.K-1]", otherwise.conductivity),
    )


def _has_own_densities(values: Any) -> bool:
    try:
        positive, negative, separator = (
            number(values, f"{layer} density [kg.m-3]")
            for layer in ("Positive electrode", "Negative electrode", "Separator")
        )
        foils = [number(values, f"{name} current collector density [kg.m-3]") for name in ("Positive", "Negative")]
    except KeyError:
        return False
    metals = (ALUMINIUM.density, COPPER.density)
    real = all(abs(foil / metal - 1) < 0.05 for foil, metal in zip(foils, metals, strict=True))
    return real and not positive == negative == separator
