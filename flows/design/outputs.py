"""A campaign on a shelf: small text files that are the same, byte for byte, whenever the campaign is the same.

Ids, numbers as Python writes them (shortest text that reads back to the same float), no dates, no paths, every file
rewritten whole. The live lake is not among them: `lake.lock` names what it must hold.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from ragone.flows.design.reports import CENSORED
from ragone.flows.design.trials import CampaignResult, Trial
from ragone.schemas import Kpi

LOCK = "lake.lock"
METRICS = "metrics.json"
TRIALS = "trials.csv"

_MEASURED = ("objective", "standard_uncertainty", "unit", "volume_elements", "target_met", "candidate_id", "kpi_id")


def write_outputs(result: CampaignResult, folder: str | Path) -> tuple[Path, ...]:
    """Write the lock of the lake, the metrics and the table of trials of a campaign.

    Parameters
    ----------
    result
        The campaign.
    folder
        Is made if missing.

    Returns
    -------
    tuple[Path, ...]
        The files written.
    """
    contents = {LOCK: _lock(result), METRICS: _metrics(result), TRIALS: _table(result)}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(Path(folder) / name for name in contents)


def _lock(result: CampaignResult) -> str:
    """Ids of the campaign, its candidates and all their KPIs, sorted, one a line."""
    ids = {result.campaign.id, *(t.candidate.id for t in result.trials)}
    ids.update(kpi_id for trial in result.trials for kpi_id in trial.kpi_ids.values())
    return "".join(f"{line}\n" for line in sorted(ids))


def _metrics(result: CampaignResult) -> str:
    """The best trial and how many there were of each outcome."""
    best = result.best
    kpi = None if best is None else best.objective
    outcomes = [str(trial.outcome) for trial in result.trials]
    content = {
        "objective": result.goals[0].kpi,
        "best": None if kpi is None else kpi.value,
        **({} if kpi is None or kpi.lower_bound is None else {"best_lower_bound": kpi.lower_bound}),
        "best_standard_uncertainty": None if kpi is None else kpi.standard_uncertainty,
        "unit": "" if kpi is None else kpi.unit,
        "best_trial": None if best is None else best.number,
        "best_candidate_id": "" if best is None else best.candidate.id,
        "best_kpi_id": "" if kpi is None else kpi.id,
        "front_candidate_ids": [trial.candidate.id for trial in result.front],
        "campaign_id": result.campaign.id,
        "trials": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
    }
    return json.dumps(content, indent=2) + "\n"


def _table(result: CampaignResult) -> str:
    """A row for each trial, in order; an empty cell for what is not known. Further goals have a column of values."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    varied = sorted({path for trial in result.trials for path in trial.candidate.values})
    further = [goal.key for goal in result.goals[1:]]
    writer.writerow(("trial", "outcome", *(_column(path, varied) for path in varied), *_MEASURED, *further))
    writer.writerows(_row(trial, varied) for trial in result.trials)
    return text.getvalue()


def _column(path: str, varied: list[str]) -> str:
    """The name without its role, where no other role has it."""
    name = path.partition(".")[2]
    return path if sum(other.partition(".")[2] == name for other in varied) > 1 else name


def _row(trial: Trial, varied: list[str]) -> list[object]:
    kpi = trial.objective
    values = [trial.candidate.values.get(path) for path in varied]
    measured = [None, None, ""] if kpi is None else [_valued(kpi), kpi.standard_uncertainty, kpi.unit]
    ids = [trial.volume_element_count, trial.target_met, trial.candidate.id, "" if kpi is None else kpi.id]
    return [trial.number, trial.outcome, *values, *measured, *ids, *map(_valued, trial.kpis[1:])]


def _valued(kpi: Kpi) -> float | str | None:
    """The value of a KPI; the bound of a censored one, marked as a laboratory reports it."""
    return kpi.value if kpi.lower_bound is None else f"{CENSORED}={kpi.lower_bound!r}"
