"""What the optimiser knows of the candidates so far.

A KPI that is censored enters with its bound, marked. A candidate without a KPI, or whose evaluation failed, enters
with the worst value that was measured of it: the search turns away from it, while the surrogate's length scales stay
those of the region that works (a value of zero, hundreds of W.h/L below the rest, would bend the surrogate everywhere).
For a constraint the value is also beyond the limit by one standard deviation of those measured, because nothing says
that the limit is kept. No separate model of feasibility is fitted; that would pay once a good part of the space is
infeasible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.goals import Goal, bound_of, is_feasible, is_known, least_of, rows_of, value_of
from ragone.models.surrogate import Scale
from ragone.schemas import Candidate, Kpi


@dataclass(frozen=True)
class Response:
    """One goal's KPI over the candidates, on the goal's scale, by sign such that larger is better.

    `values` has shape (candidates,) in the KPI's unit or its logarithm, `variances` (candidates,) in the square of it,
    or None where no uncertainty is known. `censored` has shape (candidates,): whether the KPI is larger than stated;
    None if none is.
    """

    goal: Goal
    values: Floats
    variances: Floats | None
    given_scale: Scale | None = None
    censored: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    @property
    def scale(self) -> Scale:
        """The scale by which the values are standardised: the one given, else their own."""
        return self.given_scale or Scale.of(self.values)

    def among(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Response:
        """That of the candidates that are chosen, shape (candidates,), standardised as all were."""
        variances = None if self.variances is None else self.variances[chosen]
        censored = None if self.censored is None else self.censored[chosen]
        return Response(self.goal, self.values[chosen], variances, self.scale, censored)


@dataclass(frozen=True)
class Observations:
    """The candidates as a surrogate sees them.

    `points` has shape (candidates, axes) in the unit cube; `feasible` says, for each, whether every KPI is known to be
    on the right side of its limit; `measured_count` counts those with a value, or a bound, for every goal.
    """

    points: Floats
    responses: tuple[Response, ...]
    feasible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    measured_count: int

    def among(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Observations:
        """Those of the candidates that are chosen, shape (candidates,), standardised as all were."""
        responses = tuple(response.among(chosen) for response in self.responses)
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
    least = [[least_of(goal, kpi) for goal, kpi in zip(goals, row, strict=True)] for row in rows]
    columns: list[list[Kpi]] = [[row[place] for row in rows] for place in range(len(goals))]
    return Observations(
        points,
        tuple(_response(goal, column, failed) for goal, column in zip(goals, columns, strict=True)),
        np.array([is_feasible(goals, row) for row in least] + [False] * failed, dtype=bool),
        sum(all(map(is_known, row)) for row in rows),
    )


def _response(goal: Goal, kpis: Sequence[Kpi], failed: int) -> Response:
    bounds = [bound_of(kpi) for kpi in kpis] + [None] * failed
    found = [bound_of(kpi) if value_of(kpi) is None else value_of(kpi) for kpi in kpis] + [None] * failed
    if goal.is_logarithmic:
        found = [value if value is not None and value > 0 else None for value in found]
    measured = np.array([value is not None for value in found], dtype=bool)
    values = np.array([0.0 if value is None else goal.response(value) for value in found], dtype=np.float64)
    values[~measured] = _pessimistic(goal, values[measured])
    deviations = [_deviation(goal, kpi) for kpi in kpis] + [None] * failed
    censored = measured & np.array([bound is not None for bound in bounds], dtype=bool)
    return Response(goal, values, _variances(deviations, measured), censored=censored if censored.any() else None)


def _deviation(goal: Goal, kpi: Kpi) -> float | None:
    """The standard uncertainty of a KPI on the scale of its goal: of a logarithm the relative one."""
    deviation, value = kpi.standard_uncertainty, value_of(kpi)
    if deviation is None or not goal.is_logarithmic:
        return deviation
    return deviation / value if value is not None and value > 0 else None


def _pessimistic(goal: Goal, measured: Floats) -> float:
    """The value that stands in where there is none, larger being better."""
    if not len(measured):
        return 0.0
    worst = float(measured.min())
    if goal.limit is None or len(measured) == 1:
        return worst
    return min(worst, float(goal.response(goal.limit)) - Scale.of(measured).spread)


def _variances(deviations: Sequence[float | None], measured: np.ndarray[Any, Any]) -> Floats | None:
    """Squared uncertainties; a candidate without one is given the median of those known."""
    known = [d for d, has in zip(deviations, measured, strict=True) if has and d is not None]
    if not known:
        return None
    usual = float(np.median(known))
    filled = [d if has and d is not None else usual for d, has in zip(deviations, measured, strict=True)]
    return np.asarray(np.square(filled), dtype=np.float64)
