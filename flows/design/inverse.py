"""The designs of a campaign's space that meet targets, as far as its own surrogates know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.design.proposed import (
    Proposed,
    beliefs_as_suggested,
    evaluate_proposed,
    require_study_of,
    trials_of,
)
from ragone.flows.design.study import Study
from ragone.flows.errors import TargetError
from ragone.flows.running.progress import Progress
from ragone.flows.running.tracking import run_stage
from ragone.flows.surrogate.retraining import surrogate_in_use
from ragone.models.inverse import chances_of, find_designs_for_targets, share_likely
from ragone.models.target_beliefs import TargetBeliefs
from ragone.schemas import Campaign, Candidate, Kpi, Surrogate, Transport
from ragone.schemas.errors import did_you_mean
from ragone.schemas.units import parse_quantity

_TARGET = re.compile(r"\s*(?P<kpi>\w+)\s*(?P<sense>>=|<=|=)\s*(?P<value>.+)")
_NOISE = 2.0  # standard uncertainties by which a value may lie outside of a target without missing it
MET, UNDECIDED = "met", "met within its uncertainty"


@dataclass(frozen=True)
class Solution:
    """A design, its probability [-] to meet all targets and each, and what is believed of each KPI."""

    candidate: Candidate
    probability: float
    by_target: tuple[float, ...]
    means: Mapping[str, float]
    standard_deviations: Mapping[str, float]


@dataclass(frozen=True)
class Inverse:
    """Solutions, the most probable first, and the share [-] of the space that probably meets the targets."""

    targets: tuple[Mapping[str, Any], ...]
    solutions: tuple[Solution, ...]
    share: float

    @property
    def limiting(self) -> str:
        """The KPI of the target that the first solution most probably misses."""
        return str(self.targets[int(np.argmin(self.solutions[0].by_target))]["kpi"])


def invert(
    lake: Lake,
    campaign: Campaign,
    targets: Sequence[Mapping[str, Any]],
    *,
    surrogates: Sequence[Surrogate] = (),
    study: Study | None = None,
    count: int = 3,
    seed: int = 0,
) -> Inverse:
    """Find designs for targets; they are stored as candidates, what is believed of them is not.

    Parameters
    ----------
    lake
        Where the campaign is.
    campaign
        Whose trials are learned from, and whose space is searched.
    targets
        As `Wanted.read` gives them.
    surrogates
        Of what is no goal.
    study
        That of the campaign, which says what the campaign fixed; without one, defaults are not known.
    count
        Largest number of designs.
    seed
        Of surrogates and starts.

    Raises
    ------
    StageFailedError
        If too little is known, or a target is none.
    """
    known = trials_of(campaign)
    further = {name: value for name, value in beliefs_as_suggested(campaign).items() if name == "earlier"}
    if surrogates:
        further["context"] = _context(campaign, study)
    run = run_stage(
        "conclude",
        lake,
        find_designs_for_targets,
        campaign=campaign.id,
        **known,
        **({"surrogates": [one.id for one in surrogates]} if surrogates else {}),
        targets=list(targets),
        count=count,
        seed=seed,
        **further,
    )
    outputs = completed(run)
    found = [lake.get(outputs[str(number)], Candidate) for number in range(len(outputs))]
    records = [[lake.get(one, Candidate) for one in known[role]] for role in ("candidates", "failed")]
    kpis = [lake.get(one, Kpi) for one in known["kpis"]]
    beliefs = TargetBeliefs.of(campaign, records[0], kpis, records[1], surrogates, **further, seed=seed)
    return Inverse(tuple(targets), _solutions(beliefs, found, targets), share_likely(beliefs, targets, seed))


@dataclass(frozen=True)
class Wanted:
    """Targets, the units of all that is predicted for them, and the surrogates of what is no goal."""

    targets: tuple[Mapping[str, Any], ...]
    units: Mapping[str, str]
    surrogates: tuple[Surrogate, ...]

    @classmethod
    def read(cls, lake: Lake, campaign: Campaign, texts: Sequence[str], within: float) -> Wanted:
        """The targets that texts mean; raises TargetError as `read_target`."""
        units = units_of_goals(lake, campaign)
        asked = [found["kpi"] for text in texts if (found := _TARGET.fullmatch(text))]
        used = [surrogate_in_use(lake, name) for name in dict.fromkeys(asked) if name not in units]
        surrogates = tuple(one for one in used if one is not None)
        units |= {one.target: one.target_unit for one in surrogates}
        return cls(tuple(read_target(campaign, units, text, within) for text in texts), units, surrogates)


@dataclass(frozen=True)
class Met:
    """A solution evaluated along the chain: the value of each target's quantity, its uncertainty, and a verdict.

    A value is None where the chain gives none.
    """

    proposed: Proposed
    values: tuple[tuple[float | None, float | None], ...]
    verdicts: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """Whether every target is met, within its uncertainty."""
        return all(verdict in (MET, UNDECIDED) for verdict in self.verdicts)


def evaluate_solutions(
    lake: Lake, campaign: Campaign, study: Study, found: Inverse, progress: Progress | None = None
) -> tuple[Met, ...]:
    """Evaluate the solutions along the chain of the study, and say which targets they meet.

    Raises
    ------
    StudyError
        If the study is another than that of the campaign, or a generator draws.
    """
    require_study_of(study, campaign)
    made = evaluate_proposed(lake, study, [one.candidate for one in found.solutions], progress)
    results = []
    for one in made:
        values = tuple(_value(lake, study, one, str(target["kpi"])) for target in found.targets)
        verdicts = [verdict_of(target, *pair) for target, pair in zip(found.targets, values, strict=True)]
        results.append(
            Met(one, values, tuple(f"failed: {one.trial.error}" if one.trial.error else v for v in verdicts))
        )
    return tuple(results)


def verdict_of(target: Mapping[str, Any], value: float | None, uncertainty: float | None) -> str:
    """Whether a value lies in a range, or outside of it by no more than two standard uncertainties."""
    if value is None:
        return "no value"
    beyond = max(
        -np.inf if target["low"] is None else target["low"] - value,
        -np.inf if target["high"] is None else value - target["high"],
    )
    if beyond <= 0:
        return MET
    return UNDECIDED if beyond <= _NOISE * (uncertainty or 0.0) else "missed"


def _value(lake: Lake, study: Study, made: Proposed, name: str) -> tuple[float | None, float | None]:
    """The value of a quantity and its standard uncertainty: of a goal, or a metric of the microstructure."""
    names = [goal.kpi for goal in study.goals]
    labels = [goal.name if names.count(goal.kpi) > 1 else goal.kpi for goal in study.goals]
    if name in labels:
        kpi = made.trial.kpis[labels.index(name)] if made.trial.kpis else None
        return (None, None) if kpi is None else (kpi.value, kpi.standard_uncertainty)
    role = study.chain.metrics("")
    if role not in made.ids or name not in Transport.fields():
        return None, None
    transport = lake.get(made.ids[role], Transport)
    return getattr(transport, name), getattr(transport, f"{name}_standard_error", None)


def _context(campaign: Campaign, study: Study | None) -> dict[str, Any]:
    """Path to the value of all that a campaign does not vary, as far as it is stated."""
    space, definition = campaign.definition["space"], campaign.definition
    if study is not None:
        return {path: value for path, value in study.stated().items() if path not in space}
    given = {f"{role}.{n}": v for role, fields in definition.get("given", {}).items() for n, v in fields.items()}
    steps = {
        f"{role}.{n}": v for role, one in definition.get("steps", {}).items() for n, v in one["parameters"].items()
    }
    return {path: value for path, value in {**given, **steps}.items() if path not in space}


def read_target(campaign: Campaign, units: Mapping[str, str], text: str, within: float) -> dict[str, Any]:
    """The target that a text means: ``energy_density>=550 W.h/L``, or ``=`` within a share of the value.

    Raises
    ------
    TargetError
        If it is no such text, or nothing predicts the KPI.
    """
    found = _TARGET.fullmatch(text)
    if found is None:
        raise TargetError(f"--target {text!r} is no target. Write for example --target 'energy_density>=550 W.h/L'.")
    kpi, sense = found["kpi"], found["sense"]
    if kpi not in units:
        raise TargetError(
            f"{kpi} is no goal of campaign {campaign.name}, and no surrogate in use predicts it (`ragone retrain "
            f"--target {kpi}` trains one): {did_you_mean(kpi, units)}"
        )
    value = parse_quantity(found["value"], units[kpi], kpi)
    low = None if sense == "<=" else value - (abs(value) * within if sense == "=" else 0.0)
    high = None if sense == ">=" else value + (abs(value) * within if sense == "=" else 0.0)
    return {"kpi": kpi, "low": low, "high": high}


def units_of_goals(lake: Lake, campaign: Campaign) -> dict[str, str]:
    """Unit of the KPI of each goal."""
    records = [lake.get(one, Kpi) for one in campaign.kpi_ids[: len(campaign.goals)] if one]
    if len(records) < len(campaign.goals):
        records = [lake.get(one, Kpi) for one in campaign.kpi_ids if one]
    return {kpi.name: kpi.unit for kpi in records}


def _solutions(
    beliefs: TargetBeliefs, found: Sequence[Candidate], targets: Sequence[Mapping[str, Any]]
) -> tuple[Solution, ...]:
    points, names = beliefs.space.points(found), beliefs.names
    (means, deviations), chances = beliefs.predict(points), chances_of(beliefs, points, targets)
    return tuple(
        Solution(
            candidate,
            float(np.exp(chances.logarithms[row])),
            tuple(np.exp(chances.targets[row]).tolist()),
            dict(zip(names, means[row].tolist(), strict=True)),
            dict(zip(names, deviations[row].tolist(), strict=True)),
        )
        for row, candidate in enumerate(found)
    )
