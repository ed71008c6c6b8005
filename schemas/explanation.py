"""Why a design was suggested, what is believed of it, and what would change that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ragone.schemas.field import document, integer, real, text
from ragone.schemas.record import Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Explanation(Record):
    """The beliefs of the optimiser's own surrogates in one design of a campaign, before it was evaluated and since.

    Numbers of a KPI are in its unit, as `goals` states it. A part without a value is empty, and `reasons` says why.
    """

    kind: ClassVar[str] = "explanation"

    candidate_id: str = text(doc="the design")
    goals: Any = document(doc="a list of kpi, sense, limit and unit")
    suggested_by: str = text(default="", doc="stage that suggested it; empty if it is not recorded")
    known_count: int = integer(low=0, default=0, doc="designs evaluated when it was suggested, failed ones too")
    evaluated_count: int = integer(low=0, default=0, doc="designs evaluated in all, failed ones too")
    believed: Any = document(
        default=[], doc="by goal: mean and deviation expected before, value found, residual in deviations"
    )
    promise: Any = document(default={}, doc="gain expected before, share of exploration, chances of success")
    rests_on: Any = document(
        default={}, doc="by KPI: the observations of largest weight in the mean, with distance in length scales"
    )
    influences: Any = document(default={}, doc="by KPI and variable: Sobol indices, first and total, with errors")
    slopes: Any = document(default={}, doc="by KPI and variable: gradient of the mean at the design, and deviation")
    flatness: Any = document(default={}, doc="margin, and by variable the range within it, the others held")
    tolerance_cost: Any = document(default=[], doc="by goal: shift of the mean over a maker's tolerances, and scatter")
    chance_best: float | None = real(
        "1", low=0, high=1, optional=True, default=None, doc="that no other evaluated design is better; or null"
    )
    rivals: Any = document(default=[], doc="evaluated designs most likely best: chance, and lead of the design")
    limits: Any = document(default=[], doc="by limit: room that the mean leaves to it, and deviation")
    next_evaluation: Any = document(
        default={}, doc="what would change most: values, gain expected, chance of another recommendation"
    )
    reasons: Any = document(default={}, doc="for each part without a value the reason")
    method: str = text(doc="surrogates and numbers of points")
