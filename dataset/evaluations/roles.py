"""Which step of a study each record behind a KPI comes from, and what to call what comes from none.

Two campaigns may evaluate one cell in two ways, so that what belongs to a trial follows from the definition of its
study: its goals name the steps that their KPIs are read off, and a step its stage and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ragone.dataset.evaluations.graph import Node
from ragone.dataset.evaluations.trials import Trial

UNCERTAINTY = frozenset({"perturbed", "sample_count"})  # parameters that do not say what is computed
_ABSENT = object()


@dataclass(frozen=True)
class Reading:
    """A KPI, the run that gave it, and the records between it and its subject, each with the run that made it."""

    kpi: str
    node: Node
    direct: tuple[str, ...]
    sources: Mapping[str, Node]

    def settings(self) -> str:
        """With which parameters it was read off, whether its uncertainty was propagated or not."""
        return json.dumps(_settings(self.node), sort_keys=True)

    def is_of(self, roles: Mapping[str, str]) -> bool:
        """Whether all that it is read off has a role."""
        return roles.keys() >= set(self.direct)


Roles = dict[str, str]  # by id of the record


def roles_of(trial: Trial, said: Mapping[str, Any], readings: Iterable[Reading]) -> Roles:
    """The role of each record that a trial evaluated; `said` is what its candidate says, by path."""
    found = list(readings)
    roles = dict(_of_goals(trial, {reading.kpi: reading for reading in found}))
    nodes = {name: node for reading in found for name, node in reading.sources.items()}
    for role, step in trial.steps.items():
        if role in roles.values():
            continue
        fitting = [n for n, node in nodes.items() if n not in roles and _fits(node, role, step, said)]
        if fitting:
            roles[min(fitting, key=lambda name: when(nodes[name]))] = role
    return roles


def role_names(nodes: Mapping[str, Node], roles: Roles, trial: Trial | None) -> dict[str, str]:
    """A name for each record, in order: that of its role, or of what tells it from the first of its stage."""
    steps = list(trial.steps) if trial else []

    def place(name: str) -> tuple[int, datetime, str]:
        role = roles.get(name, "")
        return (steps.index(role) if role in steps else len(steps), *when(nodes[name]))

    named: dict[str, str] = {}
    first: dict[str, Node] = {}
    for name in sorted(nodes, key=place):
        node = nodes[name]
        label = roles.get(name) or differing(node, first.get(node.stage)) or node.stage.rpartition(".")[2]
        first.setdefault(node.stage, node)
        alike = sum(other == label or other.startswith(f"{label} ") for other in named.values())
        named[name] = f"{label} {alike + 1}" if alike else label
    return named


def differing(node: Node, first: Node | None) -> str:
    """The parameters of a run that another run has otherwise: ``power_watt=80``."""
    if first is None:
        return ""
    own, other = _settings(node), _settings(first)
    return ", ".join(f"{n}={json.dumps(own[n])}" for n in sorted(own) if own[n] != other.get(n, _ABSENT))


def when(node: Node) -> tuple[datetime, str]:
    """The order of runs in time."""
    return (node.ended, node.run_id)


def _of_goals(trial: Trial, readings: Mapping[str, Reading]) -> Iterator[tuple[str, str]]:
    for roles, kpi in zip(trial.roles, trial.kpis, strict=False):
        if kpi in readings and len(trial.roles) == len(trial.kpis):
            direct = readings[kpi].direct
            if len(direct) == len(roles):
                yield from zip(direct, roles, strict=True)


def _fits(node: Node, role: str, step: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a run is of a step: its stage, with its parameters and those that the candidate says."""
    own = {path.partition(".")[2]: value for path, value in said.items() if path.startswith(f"{role}.")}
    wanted = {**step.get("parameters", {}), **own}
    return step.get("stage") == node.stage and all(node.parameters.get(n, _ABSENT) == v for n, v in wanted.items())


def _settings(node: Node) -> dict[str, Any]:
    return {name: value for name, value in node.parameters.items() if name not in UNCERTAINTY}
