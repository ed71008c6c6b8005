"""Reading a parameter file strictly: every mistake is named by its path, with what was expected and what to do.

It knows nothing of studies.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.plain_yaml import LARGEST_BYTES, LimitError, decode_yaml
from ragone.pipelines.files.regular import FileMissingError, InputFileError, read_regular
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import Parameter
from ragone.schemas.units import parse_quantity

REQUIRED: Any = object()
_LONGEST_TEXT = 1000


def read_yaml(path: str | Path) -> Any:
    """The content of a YAML file.

    Raises
    ------
    StudyError
        If the file is missing, not text, not YAML, empty, has a key twice, or more than is read.
    """
    try:
        text = read_regular(path, LARGEST_BYTES, "a parameter file").decode()
    except FileMissingError as cause:
        raise StudyError(f"{path} does not exist. Give the path of a parameter file.") from cause
    except (InputFileError, UnicodeDecodeError) as cause:
        raise StudyError(f"{path} cannot be read as text: {cause}. Give a YAML file in UTF-8.") from cause
    try:
        content = decode_yaml(text)
    except StudyError as cause:
        raise StudyError(f"{path}: {cause}") from cause
    except LimitError as cause:
        raise StudyError(f"{path} is not YAML that is read: {cause}. Write less, or start from the default.") from cause
    except yaml.YAMLError as cause:
        reason = " ".join(str(cause).split())
        raise StudyError(f"{path} is not YAML: {reason}. Mend that place, or start from the default.") from cause
    if content is None:
        raise StudyError(f"{path} is empty. It must hold a study; start from the default params.yaml.")
    return content


def changed(content: Any, changes: Iterable[str]) -> Any:
    """The content with some values replaced, each written ``path.of.the.key=value``, the value as in the file.

    Raises
    ------
    StudyError
        If a change is not written so, or its path leads through what is no map.
    """
    for change in changes:
        path, equals, value = change.partition("=")
        if not equals or not path.strip():
            raise StudyError(
                f"{change!r} is not of the form PATH=VALUE. Write the path of a key, = and its value, for example "
                "'steps.discharge.power=10 W'."
            )
        content = _replaced(content, path.strip().split("."), _value(value, change), change)
    return content


def _value(text: str, change: str) -> Any:
    try:
        return decode_yaml(text)
    except yaml.YAMLError as cause:
        raise StudyError(f"the value of {change!r} is not YAML. Write it as in the file.") from cause


def _replaced(content: Any, path: list[str], value: Any, change: str) -> Any:
    if not path:
        return value
    if not isinstance(content, Mapping):
        raise StudyError(f"{change!r} leads through what is no map: there is no key {path[0]!r} below it.")
    key, rest = _next_key(content, path)
    return {**content, key: _replaced(content.get(key, {}), rest, value, change)}


def _next_key(content: Mapping[Any, Any], path: list[str]) -> tuple[str, list[str]]:
    """The key that the path leads to next, and the rest: a key may itself hold points, as recipe.porosity does."""
    for count in range(len(path), 1, -1):
        if ".".join(path[:count]) in content:
            return ".".join(path[:count]), path[count:]
    return path[0], path[1:]


class Section:
    """A map of a parameter file, at a path such as ``study.space``, with the keys that it may have; any if None."""

    def __init__(self, value: Any, path: str, known: Iterable[str] | None) -> None:
        names = None if known is None else list(known)
        self.path = path
        self._value = value
        if not isinstance(value, Mapping):
            what = f"{path} = {_brief(value)}" if path else f"the file holds {_brief(value)}, which"
            keys = f" with the keys: {', '.join(names)}" if names else ""
            raise StudyError(f"{what} must be a map{keys}.")
        for key in value:
            if names is not None and key not in names:
                raise StudyError(f"{self.at(key)} is not a known key: {did_you_mean(str(key), names)}")
            if not isinstance(key, str):
                raise StudyError(f"{self.at(key)}: a key must be a text. Put it in quotes.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def at(self, name: object) -> str:
        """The path of a key of this map."""
        return f"{self.path}.{name}" if self.path else str(name)

    def raw(self, name: str, default: Any = REQUIRED) -> Any:
        """The value as it stands in the file."""
        if name not in self._value:
            if default is REQUIRED:
                raise StudyError(f"{self.at(name)} is missing. Add it.")
            return default
        value = self._value[name]
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            raise StudyError(f"{self.at(name)} holds {len(value)} characters; at most {_LONGEST_TEXT} are read.")
        return value

    def has(self, name: str) -> bool:
        """Whether the file gives that key."""
        return name in self._value

    def section(self, name: str, known: Iterable[str] | None, default: Any = REQUIRED) -> Section:
        """A map inside this one."""
        return Section(self.raw(name, default), self.at(name), known)

    def sections(self, name: str, known: Iterable[str], default: Any = REQUIRED) -> list[Section]:
        """A list of maps inside this one."""
        value = self.raw(name, default)
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list of maps")
        return [Section(each, f"{self.at(name)}[{number}]", known) for number, each in enumerate(value, 1)]

    def value(self, name: str, parameter: Parameter) -> Any:
        """Return the value given for a parameter, in its unit and within its bounds."""
        given = self.raw(name)
        if parameter.type is str and isinstance(given, int | float) and not isinstance(given, bool):
            given = str(given)  # YAML reads 4680 as a number
        try:
            return parameter.read(given, self.at(name))
        except RagoneError as cause:
            raise StudyError(_with_value(cause, given)) from cause

    def text(self, name: str, default: Any = REQUIRED) -> str:
        """A text that is not empty."""
        value = self.raw(name, default)
        if not isinstance(value, str) or not (value.strip() or value == default):
            raise self._wrong(name, value, "a text")
        return value

    def choice(self, name: str, known: Iterable[str], default: Any = REQUIRED) -> str:
        """One of several words."""
        value, names = self.text(name, default), list(known)
        if value not in names:
            raise StudyError(f"{self.at(name)} = {_brief(value)} is not known: {did_you_mean(value, names)}")
        return value

    def flag(self, name: str, default: Any = REQUIRED) -> bool:
        """True or false."""
        value = self.raw(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def integer(self, name: str, low: int, high: int, default: Any = REQUIRED) -> int:
        """A whole number in [low, high]."""
        value = self.raw(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self._wrong(name, value, f"a whole number from {low} to {high}")
        return value

    def quantity(self, name: str, unit: str, bounds: Bounds) -> float:
        """A number with its unit, converted to `unit` and inside the bounds of the field that it fills."""
        return read_quantity(self.raw(name), self.at(name), unit, bounds)

    def _wrong(self, name: str, value: Any, expected: str) -> StudyError:
        return StudyError(f"{self.at(name)} = {_brief(value)} must be {expected}. Change it.")


def read_quantity(value: Any, path: str, unit: str, bounds: Bounds) -> float:
    """A number with its unit, in `unit`, inside the bounds.

    Raises
    ------
    StudyError
        If it is no quantity, not finite, of another dimension, or outside.
    """
    expected = "a number" if unit == "1" else f"a number with a unit, for example '1 {unit}'"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise StudyError(f"{path} = {_brief(value)} must be {expected}. Change it.")
    try:
        return parse_quantity(value, unit, path, bounds)
    except RagoneError as cause:
        raise StudyError(_with_value(cause, value)) from cause


def _with_value(cause: RagoneError, value: Any) -> str:
    """The message, with the value as it was written unless it is named already."""
    return str(cause) if _brief(value) in str(cause) else f"{cause} (Written: {_brief(value)}.)"


def _brief(value: Any) -> str:
    return reprlib.repr(value)
