"""Between candidates and the unit cube in which the optimiser works.

A number takes one axis of the cube; a whole number too, each value an equal share of it; a choice one axis per option,
and the option whose coordinate is largest is meant. What has one possible value is no axis, and every candidate
carries it. A model of a response sees the points snapped, each to the one that stands for its whole number or
option, so that points of the cube that mean one candidate have one value (Garrido-Merchan and Hernandez-Lobato, 2020,
doi 10.1016/j.neucom.2019.11.004).

Variables are ordered by the last part of their path, then by the path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas import Candidate
from ragone.schemas.errors import BoundsError, MissingFieldError, ParameterError

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Real:
    """A number from low to high; a value outside has a coordinate outside [0, 1]."""

    low: float
    high: float
    width: ClassVar[int] = 1
    discrete: ClassVar[bool] = False  # whether points between its values are snapped

    def coordinates(self, value: Any, path: str) -> list[float]:
        """Return the coordinates of a value."""
        return [(value - self.low) / (self.high - self.low)]

    def value(self, coordinates: Sequence[float]) -> float:
        """Return the value at the coordinates."""
        return min(max(self.low + coordinates[0] * (self.high - self.low), self.low), self.high)


@dataclass(frozen=True)
class Whole:
    """A whole number from low to high, both included."""

    low: int
    high: int
    width: ClassVar[int] = 1
    discrete: ClassVar[bool] = True

    def coordinates(self, value: Any, path: str) -> list[float]:
        """Return the coordinates of a value."""
        return [(value - self.low + 0.5) / (self.high - self.low + 1)]

    def value(self, coordinates: Sequence[float]) -> int:
        """Return the value at the coordinates."""
        return min(max(self.low + int(coordinates[0] * (self.high - self.low + 1)), self.low), self.high)


@dataclass(frozen=True)
class Choice:
    """One of several options, in the order given; the first of equal coordinates wins."""

    options: tuple[Any, ...]
    discrete: ClassVar[bool] = True

    @property
    def width(self) -> int:
        """One axis per option."""
        return len(self.options)

    def coordinates(self, value: Any, path: str) -> list[float]:
        """One for the option that is meant, 0 for the others."""
        if value not in self.options:
            raise BoundsError(f"candidate.values.{path} = {value!r} is none of {list(self.options)}.")
        return [float(option == value) for option in self.options]

    def value(self, coordinates: Sequence[float]) -> Any:
        """Return the value at the coordinates."""
        return self.options[int(np.argmax(coordinates))]


Variable = Real | Whole | Choice


@dataclass(frozen=True)
class UnitCube:
    """The free variables of a space side by side on the axes of a unit cube; what is fixed beside them."""

    variables: Mapping[str, Variable]
    fixed: Mapping[str, Any]

    @classmethod
    def of(cls, space: Mapping[str, Any]) -> UnitCube:
        """The cube of a space: path to low and high (maybe whole), choices, or one value.

        Raises
        ------
        BoundsError, ParameterError
            If a low is above its high, or an entry says none of these.
        """
        ordered = sorted(space, key=lambda path: (path.rpartition(".")[2], path))
        found = {path: _variable(path, space[path]) for path in ordered}
        variables = {path: one for path, one in found.items() if isinstance(one, Variable)}
        return cls(variables, {path: one for path, one in found.items() if path not in variables})

    @property
    def axes(self) -> int:
        """Number of axes."""
        return sum(variable.width for variable in self.variables.values())

    @property
    def discrete(self) -> bool:
        """Whether any variable has values apart from each other."""
        return any(variable.discrete for variable in self.variables.values())

    def axes_of(self, path: str) -> slice:
        """The axes of a variable."""
        return next(axes for each, _, axes in self._axes_by_variable() if each == path)

    def points(self, candidates: Sequence[Candidate]) -> Floats:
        """Points of candidates in the cube, shape (candidates, axes); outside [0, 1] if outside the space.

        Raises
        ------
        MissingFieldError, BoundsError
            If a candidate has no value for a variable, or one that is no option.
        """
        rows = [self._point(candidate.values) for candidate in candidates]
        return np.array(rows, dtype=np.float64).reshape(len(candidates), self.axes)

    def candidates(self, points: Floats) -> dict[str, Candidate]:
        """The candidates at points of shape (count, axes), keyed "0", "1", ... in order."""
        rows = [{**self.fixed, **self._values(point)} for point in points.tolist()]
        return {str(number): Candidate(values=row) for number, row in enumerate(rows)}

    def snapped(self, points: Floats) -> Floats:
        """The points that stand for the candidates at points of shape (count, axes); only discrete axes change."""
        if not self.discrete:
            return points
        snapped = points.copy()
        for path, variable, axes in self._axes_by_variable():
            if variable.discrete:
                stand_for = [variable.coordinates(variable.value(p), path) for p in points[:, axes].tolist()]
                snapped[:, axes] = np.reshape(stand_for, (len(points), variable.width))
        return snapped

    def redrawn(self, points: Floats, share: float, random: np.random.Generator) -> Floats:
        """Points of shape (count, axes), about that share of their discrete variables drawn anew."""
        drawn = points.copy()
        for _, variable, axes in self._axes_by_variable():
            if variable.discrete:
                chosen = random.random(len(points)) < share
                drawn[chosen, axes] = random.random((int(chosen.sum()), variable.width))
        return drawn

    def _axes_by_variable(self) -> list[tuple[str, Variable, slice]]:
        """Every variable with its axes."""
        starts = np.cumsum([0, *(variable.width for variable in self.variables.values())]).tolist()
        return [
            (path, variable, slice(start, start + variable.width))
            for (path, variable), start in zip(self.variables.items(), starts, strict=False)
        ]

    def _point(self, values: Mapping[str, Any]) -> list[float]:
        missing = [path for path in self.variables if path not in values]
        if missing:
            raise MissingFieldError(f"candidate.values has no {', '.join(missing)}, which the space varies.")
        return [x for path, variable in self.variables.items() for x in variable.coordinates(values[path], path)]

    def _values(self, point: Sequence[float]) -> dict[str, Any]:
        return {path: variable.value(point[axes]) for path, variable, axes in self._axes_by_variable()}


def _variable(path: str, given: Mapping[str, Any]) -> Any:
    """The variable that an entry of a space describes, or its only value."""
    if "value" in given:
        return given["value"]
    if "choices" in given:
        options = tuple(given["choices"])
        if not options or any(option in options[:number] for number, option in enumerate(options)):
            raise ParameterError(f"space.{path}.choices = {list(options)} must be different values, at least one.")
        return Choice(options) if len(options) > 1 else options[0]
    if not {"low", "high"} <= set(given):
        raise ParameterError(f"space.{path} = {dict(given)} must hold low and high, or choices, or a value.")
    return _between(path, given["low"], given["high"], bool(given.get("whole", False)))


def _between(path: str, low: float, high: float, whole: bool) -> Any:
    if not low <= high:
        raise BoundsError(f"space.{path}: low = {low:g} is above high = {high:g}. Exchange them.")
    if whole and not (low == int(low) and high == int(high)):
        raise ParameterError(f"space.{path}: low = {low:g} and high = {high:g} must be whole numbers. Round them.")
    if low == high:
        return int(low) if whole else float(low)
    return Whole(int(low), int(high)) if whole else Real(float(low), float(high))
