"""The designs of a campaign's space that meet targets, as far as its own surrogates know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import TargetError
from ragone.flows.running.tracking import run_stage
from ragone.models.acquisition.belief import Beliefs
from ragone.models.inverse import beliefs_of, chances_of, find_designs_for_targets, share_likely
from ragone.schemas import Campaign, Candidate, Kpi
from ragone.schemas.errors import did_you_mean
from ragone.schemas.units import parse_quantity

_TARGET = re.compile(r"\s*(?P<kpi>\w+)\s*(?P<sense>>=|<=|=)\s*(?P<value>.+)")


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
    lake: Lake, campaign: Campaign, targets: Sequence[Mapping[str, Any]], *, count: int = 3, seed: int = 0
) -> Inverse:
    """Find designs for targets; they are stored as candidates, what is believed of them is not.

    Parameters
    ----------
    lake
        Where the campaign is.
    campaign
        Whose trials are learned from, and whose space is searched.
    targets
        Of its goals, as `read_target` gives them.
    count
        Largest number of designs.
    seed
        Of surrogates and starts.

    Raises
    ------
    StageFailedError
        If too little is known, or a target is none.
    """
    known, kpis = _trials(campaign)
    run = run_stage(
        "conclude",
        lake,
        find_designs_for_targets,
        campaign=campaign.id,
        candidates=known[True],
        kpis=kpis,
        failed=known[False],
        targets=list(targets),
        count=count,
        seed=seed,
    )
    outputs = completed(run)
    found = [lake.get(outputs[str(number)], Candidate) for number in range(len(outputs))]
    records = [[lake.get(one, Candidate) for one in known[measured]] for measured in (True, False)]
    beliefs = beliefs_of(campaign, records[0], [lake.get(one, Kpi) for one in kpis], records[1], seed)
    return Inverse(tuple(targets), _solutions(beliefs, found, targets), share_likely(beliefs, targets, seed))


def read_target(campaign: Campaign, units: Mapping[str, str], text: str, within: float) -> dict[str, Any]:
    """The target that a text means: ``energy_density>=550 W.h/L``, or ``=`` within a share of the value.

    Raises
    ------
    TargetError
        If it is no such text, or the KPI is no goal of the campaign.
    """
    found = _TARGET.fullmatch(text)
    if found is None:
        raise TargetError(f"--target {text!r} is no target. Write for example --target 'energy_density>=550 W.h/L'.")
    kpi, sense = found["kpi"], found["sense"]
    if kpi not in units:
        raise TargetError(f"{kpi} is no goal of campaign {campaign.name}: {did_you_mean(kpi, units)}")
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


def _trials(campaign: Campaign) -> tuple[dict[bool, list[str]], list[str]]:
    """Ids of the candidates, by whether they have a KPI for every goal, and of those KPIs."""
    width = len(campaign.goals)
    known: dict[bool, list[str]] = {True: [], False: []}
    kpis: list[str] = []
    for number, candidate in enumerate(campaign.candidate_ids):
        row = list(campaign.kpi_ids[number * width : (number + 1) * width])
        known[all(row)].append(candidate)
        kpis += row if all(row) else []
    return known, kpis


def _solutions(
    beliefs: Beliefs, found: Sequence[Candidate], targets: Sequence[Mapping[str, Any]]
) -> tuple[Solution, ...]:
    points, names = beliefs.space.points(found), [goal.kpi for goal in beliefs.goals]
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
