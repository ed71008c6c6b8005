"""Which campaign an evaluation belongs to, and as which trial; campaigns name candidates and KPIs, but no cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from ragone.dataset.evaluations.ancestry import Ancestry
from ragone.dataset.evaluations.graph import Graph, Node
from ragone.schemas.record import Record
from ragone.schemas.study import Campaign

Load = Callable[[str], Record | None]
T = TypeVar("T", list[Any], dict[str, Any])


@dataclass(frozen=True, eq=False)
class Trial:
    """One trial of a campaign: its number from 1, its candidate, and a KPI for each goal, none if it failed."""

    campaign_id: str
    campaign: Campaign
    concluded: datetime
    number: int
    candidate: str
    kpis: tuple[str, ...]

    @property
    def is_feasible(self) -> bool:
        """Whether every goal has a value on the right side of its limit."""
        return bool(self.campaign.feasible[self.number - 1])

    @property
    def objective(self) -> int:
        """The place of the first objective among the goals."""
        return next((n for n, goal in enumerate(goals_of(self.campaign)) if goal.get("limit") is None), 0)

    @cached_property
    def roles(self) -> tuple[tuple[str, ...], ...]:
        """The steps that each goal is read off, by role; none where a stranger's study says something else."""
        goals = self._defined("goals", list)
        return tuple(
            tuple(role for role in read if isinstance(role, str)) if isinstance(read, list) else ()
            for read in (goal.get("from") if isinstance(goal, dict) else None for goal in goals)
        )

    @cached_property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """The steps of the study by role: first those that goals are read off, in their order, then by name."""
        steps = {role: step for role, step in self._defined("steps", dict).items() if _is_step(step)}
        read = [role for roles in self.roles for role in roles if role in steps]
        return {role: steps[role] for role in dict.fromkeys((*read, *sorted(steps)))}

    def _defined(self, name: str, kind: type[T]) -> T:
        """A part of the study; an empty one where a stranger's is of another kind."""
        definition = self.campaign.definition if isinstance(self.campaign.definition, dict) else {}
        found = definition.get(name)
        return found if isinstance(found, kind) else kind()


def goals_of(campaign: Campaign) -> list[Mapping[str, Any]]:
    """The goals of a campaign; none where a stranger's record holds something else."""
    goals = campaign.goals
    return goals if isinstance(goals, list) and all(isinstance(goal, dict) for goal in goals) else []


def _is_step(step: object) -> bool:
    return isinstance(step, dict) and isinstance(step.get("parameters", {}), dict)


class Trials:
    """The trials of the campaigns of one graph."""

    def __init__(self, graph: Graph, ancestry: Ancestry, load: Load) -> None:
        self._graph = graph
        self._ancestry = ancestry
        self._load = load
        self._of: dict[str, list[Trial]] = {}

    def of_campaign(self, campaign_id: str) -> list[Trial]:
        """The trials of a campaign; none if its record cannot be read."""
        if campaign_id not in self._of:
            record = self._load(campaign_id)
            made = self._graph.makers(campaign_id)
            self._of[campaign_id] = (
                _trials(campaign_id, record, made[0].started) if isinstance(record, Campaign) and made else []
            )
            self._graph.climb({kpi for trial in self._of[campaign_id] for kpi in trial.kpis})
        return self._of[campaign_id]

    def claims(self, kpis: Iterable[str], candidates: Iterable[str]) -> dict[str, list[Trial]]:
        """The trials that name any of these KPIs, or these candidates without KPIs, by the evaluation that each is."""
        concerned, failed = set(kpis), set(candidates)
        found: dict[str, list[Trial]] = {}
        for campaign_id in sorted(self._graph.campaigns_of(sorted(concerned | failed))):
            for trial in self.of_campaign(campaign_id):
                if concerned.intersection(trial.kpis) or trial.candidate in failed:
                    found.setdefault(self.subject(trial), []).append(trial)
        return found

    def subject(self, trial: Trial) -> str:
        """The cell or other subject of a trial, of several possible ones the newest; its candidate if it has none."""
        possible = {
            subject
            for kpi in trial.kpis
            for node in self._graph.makers(kpi)
            for subject in self._ancestry.subjects_of(node, kpi)
        }
        own = [s for s in possible if trial.candidate in self._ancestry.candidates_of(s, trial.concluded)]
        if not own and len(possible) == 1:
            own = list(possible)
        return max(own, key=lambda s: (self._first(s), s), default=trial.candidate)

    def _first(self, artifact_id: str) -> datetime:
        makers: list[Node] = self._graph.makers(artifact_id)
        return min(node.ended for node in makers)


def _trials(campaign_id: str, campaign: Campaign, concluded: datetime) -> list[Trial]:
    goals = max(1, len(goals_of(campaign)))
    named = [campaign.kpi_ids[n * goals : (n + 1) * goals] for n in range(len(campaign.candidate_ids))]
    return [
        Trial(campaign_id, campaign, concluded, number, candidate, tuple(filter(None, kpis)))
        for number, (candidate, kpis) in enumerate(zip(campaign.candidate_ids, named, strict=True), start=1)
    ]
