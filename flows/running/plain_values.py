"""Arguments of jobs as plain data: what a Prefect server shows, stores and gives back.

Ids travel, not arrays: a record is its id, but its fields where it is part of a plan; a lake is its address. A value
that says itself what it is written as (a study: the content of its file) has `to_plain` and `from_plain`; other data
classes are maps of their fields.
"""

from __future__ import annotations

import dataclasses
import os
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import StudyError
from ragone.flows.running.progress import Progress
from ragone.schemas import Record

_SCALARS: dict[type, tuple[type, ...]] = {bool: (bool,), int: (int,), float: (int, float), str: (str,), Path: (str,)}


def is_plain(hint: Any) -> bool:
    """Whether values of a type can be plain data: all but progress and callables."""
    inner = [part for part in typing.get_args(hint) if part is not type(None)] if _is_union(hint) else [hint]
    return not any(part is Progress or typing.get_origin(part) is Callable for part in inner)


def plain_type(hint: Any) -> Any:
    """The type of the plain data."""
    if _is_union(hint):
        return plain_type(_without_none(hint)) | None
    if hint in (bool, int, float, str):
        return hint
    if _is_sequence(hint):
        return list[plain_type(typing.get_args(hint)[0])]  # type: ignore[misc]
    if hint in (Lake, Path) or (isinstance(hint, type) and issubclass(hint, Record)):
        return str
    return dict[str, Any]


def address_of(lake: Lake | str) -> str:
    """The address of a lake, absolute where it is a folder."""
    where = lake if isinstance(lake, str) else lake.where
    return where if "://" in where else os.path.abspath(where)


def to_plain(value: Any) -> Any:
    """A value as plain data."""
    if isinstance(value, Lake):
        return address_of(value)
    if isinstance(value, Record):
        return value.id
    if isinstance(value, list | tuple):
        return [to_plain(each) for each in value]
    return _written(value)


def read_plain(hint: Any, given: Any, name: str, lake: Lake) -> Any:
    """The value that plain data stand for.

    Raises
    ------
    StudyError
        If they are of another type; the message names the parameter.
    """
    if _is_union(hint):
        if given is None:
            return None
        hint = _without_none(hint)
    if isinstance(hint, type) and issubclass(hint, Record):
        return lake.get(_scalar(str, given, name), hint)
    if _is_sequence(hint) and isinstance(given, list | tuple):
        (inner, *_) = typing.get_args(hint)
        return tuple(read_plain(inner, each, f"{name}[{place}]", lake) for place, each in enumerate(given, 1))
    return _read(hint, given, name)


def _written(value: Any) -> Any:
    if hasattr(value, "to_plain"):
        return value.to_plain()
    if isinstance(value, Record):
        return {name: _written(getattr(value, name)) for name in value.fields()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {spec.name: _written(getattr(value, spec.name)) for spec in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_written(each) for each in value]
    return str(value) if isinstance(value, Path | Enum) else value


def _read(hint: Any, given: Any, name: str) -> Any:
    if _is_union(hint):
        if given is None:
            return None
        hint = _without_none(hint)
    if hasattr(hint, "from_plain"):
        return hint.from_plain(given)
    if _is_sequence(hint) and isinstance(given, list | tuple):
        inner = typing.get_args(hint)[0]
        return tuple(_read(inner, each, f"{name}[{place}]") for place, each in enumerate(given, 1))
    if typing.get_origin(hint) in (Mapping, dict) and isinstance(given, Mapping):
        inner = typing.get_args(hint)[1]
        return {key: _read(inner, each, f"{name}.{key}") for key, each in given.items()}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(given, Mapping):
        return _built(hint, given, name)
    return _scalar(hint, given, name)


def _built(cls: Any, given: Mapping[str, Any], name: str) -> Any:
    """A data class from a map of its fields; a record within it, too."""
    if issubclass(cls, Record):
        return cls.build(dict(given))
    hints = typing.get_type_hints(cls)
    known = {spec.name for spec in dataclasses.fields(cls)}
    if unknown := sorted(set(given) - known):
        raise StudyError(f"{name}.{unknown[0]} is not known. Known are: {', '.join(sorted(known))}.")
    try:
        return cls(**{key: _read(hints[key], value, f"{name}.{key}") for key, value in given.items()})
    except TypeError as cause:  # a field without a default is missing
        raise StudyError(f"{name} is not complete: {cause}. Give every field.") from cause


def _scalar(hint: Any, given: Any, name: str) -> Any:
    """A text, number or flag; also a path."""
    kinds = _SCALARS.get(hint)
    if kinds is None or not isinstance(given, kinds) or (isinstance(given, bool) and hint is not bool):
        wanted = getattr(hint, "__name__", hint)
        raise StudyError(f"{name} = {given!r:.80} must be of type {wanted}. Change it.")
    return hint(given)


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _without_none(hint: Any) -> Any:
    (inner,) = (part for part in typing.get_args(hint) if part is not type(None))
    return inner


def _is_sequence(hint: Any) -> bool:
    return typing.get_origin(hint) in (Sequence, tuple, list)
