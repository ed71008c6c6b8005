"""The fields of records as parameters, so that words of a command line or a file are read as what a record holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.schemas import Record
from ragone.schemas.errors import ParameterError, UnknownFieldError, did_you_mean
from ragone.schemas.parameter import named


def read_fields(kind: type[Record], words: Mapping[str, object]) -> dict[str, Any]:
    """Values of some fields of a record, given by name, with or without its unit.

    Raises
    ------
    UnknownFieldError
        If the record has no such field.
    ParameterError, UnitError, NotFiniteError, BoundsError
        If a field is given under both its names, or a value cannot be read.
    """
    known, found = kind.parameters(), dict[str, Any]()
    for name, word in words.items():
        parameter = named(known, name)
        if parameter is None:
            hint = did_you_mean(name, [one.short for one in known.values()])
            raise UnknownFieldError(f"{name} is no part of a {kind.kind.replace('_', ' ')}: {hint}")
        if parameter.name in found:
            raise ParameterError(f"{name} is given twice. Leave one out.")
        found[parameter.name] = parameter.read(word, name)
    return found


def settings_of(words: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE texts by name.

    Raises
    ------
    ParameterError
        If one is no such text, or two have one name.
    """
    found: dict[str, str] = {}
    for word in words:
        name, _, value = (part.strip() for part in word.partition("="))
        if not (name and value):
            raise ParameterError(f"{word!r} is no NAME=VALUE, for example electrolyte_excess=0.2.")
        if name in found:
            raise ParameterError(f"{name} is given twice. Leave one out.")
        found[name] = value
    return found
