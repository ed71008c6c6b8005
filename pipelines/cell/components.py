"""What the cell is made of: mass, volume and heat capacity of every component, with and without the housing.

Electrolyte fills the pores of the coatings and separators, also where they overhang; the stated excess is a row of its
own. Insulators, vents, tapes and labels are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.housing import Housed
from ragone.pipelines.cell.substances import ELECTROLYTE

QUANTITIES = ("mass_kilogram", "volume_cubic_metre", "heat_capacity_joule_per_kelvin")

_Parts = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the stack.

    Thickness [m], pore fraction [-], solids: name -> (fraction [-], density [kg/m^3]), specific heat of the solids
    [J/(kg K)], and thermal conductivity across the wetted layer [W/(m K)].
    """

    thickness_metre: float
    porosity: float
    solids: Mapping[str, tuple[float, float]]
    specific_heat: float
    conductivity: float

    def mass_per_volume(self) -> float:
        """Dry [kg/m^3]."""
        return sum(fraction * density for fraction, density in self.solids.values())


@dataclass(frozen=True, slots=True)
class Stack:
    """The repeating unit: both collectors, coated on one or both sides, and as many separators.

    Against lithium metal the negative layer is the metal, and there is no negative collector.
    """

    positive: Layer
    negative: Layer
    separator: Layer
    positive_collector: Layer
    negative_collector: Layer | None
    sides: int = 2

    def layers(self) -> tuple[Layer, ...]:
        """Every layer of one unit."""
        coatings_and_separators = (self.positive, self.negative, self.separator) * self.sides
        collectors = (self.positive_collector, self.negative_collector)
        return (*coatings_and_separators, *(foil for foil in collectors if foil is not None))

    @property
    def thickness(self) -> float:
        """Thickness of one unit [m]."""
        return sum(layer.thickness_metre for layer in self.layers())

    @property
    def conductivity(self) -> float:
        """Thermal conductivity across the layers, in series [W/(m K)]."""
        return self.thickness / sum(layer.thickness_metre / layer.conductivity for layer in self.layers())


def component_table(
    stack: Stack, housed: Housed, *, electrolyte_density: float, electrolyte_excess: float
) -> dict[str, Any]:
    """Mass [kg], volume [m^3] and heat capacity [J/K] of each component.

    Parameters
    ----------
    stack, housed
        The repeating unit, and the housing with it inside.
    electrolyte_density
        [kg/m^3].
    electrolyte_excess
        Electrolyte beyond the pores over that in the pores [-].

    Returns
    -------
    Mapping
        `components`: name -> its quantities; `without_can`: their sum but for the shell; `with_can`: the sum of masses
        and heat capacities with the shell, and the outer volume; `geometry`: length, height and turns of the roll.
    """
    parts: _Parts = {}
    for layer in stack.layers():
        _add_layer(parts, layer, housed.face_area, electrolyte_density)
    _add_edges(parts, stack, housed, electrolyte_density)
    pores = parts["electrolyte"]["volume_cubic_metre"]
    if electrolyte_excess:
        _add(parts, "electrolyte_excess", pores * electrolyte_excess, electrolyte_density, ELECTROLYTE.specific_heat)
    for part in housed.parts:
        _add(parts, part.name, part.volume, part.substance.density, part.substance.specific_heat)
    inside = {quantity: sum(part[quantity] for part in parts.values()) for quantity in QUANTITIES}
    shell: _Parts = {}
    if housed.shell is not None:
        metal = housed.shell.substance
        _add(shell, housed.shell.name, housed.shell.volume, metal.density, metal.specific_heat)
    outside = {q: inside[q] + sum(part[q] for part in shell.values()) for q in QUANTITIES}
    return {
        "components": parts | shell,
        "without_can": inside,
        "with_can": outside | {"volume_cubic_metre": housed.volume},
        "geometry": housed.geometry,
    }


def _add_layer(parts: _Parts, layer: Layer, area: float, electrolyte_density: float, name: str = "") -> None:
    """A layer of this area [m^2], each solid under its own name; all of it under one name if that is given."""
    volume = layer.thickness_metre * area
    for solid, (fraction, density) in layer.solids.items():
        _add(parts, name or solid, volume * fraction, density, layer.specific_heat)
    _add(parts, name or "electrolyte", volume * layer.porosity, electrolyte_density, ELECTROLYTE.specific_heat)


def _add_edges(parts: _Parts, stack: Stack, housed: Housed, electrolyte_density: float) -> None:
    """Add what lies beyond the positive coating: overhangs and bare foil."""
    for _ in range(stack.sides):
        if housed.negative_overhang_area:
            _add_layer(parts, stack.negative, housed.negative_overhang_area, electrolyte_density, "negative_overhang")
        if housed.separator_overhang_area:
            area = housed.separator_overhang_area
            _add_layer(parts, stack.separator, area, electrolyte_density, "separator_overhang")
    for foil, area in (
        (stack.positive_collector, housed.bare_positive_foil_area),
        (stack.negative_collector, housed.bare_negative_foil_area + housed.negative_overhang_area),
    ):
        if foil is not None and area:
            _add_layer(parts, foil, area, electrolyte_density, "foil_edges")


def _add(parts: _Parts, name: str, volume: float, density: float, specific_heat: float) -> None:
    part = parts.setdefault(name, dict.fromkeys(QUANTITIES, 0.0))
    part["mass_kilogram"] += volume * density
    part["volume_cubic_metre"] += volume
    part["heat_capacity_joule_per_kelvin"] += volume * density * specific_heat
