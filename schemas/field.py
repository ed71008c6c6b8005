"""What a field of a record may hold: logical type, unit, bounds, and the tolerance of a re-run.

The functions below are used in place of `dataclasses.field` in the body of a record.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from enum import StrEnum
from typing import Any, Literal

from ragone.schemas.errors import BoundsError, FieldTypeError

KEY = "ragone"

Shape = Literal["scalar", "vector", "array", "texts", "document"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A closed interval, in the field's unit; an open end excludes its own value."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: float) -> bool:
        above = self.low is None or (value > self.low if self.low_open else value >= self.low)
        below = self.high is None or (value < self.high if self.high_open else value <= self.high)
        return above and below

    def __str__(self) -> str:
        left = "(-inf" if self.low is None else f"{'(' if self.low_open else '['}{self.low:g}"
        right = "inf)" if self.high is None else f"{self.high:g}{')' if self.high_open else ']'}"
        return f"{left}, {right}"

    def require(self, value: float, what: str, unit: str) -> None:
        """Raise `BoundsError` unless the value lies inside."""
        if value in self:
            return
        hint = ""
        if unit == "1" and self.high == 1.0 and self.low is not None and 1.0 < value <= 100.0:
            hint = " If it is a percentage divide by 100."
        raise BoundsError(f"{what} = {value:g} [{'-' if unit == '1' else unit}] is outside {self}.{hint}")


ANY, POSITIVE = Bounds(), Bounds(low=0, low_open=True)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Largest deviation of a re-run from the record: ``|new - old| <= absolute + relative * |old|``."""

    relative: float = 0.0
    absolute: float = 0.0


EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a record.

    `dtype` is an Arrow type name: float64, int64, bool, utf8, timestamp, binary, uint8...
    `unit` is empty for what is no physical quantity, and "1" for a dimensionless one. `length` is that of a vector
    which always has as many entries.
    """

    name: str
    shape: Shape
    dtype: str
    unit: str
    bounds: Bounds
    tolerance: Tolerance
    optional: bool
    infinite: bool
    axes: int
    length: int | None
    choices: type[StrEnum] | None
    doc: str


def _field(
    shape: Shape,
    dtype: str,
    *,
    unit: str = "",
    bounds: Bounds | None = None,
    tolerance: Tolerance = EXACT,
    optional: bool = False,
    infinite: bool = False,
    axes: int = 0,
    length: int | None = None,
    choices: type[StrEnum] | None = None,
    default: Any = MISSING,
    doc: str = "",
) -> Any:
    limits = bounds or Bounds()
    spec = FieldSpec("", shape, dtype, unit, limits, tolerance, optional, infinite, axes, length, choices, doc)
    if optional and default is MISSING:
        default = None
    if isinstance(default, dict | list):
        return dataclasses.field(default_factory=default.copy, metadata={KEY: spec}, kw_only=True)
    return dataclasses.field(default=default, metadata={KEY: spec}, kw_only=True)


def real(
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    low_open: bool = False,
    high_open: bool = False,
    tolerance: Tolerance = EXACT,
    optional: bool = False,
    infinite: bool = False,
    default: Any = MISSING,
    doc: str = "",
) -> Any:
    """A float64 number with a unit ("1" if dimensionless); finite unless `infinite` allows +inf."""
    bounds = Bounds(low, high, low_open, high_open)
    return _field(
        "scalar", "float64", unit=unit, bounds=bounds, tolerance=tolerance,
        optional=optional, infinite=infinite, default=default, doc=doc,
    )  # fmt: skip


def integer(
    unit: str = "1",
    *,
    low: float | None = None,
    high: float | None = None,
    optional: bool = False,
    default: Any = MISSING,
    doc: str = "",
) -> Any:
    """An int64 count."""
    return _field("scalar", "int64", unit=unit, bounds=Bounds(low, high), optional=optional, default=default, doc=doc)


def flag(*, default: Any = MISSING, doc: str = "") -> Any:
    """True or False."""
    return _field("scalar", "bool", default=default, doc=doc)


def text(*, optional: bool = False, default: Any = MISSING, doc: str = "") -> Any:
    """A string."""
    return _field("scalar", "utf8", optional=optional, default=default, doc=doc)


def choice(choices: type[StrEnum], *, default: Any = MISSING, doc: str = "") -> Any:
    """One member of an enumeration, stored as its text."""
    return _field("scalar", "utf8", choices=choices, default=default, doc=doc)


def instant(*, optional: bool = False, doc: str = "") -> Any:
    """A moment in UTC, to the microsecond."""
    return _field("scalar", "timestamp", optional=optional, doc=doc)


def blob(*, doc: str = "") -> Any:
    """Opaque bytes (model weights); never unpickled."""
    return _field("scalar", "binary", doc=doc)


def vector(
    unit: str = "",
    dtype: str = "float64",
    *,
    low: float | None = None,
    high: float | None = None,
    low_open: bool = False,
    length: int | None = None,
    tolerance: Tolerance = EXACT,
    default: Any = MISSING,
    doc: str = "",
) -> Any:
    """A one-dimensional numpy array; shape (n,), with n = `length` where that is given."""
    bounds = Bounds(low, high, low_open)
    return _field(
        "vector", dtype, unit=unit, bounds=bounds, length=length, tolerance=tolerance, default=default, doc=doc
    )


def integer_vector(*, low: float | None = None, doc: str = "") -> Any:
    """A one-dimensional numpy array of int64 counts; shape (n,)."""
    return vector("1", "int64", low=low, doc=doc)


def array(unit: str, dtype: str, axes: int, *, tolerance: Tolerance = EXACT, doc: str = "") -> Any:
    """A numpy array with a fixed number of axes, in C order."""
    return _field("array", dtype, unit=unit, axes=axes, tolerance=tolerance, doc=doc)


def texts(*, default: Any = MISSING, doc: str = "") -> Any:
    """A tuple of strings."""
    return _field("texts", "utf8", default=default, doc=doc)


def document(*, default: Any = MISSING, doc: str = "") -> Any:
    """A tree of maps, lists, text, numbers, booleans and nulls; kept as canonical JSON (RFC 8785)."""
    return _field("document", "utf8", default=default, doc=doc)


def specs_of(cls: type) -> Mapping[str, FieldSpec]:
    """The fields of a record class, by name, in the order declared."""
    fields = dataclasses.fields(cls)
    plain = [f.name for f in fields if KEY not in f.metadata]
    if plain:
        raise FieldTypeError(
            f"{cls.__name__}.{plain[0]} says no type, unit and bounds. Declare it by a function of "
            "ragone.schemas.field, for example `real('m', low=0)`."
        )
    return {f.name: dataclasses.replace(f.metadata[KEY], name=f.name) for f in fields}
