"""What a study wants of its candidates: KPIs as large or as small as can be, or on the right side of a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ragone.schemas import Kpi, KpiOutcome
from ragone.schemas.errors import FieldShapeError, ParameterError, did_you_mean


class Sense(StrEnum):
    """The sense of a goal: objectives have a direction, constraints a limit."""

    MAXIMISE = "maximise"
    MINIMISE = "minimise"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Goal:
    """One KPI and what is wanted of it, its numbers in the KPI's unit.

    `limit` is that of a constraint. `reference` is the value of an objective from which on a design is of interest: the
    hypervolume of a front is measured from it. `step` tells goals of one KPI apart: a source of one is of no other.
    """

    kpi: str
    sense: Sense
    limit: float | None = None
    reference: float | None = None
    step: str = field(default="", kw_only=True)

    @property
    def is_objective(self) -> bool:
        """Whether it has a direction and no limit."""
        return self.sense in (Sense.MAXIMISE, Sense.MINIMISE)

    @property
    def title(self) -> str:
        """The KPI, and the step where that tells it apart."""
        return f"{self.kpi} of {self.step}" if self.step else self.kpi

    @property
    def sign(self) -> float:
        """The factor by which larger is better: 1 or -1."""
        return 1.0 if self.sense in (Sense.MAXIMISE, Sense.AT_LEAST) else -1.0

    def holds(self, value: float) -> bool:
        """Whether a value is on the right side of the limit; any value is, of an objective."""
        return self.limit is None or self.sign * value >= self.sign * self.limit

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for a record."""
        further = {} if self.reference is None else {"reference": self.reference}
        return {"kpi": self.kpi, "sense": str(self.sense), "limit": self.limit, **further}


def goals_of(given: Sequence[Mapping[str, Any]]) -> tuple[Goal, ...]:
    """The goals that plain data describe: ``{"kpi": ..., "sense": ..., "limit": number or null}`` each.

    An objective may have a ``"reference"``, a number, besides, and each goal a ``"step"``.

    Raises
    ------
    ParameterError
        If a sense is unknown, a limit is missing or idle, a reference is idle, or there is no objective.
    """
    goals = tuple(_goal(number, each) for number, each in enumerate(given))
    if not any(goal.is_objective for goal in goals):
        raise ParameterError(f"goals = {list(given)} hold no objective. Give one to maximise or to minimise.")
    return goals


def _goal(number: int, given: Mapping[str, Any]) -> Goal:
    what, senses = f"goals[{number}]", [str(sense) for sense in Sense]
    kpi, sense, limit = given.get("kpi", ""), given.get("sense"), given.get("limit")
    if sense not in senses:
        raise ParameterError(f"{what}.sense = {sense!r} is not known: {did_you_mean(str(sense), senses)}")
    reference = given.get("reference")
    numbers = (None if n is None else float(n) for n in (limit, reference))
    goal = Goal(str(kpi), Sense(sense), *numbers, step=str(given.get("step", "")))
    if goal.is_objective != (limit is None):
        wanted = "has no limit; remove it" if goal.is_objective else "needs a limit, a number in the KPI's unit"
        raise ParameterError(f"{what}: {sense} of {kpi} with limit = {limit!r}. {sense} {wanted}.")
    if reference is not None and not goal.is_objective:
        raise ParameterError(f"{what}: {sense} of {kpi} with reference = {reference!r}. Only objectives have one.")
    return goal


def rows_of(goals: Sequence[Goal], kpis: Sequence[Kpi], count: int) -> list[tuple[Kpi, ...]]:
    """The KPI of each goal, for each of so many candidates.

    Raises
    ------
    FieldShapeError
        If the number of KPIs is another, or one goal is given KPIs of several names or units.
    """
    width = len(goals)
    if len(kpis) != count * width:
        raise FieldShapeError(
            f"{count} candidates and {len(kpis)} KPIs for {width} goals; "
            "give the KPI of each goal for each candidate, candidate by candidate."
        )
    rows = [tuple(kpis[start : start + width]) for start in range(0, len(kpis), width)]
    for goal, column in zip(goals, zip(*rows, strict=True), strict=False):
        kinds = sorted({f"{kpi.name.partition(' of ')[0]} [{kpi.unit}]" for kpi in column})  # reported: of which step
        if len(kinds) > 1:
            raise FieldShapeError(f"the KPIs of goal {goal.kpi} are {', '.join(kinds)}; give one KPI in one unit.")
    return rows


def value_of(kpi: Kpi | None) -> float | None:
    """The value of a KPI that was measured."""
    return kpi.value if kpi is not None and kpi.outcome is KpiOutcome.MEASURED else None


def bound_of(kpi: Kpi | None) -> float | None:
    """The value that a censored KPI is larger than."""
    return kpi.lower_bound if kpi is not None and kpi.outcome is KpiOutcome.CENSORED else None


def is_known(kpi: Kpi | None) -> bool:
    """Whether a KPI has a value, or a bound of it."""
    return value_of(kpi) is not None or bound_of(kpi) is not None


def least_of(goal: Goal, kpi: Kpi | None) -> float | None:
    """The value that a KPI has at least, as its goal wants it: the measured one, or the bound of a censored one.

    There is none of a censored KPI that should be small: it may be as large as can be.
    """
    return bound_of(kpi) if value_of(kpi) is None and goal.sign > 0 else value_of(kpi)


def is_feasible(goals: Sequence[Goal], values: Sequence[float | None]) -> bool:
    """Whether a candidate has a value, or one at least, for every goal, on the right side of every limit."""
    return all(value is not None and goal.holds(value) for goal, value in zip(goals, values, strict=True))
