"""Designs that were proposed outside of the loop, evaluated as a campaign would have evaluated them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import Ids
from ragone.flows.design.explained import rows_of
from ragone.flows.design.optimiser import trials
from ragone.flows.design.study import Study
from ragone.flows.design.trials import Trial, TrialOutcome
from ragone.flows.design.ways import Way, evaluate_in_ways, require_simulator
from ragone.flows.errors import StudyError
from ragone.flows.running.progress import Progress
from ragone.flows.running.workspace import open_workspace
from ragone.schemas import Campaign, Candidate, Kpi

_DECIDE = ("seed", "given", "steps", "goals", "resolution", "trust")  # parts of a definition: what a KPI comes from
_SHARED = ("tolerances", "earlier")  # parameters of a suggestion that its beliefs depend on


@dataclass(frozen=True)
class Proposed:
    """A trial outside of a campaign, and the ids of what was stored for it by the role of the step."""

    trial: Trial
    ids: Ids = field(default_factory=dict)


def trials_of(campaign: Campaign) -> dict[str, list[str]]:
    """Ids of the candidates with a KPI for every goal, of those KPIs, and of the other candidates."""
    return trials(rows_of(campaign))


def beliefs_as_suggested(campaign: Campaign) -> dict[str, Any]:
    """Parameters of the stage that suggested the designs of a campaign, as far as its beliefs depend on them."""
    definition = campaign.definition if isinstance(campaign.definition, Mapping) else {}
    written = definition.get("optimiser", {}).get("suggest", {}).get("parameters", {})
    return {name: written[name] for name in _SHARED if written.get(name)}


def require_study_of(study: Study, campaign: Campaign) -> None:
    """Refuse a study whose KPIs would be others than those of a campaign.

    Raises
    ------
    StudyError
        With what differs, or that a generator draws.
    """
    require_simulator(study)
    own, other = json.loads(json.dumps(study.definition())), json.loads(json.dumps(campaign.definition))
    differ = [part for part in _DECIDE if own.get(part) != other.get(part)]
    if differ:
        raise StudyError(
            f"study {study.name!r} is not that of campaign {campaign.id[:22]}: {', '.join(differ)} differ, so that "
            "KPIs could not be compared. Give the study file as it was run."
        )


def evaluate_proposed(
    lake: Lake, study: Study, candidates: Sequence[Candidate], progress: Progress | None = None
) -> tuple[Proposed, ...]:
    """Evaluate candidates along the chain of a study; a candidate whose evaluation fails is a trial without KPIs.

    Parameters
    ----------
    lake
        Where the candidates are, and everything else will be.
    study
        Its steps, resolution, seed and goals; space and budget do not matter.
    candidates
        Which.
    progress
        Receives the progress.

    Raises
    ------
    StudyError
        If a generator draws, whose errors only a campaign carries along.
    """
    with open_workspace(lake, study.execution, progress) as workspace:
        found = evaluate_in_ways(workspace, study, candidates, [Way(study.chain, study.extractions)])
    results = []
    for number, (candidate, outcome) in enumerate(zip(candidates, found, strict=True), start=1):
        error = outcome.error or outcome.evaluated[0].error
        if error:
            results.append(Proposed(Trial(number, candidate, TrialOutcome.FAILED, error=error)))
            continue
        (evaluated,) = outcome.evaluated
        kpis = tuple(lake.get(evaluated.kpi_ids[goal.key], Kpi) for goal in study.goals)
        trial = Trial.judged(number, candidate, study.goals, kpis)
        results.append(Proposed(replace(trial, kpi_ids=evaluated.kpi_ids), evaluated.ids))
    return tuple(results)
