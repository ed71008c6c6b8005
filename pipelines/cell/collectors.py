"""Resistance of the foils and of their contact with the coatings, in series with the whole cell.

A foil that collects the same current everywhere, along a path that ends at its tab, loses as much as a third of its
resistance from end to end would with the whole current; its mean potential lies as much off the tab's. With the tab in
the middle, or one at each end, there are two paths of half the length side by side: a quarter of that. Without tabs the
path is the coated height. The current is taken to be uniform over the coating, as the model of the cell takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.pipelines.cell.components import Layer, Stack
from ragone.schemas import CellDesign, Tabs
from ragone.schemas.errors import UnknownFieldError

# S/m at 25 degC: CRC Handbook of Chemistry and Physics, resistivity of 2.709e-8 and 1.712e-8 ohm m.
CONDUCTIVITY = {"positive": 1 / 2.709e-8, "negative": 1 / 1.712e-8}
_COLLECTED_EVENLY = 1 / 3
_IN_THE_MIDDLE = {"positive": (Tabs.MIDDLE, Tabs.POSITIVE_MIDDLE), "negative": (Tabs.MIDDLE, Tabs.NEGATIVE_MIDDLE)}


def series_resistances(
    design: CellDesign, stack: Stack, geometry: Mapping[str, float], area: float
) -> dict[str, float]:
    """Resistances beside that of welds and leads, which the design states; by name [ohm], those above 0 only.

    Parameters
    ----------
    design
        Its tabs and its contact between foils and coatings enter.
    stack
        Thicknesses of the foils enter.
    geometry
        Of the roll, as `Housed` gives it; length and height [m] enter.
    area
        Coated area of the cell [m^2].

    Raises
    ------
    UnknownFieldError
        If tabs are to be counted of something that is not wound.
    """
    found = {"foil_contact": design.foil_contact_resistance_ohm_square_metre / area if area else 0.0}
    if design.tabs is not Tabs.NOT_COUNTED and area:
        foils = {"positive": stack.positive_collector, "negative": stack.negative_collector}
        found |= {f"{name}_foil": foil_resistance(design, geometry, name, foil) for name, foil in foils.items() if foil}
    return {name: value for name, value in found.items() if value}


def foil_resistance(design: CellDesign, geometry: Mapping[str, float], electrode: str, foil: Layer) -> float:
    """Resistance of one foil [ohm] as uniformly collected current sees it."""
    if "wound_length_metre" not in geometry:
        raise UnknownFieldError(
            f"tabs = {str(design.tabs)!r} cannot be counted in form_factor = {design.form_factor!r}, which is not "
            f"wound. Choose {str(Tabs.NOT_COUNTED)!r} and state contact_resistance_ohm, or choose a can."
        )
    length, height = geometry["wound_length_metre"], geometry["coated_height_metre"]
    path, width = (height, length) if design.tabs is Tabs.TABLESS else (length, height)
    halves = 4 if design.tabs in _IN_THE_MIDDLE[electrode] else 1
    sheet = CONDUCTIVITY[electrode] * foil.thickness_metre
    return _COLLECTED_EVENLY * path / (sheet * width) / halves


def with_resistances(components: Mapping[str, Any], resistances: Mapping[str, float]) -> dict[str, Any]:
    """The field `components` of a cell with its resistances [ohm] among them; without any, as it was."""
    return {"components": {**components, "series_resistances_ohm": dict(resistances)} if resistances else components}
