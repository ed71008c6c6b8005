"""Quantities at the boundary: text with a unit in, numbers in the field's own unit out.

Inside Ragone numbers are plain floats in the unit that their field declares; pint is met only here.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ragone.schemas.errors import NotFiniteError, UnitError
from ragone.schemas.field import ANY, Bounds

if TYPE_CHECKING:
    from pint import UnitRegistry

# What people write where a field has an SI unit, for messages.
_USUAL = {"kg/m^2": "mg/cm^2", "kg/m^3": "g/cm^3", "kg": "g", "m": "um", "m^2": "cm^2", "K": "degC"}
_POINT = re.compile(r"([+-]?\d+),(\d+)(.*)")
_SPACE = re.compile(r"([+-]?[\d.]+(?:[eE][+-]?\d+)?)([^\W\d][\w/^*.() -]*|%)")
# Units of Ragone's own KPIs, which pint knows: starting it takes a quarter of a second in every process.
KNOWN = frozenset(
    [
        "1",
        "A.h",
        "K",
        "S/m",
        "USD",
        "USD/(kW.h)",
        "V",
        "W",
        "W.h",
        "W.h/L",
        "W.h/kg",
        "W/L",
        "W/kg",
        "1/m",
        "mA.h/g",
        "mV",
        "ohm",
        "s",
    ]
)
_SPELLINGS = {"1": "dimensionless", "": "dimensionless", "%": "percent"}


@cache
def _registry() -> UnitRegistry[Any]:
    import pint  # heavy: keeps `ragone --help` instant

    registry: UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=None)
    registry.define("USD = [currency]")
    return registry


@cache
def _unit(text: str) -> Any:
    spelled = _SPELLINGS.get(text, text).replace("W.h", "W*h").replace("A.h", "A*h")
    try:
        return _registry().Unit(spelled)
    except Exception as cause:
        raise UnitError(
            f"unit {text!r} is not known. Write it in symbols, for example 'mg/cm^2', 'W*h/L', 'um' or 'degC'."
        ) from cause


def is_unit(text: str) -> bool:
    """Whether pint understands the unit."""
    if text in KNOWN:
        return True
    try:
        _unit(text)
    except UnitError:
        return False
    return True


def conversion_factor(unit: str, to: str) -> float:
    """Factor that takes a number from one unit to another of the same dimension [-]."""
    return float(_registry().Quantity(1.0, _unit(unit)).to(_unit(to)).magnitude)


def _as_written(converted: float) -> float:
    """The number nearest to what was written: 35 % is 0.35, not the last bit more that the conversion leaves."""
    return float(f"{converted:.15g}")


def parse_quantity(text: object, unit: str, name: str, bounds: Bounds = ANY) -> float:
    """Read a quantity such as ``"20 mg/cm^2"`` as a number in the unit wanted.

    Parameters
    ----------
    text
        Number and unit, separated by a space. A bare number is accepted only where the field is dimensionless.
    unit
        The unit wanted; "1" for a dimensionless field.
    name
        The field, for messages.
    bounds
        In that unit; any finite number unless given.

    Raises
    ------
    UnitError
        If the unit is missing, unknown, or of another dimension.
    NotFiniteError
        If the number is NaN or infinite.
    BoundsError
        If it lies outside the bounds.
    """
    if isinstance(text, bool) or not isinstance(text, int | float | str):
        raise UnitError(f"{name} = {text!r} is not a quantity. Write a number and its unit, for example '1 {unit}'.")
    number, _, spelled = str(text).strip().partition(" ")
    try:
        magnitude = float(number)
    except ValueError as cause:
        raise UnitError(
            f"{name} = {text!r} is not a quantity. Write a number, a space and a unit, for example "
            f"{_respelled(str(text).strip(), unit)}."
        ) from cause
    if not math.isfinite(magnitude):
        raise NotFiniteError(f"{name} = {text!r} is not finite. Give a finite number.")
    if not spelled.strip() and _unit(unit) != _unit("1"):
        raise UnitError(f"{name} = {text!r} has no unit. It must be {_expected(number, unit)}.")
    try:
        quantity = _registry().Quantity(magnitude, _unit(spelled.strip()))
    except UnitError as cause:
        raise UnitError(f"{name} = {text!r}: {cause}") from cause
    if not quantity.is_compatible_with(_unit(unit)):
        raise UnitError(f"{name} = {text!r} has the wrong dimension. It must be {_expected(number, unit)}.")
    same = not spelled.strip() or _unit(spelled.strip()) == _unit(unit)
    converted = magnitude if same else _as_written(float(quantity.to(_unit(unit)).magnitude))
    if not math.isfinite(converted):
        raise NotFiniteError(f"{name} = {text!r} is not finite in {unit}. Give a finite number.")
    bounds.require(converted, name, unit)
    return converted


def _expected(number: str, unit: str) -> str:
    """The form that a quantity must have, with the number as it might be meant."""
    if unit == "1":
        return f"a number without a unit, or in per cent, for example {number} or '{number} %'"
    return f"convertible to {unit}, for example '{number} {_USUAL.get(unit, unit)}'"


def _respelled(text: str, unit: str) -> str:
    """A text as it should have been written if that can be inferred, else an example."""
    if found := _POINT.fullmatch(text):
        return f"'{found[1]}.{found[2]}{found[3]}', with a point"
    if found := _SPACE.fullmatch(text):
        return f"'{found[1]} {found[2]}'"
    return "0.5 or '50 %'" if unit == "1" else f"'1 {_USUAL.get(unit, unit)}'"
