"""Running a study from the command line, and telling how it ended."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from app.tables.answers import number, quantity
from app.terminal.progress import Watcher, cubes_text
from app.terminal.session import FoundError, Session
from dataset import Lake
from flows import CampaignError, CampaignResult, Study, Trial, run_campaign, write_outputs
from schemas import Design


def carry_out(session: Session, lake: Lake, study: Study, outputs: str | None, prefect_api: str = "") -> CampaignResult:
    """Run a study, or go on with it, under a progress bar; write its outputs if a folder is named.

    Raises
    ------
    FoundError
        If the campaign cannot go on.
    """
    session.advise(
        f"Study {study.name!r}: {study.budget.total} designs, lake {session.place}. Ctrl-C keeps what is done."
    )
    try:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            result = run_campaign(lake, study, watcher, prefect_api_url=prefect_api)
    except CampaignError as cause:
        raise FoundError(str(cause)) from cause
    lake.close()
    if outputs:
        write_outputs(result, lake, Path(outputs))
    return result


def told(result: CampaignResult, lake: Lake) -> dict[str, Any]:
    """A campaign as data."""
    best = result.best
    return {
        "campaign_id": result.campaign_id,
        "objective": result.objective_name,
        "trials": dict(Counter(str(trial.outcome) for trial in result.trials)),
        **_blind_told(result),
        "best": None if best is None else {**_value(best), "design": _design(best, lake)},
    }


def shown(result: CampaignResult, lake: Lake) -> str:
    """A campaign for the eye: how the trials ended, and the best design with its number."""
    counts = Counter(str(trial.outcome) for trial in result.trials)
    lines = [f"{len(result.trials)} designs: " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))]
    lines += _blind_lines(result)
    best = result.best
    if best is None or best.value is None:
        return "\n".join([*lines, "no design is feasible", f"campaign   {result.campaign_id}"])
    value = quantity(best.value, best.unit, best.standard_uncertainty)
    lines += [f"best       {result.objective_name} = {value}{cubes_text(best)}", f"kpi        {best.objective_id}"]
    lines += [f"design     {best.design_id}"]
    for name, field in _design(best, lake).items():
        unit = Design.fields()[name].unit
        lines.append(
            f"             {name.removesuffix('_kilogram_per_square_metre')} = {number(field)} [{_dash(unit)}]"
        )
    return "\n".join([*lines, f"campaign   {result.campaign_id}"])


def _blind_told(result: CampaignResult) -> dict[str, Any]:
    """What the generator was blind to; nothing where a simulator drew."""
    if not result.generator_id:
        return {}
    blind = [
        {"design_id": t.design_id, **vars(t.foreseen)} for t in result.trials if t.blind and t.foreseen is not None
    ]
    return {"generator_id": result.generator_id, "blind": blind}


def _blind_lines(result: CampaignResult) -> list[str]:
    """Which designs the generator was blind to, what was done, and what to simulate or image next."""
    lines = [f"generator  {result.generator_id}"] if result.generator_id else []
    for trial in result.trials:
        seen = trial.foreseen
        if seen is not None and seen.blind:
            done = "simulated instead, and learned from" if seen.simulated else "drawn all the same: do not trust it"
            lines.append(f"blind      design {trial.number + 1}: {seen.statement}")
            lines.append(f"             expected relative error up to {seen.largest_error:.2g}; {done}")
            if not seen.simulated:
                lines.append(f"             image an electrode of that recipe, or: {seen.proposal}")
    return lines


def _dash(unit: str) -> str:
    return "-" if unit == "1" else unit


def _value(trial: Trial) -> dict[str, Any]:
    return {
        "value": trial.value,
        "standard_uncertainty": trial.standard_uncertainty,
        "unit": trial.unit,
        "cube_count": trial.cube_count,
        "target_met": trial.target_met,
        "kpi_id": trial.objective_id,
        "design_id": trial.design_id,
    }


def _design(trial: Trial, lake: Lake) -> dict[str, float]:
    design = lake.get(trial.design_id)
    return {name: getattr(design, name) for name in Design.fields()}
