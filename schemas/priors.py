"""Which quantities of a cell are uncertain, by how much, and who says so: named distributions, each with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

import numpy as np

from ragone.schemas.errors import BoundsError, FieldShapeError, UnknownFieldError, did_you_mean
from ragone.schemas.field import texts, vector
from ragone.schemas.record import Record

LARGEST_NORMAL = 1.2  # size up to which a normal factor stays positive


class Source(StrEnum):
    """Origin of an uncertainty."""

    SAMPLING = "sampling"
    GENERATOR = "generator"
    VOXEL = "voxel"
    MATERIALS = "materials"
    CELL = "cell parameters"
    MANUFACTURE = "manufacture"


class Distribution(StrEnum):
    """Distribution of the factor by which a quantity is multiplied."""

    LOG_NORMAL = "log-normal"
    NORMAL = "normal"


class Holder(StrEnum):
    """The record that an uncertain quantity belongs to."""

    TRANSPORT = "transport"
    NEGATIVE_TRANSPORT = "negative_transport"
    MATERIALS = "materials"
    NEGATIVE_MATERIALS = "negative_materials"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Prior:
    """One uncertain quantity: a field of a record, or a parameter of the cell's model under PyBaMM's name.

    `size` is the factor at one standard deviation, at least 1: a log-normal one divides by it on the other side, a
    normal one subtracts as much as it adds.
    """

    holder: Holder
    name: str
    source: Source
    size: float
    reference: str
    distribution: Distribution = Distribution.LOG_NORMAL

    def factor(self, score: float) -> float:
        """The factor [-] of the quantity, given how many standard deviations it lies off its middle."""
        return self.size**score if self.distribution is Distribution.LOG_NORMAL else 1 + (self.size - 1) * score

    @property
    def key(self) -> tuple[str, str, str]:
        """Holder, name and source: one quantity may be uncertain for several reasons."""
        return self.holder, self.name, self.source

    def __str__(self) -> str:
        return f"{self.name} ({self.source})" if self.source is not Source.CELL else self.name


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Priors(Record):
    """Uncertain quantities, independent of each other, in the order of the dimensions of a draw."""

    kind: ClassVar[str] = "priors"

    holders: tuple[str, ...] = texts(doc="the record that the quantity belongs to: transport, materials, cell, ...")
    names: tuple[str, ...] = texts(doc="field of that record, or PyBaMM's name of a parameter of the cell's model")
    sources: tuple[str, ...] = texts(doc="sampling, generator, voxel, materials, cell parameters or manufacture")
    distributions: tuple[str, ...] = texts(doc="of the factor that multiplies the quantity: log-normal or normal")
    sizes: np.ndarray[Any, Any] = vector(
        "1", low=1, doc="factor at one standard deviation; log-normal it is divided by on the other side"
    )
    references: tuple[str, ...] = texts(doc="author, year and doi, or 'assumption' and what is assumed")

    def validate(self) -> None:
        """Each quantity has all that a draw needs, within what keeps a factor positive, and is there once."""
        counts = {name: len(getattr(self, name)) for name in self.fields()}
        if len(set(counts.values())) > 1:
            raise FieldShapeError(f"priors: {counts} entries. Give one of each for every quantity.")
        rows = self.rows()
        for row in rows:
            _require_size(row)
        keys = [row.key for row in rows]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise FieldShapeError(f"priors: {twice} is there twice. Leave one out.")

    @classmethod
    def of(cls, rows: Iterable[Prior]) -> Self:
        """The record of some quantities, in their order."""
        kept = list(rows)
        return cls(
            holders=tuple(str(row.holder) for row in kept),
            names=tuple(row.name for row in kept),
            sources=tuple(str(row.source) for row in kept),
            distributions=tuple(str(row.distribution) for row in kept),
            sizes=np.array([row.size for row in kept], dtype=np.float64),
            references=tuple(row.reference for row in kept),
        )

    def rows(self) -> list[Prior]:
        """The quantities, one by one.

        Raises
        ------
        UnknownFieldError
            If a record, source or distribution is not known.
        """
        columns = (self.holders, self.names, self.sources, self.sizes.tolist(), self.references, self.distributions)
        return [
            Prior(_member(Holder, h), name, _member(Source, s), size, reference, _member(Distribution, d))
            for h, name, s, size, reference, d in zip(*columns, strict=True)
        ]


def _member(choices: type[Any], word: str) -> Any:
    known = [str(member) for member in choices]
    if word not in known:
        raise UnknownFieldError(f"priors: {word!r} is not known: {did_you_mean(word, known)}")
    return choices(word)


def _require_size(row: Prior) -> None:
    if row.distribution is Distribution.NORMAL and row.size > LARGEST_NORMAL:
        raise BoundsError(
            f"priors: {row.name} has a factor of {row.size:g} [-] at one standard deviation; at most "
            f"{LARGEST_NORMAL:g} keeps a normal distribution positive. Use a log-normal one."
        )
