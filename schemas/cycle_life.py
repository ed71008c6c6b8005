"""How long a cell lived, as far as anybody looked: what survival analysis is a query on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, choice, document, real, text
from ragone.schemas.record import Record

_LIFE = Tolerance(relative=1e-3, absolute=1e-6)


class LifeOutcome(StrEnum):
    """The event that ended a life, or the reason for which none was seen (censoring)."""

    CAPACITY = "the capacity fell below its limit"
    RESISTANCE = "the resistance rose above its limit"
    PLATING = "lithium was plated beyond its limit"
    FAILED = "the cell failed otherwise"
    BUDGET = "censored: the budget of cycles was spent"
    CALENDAR = "censored: the time limit was reached"
    SOLVER = "censored: the solver gave up"
    WITHDRAWN = "censored: the run was stopped, or its record ends"
    NOT_STARTED = "no cycle could be done"

    @property
    def is_event(self) -> bool:
        """Whether the end of the life was seen."""
        return self in (LifeOutcome.CAPACITY, LifeOutcome.RESISTANCE, LifeOutcome.PLATING, LifeOutcome.FAILED)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CycleLife(Record):
    """The life of one cell, known to end after `lower` and not after `upper`, both in `unit`.

    A life that was read off between two looks is an interval. Without an event `upper` is null: the life is longer
    than `lower`, which is right censoring. Where `upper` and `outcome` contradict each other, an analysis refuses it.
    """

    kind: ClassVar[str] = "cycle_life"

    cell_name: str = text(doc="which cell")
    outcome: LifeOutcome = choice(LifeOutcome, doc="the event, or why there is none")
    reason: str = text(default="", doc="what the run said at its end, in one line")
    unit: str = text(default="cycle", doc="cycle, equivalent full cycle, day or A.h of throughput")
    lower: float = real("", low=0, tolerance=_LIFE, doc="in `unit`: the cell was alive there")
    upper: float | None = real(
        "", low=0, optional=True, tolerance=_LIFE, doc="in `unit`: its life had ended there; null without an event"
    )
    entry: float = real("", low=0, default=0.0, doc="in `unit`: under observation from here on (left truncation)")
    standard_uncertainty: float | None = real(
        "", low=0, optional=True, tolerance=Tolerance(relative=1e-2, absolute=1e-9),
        doc="in `unit`: of the end that was read off, by the noise of what it was read off; null if unknown",
    )  # fmt: skip
    criterion: str = text(doc="the limits, and of which quantity and reference")
    covariates: Any = document(
        default={}, doc="what is known of the cell by name: a text, or a map of `value` and `unit`"
    )
    source: str = text(default="", doc="title and address of imported lives; empty if read off a record of the lake")
    licence: str = text(default="", doc="SPDX identifier of imported lives, or 'unknown'; empty if read off a record")
    method: str = text(doc="how the end was found between two cycles")
    reference: str = text(default="", doc="author, year and doi of the definition")

    def validate(self) -> None:
        """A life does not end before its lower end."""
        if self.upper is not None and self.upper < self.lower:
            raise FieldShapeError(
                f"cycle_life of {self.cell_name!r} ends between {self.lower:g} and {self.upper:g} {self.unit}; "
                "the first must not be the larger."
            )
