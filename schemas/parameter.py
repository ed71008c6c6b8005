"""A parameter of a stage, or a field of a record, as a form or a command that asks for it needs to know it.

Command line, study files and forms are made from this one description: what a value may be, in which unit, what it is
unless given, and how text becomes a value.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from ragone.schemas.errors import ParameterError, UnitError, did_you_mean
from ragone.schemas.field import ANY, POSITIVE, Bounds, FieldSpec
from ragone.schemas.unit_names import short_name, unit_of
from ragone.schemas.units import parse_quantity

REQUIRED: Any = object()

Positive = Annotated[float, POSITIVE]
NotNegative = Annotated[float, Bounds(low=0)]
Share = Annotated[float, Bounds(low=0, high=1)]

_WORDS = {"true": True, "false": False}
_PLAIN = {bool: "true or false", str: "a text", dict: "a map"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, the type and unit of a value, the default, bounds or choices, and its meaning.

    `unit` is empty for what is no number; `optional` says that null is a value, `many` that there are several.
    """

    name: str
    type: type
    unit: str = ""
    default: Any = REQUIRED
    bounds: Bounds = ANY
    choices: tuple[str, ...] = ()
    optional: bool = False
    many: bool = False
    doc: str = ""

    @property
    def short(self) -> str:
        """The name without its unit, as people write it."""
        return short_name(self.name)

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is REQUIRED

    @property
    def expected(self) -> str:
        """Describe a value for messages: "a number with a unit of pressure, for example '1 Pa'"."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.type is int:
            return "a whole number"
        if self.type is float:
            return "a number" if self.unit == "1" else f"a number with a unit, for example '1 {self.unit}'"
        return _PLAIN.get(self.type, "a value")

    def read(self, given: object, path: str = "") -> Any:
        """The value that text, or plain data of a file, stands for.

        Parameters
        ----------
        given
            A text such as "100 MPa" or "0.2, 0.5, 1" where there are several; a number only where it is dimensionless.
        path
            What the value is called in messages; the parameter's name if empty.

        Raises
        ------
        ParameterError, UnitError, NotFiniteError, BoundsError
            If it is no such value, has another dimension, or lies out of bounds.
        """
        what = path or self.name
        if self.many:
            return tuple(self._read_one(each, what) for each in _several(given))
        return self._read_one(given, what)

    def require(self, value: Any) -> None:
        """Refuse a number out of bounds, or a text that is no choice; raises as `read`."""
        for each in value if self.many else (value,):
            if isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each):
                self.bounds.require(each, self.name, self.unit or "1")
            elif isinstance(each, str) and self.choices and each not in self.choices:
                raise ParameterError(
                    f"{self.name} = {each!r} is not one of its choices: {did_you_mean(each, self.choices)}"
                )

    def _read_one(self, given: object, what: str) -> Any:
        if self.optional and given in (None, "none"):
            return None
        if self.type is float:
            return parse_quantity(given, self.unit, what, self.bounds)
        if self.type is int:
            return self._whole(given, what)
        value = _WORDS.get(given, given) if self.type is bool and isinstance(given, str) else given
        if not isinstance(value, self.type):
            raise ParameterError(f"{what} = {given!r} must be {self.expected}. Change it.")
        if self.choices and value not in self.choices:
            raise ParameterError(f"{what} = {given!r} is not known: {did_you_mean(str(given), self.choices)}")
        return value

    def _whole(self, given: object, what: str) -> int:
        refused = ParameterError(f"{what} = {given!r} must be a whole number. Change it.")
        try:
            number = parse_quantity(given, self.unit or "1", what, self.bounds)
        except UnitError as cause:
            raise refused from cause
        if number != int(number):
            raise refused
        return int(number)


def parameter_of_field(spec: FieldSpec, default: Any) -> Parameter:
    """A scalar field of a record, with the default that the record gives it."""
    kinds: Mapping[str, type] = {"float64": float, "int64": int, "bool": bool, "utf8": str}
    document = spec.shape == "document"
    return Parameter(
        name=spec.name,
        type=dict if document else kinds[spec.dtype],
        unit=spec.unit,
        default=default,
        bounds=spec.bounds,
        choices=tuple(str(member) for member in spec.choices) if spec.choices else (),
        optional=spec.optional,
        doc=spec.doc,
    )


def parameter_of_hint(name: str, hint: Any, default: Any, doc: str) -> Parameter:
    """A keyword of a stage: its type, bounds and choices are those of its annotation, its unit that of its name."""
    bounds, optional, many = ANY, False, False
    choices: tuple[str, ...] = ()
    while True:
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            bounds = next((each for each in inner[1:] if isinstance(each, Bounds)), bounds)
            hint = inner[0]
        elif origin in (typing.Union, types.UnionType):
            optional = optional or type(None) in inner
            hint = next(each for each in inner if each is not type(None))
        elif origin is tuple:
            many, hint = True, inner[0]
        elif origin is typing.Literal:
            choices, hint = tuple(str(each) for each in inner), str
        else:
            break
    kind: type = origin or hint
    if issubclass(kind, StrEnum):
        choices, kind = tuple(str(member) for member in kind), str
    elif issubclass(kind, Mapping):
        kind = dict
    unit = unit_of(name) if kind in (float, int) else ""
    return Parameter(name, kind, unit, default, bounds, choices, optional, many, doc)


def named(parameters: Mapping[str, Parameter], name: str) -> Parameter | None:
    """The parameter of that name, whole or without its unit; None if there is none."""
    return parameters.get(name) or next((one for one in parameters.values() if one.short == name), None)


def _several(given: object) -> Iterable[object]:
    if isinstance(given, str):
        return [part.strip() for part in given.split(",") if part.strip()]
    return given if isinstance(given, list | tuple) else [given]
