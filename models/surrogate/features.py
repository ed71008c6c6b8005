"""Between columns of evaluations and the unit cube in which a surrogate works.

A number takes one axis, scaled by the range that it was trained in; a text or a yes or no one axis per option, 1 for
the option that is meant. A value outside of its range has a coordinate outside [0, 1].
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.method import Floats
from ragone.schemas.errors import did_you_mean

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Feature:
    """One column: a number from low to high, a whole one if `whole`, or one of several options."""

    name: str
    unit: str
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    options: tuple[Any, ...] = ()

    @classmethod
    def of(cls, name: str, unit: str, values: Sequence[Any], *, whole: bool = False) -> Feature:
        """The feature of a column of values.

        Raises
        ------
        SurrogateError
            If a value is missing, infinite or of another type than the others.
        """
        types = {type(value) for value in values}
        if types <= {bool} or types <= {str}:
            return cls(name, unit, options=tuple(sorted(set(values))))
        if not types <= {int, float} or not np.isfinite(np.array(values, dtype=np.float64)).all():
            raise SurrogateError(
                f"column {name} holds something else than finite numbers, or than texts. Leave those rows out with "
                f"--where, or name other columns with --features."
            )
        return cls(name, unit, float(min(values)), float(max(values)), whole=whole)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Feature:
        """The feature that a record keeps as plain data."""
        if "choices" in kept:
            return cls(kept["name"], kept["unit"], options=tuple(kept["choices"]))
        return cls(kept["name"], kept["unit"], float(kept["low"]), float(kept["high"]), bool(kept["whole"]))

    def plain(self) -> dict[str, Any]:
        """It as plain data for a record."""
        named = {"name": self.name, "unit": self.unit}
        if self.options:
            return {**named, "choices": list(self.options)}
        return {**named, "low": self.low, "high": self.high, "whole": self.whole}

    @property
    def varies(self) -> bool:
        """Whether it takes more than one value."""
        return len(self.options) > 1 or self.high > self.low

    @property
    def width(self) -> int:
        """Number of axes."""
        return len(self.options) or 1

    def encoded(self, values: Sequence[Any]) -> Floats:
        """Coordinates of values, shape (n, width).

        Raises
        ------
        SurrogateError
            If a value is none of the options, or no number.
        """
        if self.options:
            self._require_options(values)
            return np.array([[value == option for option in self.options] for value in values], dtype=np.float64)
        try:
            numbers = np.array(values, dtype=np.float64)[:, None]
        except (TypeError, ValueError) as cause:
            raise SurrogateError(f"{self.name} must be a number in {self.unit or '-'}; it is {values[0]!r}.") from cause
        return np.asarray((numbers - self.low) / (self.high - self.low))

    def decoded(self, coordinates: Floats) -> list[Any]:
        """Values at coordinates of shape (n, width)."""
        if self.options:
            return [self.options[number] for number in coordinates.argmax(axis=1)]
        numbers = self.low + coordinates[:, 0] * (self.high - self.low)
        return [round(number) for number in numbers.tolist()] if self.whole else numbers.tolist()

    def _require_options(self, values: Sequence[Any]) -> None:
        unknown = next((value for value in values if value not in self.options), None)
        if unknown is not None:
            hint = did_you_mean(str(unknown), map(str, self.options))
            raise SurrogateError(f"{self.name} = {unknown!r} was never seen in training: {hint}")


def features_of(columns: Columns, units: Mapping[str, str], whole: Collection[str] = ()) -> tuple[Feature, ...]:
    """The features of columns that vary, by name: the order in which a run records its columns is not kept.

    Raises
    ------
    SurrogateError
        If none does.
    """
    found = tuple(
        Feature.of(name, units.get(name, ""), values, whole=name in whole) for name, values in sorted(columns.items())
    )
    varying = tuple(one for one in found if one.varies)
    if not varying:
        named = ", ".join(columns) or "no column"
        raise SurrogateError(f"nothing that the designs differ in is among {named}. Name others with --features.")
    return varying


def encoded(features: Sequence[Feature], columns: Columns) -> Floats:
    """Points of rows of columns, shape (n, axes).

    Raises
    ------
    SurrogateError
        If a column is missing, or a value cannot be encoded.
    """
    missing = [one.name for one in features if one.name not in columns]
    if missing:
        raise SurrogateError(f"the surrogate needs a value for {', '.join(missing)}. Give one for each.")
    return np.hstack([one.encoded(columns[one.name]) for one in features])


def decoded(features: Sequence[Feature], points: Floats) -> dict[str, list[Any]]:
    """Columns of points, shape (n, axes)."""
    starts = np.cumsum([0, *(one.width for one in features)]).tolist()
    return {
        one.name: one.decoded(points[:, start : start + one.width])
        for one, start in zip(features, starts, strict=False)
    }
