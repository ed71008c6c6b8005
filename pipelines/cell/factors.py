"""Parameters of a cell's model that differ from its parameter set's by a factor, such as those of an uncertain draw.

A factor multiplies what the model takes under PyBaMM's name: a number, or a function of concentration and temperature
as a whole. A tortuosity factor stays one at least. In a built model a factor is an input, so that cells that differ in
their factors alone share one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ragone.pipelines.cell.engine import load_pybamm
from ragone.schemas import CellParameters
from ragone.schemas.errors import MissingFieldError, UnknownFieldError, did_you_mean

FUNCTIONS = (
    "Positive particle diffusivity [m2.s-1]",
    "Negative particle diffusivity [m2.s-1]",
    "Positive electrode exchange-current density [A.m-2]",
    "Negative electrode exchange-current density [A.m-2]",
    "Electrolyte conductivity [S.m-1]",
    "Electrolyte diffusivity [m2.s-1]",
    "Cation transference number",
)
NUMBERS = ("Negative electrode tortuosity factor (electrolyte)", "Separator tortuosity factor (electrolyte)")
HEAT_TRANSFER = "Total heat transfer coefficient [W.m-2.K-1]"
HEAT_CAPACITY = "Cell heat capacity [J.K-1.m-3]"
COOLING = (HEAT_TRANSFER, HEAT_CAPACITY)
FACTORED = (*FUNCTIONS, *NUMBERS, *COOLING)
_INPUT = "{} factor"


def factored(values: Mapping[str, Any], cell: CellParameters) -> dict[str, Any]:
    """The parameters of the model that the cell's factors multiply, without those of cooling.

    Raises
    ------
    UnknownFieldError
        If a factor is of a parameter that cannot be multiplied.
    MissingFieldError
        If the parameter set has no such parameter.
    """
    found: dict[str, Any] = {}
    for name, factor in cell.parameter_factors.items():
        if name not in FACTORED:
            raise UnknownFieldError(f"parameter_factors of the cell: {name!r}: {did_you_mean(name, FACTORED)}")
        if name in COOLING:
            continue
        if name not in values:
            raise MissingFieldError(f"{cell.parameter_set} has no {name!r} to be multiplied. Leave that factor out.")
        found[name] = times(values[name], factor)
        if name in NUMBERS:  # pores conduct no better than without solids
            found[name] = max(1.0, found[name])
    return found


def times(plain: Any, factor: Any) -> Any:
    """A number, or a function of PyBaMM's symbols as a whole, times a factor."""
    if not callable(plain):
        return float(plain) * factor

    def multiplied(*symbols: Any) -> Any:
        return factor * plain(*symbols)

    return multiplied


def cooled(given: Mapping[str, float], cell: CellParameters) -> dict[str, float]:
    """Parameters of a lumped cell, those that the cell's factors are of multiplied."""
    return {name: value * factor_of(cell, name) for name, value in given.items()}


def factor_of(cell: CellParameters, name: str) -> float:
    """The factor of one parameter of a cell [-]; 1 where it has none."""
    return float(cell.parameter_factors.get(name, 1.0))


def factored_functions(cell: CellParameters) -> tuple[str, ...]:
    """Names of the functions that the cell's factors multiply, in a fixed order."""
    return tuple(name for name in FUNCTIONS if name in cell.parameter_factors)


def factored_numbers(cell: CellParameters) -> tuple[str, ...]:
    """Names of the numbers that the cell's factors multiply, in a fixed order."""
    return tuple(name for name in NUMBERS if name in cell.parameter_factors)


def with_inputs(functions: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """Functions of a built model, each times an input; see `factor_inputs`."""
    return {name: _times_input(plain, _INPUT.format(name)) for name, plain in functions.items()}


def factor_inputs(cell: CellParameters) -> dict[str, float]:
    """The inputs of a built model that are the cell's factors of functions."""
    return {_INPUT.format(name): float(cell.parameter_factors[name]) for name in factored_functions(cell)}


def _times_input(plain: Any, name: str) -> Callable[..., Any]:
    def multiplied(*symbols: Any) -> Any:
        return load_pybamm().InputParameter(name) * (plain(*symbols) if callable(plain) else plain)

    return multiplied
