"""A campaign on a shelf: small text files that are the same, byte for byte, whenever the campaign is the same.

Ids, numbers as Python writes them (shortest text that reads back to the same float), no dates, no paths, every file
rewritten whole. The live lake is not among them: `lake.lock` names what it must hold.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from dataset import Lake
from flows.design.trials import CampaignResult, Trial
from schemas import Design

LOCK = "lake.lock"
METRICS = "metrics.json"
TRIALS = "trials.csv"

_MEASURED = ("objective", "standard_uncertainty", "unit", "cubes", "target_met", "design_id", "kpi_id")
_COLUMNS = ("trial", "outcome", *Design.fields(), *_MEASURED)


def write_outputs(result: CampaignResult, lake: Lake, folder: str | Path) -> tuple[Path, ...]:
    """Write the lock of the lake, the metrics and the table of trials of a campaign.

    Parameters
    ----------
    result
        The campaign.
    lake
        Holds its records.
    folder
        Is made if missing.

    Returns
    -------
    tuple[Path, ...]
        The files written.
    """
    contents = {LOCK: _lock(result), METRICS: _metrics(result), TRIALS: _table(result, lake)}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(Path(folder) / name for name in contents)


def _lock(result: CampaignResult) -> str:
    """Ids of the campaign, its designs and all their KPIs, sorted, one a line."""
    ids = {result.campaign_id, *(t.design_id for t in result.trials)}
    ids.update(kpi_id for trial in result.trials for kpi_id in trial.kpi_ids.values())
    return "".join(f"{line}\n" for line in sorted(ids))


def _metrics(result: CampaignResult) -> str:
    """The best trial and how many there were of each outcome."""
    best = result.best
    outcomes = [str(trial.outcome) for trial in result.trials]
    content = {
        "objective": result.objective_name,
        "best": None if best is None else best.value,
        "best_standard_uncertainty": None if best is None else best.standard_uncertainty,
        "unit": "" if best is None else best.unit,
        "best_trial": None if best is None else best.number,
        "best_design_id": "" if best is None else best.design_id,
        "best_kpi_id": "" if best is None else best.objective_id,
        "campaign_id": result.campaign_id,
        "trials": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
    }
    return json.dumps(content, indent=2) + "\n"


def _table(result: CampaignResult, lake: Lake) -> str:
    """A row for each trial, in order; an empty cell for what is not known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(trial, lake) for trial in result.trials)
    return text.getvalue()


def _row(trial: Trial, lake: Lake) -> list[object]:
    design = lake.get(trial.design_id)
    values = [getattr(design, name) for name in Design.fields()]
    measured = [trial.value, trial.standard_uncertainty, trial.unit, trial.cube_count, trial.target_met]
    return [trial.number, trial.outcome, *values, *measured, trial.design_id, trial.objective_id]
