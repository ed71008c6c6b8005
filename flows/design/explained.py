"""Which design does an id mean, and what was known of the campaign around it, now and when the design was suggested?

`CAMPAIGN` means its best design, `CAMPAIGN#12` its twelfth trial, a candidate or a KPI the newest campaign that holds
it. A history of a laboratory stands for a campaign that has not concluded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ragone.dataset import Lake
from ragone.flows.design.optimiser import trials
from ragone.flows.errors import CampaignError
from ragone.flows.running.tracking import run_stage
from ragone.models.explanation import explain_design
from ragone.models.goals import goals_of
from ragone.schemas import Campaign, Candidate, Explanation, History, Kpi, RagoneError, Run

_NEWEST = (
    "SELECT id FROM campaigns ORDER BY created DESC, id",
    "SELECT id FROM histories ORDER BY created DESC, id",
)
_MAKERS = (
    "SELECT id FROM runs WHERE starts_with(stage, 'acquisition.') AND list_contains(output_ids, $id) ORDER BY started"
)
_SHARED = ("tolerances", "earlier", "seed")  # parameters of a suggestion that an explanation takes
Rows = Sequence[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Trial:
    """One trial of a campaign, or of a history; `number` counts from 1, `kpi_ids` is empty if its evaluation failed."""

    campaign: Campaign | History
    number: int
    candidate_id: str
    kpi_ids: tuple[str, ...]


def trial_meant(lake: Lake, name: str) -> Trial:
    """The trial that an id means.

    Raises
    ------
    CampaignError
        If it means none, or one of a campaign of before there were candidates.
    """
    subject, mark, text = name.partition("#")
    record = lake.get(subject)
    if isinstance(record, Campaign | History):
        return _numbered(record, text) if mark else _best(record)
    if mark:
        raise CampaignError(f"{subject} is a {record.kind}, which has no trial {text!r}. Name a campaign before the #.")
    if not isinstance(record, Candidate | Kpi):
        raise CampaignError(f"{record.id} is a {record.kind}. Name a campaign, CAMPAIGN#12, a candidate or a KPI.")
    made_of = {record.id, *(lake.lineage(record.id).ancestors if isinstance(record, Kpi) else ())}
    for row in _newest(lake):
        trial = _holding(lake, row, made_of)
        if trial is not None:
            return trial
    raise CampaignError(f"no campaign and no history of the lake has a trial with {record.id}.")


def explain(lake: Lake, trial: Trial) -> Explanation:
    """Explain a trial, or find what was explained before.

    Raises
    ------
    CampaignError
        If the space of the campaign is not recorded.
    StageFailedError
        If the records do not fit together.
    """
    rows = rows_of(trial.campaign)
    maker = _maker(lake, trial, {candidate for candidate, _ in rows})
    parameters: Mapping[str, Any] = {} if maker is None else {**maker.parameters, "seed": maker.seed or 0}
    space = parameters.get("space") or _space(trial.campaign)
    known = {} if maker is None else _known(maker)
    further = {name: parameters[name] for name in _SHARED if parameters.get(name) is not None}
    found = run_stage(
        "explain",
        lake,
        explain_design,
        candidate=trial.candidate_id,
        **trials(rows),
        **known,
        space=space,
        goals=[goal.definition() for goal in goals_of(trial.campaign.goals)],
        suggested_by="" if maker is None else maker.stage,
        **{"seed": 0, **further},
    )
    return lake.get(found.id, Explanation)


def left_out_of(lake: Lake, trial: Trial) -> str:
    """Return what a design's suggestion rests on beside the beliefs of an explanation; empty where nothing."""
    maker = _maker(lake, trial, {candidate for candidate, _ in rows_of(trial.campaign)})
    count = 0 if maker is None else sum(role == "sources" for role, _ in maker.inputs())
    parts = [f"it learned from {count} surrogates of other campaigns or owners, too"] if count else []
    if maker is not None and maker.parameters.get("fidelities"):
        parts.append("it chose the fidelity, too")
    return "; ".join(parts) and f"{'; '.join(parts)}: the beliefs shown are of this campaign's own values alone"


def rows_of(campaign: Campaign | History) -> Rows:
    """Each trial's candidate, and the KPIs of its goals; none if its evaluation failed."""
    if isinstance(campaign, History):
        return campaign.rows()
    width = len(goals_of(campaign.goals))
    kpis = [campaign.kpi_ids[start : start + width] for start in range(0, len(campaign.kpi_ids), width)]
    return [(one, row if all(row) else ()) for one, row in zip(campaign.candidate_ids, kpis, strict=True)]


def _newest(lake: Lake) -> list[str]:
    return [row for query in _NEWEST for row in lake.sql(query)["id"].to_list()]


def _numbered(campaign: Campaign | History, text: str) -> Trial:
    rows = rows_of(campaign)
    if not text.isdecimal() or not 1 <= int(text) <= len(rows):
        raise CampaignError(f"{campaign.id[:22]}#{text}: trials are numbered from 1 to {len(rows)}. Name one of these.")
    return _trial(campaign, int(text), rows)


def _best(campaign: Campaign | History) -> Trial:
    rows = rows_of(campaign)
    best = campaign.best_candidate_id if isinstance(campaign, Campaign) else ""
    if not best:
        fronts = campaign.front_ids if isinstance(campaign, Campaign) else ()
        numbers = [str(n) for n, (name, _) in enumerate(rows, start=1) if name in fronts]
        why = f"has a front, of trials {', '.join(numbers)}" if numbers else "names no best design"
        raise CampaignError(f"{campaign.id[:22]} {why}. Name a trial: {campaign.id[:22]}#1 to #{len(rows)}.")
    return _trial(campaign, [name for name, _ in rows].index(best) + 1, rows)


def _holding(lake: Lake, name: str, ids: set[str]) -> Trial | None:
    """The trial of a campaign or history that one of the ids belongs to; None also if the record cannot be read."""
    try:
        campaign = cast("Campaign | History", lake.get(name))
        rows = rows_of(campaign)
    except (RagoneError, AttributeError, TypeError, ValueError):  # a stranger's goals may be anything
        return None
    number = next((n for n, (name, kpis) in enumerate(rows, start=1) if ids & {name, *kpis}), None)
    return None if number is None else _trial(campaign, number, rows)


def _trial(campaign: Campaign | History, number: int, rows: Rows) -> Trial:
    candidate, kpis = rows[number - 1]
    if not candidate.startswith(f"{Candidate.kind}-"):
        raise CampaignError(
            f"trial {number} of {campaign.id[:22]} is {candidate[:20]}, a design of before there were candidates, "
            "from which the optimiser of today does not learn. Run the study again with this version."
        )
    return Trial(campaign, number, candidate, kpis)


def _maker(lake: Lake, trial: Trial, own: set[str]) -> Run | None:
    """The run that suggested the candidate from trials of this campaign alone; None if nothing did."""
    for name in lake.sql(_MAKERS, parameters={"id": trial.candidate_id})["id"].to_list():
        run = lake.get(name, Run)
        known = {one for role, one in run.inputs() if role in ("candidates", "failed")}
        if known <= own and _same_goals(run, trial.campaign):
            return run
    return None


def _same_goals(run: Run, campaign: Campaign | History) -> bool:
    wanted = run.parameters.get("goals", ())
    return [goal["sense"] for goal in wanted] == [goal.sense for goal in goals_of(campaign.goals)]


def _known(maker: Run) -> dict[str, list[str]]:
    """The trials that the run which suggested a design took into account."""
    found: dict[str, list[str]] = {"known_candidates": [], "known_kpis": [], "known_failed": []}
    for role, name in maker.inputs():
        if f"known_{role}" in found:
            found[f"known_{role}"].append(name)
    return found


def _space(campaign: Campaign | History) -> Any:
    definition = campaign.definition if isinstance(campaign, Campaign) else {}
    space = definition.get("space") if isinstance(definition, dict) else None
    if not space:
        raise CampaignError(f"{campaign.id[:22]} does not say which space it searched; nothing can be learned of it.")
    return space
