"""What a candidate says, as people say it: porosity in per cent, loadings in mg/cm², lengths in µm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ragone.schemas import Candidate, CellDesign, Recipe
from ragone.schemas.unit_names import short_name, unit_of
from ragone.schemas.units import conversion_factor

_PERCENT = ("active_material_weight_fraction", "porosity")
_USUAL = {"kg/m^2": "mg/cm²", "m": "µm"}


@dataclass(frozen=True)
class Quantity:
    """One thing that a candidate says: its name in words, the unit that people use, and what it means."""

    name: str
    unit: str
    factor: float
    doc: str

    def number(self, value: float) -> float:
        """The value in this unit."""
        return value * self.factor

    def text(self, value: Any) -> str:
        """The value with its unit; what is no number as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return f"{self.number(value):.4g}{f' {self.unit}' if self.unit else ''}"


def quantities(paths: Iterable[str]) -> dict[str, Quantity]:
    """The quantity behind each path such as ``recipe.porosity``; with its role where two have one name."""
    named = {path: path.rpartition(".") for path in paths}
    count = Counter(name for _, _, name in named.values())
    return {path: _quantity(role if count[name] > 1 else "", name) for path, (role, _, name) in named.items()}


def head_of(path: str) -> str:
    """The head of a column of values in the unit of the record: the name without its unit, and the unit."""
    name = path.partition(".")[2]
    unit = unit_of(name)
    return short_name(name) + ("" if unit == "1" else f" [{unit}]")


def in_words(candidate: Candidate) -> str:
    """A candidate in one sentence's part: porosity 30 %, mass loading 20 mg/cm²."""
    known = quantities(candidate.values)
    return ", ".join(f"{known[path].name} {known[path].text(value)}" for path, value in candidate.values.items())


def _quantity(role: str, name: str) -> Quantity:
    short, unit = short_name(name), unit_of(name)
    usual = "%" if short in _PERCENT else _USUAL.get(unit, unit)
    spec = Recipe.fields().get(name) or CellDesign.fields().get(name)
    words = f"{role} {short}".strip().replace("_", " ")
    return Quantity(words, "" if usual == "1" else usual, conversion_factor(unit, usual), spec.doc if spec else "")
