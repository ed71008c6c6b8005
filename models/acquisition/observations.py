"""What the optimiser knows of the candidates so far.

A candidate without a KPI, or whose evaluation failed, enters with the worst value that was measured of it: the search
turns away from it, while the surrogate's length scales stay those of the region that works (a value of zero, hundreds
of W.h/L below the rest, would bend the surrogate everywhere). For a constraint the value is also beyond the limit by
one standard deviation of those measured, because nothing says that the limit is kept. No separate model of
feasibility is fitted; that would pay once a good part of the space is infeasible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.goals import Goal, is_feasible, rows_of, value_of
from ragone.models.surrogate import Scale
from ragone.schemas import Candidate, Kpi


@dataclass(frozen=True)
class Response:
    """One goal's KPI over the candidates, by sign such that larger is better.

    `values` has shape (candidates,) in the KPI's unit, `variances` (candidates,) in its square, or None where no
    uncertainty is known.
    """

    goal: Goal
    values: Floats
    variances: Floats | None
    given_scale: Scale | None = None

    @property
    def scale(self) -> Scale:
        """The scale by which the values are standardised: the one given, else their own."""
        return self.given_scale or Scale.of(self.values)


@dataclass(frozen=True)
class Observations:
    """The candidates as a surrogate sees them.

    `points` has shape (candidates, axes) in the unit cube; `feasible` says, for each, whether every KPI has a value on
    the right side of its limit; `measured_count` counts those with a value for every goal.
    """

    points: Floats
    responses: tuple[Response, ...]
    feasible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    measured_count: int

    def among(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Observations:
        """Those of the candidates that are chosen, shape (candidates,), standardised as all were."""
        responses = tuple(
            Response(r.goal, r.values[chosen], None if r.variances is None else r.variances[chosen], r.scale)
            for r in self.responses
        )
        return Observations(self.points[chosen], responses, self.feasible[chosen], int(chosen.sum()))


def observe(
    cube: UnitCube,
    goals: Sequence[Goal],
    candidates: Sequence[Candidate],
    kpis: Sequence[Kpi],
    failed: Sequence[Candidate],
) -> Observations:
    """Collect the candidates, failed ones last.

    Raises
    ------
    FieldShapeError
        If there is not one KPI per goal for each candidate.
    """
    return observe_at(cube.snapped(cube.points([*candidates, *failed])), goals, kpis, len(failed))


def observe_at(points: Floats, goals: Sequence[Goal], kpis: Sequence[Kpi], failed: int = 0) -> Observations:
    """Collect candidates at points of shape (candidates, axes), so many failed ones last; raises as `observe`."""
    rows = rows_of(goals, kpis, len(points) - failed)
    values = [[value_of(kpi) for kpi in row] for row in rows]
    columns: list[list[Kpi]] = [[row[place] for row in rows] for place in range(len(goals))]
    return Observations(
        points,
        tuple(_response(goal, column, failed) for goal, column in zip(goals, columns, strict=True)),
        np.array([is_feasible(goals, row) for row in values] + [False] * failed, dtype=bool),
        sum(None not in row for row in values),
    )


def _response(goal: Goal, kpis: Sequence[Kpi], failed: int) -> Response:
    found = [value_of(kpi) for kpi in kpis] + [None] * failed
    measured = np.array([value is not None for value in found], dtype=bool)
    values = np.array([goal.sign * (value or 0.0) for value in found], dtype=np.float64)
    values[~measured] = _pessimistic(goal, values[measured])
    deviations = [kpi.standard_uncertainty for kpi in kpis] + [None] * failed
    return Response(goal, values, _variances(deviations, measured))


def _pessimistic(goal: Goal, measured: Floats) -> float:
    """The value that stands in where there is none, larger being better."""
    if not len(measured):
        return 0.0
    worst = float(measured.min())
    if goal.limit is None or len(measured) == 1:
        return worst
    return min(worst, goal.sign * goal.limit - Scale.of(measured).spread)


def _variances(deviations: Sequence[float | None], measured: np.ndarray[Any, Any]) -> Floats | None:
    """Squared uncertainties; a candidate without one is given the median of those known."""
    known = [d for d, has in zip(deviations, measured, strict=True) if has and d is not None]
    if not known:
        return None
    usual = float(np.median(known))
    filled = [d if has and d is not None else usual for d, has in zip(deviations, measured, strict=True)]
    return np.asarray(np.square(filled), dtype=np.float64)
