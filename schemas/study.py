"""A campaign and the models trained on its history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.field import blob, document, integer, text, texts, vector
from ragone.schemas.migration import Migrations, added, derived, renamed, tabled
from ragone.schemas.record import Record


def _one_goal(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The goal of a campaign of version 1, whose definition says whether larger is better."""
    objective = json.loads(values["definition"]).get("objective", {})
    sense = "maximise" if objective.get("maximise", True) else "minimise"
    return [{"kpi": values["objective_name"], "sense": sense, "limit": None}]


def _part(content: Any, name: str) -> Any:
    """A part of plain data; None where a stranger's is something else."""
    return content.get(name) if isinstance(content, dict) else None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Campaign(Record):
    """A study as it was run: its definition, its goals, and its trials in order.

    `kpi_ids` has one entry per trial and goal, trial by trial; `feasible` one per trial: 1 if every goal has a value,
    on the right side of its limit, found at the fidelity at which the answer is wanted. With one objective the best
    feasible trial is named, with several the front.
    """

    kind: ClassVar[str] = "campaign"
    schema_version: ClassVar[int] = 5
    migrations: ClassVar[Migrations] = {
        1: (
            renamed("design_ids", "candidate_ids"),
            renamed("best_design_id", "best_candidate_id"),
            tabled("objective", "values", where="feasible"),
            derived("goals", _one_goal),
            added("front_ids", ()),
        ),
        2: (added("ending", ""),),
        3: (added("learned_from", []),),
        4: (added("bounds", []),),
    }

    name: str = text(doc="name of the study")
    definition: Any = document(doc="the study's parameters, in the units of the records")
    goals: Any = document(doc="a list of kpi, sense and limit, in the KPI's unit; null for an objective")
    objective_name: str = text(doc="the objectives' KPIs, separated by commas")
    objective_unit: str = text(doc="their units, separated by commas")
    candidate_ids: tuple[str, ...] = texts(doc="designs in campaigns of before there were candidates")
    kpi_ids: tuple[str, ...] = texts(doc="empty where the evaluation failed")
    values: Any = document(doc="for each trial the value of each goal's KPI, in its unit; null where there is none")
    bounds: Any = document(
        default=[],
        doc="for each trial whether the value of each goal is a bound, at least which its KPI is; empty if none is",
    )
    feasible: np.ndarray[Any, Any] = vector("", "uint8", doc="1 for each trial that meets every goal, else 0")
    best_candidate_id: str = text(default="", doc="empty if none was feasible, or there are several objectives")
    best_kpi_id: str = text(default="", doc="its KPI of the objective; empty if there is no such candidate")
    front_ids: tuple[str, ...] = texts(default=(), doc="feasible candidates that no other one beats in all objectives")
    ending: str = text(default="", doc="why it ended before its budget was spent; empty if it did not")
    learned_from: Any = document(
        default=[], doc="for each source its surrogate_id, origin, kpi, and its weight at the end; null if unknown"
    )

    def is_bound(self, trial: int, goal: int) -> bool:
        """Whether the value of a goal in a trial, both counted from 0, is a bound: its KPI is censored."""
        return bool(self.bounds and self.bounds[trial][goal])

    @property
    def target(self) -> dict[str, Any]:
        """Path to its value at the fidelity at which the answer is wanted; empty where there was one fidelity."""
        space, cheaper = (_part(self.definition, name) for name in ("space", "fidelities"))
        if not isinstance(space, dict) or not isinstance(cheaper, list):
            return {}
        paths = {path for one in cheaper for path in _part(one, "values") or ()}
        return {path: one["value"] for path in sorted(paths) if "value" in (one := _part(space, path) or {})}

    def is_at_target(self, values: Mapping[str, Any]) -> bool:
        """Whether a candidate of these values was evaluated at that fidelity, as one is that says nothing of it."""
        return is_at_fidelity(values, self.target)


def is_at_fidelity(values: Mapping[str, Any], fidelity: Mapping[str, Any]) -> bool:
    """Whether a candidate of these values is evaluated at a fidelity, as one is that says nothing of its paths."""
    return all(values.get(path, value) == value for path, value in fidelity.items())


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Model(Record):
    """The fields that every trained model keeps."""

    architecture: str = text(doc="the loader that understands the weights")
    weights: bytes = blob(doc="safetensors; never a pickle")
    settings: Any = document(doc="settings of the architecture and of the training")
    trained_on: tuple[str, ...] = texts(doc="ids of the training records")
    snapshot_id: str = text(default="", doc="the state of the lake that the training query saw")
    metrics: Any = document(default={}, doc="validation scores, with units in their names")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Surrogate(Model):
    """A model that predicts a KPI, or a metric of transport, from features of designs; its weights are opaque.

    Each feature is a name and unit with low, high and whole, or with choices: the columns of the evaluations that
    the model takes, and what they were in training.
    """

    kind: ClassVar[str] = "surrogate"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {
        1: (
            *(added(name, "") for name in ("target", "target_unit", "target_definition", "where")),
            added("features", []),
            added("held_out", ()),
            added("seed", 0),
            added("card", {}),
        )
    }

    target: str = text(default="", doc="KPI, or field of the transport, that is predicted")
    target_unit: str = text(default="", doc="its unit; 1 if dimensionless")
    target_definition: str = text(default="", doc="how it is defined, in all observations alike")
    where: str = text(default="", doc="condition on the evaluations that found the observations")
    features: Any = document(default=[], doc="what it predicts from, and what that was in training")
    held_out: tuple[str, ...] = texts(default=(), doc="ids of observations kept back, to judge it by")
    seed: int = integer(low=0, default=0, doc="seed of the training")
    card: Any = document(default={}, doc="model card: purpose, data, error, calibration, domain, importance, limits")
