"""The history of an optimiser: earlier candidates with their KPIs, and those that were evaluated since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.schemas import Candidate, History, Kpi, stage
from ragone.schemas.errors import FieldShapeError


@stage("campaign.tell")
def tell(
    before: History | None,
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    *,
    name: str,
    goals: Sequence[Mapping[str, Any]],
    failed: tuple[int, ...] = (),
) -> History:
    """The history with further candidates.

    Parameters
    ----------
    before
        The history so far; None at the start.
    candidates
        That were evaluated, in order.
    kpis
        One for each goal of each candidate that did not fail, row by row.
    name
        Name of the study.
    goals
        KPI, sense and limit of each goal.
    failed
        Numbers, among the candidates given, of those whose evaluation failed: they have no KPIs.

    Raises
    ------
    FieldShapeError
        If candidates and KPIs do not match in number.
    """
    width = len(goals)
    if len(kpis) != width * (len(candidates) - len(failed)):
        raise FieldShapeError(
            f"{len(candidates)} candidates, {len(failed)} of which failed, and {width} goals were given {len(kpis)} "
            "KPIs. Give one for each goal of each candidate that did not fail."
        )
    given = iter(kpis)
    added = [
        {"candidate": candidate.id, "kpis": [] if number in failed else [next(given).id for _ in goals]}
        for number, candidate in enumerate(candidates)
    ]
    return History(name=name, goals=list(goals), trials=[*(before.trials if before else ()), *added])
