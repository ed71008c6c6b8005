"""What came out: of one trial, of a campaign. Records, ids of KPIs, and the few numbers worth showing; no arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ragone.flows.design.goals import Goal
from ragone.flows.generator.drawer import Expectation
from ragone.models.goals import is_feasible, least_of
from ragone.schemas import Campaign, Candidate, Kpi
from ragone.shown import Shown


class TrialOutcome(StrEnum):
    """The outcome of the evaluation of a candidate."""

    MEASURED = "measured"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


@dataclass(frozen=True)
class Trial:
    """One candidate of a campaign and its KPIs; `number` counts from 1. Without KPIs if the evaluation failed.

    `kpis` has one for each goal, in their order; `kpi_ids` all that were read off, by ``role.name``. `target_met` says
    whether the volume elements brought the mean within the target of the study; None without a target. `expected` is
    what was expected of the generator that draws the volume elements; None if a simulator does.
    """

    number: int
    candidate: Candidate
    outcome: TrialOutcome
    kpis: tuple[Kpi, ...] = ()
    kpi_ids: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    volume_element_count: int = 0
    target_met: bool | None = None
    expected: Expectation | None = None

    @classmethod
    def judged(cls, number: int, candidate: Candidate, goals: tuple[Goal, ...], kpis: tuple[Kpi, ...]) -> Trial:
        """A trial with its KPIs: feasible if each has a value and no limit is broken."""
        feasible = is_feasible(goals, [least_of(goal, kpi) for goal, kpi in zip(goals, kpis, strict=True)])
        return cls(number, candidate, TrialOutcome.MEASURED if feasible else TrialOutcome.INFEASIBLE, kpis)

    @property
    def objective(self) -> Kpi | None:
        """The KPI of the first objective; None if the evaluation failed."""
        return self.kpis[0] if self.kpis else None

    @property
    def is_extrapolated(self) -> bool:
        """Whether the candidate lies outside of the applicability domain of the generator."""
        return self.expected is not None and self.expected.outside


@dataclass(frozen=True, repr=False)
class CampaignResult(Shown):
    """A finished campaign: its record, its goals, its trials in order, and those that are best.

    `best` is the best feasible trial of one objective, or the first of the front of several; None if none is feasible.
    `front` are the feasible trials that no other beats in every objective. `generator_id` is that of the generator that
    it ended with; empty if a simulator drew.
    """

    campaign: Campaign
    goals: tuple[Goal, ...]
    trials: tuple[Trial, ...]
    best: Trial | None
    front: tuple[Trial, ...] = ()
    generator_id: str = ""

    def _shown_as(self) -> object:
        return self.campaign
