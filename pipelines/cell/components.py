"""What the cell is made of: mass and volume of every component, and their sums with and without the can.

Electrolyte fills the pores of both coatings and of the separators, no more. The uncoated foil edges of the tabless
design fill half of the headspace at their end. Discs, insulators, vent and binder of the separator are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.cell.can import Can

# Densities [kg/m^3]. Dry negative solids: the set's coating density over its solid fraction. Electrolyte: 1 M LiPF6 in
# carbonates, rounded. Separator: polyethylene. Shell: steel. The collectors' are the parameter set's.
ELECTROLYTE_DENSITY = 1200.0
SEPARATOR_DENSITY = 950.0
STEEL_DENSITY = 7850.0


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the stack: thickness [m], pore fraction [-], solids: name -> (fraction [-], density [kg/m^3])."""

    thickness_metre: float
    porosity: float
    solids: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Stack:
    """The repeating unit of the jelly roll: both collectors, coated on both sides, and two separators."""

    positive: Layer
    negative: Layer
    separator: Layer
    positive_collector: Layer
    negative_collector: Layer

    def layers(self) -> tuple[Layer, ...]:
        """Every layer of one unit."""
        coatings_and_separators = (self.positive, self.negative, self.separator) * 2
        return (*coatings_and_separators, self.positive_collector, self.negative_collector)

    @property
    def thickness(self) -> float:
        """Of one unit [m]."""
        return sum(layer.thickness_metre for layer in self.layers())


def component_table(stack: Stack, can: Can) -> dict[str, Any]:
    """Mass [kg] and volume [m^3] of each component, wound into the can.

    Returns
    -------
    Mapping
        `components`: name -> mass and volume; `without_can`: their sum but for the can; `with_can`: the sum of the
        masses, and the can's outer volume.
    """
    length = can.winding_length(stack.thickness)
    parts: dict[str, dict[str, float]] = {}
    for layer in stack.layers():
        volume = layer.thickness_metre * length * can.coated_height
        for name, (fraction, density) in layer.solids.items():
            _add(parts, name, volume * fraction, density)
        _add(parts, "electrolyte", volume * layer.porosity, ELECTROLYTE_DENSITY)
    for layer in (stack.positive_collector, stack.negative_collector):
        for fraction, density in layer.solids.values():
            _add(parts, "foil_edges", layer.thickness_metre * length * can.headspace_metre / 2 * fraction, density)
    inside = {
        quantity: sum(part[quantity] for part in parts.values()) for quantity in ("mass_kilogram", "volume_cubic_metre")
    }
    _add(parts, "can", can.shell_volume, STEEL_DENSITY)
    with_can = {
        "mass_kilogram": inside["mass_kilogram"] + parts["can"]["mass_kilogram"],
        "volume_cubic_metre": can.volume,
    }
    return {"components": parts, "without_can": inside, "with_can": with_can}


def _add(parts: dict[str, dict[str, float]], name: str, volume: float, density: float) -> None:
    part = parts.setdefault(name, {"mass_kilogram": 0.0, "volume_cubic_metre": 0.0})
    part["mass_kilogram"] += volume * density
    part["volume_cubic_metre"] += volume
