"""The functions of a BPX document: which texts are formulas, and what formulas and tables are to PyBaMM.

The format's library and PyBaMM would compile each formula as Python, from a temporary file. They never see one here:
the library is given a table in its place, and PyBaMM a function made of the formula as `formula` read it.
A table is interpolated linearly, as PyBaMM does, so that voltages are those of PyBaMM's own reading: splines would
differ from it between the rows of a coarse table. What it has beyond PyBaMM's is a slope, see `tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ragone.pipelines.files.bpx.format import load_bpx
from ragone.pipelines.files.bpx.formula import FUNCTIONS, read_formula
from ragone.pipelines.files.bpx.tables import interpolated

USER_DEFINED = "User-defined"
_REMARK = "description"
_STAND_IN = {"x": [0.0, 1.0], "y": [0.0, 1.0]}


def section_kinds() -> dict[str, Any]:
    """The library's class of each section of the parameters."""
    schema = load_bpx().schema
    return {
        "Cell": schema.Cell,
        "Electrolyte": schema.Electrolyte,
        "Negative electrode": schema.ElectrodeSingle,
        "Positive electrode": schema.ElectrodeSingle,
        "Separator": schema.Contact,
        USER_DEFINED: schema.UserDefined,
    }


def formulas(section: Mapping[str, Any], kind: Any) -> dict[tuple[str, ...], str]:
    """The texts of a section that must be formulas, by the names that lead to them."""
    if kind.__name__ != "UserDefined":
        able = {field.alias for field in kind.model_fields.values() if "Table" in str(field.annotation)}
        return {(name,): value for name, value in section.items() if name in able and isinstance(value, str)}
    found: dict[tuple[str, ...], str] = {}
    for name, value in section.items():
        if isinstance(value, Mapping):
            found |= {(name, *path): text for path, text in formulas(value, kind).items()}
        elif isinstance(value, str) and name != _REMARK:
            found[(name,)] = value
    return found


def without_formulas(section: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    """A copy of a section for the library, with a table in the place of each formula."""
    copied = _copied(section)
    for *path, name in formulas(section, kind):
        place = copied
        for step in path:
            place = place[step]
        place[name] = _STAND_IN
    return copied


def give_functions(content: Any, document: Mapping[str, Any], pybamm: Any) -> None:
    """Put what formulas and tables of a document are to PyBaMM into the library's object of that document."""
    kinds = section_kinds()
    for name, section in document["Parameterisation"].items():
        model = getattr(content.parameterisation, name.lower().replace(" ", "_").replace("-", "_"))
        attributes = {field.alias: attribute for attribute, field in kinds[name].model_fields.items()}
        for field, value in section.items():
            table = isinstance(value, Mapping) and {*value} == {"x", "y"}
            if table or (field,) in formulas({field: value}, kinds[name]):
                call = interpolated(value, field, pybamm) if table else _computed(value, pybamm)
                if field in attributes:
                    setattr(model, attributes[field], _carrier()(call))
                else:
                    model.__pydantic_extra__[field] = _carrier()(call)
    if content.parameterisation.user_defined:
        content.parameterisation.user_defined.description = None  # PyBaMM would take it for a number


def _copied(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, Mapping) else value for name, value in section.items()}


def _computed(text: str, pybamm: Any) -> Callable[[Any], Any]:
    formula, functions = read_formula(text), {name: getattr(pybamm, name) for name in FUNCTIONS}
    return lambda x: formula.of(x, functions)


@lru_cache(maxsize=1)
def _carrier() -> Any:
    """The class of a function that PyBaMM asks for as if it were to be compiled of a text."""

    class Carrier(load_bpx().Function):  # type: ignore[misc]
        def __new__(cls, call: Callable[[Any], Any]) -> Any:
            made = super().__new__(cls, "x")
            made.call = call
            return made

        def to_python_function(self, preamble: str | None = None) -> Callable[[Any], Any]:
            return self.call  # type: ignore[no-any-return]

    return Carrier
