"""Small named verbs that bring the fields of an old record to the next schema version.

A record class lists them per version: ``migrations = {1: (renamed("tau", "pore_tortuosity_factor"),)}`` leads
from version 1 to version 2. They change what is read, never what is stored: an old artifact keeps its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = dict[str, Any]
Verb = Callable[[Values], Values]
Migrations = Mapping[int, tuple[Verb, ...]]


def renamed(old: str, new: str) -> Verb:
    """The field is called otherwise."""
    return lambda values: {(new if name == old else name): value for name, value in values.items()}


def added(name: str, value: Any) -> Verb:
    """The field is new; old records hold this value."""
    return lambda values: {**values, name: value}


def removed(name: str) -> Verb:
    """The field is no longer kept."""
    return lambda values: {n: v for n, v in values.items() if n != name}


def scaled(name: str, factor: float) -> Verb:
    """The field's unit changed; old numbers are multiplied by the factor."""
    return lambda values: {**values, name: None if values[name] is None else values[name] * factor}
