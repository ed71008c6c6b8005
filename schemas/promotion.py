"""Whether a surrogate took the place of the one before it, and by what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from ragone.schemas.field import Tolerance, choice, flag, integer, real, text, texts
from ragone.schemas.record import Record

_ERROR = Tolerance(relative=1e-6)


class PromotionOutcome(StrEnum):
    """The reason for which a surrogate was promoted, or not."""

    FIRST = "none stood before it"
    BETTER = "better on held-out designs"
    NOT_BETTER = "not shown to be better on held-out designs"
    TOO_FEW = "too few held-out designs to tell"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Promotion(Record):
    """The comparison of a surrogate with the one in use, on designs that neither was trained on."""

    kind: ClassVar[str] = "promotion"

    target: str = text(doc="what both predict")
    target_unit: str = text(doc="its unit; 1 if dimensionless")
    surrogate_id: str = text(doc="the surrogate that was to be promoted")
    incumbent_id: str = text(default="", doc="the surrogate in use; empty if there was none")
    promoted: bool = flag(doc="whether the surrogate is in use from now on")
    outcome: PromotionOutcome = choice(PromotionOutcome, doc="why, or why not")
    held_out: tuple[str, ...] = texts(default=(), doc="ids of the observations that they were compared on")
    design_count: int = integer(low=0, doc="different designs among them")
    mean_absolute_error: float | None = real(
        "", low=0, optional=True, tolerance=_ERROR, doc="of the surrogate, in `target_unit`; null if not compared"
    )
    incumbent_mean_absolute_error: float | None = real(
        "", low=0, optional=True, tolerance=_ERROR, doc="of the one in use, in `target_unit`; null if not compared"
    )
    p_value: float | None = real(
        "1",
        low=0,
        high=1,
        optional=True,
        tolerance=Tolerance(absolute=1e-3),
        doc="chance of so large a gain if there is none; null if not compared",
    )
    significance_level: float = real("1", low=0, high=1, doc="below which the p value leads to a promotion")
    method: str = text(doc="how they were compared")
    reference: str = text(doc="author, year and doi of the method")
