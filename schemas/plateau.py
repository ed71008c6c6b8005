"""Which designs are as good as the best one? What a campaign leaves open, instead of a single point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ragone.schemas.field import Tolerance, document, integer, real, text, texts
from ragone.schemas.record import Record

_SHARE = Tolerance(absolute=1e-2)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Plateau(Record):
    """The designs whose objective lies within a margin of the best value: those evaluated, and those of a surrogate.

    A range is ``[low, high]`` in the unit that the variable's name ends in, or a list of the options of a choice. The
    plateau need not fill the box of its ranges: variables may only change together.
    """

    kind: ClassVar[str] = "plateau"

    kpi_name: str = text(doc="name of the objective's KPI")
    unit: str = text(doc="its unit")
    best_value: float = real("", doc="of the best design that was evaluated, in `unit`")
    margin: float = real("", low=0, doc="distance from the best value that counts as equal, in `unit`")
    tolerance: float = real("1", low=0, doc="share of the best value that counts as equal at least")
    candidate_ids: tuple[str, ...] = texts(doc="evaluated designs on the plateau, the best first")
    feasible_count: int = integer(low=1, doc="evaluated designs that meet every goal")
    names: tuple[str, ...] = texts(doc="paths of the variables that the campaign varied")
    evaluated: Any = document(doc="variable to its range over the evaluated designs on the plateau")
    predicted: Any = document(
        default={}, doc="variable to its range over the predicted plateau; empty without a surrogate, or if it is none"
    )
    predicted_share: float | None = real(
        "1", low=0, high=1, optional=True, default=None, tolerance=_SHARE, doc="of the space; null without a surrogate"
    )
    method: str = text(doc="how the margin was chosen and the region predicted")
