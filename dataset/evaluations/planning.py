"""Which evaluations a set of runs concerns, and what each is made of: ids only, no values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from ragone.dataset.evaluations.ancestry import Ancestry, Nearest
from ragone.dataset.evaluations.graph import CAMPAIGN, CANDIDATES, CELL, KPI, Graph, Node, kind_of
from ragone.dataset.evaluations.roles import Reading, Roles, roles_of
from ragone.dataset.evaluations.trials import Trial, Trials


class Said(Protocol):
    """The values that candidates have, by path."""

    def load(self, ids: Iterable[str]) -> None:
        """Read candidates, all at once."""

    def values(self, candidate: str) -> Mapping[str, Any]:
        """Return those of one candidate."""


@dataclass(frozen=True)
class Plan:
    """One evaluation: its key, what is known of where it belongs, and what it is made of."""

    key: str
    candidate: str
    trial: Trial | None
    nearest: Nearest
    readings: tuple[Reading, ...] = ()
    roles: Roles = field(default_factory=dict)
    failure: Node | None = None


@dataclass
class Planner:
    """Plans the evaluations that runs concern."""

    graph: Graph
    ancestry: Ancestry
    trials: Trials
    said: Said
    failures: list[Node] = field(default_factory=list)

    def plan(self, nodes: Iterable[Node]) -> tuple[set[str], list[Plan]]:
        """The keys of all evaluations that these runs concern, and what each of them is now: none, one or several."""
        keys = self._keys(list(nodes))
        subjects = {key for key in keys if kind_of(key) not in CANDIDATES}
        self.graph.climb(subjects)
        self.graph.descend(keys)
        kpis = {key: self.ancestry.kpis_of(key) for key in sorted(subjects)}
        if self._failures_of:
            keys |= {
                c for key in subjects if kpis[key] for c in self._candidates(key, kpis[key]) if c in self._failures_of
            }
        candidates = keys - subjects
        self.graph.descend(candidates)
        claims = self.trials.claims({kpi for found in kpis.values() for kpi, _ in found}, candidates)
        self.said.load({trial.candidate for trials in claims.values() for trial in trials})
        self.said.load({candidate for key in kpis for candidate in self._candidates(key, kpis[key])})
        plans = [plan for key in kpis if kpis[key] for plan in self._of_subject(key, kpis[key], claims.get(key, []))]
        return keys, plans + [plan for key in sorted(candidates) for plan in self._failed(key, claims.get(key, []))]

    def _keys(self, nodes: list[Node]) -> set[str]:
        self.graph.climb({i for node in nodes for i in (*node.outputs, *(parent for _, parent in node.inputs))})
        keys: set[str] = set()
        for node in nodes:
            for made in node.outputs:
                if kind_of(made) == KPI:
                    keys |= self.ancestry.subjects_of(node, made)
                elif kind_of(made) == CELL:
                    keys.add(made)
                elif kind_of(made) == CAMPAIGN:
                    keys |= {self.trials.subject(trial) for trial in self.trials.of_campaign(made)}
                else:
                    keys |= self.ancestry.subjects_of_any(node)
            if node.failed:
                keys |= self._behind(node)
        return keys

    @cached_property
    def _failures_of(self) -> dict[str, list[Node]]:
        """The runs that failed for a candidate, in order of time."""
        self.graph.climb({parent for node in self.failures for _, parent in node.inputs})
        ordered = sorted(self.failures, key=lambda node: (node.ended, node.run_id))
        found: dict[str, list[Node]] = {}
        for node in ordered:
            for candidate in self._behind(node):
                found.setdefault(candidate, []).append(node)
        return found

    def _behind(self, node: Node) -> frozenset[str]:
        """The candidates for which a run was made that failed."""
        of = [self.ancestry.candidates_of(parent, node.started) for _, parent in node.inputs]
        return frozenset.intersection(*(filter(None, of))) if any(of) else frozenset()

    def _candidates(self, subject: str, kpis: list[tuple[str, Node]]) -> list[str]:
        """The candidates behind a subject when its last KPI was computed."""
        before = max((node.started for _, node in kpis), default=None)
        return sorted(self.ancestry.candidates_of(subject, before)) if before else []

    def _of_subject(self, key: str, kpis: list[tuple[str, Node]], trials: list[Trial]) -> list[Plan]:
        """One evaluation for each trial, and for each candidate of no trial; just one if neither is known.

        A trial has the KPIs of its study, and those of no study, such as were extracted later.
        """
        known = self._candidates(key, kpis)
        rivals = {trial.candidate for trial in trials}.union(known)
        drafts = [self._drafted(key, t.candidate, t, t.concluded, kpis, rivals) for t in trials]
        claimed = {(r.kpi, r.direct) for plan in drafts for r in plan.readings if r.is_of(plan.roles)}
        plans = [
            replace(
                plan,
                readings=tuple(r for r in plan.readings if r.is_of(plan.roles) or (r.kpi, r.direct) not in claimed),
            )
            for plan in drafts
        ]
        free = [c for c in known if not any(self._is_meant(c, trial) for trial in trials)] or ([] if trials else [""])
        before = max(node.started for _, node in kpis)
        return plans + [self._drafted(key, candidate, None, before, kpis, rivals) for candidate in free]

    def _is_meant(self, candidate: str, trial: Trial) -> bool:
        """Whether a trial is of a candidate, or of its design at another fidelity: recipe and cell are the same."""
        own, others = self.said.values(candidate), self.said.values(trial.candidate)
        paths = (own.keys() | others.keys()) - trial.campaign.target.keys()
        return candidate == trial.candidate or (
            bool(trial.campaign.target) and all(own.get(path) == others.get(path) for path in paths)
        )

    def _drafted(
        self,
        key: str,
        candidate: str,
        trial: Trial | None,
        before: datetime,
        kpis: list[tuple[str, Node]],
        rivals: set[str],
    ) -> Plan:
        nearest = self.ancestry.nearest([key], candidate, before)
        behind = {i for ids in nearest.values() for i in ids}
        readings = [self._reading(kpi, node, key, behind) for kpi, node in kpis]
        mine = tuple(r for r in readings if not self._is_of_another(r, candidate, rivals))
        roles = roles_of(trial, self.said.values(candidate), mine) if trial else {}
        return Plan(key, candidate, trial, nearest, mine, roles)

    def _reading(self, kpi: str, node: Node, key: str, behind: set[str]) -> Reading:
        """Follow a KPI up to its subject."""
        direct = tuple(parent for _, parent in node.inputs if parent not in behind and kind_of(parent) != CELL)
        sources: dict[str, Node] = {}
        waiting = list(direct)
        while waiting:
            name = waiting.pop(0)
            makers = self.graph.makers(name)
            if name in sources or not makers:
                continue
            own = [maker for maker in makers if any(parent == key for _, parent in maker.inputs)]
            sources[name] = (own or makers)[0]
            waiting += [p for _, p in sources[name].inputs if p not in behind and kind_of(p) not in (CELL, *CANDIDATES)]
        return Reading(kpi, node, direct, sources)

    def _is_of_another(self, reading: Reading, candidate: str, rivals: set[str]) -> bool:
        """Whether a run on the way has the parameter of another candidate of this cell, where they differ."""
        if not candidate or len(rivals) < 2:
            return False
        own = self.said.values(candidate)
        others = [self.said.values(rival) for rival in rivals - {candidate}]
        for node in reading.sources.values():
            for path, value in own.items():
                used = node.parameters.get(path.rpartition(".")[2], value)
                if used != value and any(other.get(path) == used for other in others):
                    return True
        return False

    def _failed(self, candidate: str, trials: list[Trial]) -> list[Plan]:
        """The failed evaluations of a candidate: one of each campaign, or of none while it has no KPI at all."""
        failures = self._failures_of.get(candidate, [])
        if trials:
            return [
                self._failure(candidate, trial, [node for node in failures if node.ended <= trial.concluded])
                for trial in trials
            ]
        if failures and not self._is_evaluated(candidate):
            return [self._failure(candidate, None, failures)]
        return []

    def _failure(self, candidate: str, trial: Trial | None, failures: list[Node]) -> Plan:
        """A failed evaluation, with what the last of these runs took."""
        nearest: Nearest = {(kind_of(candidate), ""): [candidate]}
        for last in failures[-1:]:
            starts = [parent for _, parent in last.inputs]
            nearest |= self.ancestry.nearest(starts, candidate, last.started)
        return Plan(candidate, candidate, trial, nearest, failure=failures[-1] if failures else None)

    def _is_evaluated(self, candidate: str) -> bool:
        """Whether any KPI is made of a candidate."""
        waiting, seen = [candidate], {candidate}
        while waiting:
            for node in self.graph.users(waiting.pop()):
                if any(kind_of(child) == KPI for child in node.outputs):
                    return True
                further = set(node.outputs) - seen
                seen |= further
                waiting += further
        return False
