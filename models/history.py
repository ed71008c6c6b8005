"""The history of an optimiser: earlier candidates with their KPIs, those evaluated since, and those still pending."""

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
    withdrawn: tuple[Candidate, ...] = (),
    *,
    name: str,
    goals: Sequence[Mapping[str, Any]],
    failed: tuple[int, ...] = (),
) -> History:
    """The history with further candidates, which are no longer pending.

    Parameters
    ----------
    before
        The history so far; None at the start.
    candidates
        That were evaluated, in order.
    kpis
        One for each goal of each candidate that did not fail, row by row.
    withdrawn
        Pending candidates that will not be evaluated, or in whose place another one was.
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
    over = {candidate.id for candidate in (*candidates, *withdrawn)}
    pending = tuple(one for one in (before.pending_ids if before else ()) if one not in over)
    earlier = before.trials if before else ()
    return History(name=name, goals=list(goals), trials=[*earlier, *added], pending_ids=pending)


@stage("campaign.await")
def await_results(
    before: History | None,
    candidates: tuple[Candidate, ...],
    *,
    name: str,
    goals: Sequence[Mapping[str, Any]],
) -> History:
    """The history with candidates whose evaluation is awaited, after those that were pending before.

    Parameters
    ----------
    before
        The history so far; None at the start.
    candidates
        Suggested and handed out.
    name
        Name of the study.
    goals
        KPI, sense and limit of each goal.
    """
    pending = (*(before.pending_ids if before else ()), *(candidate.id for candidate in candidates))
    trials = before.trials if before else []
    return History(name=name, goals=list(goals), trials=list(trials), pending_ids=tuple(dict.fromkeys(pending)))
