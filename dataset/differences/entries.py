"""What two artifacts say about one thing, side by side; documents are compared field by field, by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.schemas.significance import Significance, significance
from ragone.schemas.unit_names import unit_of

_DEEPEST = 100  # levels of a document; a record's own are far fewer


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that two artifacts say: its name or path, and what each says; None where one says nothing.

    `unit` is that of both: "1" if dimensionless, empty where there is none. The uncertainties are standard
    uncertainties in it; None if unknown.
    """

    name: str
    first: Any
    second: Any
    unit: str = ""
    first_uncertainty: float | None = None
    second_uncertainty: float | None = None

    @property
    def differs(self) -> bool:
        """Whether values or uncertainties are not the same, be it within the uncertainties."""
        return not _same(self.first, self.second) or self.first_uncertainty != self.second_uncertainty

    @property
    def significance(self) -> Significance | None:
        """The difference with its uncertainty; None unless both are numbers whose uncertainty is known."""
        if not (_is_number(self.first) and _is_number(self.second)):
            return None
        return significance(self.first, self.second, self.first_uncertainty, self.second_uncertainty)


@dataclass(frozen=True, slots=True)
class Section:
    """Entries about one subject: the study, the code, the environment, the results."""

    title: str
    entries: tuple[Entry, ...]


def by_path(first: Any, second: Any, path: str = "") -> list[Entry]:
    """Compare two documents field by field: ``steps.discharge.parameters.power_watt``, ``goals[0].kpi``."""
    left, right = dict(_leaves(first, path)), dict(_leaves(second, path))
    names = dict.fromkeys((*left, *right))
    return [Entry(name, left.get(name), right.get(name), unit_of_path(name)) for name in names]


def by_name(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Entry]:
    """Compare what stands under the same name; names in order."""
    return [Entry(name, first.get(name), second.get(name)) for name in sorted(first.keys() | second.keys())]


def joined(values: Iterable[Any]) -> str:
    """Several values of one thing as one text."""
    return ", ".join(sorted(map(str, values)))


def unit_of_path(path: str) -> str:
    """The unit that a part of a path ends in, looked for from the end: that of ``thickness_metre.low`` is m."""
    units = (unit_of(part.partition("[")[0]) for part in reversed(path.split(".")))
    return next((unit for unit in units if unit != "1"), "")


def _leaves(document: Any, path: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(document, Mapping) and document and depth < _DEEPEST:
        for name, value in document.items():
            yield from _leaves(value, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(document, list | tuple) and document and depth < _DEEPEST:
        for number, value in enumerate(document):
            yield from _leaves(value, f"{path}[{number}]", depth + 1)
    else:
        yield path, document


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second)
    return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
