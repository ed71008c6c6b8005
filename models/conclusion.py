"""What did a campaign find? Its trials in order, and the best of those that were feasible.

With one objective that is one trial, of equals the earlier; with several the front: the trials that no other one beats
in all of them. It is the best that was evaluated, not the optimum that a surrogate would predict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ragone.models.front import unbeaten
from ragone.models.goals import Goal, goals_of, is_feasible, least_of, rows_of, value_of
from ragone.schemas import Campaign, Candidate, Kpi, Record, stage
from ragone.schemas.errors import FieldShapeError
from ragone.schemas.study import is_at_fidelity

_NONE_AT_TARGET = "no design was evaluated at the fidelity at which the answer is wanted, so that none is named"

Row = tuple[Kpi | None, ...]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@stage("campaign.conclude")
def conclude(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    *,
    name: str,
    definition: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    failed_trials: tuple[int, ...] = (),
    ending: str = "",
    learned_from: Sequence[Mapping[str, Any]] = (),
    target: Mapping[str, Any] | None = None,
) -> Campaign:
    """Assemble the record of a campaign.

    Parameters
    ----------
    candidates
        Candidates of every trial, in order.
    kpis
        KPI of each goal, for each trial in turn that did not fail.
    name, definition
        Name and definition of the study; the definition in the units of the records.
    goals
        ``{"kpi": ..., "sense": ..., "limit": ...}`` each, as `acquisition.expected_improvement` takes them.
    failed_trials
        Numbers of the trials, from 0, whose evaluation failed: they have no KPI.
    ending
        Why it ended before its budget was spent; empty if it did not.
    learned_from
        Of each source ``{"surrogate_id": ..., "origin": ..., "kpi": ..., "weight": ...}``.
    target
        Path to its value at the fidelity at which the answer is wanted: what was evaluated otherwise has its values in
        the record, and counts as infeasible. Null if there is one fidelity.

    Raises
    ------
    FieldShapeError
        If the number of KPIs does not fit, or a failed trial is none.
    """
    cheaper = [place for place, one in enumerate(candidates) if not is_at_fidelity(one.values, target or {})]
    if target and len(cheaper) == len(candidates):
        ending = "; ".join(filter(None, (ending, _NONE_AT_TARGET)))
    return concluded(
        candidates,
        kpis,
        goals_of(goals),
        failed_trials,
        name=name,
        definition=definition,
        ending=ending,
        learned_from=learned_from,
        cheaper=cheaper,
    )


def concluded(
    tried: Sequence[Record],
    kpis: Sequence[Kpi],
    goals: Sequence[Goal],
    failed: Sequence[int],
    *,
    name: str,
    definition: Mapping[str, Any],
    ending: str = "",
    learned_from: Sequence[Mapping[str, Any]] = (),
    cheaper: Sequence[int] = (),
) -> Campaign:
    """The record of a campaign over whatever records were tried, some of them cheaply; see `conclude`."""
    rows = _rows(goals, kpis, len(tried), failed)
    values = [[least_of(goal, kpi) for goal, kpi in zip(goals, row, strict=True)] for row in rows]
    feasible = [is_feasible(goals, each) and place not in cheaper for place, each in enumerate(values)]
    aims = [place for place, goal in enumerate(goals) if goal.is_objective]
    front = _front(np.array([[_gain(goals[a], each[a]) for a in aims] for each in values]), feasible)
    best = front[0] if front and len(aims) == 1 else None
    return Campaign(
        name=name,
        definition=definition,
        goals=[goal.definition() for goal in goals],
        objective_name=", ".join(goals[a].kpi for a in aims),
        objective_unit=", ".join(kpis[a].unit for a in aims) if kpis else "",
        candidate_ids=tuple(record.id for record in tried),
        kpi_ids=tuple("" if kpi is None else kpi.id for row in rows for kpi in row),
        values=values,
        bounds=_bounds(goals, rows),
        feasible=np.array(feasible, dtype=np.uint8),
        best_candidate_id="" if best is None else tried[best].id,
        best_kpi_id="" if best is None or (kpi := rows[best][aims[0]]) is None else kpi.id,
        front_ids=tuple(tried[number].id for number in front) if len(aims) > 1 else (),
        ending=ending,
        learned_from=[dict(each) for each in learned_from],
    )


def _rows(goals: Sequence[Goal], kpis: Sequence[Kpi], count: int, failed: Sequence[int]) -> list[Row]:
    """The KPI of each goal, trial by trial; None throughout where the evaluation failed."""
    if not set(failed) <= set(range(count)):
        raise FieldShapeError(f"failed_trials = {list(failed)} are not among the {count} trials, numbered from 0.")
    measured = iter(rows_of(goals, kpis, count - len(set(failed))))
    return [(None,) * len(goals) if number in failed else next(measured) for number in range(count)]


def _bounds(goals: Sequence[Goal], rows: Sequence[Row]) -> list[list[bool]]:
    """Whether each value of each trial is a bound; empty if none is."""
    found = [
        [value_of(kpi) is None and least_of(goal, kpi) is not None for goal, kpi in zip(goals, row, strict=True)]
        for row in rows
    ]
    return found if any(map(any, found)) else []


def _gain(goal: Goal, value: float | None) -> float:
    """The gain of a trial, larger for a better one."""
    return -np.inf if value is None else goal.sign * value


def _front(gains: Floats, feasible: Sequence[bool]) -> list[int]:
    """Numbers of the feasible trials that no feasible one beats; with one objective, those of equal and best value."""
    able = np.flatnonzero(feasible)
    return able[unbeaten(gains[able])].tolist() if len(able) else []
