"""What a study wants of its candidates: KPIs as large or as small as can be, or on the right side of a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from ragone.schemas import Kpi, KpiOutcome
from ragone.schemas.errors import FieldShapeError, ParameterError, did_you_mean

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Sense(StrEnum):
    """The sense of a goal: objectives have a direction, constraints a limit."""

    MAXIMISE = "maximise"
    MINIMISE = "minimise"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class GoalScale(StrEnum):
    """The scale on which a surrogate takes the values of a KPI."""

    LINEAR = "linear"
    LOGARITHMIC = "log"


@dataclass(frozen=True, slots=True)
class Goal:
    """One KPI and what is wanted of it, its numbers in the KPI's unit.

    `limit` is that of a constraint. `reference` is the value of an objective from which on a design is of interest: the
    hypervolume of a front is measured from it. `step` tells goals of one KPI apart: a source of one is of no other.
    `scale` is that of a surrogate: the logarithm of values that are positive and spread over orders of magnitude.
    """

    kpi: str
    sense: Sense
    limit: float | None = None
    reference: float | None = None
    step: str = field(default="", kw_only=True)
    scale: GoalScale = field(default=GoalScale.LINEAR, kw_only=True)

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

    @property
    def is_logarithmic(self) -> bool:
        """Whether a surrogate takes the logarithms of the values."""
        return self.scale is GoalScale.LOGARITHMIC

    def response(self, values: Any) -> Any:
        """The values of the KPI as a surrogate takes them: on its scale, by sign such that larger is better."""
        return self.sign * (np.log(values) if self.is_logarithmic else values)

    def gains(self, responses: Floats) -> Floats:
        """The values of responses in the unit of the KPI, by sign such that larger is better."""
        return self.sign * np.exp(self.sign * responses) if self.is_logarithmic else responses

    def holds(self, value: float) -> bool:
        """Whether a value is on the right side of the limit; any value is, of an objective."""
        return self.limit is None or self.sign * value >= self.sign * self.limit

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for a record."""
        further: dict[str, Any] = {} if self.reference is None else {"reference": self.reference}
        further |= {"scale": str(self.scale)} if self.is_logarithmic else {}
        return {"kpi": self.kpi, "sense": str(self.sense), "limit": self.limit, **further}


def goals_of(given: Sequence[Mapping[str, Any]]) -> tuple[Goal, ...]:
    """The goals that plain data describe: ``{"kpi": ..., "sense": ..., "limit": number or null}`` each.

    An objective may have a ``"reference"``, a number, besides, and each goal a ``"step"`` and a ``"scale"``.

    Raises
    ------
    ParameterError
        If a sense or scale is unknown, a limit is missing or idle, a reference is idle, one of a logarithmic scale is
        not positive, or there is no objective.
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
    goal = Goal(str(kpi), Sense(sense), *numbers, step=str(given.get("step", "")), scale=_scale(what, given))
    if goal.is_objective != (limit is None):
        wanted = "has no limit; remove it" if goal.is_objective else "needs a limit, a number in the KPI's unit"
        raise ParameterError(f"{what}: {sense} of {kpi} with limit = {limit!r}. {sense} {wanted}.")
    if reference is not None and not goal.is_objective:
        raise ParameterError(f"{what}: {sense} of {kpi} with reference = {reference!r}. Only objectives have one.")
    return goal


def _scale(what: str, given: Mapping[str, Any]) -> GoalScale:
    name, scales = given.get("scale", GoalScale.LINEAR), [str(scale) for scale in GoalScale]
    if name not in scales:
        raise ParameterError(f"{what}.scale = {name!r} is not known: {did_you_mean(str(name), scales)}")
    numbers = [n for n in (given.get("limit"), given.get("reference")) if n is not None]
    if name == GoalScale.LOGARITHMIC and any(float(number) <= 0 for number in numbers):
        raise ParameterError(f"{what}: {numbers[0]} has no logarithm. Give a positive number, or a linear scale.")
    return GoalScale(name)


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
