"""Running a study from the command line, and saying how it ended."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from ragone.app.tables.answers import kpi_equation, kpi_text, number
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FoundError, Session
from ragone.dataset import Lake
from ragone.flows import CampaignError, CampaignResult, Study, Trial, run_campaign, write_outputs
from ragone.flows.running.tracking import at_server
from ragone.schemas import Campaign, Candidate
from ragone.schemas.unit_names import short_name, unit_of


def carry_out(
    session: Session, lake: Lake, study: Study, outputs: str | None, prefect_api: str = "", until: str = ""
) -> CampaignResult:
    """Run a study, or go on with it, under a progress bar; write its outputs if a folder is named.

    Raises
    ------
    FoundError
        If the campaign cannot go on.
    """
    worth = f"{study.budget.total} designs" if study.fidelities is None else f"the cost of {study.budget.total} designs"
    session.advise(f"Study {study.name!r}: {worth}, lake {session.place}. Ctrl-C keeps what is done.")
    try:
        with at_server(prefect_api), Watcher(session.notes, hidden=session.silent) as watcher:
            result = run_campaign(
                lake, study, watcher, until=until, finished=lambda trial: watcher.say(trial_line(trial))
            )
    except CampaignError as cause:
        raise FoundError(str(cause)) from cause
    lake.close()
    if outputs:
        write_outputs(result, Path(outputs))
    return result


def as_data(result: CampaignResult) -> dict[str, Any]:
    """A campaign as data."""
    best = result.best
    return {
        "campaign_id": result.campaign.id,
        "objectives": [goal.name for goal in result.goals if goal.is_objective],
        **({"ending": result.campaign.ending} if result.campaign.ending else {}),
        **({"learned_from": result.campaign.learned_from} if result.campaign.learned_from else {}),
        "trials": dict(Counter(str(trial.outcome) for trial in result.trials)),
        **_extrapolated_data(result),
        "best": None if best is None else _trial_data(best),
        "front": [_trial_data(trial) for trial in result.front],
    }


def as_text(result: CampaignResult) -> str:
    """A campaign for the eye: how the trials ended, and the best design with its numbers; or the front of several."""
    counts = Counter(str(trial.outcome) for trial in result.trials)
    lines = [f"{len(result.trials)} designs: " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))]
    lines += [f"ended early: {result.campaign.ending}"] if result.campaign.ending else []
    lines += learned_lines(result.campaign)
    lines += _extrapolated_lines(result)
    if result.best is None:
        return "\n".join([*lines, "no design is feasible", f"campaign   {result.campaign.id}"])
    chosen = result.front or (result.best,)
    if result.front:
        lines.append(f"front      {len(result.front)} designs that no other one beats in all objectives")
    for trial in chosen:
        lines += _best_lines(result, trial)
    return "\n".join([*lines, f"campaign   {result.campaign.id}"])


def learned_lines(campaign: Campaign) -> list[str]:
    """A line for each source that a campaign learned from, with its weight at the end."""
    return [
        f"learned    {one['kpi']} from {one['origin'][:30]}, weight "
        + ("unknown" if one["weight"] is None else f"{one['weight']:.2f}")
        for one in campaign.learned_from
    ]


def trial_line(trial: Trial) -> str:
    """One trial in one line; whether it lies outside of the generator's domain, and whether a simulator drew it."""
    line = _outcome_line(trial)
    if not trial.is_extrapolated:
        return line
    simulated = trial.expected is not None and trial.expected.simulated
    return f"{line} (outside of the generator's domain{': simulated' if simulated else ''})"


def described(candidate: Candidate) -> str:
    """A candidate in one line: names without role and unit, each value with its unit."""
    return ", ".join(f"{name} {_valued(value, unit)}" for name, value, unit in _values(candidate))


def volume_elements_text(trial: Trial) -> str:
    """The number of volume elements that a trial took, where that was open."""
    if trial.target_met is None:
        return ""
    return f", {trial.volume_element_count} volume elements" + ("" if trial.target_met else ": target not met")


def _outcome_line(trial: Trial) -> str:
    head = f"design {trial.number:>3}  {trial.candidate.id[:22]}  "
    if not trial.kpis:
        return head + trial.error + volume_elements_text(trial)
    return head + ", ".join(kpi_text(kpi) for kpi in trial.kpis) + volume_elements_text(trial)


def _best_lines(result: CampaignResult, trial: Trial) -> list[str]:
    first = trial.kpis[0]
    lines = [f"best       {result.goals[0].kpi} {kpi_equation(first)}{volume_elements_text(trial)}"]
    lines += [
        f"             {goal.name} {kpi_equation(kpi)}"
        for goal, kpi in zip(result.goals[1:], trial.kpis[1:], strict=True)
    ]
    lines += [f"kpi        {first.id}", f"candidate  {trial.candidate.id}"]
    return lines + [f"             {name} = {_valued(value, unit)}" for name, value, unit in _values(trial.candidate)]


def _values(candidate: Candidate) -> list[tuple[str, Any, str]]:
    """Name without role and unit, value, and unit of everything that a candidate says."""
    paths = {path: path.partition(".")[2] for path in candidate.values}
    return [(short_name(name), candidate.values[path], unit_of(name)) for path, name in paths.items()]


def _valued(value: Any, unit: str) -> str:
    return str(value) if isinstance(value, str | bool) else f"{number(value)} [{_dash(unit)}]"


def _extrapolated_data(result: CampaignResult) -> dict[str, Any]:
    """Candidates outside of the generator's domain; nothing where a simulator drew."""
    if not result.generator_id:
        return {}
    outside = [
        {"candidate_id": trial.candidate.id, **vars(trial.expected)}
        for trial in result.trials
        if trial.is_extrapolated and trial.expected is not None
    ]
    return {"generator_id": result.generator_id, "outside": outside}


def _extrapolated_lines(result: CampaignResult) -> list[str]:
    """Lines on candidates outside of the generator's domain: what was done, and what to simulate or image next."""
    lines = [f"generator  {result.generator_id}"] if result.generator_id else []
    for trial in result.trials:
        expected = trial.expected
        if expected is not None and expected.outside:
            done = "simulated instead, and learned from" if expected.simulated else "drawn: do not trust it"
            lines.append(f"outside    design {trial.number}: {expected.statement}")
            lines.append(f"             expected relative error up to {expected.largest_error:.2g}; {done}")
            if not expected.simulated:
                lines.append(f"             image an electrode of that recipe, or: {expected.proposal}")
    return lines


def _dash(unit: str) -> str:
    return "-" if unit == "1" else unit


def _trial_data(trial: Trial) -> dict[str, Any]:
    first = trial.kpis[0]
    return {
        "value": first.value,
        **({} if first.lower_bound is None else {"lower_bound": first.lower_bound}),
        "standard_uncertainty": first.standard_uncertainty,
        "unit": first.unit,
        "volume_element_count": trial.volume_element_count,
        "target_met": trial.target_met,
        "kpi_id": first.id,
        "kpi_ids": dict(trial.kpi_ids),
        "candidate_id": trial.candidate.id,
        "candidate": dict(trial.candidate.values),
    }
