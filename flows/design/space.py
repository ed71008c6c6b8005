"""What a study varies: fields of its records and parameters of its steps, each named by its path.

``recipe.porosity: {low: 28 %, high: 45 %}`` is a range, ``{choices: [4680, 21700]}`` a choice, a single value fixes.
Names may be written without their unit. What is not named keeps the value that the record or step gives it.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.parameter import Parameter, named

_RANGE = ("low", "high")
_CHOICES = ("choices",)


@dataclass(frozen=True)
class Variable:
    """One path of a space: a range from low to high (equal: fixed), or several values to choose from."""

    path: str
    parameter: Parameter
    low: Any = None
    high: Any = None
    choices: tuple[Any, ...] = ()

    @property
    def role(self) -> str:
        """The record or step that it belongs to."""
        return self.path.partition(".")[0]

    @property
    def is_free(self) -> bool:
        """Whether it can take more than one value."""
        return len(self.choices) > 1 or (not self.choices and self.low != self.high)

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, as the optimiser takes it."""
        if self.choices:
            return {"choices": list(self.choices)} if self.is_free else {"value": self.choices[0]}
        if not self.is_free:
            return {"value": self.low}
        whole = {"whole": True} if self.parameter.type is int else {}
        return {"low": self.low, "high": self.high, **whole}

    def middle(self) -> Any:
        """The value in the middle of the range; the first of a choice."""
        if self.choices:
            return self.choices[0]
        if not self.is_free:
            return self.low
        mean = (self.low + self.high) / 2
        return round(mean) if self.parameter.type is int else mean


Space = Mapping[str, Variable]


def read_space(root: Section, parameters: Mapping[str, Mapping[str, Parameter]]) -> dict[str, Variable]:
    """The variables of a study by their whole paths.

    Parameters
    ----------
    root
        The study; `space` below it maps paths, or roles and then names, to ranges.
    parameters
        What each role has, by name.

    Raises
    ------
    StudyError
        For a path that leads to no parameter, or a range that cannot be used.
    """
    space: dict[str, Variable] = {}
    for written, section, key in _entries(root.section("space", None)):
        role, _, name = written.partition(".")
        if role not in parameters:
            raise StudyError(
                f"{section.at(key)} begins with no record or step of the study: {did_you_mean(role, parameters)}"
            )
        parameter = named(parameters[role], name)
        if parameter is None:
            known = [one.short for one in parameters[role].values()]
            raise StudyError(f"{section.at(key)} is no parameter of {role}: {did_you_mean(name, known)}")
        path = f"{role}.{parameter.name}"
        if path in space:
            raise StudyError(f"{section.at(key)} is given twice. Leave one out.")
        space[path] = _variable(path, parameter, section, key)
    return space


def _entries(section: Section) -> list[tuple[str, Section, str]]:
    """Path, and section and key where it stands; a map of a role's names counts as so many paths."""
    found = []
    for key in section:
        value = section.raw(key)
        if "." not in key and isinstance(value, Mapping):
            inner = section.section(key, None)
            found += [(f"{key}.{name}", inner, name) for name in inner]
        else:
            found.append((key, section, key))
    return found


def _variable(path: str, parameter: Parameter, section: Section, key: str) -> Variable:
    value = section.raw(key)
    if not isinstance(value, Mapping):
        fixed = section.value(key, parameter)
        return Variable(path, parameter, fixed, fixed)
    ends = section.section(key, (*_RANGE, *_CHOICES))
    if parameter.type is dict:
        raise StudyError(f"{ends.path} cannot be varied. Give one value.")
    if ends.has("choices"):
        return Variable(path, parameter, choices=_choices(parameter, ends))
    if parameter.type not in (float, int):
        raise StudyError(
            f"{ends.path} has no range, for {parameter.name} is no number. Give choices: [...], or one value."
        )
    low, high = (ends.value(end, parameter) for end in _RANGE)
    if low > high:
        raise StudyError(f"{ends.path}: low = {ends.raw('low')!r} is above high = {ends.raw('high')!r}. Exchange them.")
    return Variable(path, parameter, low, high)


def _choices(parameter: Parameter, ends: Section) -> tuple[Any, ...]:
    given = ends.raw("choices")
    if not isinstance(given, list) or not given or any(ends.has(end) for end in _RANGE):
        raise StudyError(f"{ends.path} must be a list of choices, or a low and a high. Change it.")
    try:
        values = tuple(parameter.read(str(one) if parameter.type is str else one, ends.at("choices")) for one in given)
    except RagoneError as cause:
        raise StudyError(str(cause)) from cause
    if len({repr(value) for value in values}) < len(values):
        raise StudyError(f"{ends.at('choices')} = {reprlib.repr(given)} names a value twice. Leave one out.")
    return values
