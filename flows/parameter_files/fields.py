"""The fields of records as parameters, so that words of a command line or a file are read as what a record holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ragone.schemas import Record
from ragone.schemas.errors import ParameterError, UnknownFieldError, did_you_mean, nearest
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
            raise UnknownFieldError(f"{name} is not a field of the {kind.kind.replace('_', ' ')}: {hint}")
        if parameter.name in found:
            raise ParameterError(f"{name} is given twice. Leave one out.")
        found[parameter.name] = parameter.read(word, name)
    return found


def settings_of(words: Sequence[str], known: Sequence[str] = ()) -> dict[str, str]:
    """Return the values of NAME=VALUE texts by name.

    Parameters
    ----------
    words
        The texts.
    known
        Names that may be meant, for the message if one of the texts is of another form.

    Raises
    ------
    ParameterError
        If one is no such text, or two have one name.
    """
    found: dict[str, str] = {}
    for word in words:
        name, _, value = (part.strip() for part in word.partition("="))
        if not (name.isidentifier() and value):
            raise ParameterError(f"{word.strip()!r} is not of the form NAME=VALUE{_meant(word, known)}.")
        if name in found:
            raise ParameterError(f"{name} is given twice. Leave one out.")
        found[name] = value
    return found


def _meant(word: str, known: Sequence[str]) -> str:
    """A guess at the word that was meant, with the name that is nearest to one of its parts; else an example."""
    parts = [part for part in re.split(r"[\s=:]+", word) if part]
    for part in parts:
        near = nearest(part, known) or ([part] if part.isidentifier() and not known else [])
        value = " ".join(other for other in parts if other != part)
        if near and value:
            return f"; write {near[0]}={value}"
    return ", for example porosity=0.3 or 'mass_loading=20 mg/cm^2'"
