"""A study whose candidates somebody else evaluates, in a laboratory perhaps, with days between the calls.

`ask` suggests candidates and keeps them as pending, `tell` adds what is reported of them. Each call stores its result
before it returns, and a call that is repeated finds what it stored: nothing is lost when it is killed at any moment.
Between two calls nothing but the lake remembers anything; calls at the same time wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.design.goals import Goal
from ragone.flows.design.optimiser import Optimiser, wanted
from ragone.flows.design.reports import WITHDRAWN, Report, Reported
from ragone.flows.design.study import Study
from ragone.flows.errors import CampaignError, ReportError
from ragone.flows.running.workspace import open_workspace
from ragone.models.conclusion import conclude
from ragone.models.history import tell
from ragone.models.report import report_kpis
from ragone.schemas import Campaign, Candidate, History, Kpi, RagoneError

_LATEST = "SELECT id FROM histories WHERE name = $name ORDER BY created DESC, id LIMIT 1"


@dataclass(frozen=True)
class Asked:
    """Candidates that are pending, the new ones among them, and the history in which they are kept."""

    history: History | None
    pending: tuple[Candidate, ...]
    new: tuple[Candidate, ...]


@dataclass(frozen=True)
class Told:
    """The history after a report, how many rows were new to it, and how many it held already."""

    history: History | None
    added: int
    known: int


def ask(lake: Lake, study: Study, count: int | None = None, after: str = "") -> Asked:
    """Suggest candidates beside those that are pending, and keep them as pending.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        Its space may have changed since: what is known of other candidates is kept.
    count
        Candidates wanted; 0 only shows those that are pending. Without one, `initial` of the budget at first, then
        `batch`.
    after
        Id of the history or campaign to go on from; the latest history of a study of this name if empty.

    Raises
    ------
    CampaignError
        If none can be suggested, or the history is one of other goals.
    """
    new: tuple[Candidate, ...] = ()
    with _alone(lake, study), open_workspace(lake) as workspace:
        history = history_of(lake, study, after)
        begun = history is not None and (history.trials or history.pending_ids)
        number = (study.budget.batch if begun else study.budget.initial) if count is None else count
        optimiser = Optimiser(workspace, study, history)
        if number:
            new = optimiser.ask(number)
            history = optimiser.await_results(new)
    pending = () if history is None else tuple(lake.get(one, Candidate) for one in history.pending_ids)
    return Asked(history, pending, new)


def tell_reports(lake: Lake, study: Study, reports: Sequence[Report], source: str, after: str = "") -> Told:
    """Add what is reported of candidates; a row that the history holds already adds nothing.

    Parameters
    ----------
    lake, study, after
        As `ask` takes them.
    reports
        Rows as they were read.
    source
        Whence they come; part of the provenance of every KPI.

    Raises
    ------
    ReportError
        If a row names a candidate that is not stored.
    CampaignError
        If the history is one of other goals.
    """
    with _alone(lake, study):
        return _told(lake, study, reports, source, history_of(lake, study, after))


def _told(lake: Lake, study: Study, reports: Sequence[Report], source: str, history: History | None) -> Told:
    held = {(candidate, kpis) for candidate, kpis in (history.rows() if history else ())}
    asked = [_named(lake, report) for report in reports]
    pending = history.pending_ids if history else ()
    candidates, kpis, withdrawn = [], [], []
    for report, suggested in zip(reports, asked, strict=True):
        if report.outcome == WITHDRAWN:
            withdrawn += [suggested] if suggested else []
            continue
        made = _made(lake, study, report, suggested)
        row = _kpis(lake, made, report.kpis, source)
        if (made.id, tuple(kpi.id for kpi in row)) in held:
            continue
        candidates.append(made)
        kpis.append(row)
        if suggested and suggested.id != made.id:
            withdrawn.append(suggested)
    gone = [one for one in withdrawn if one.id in pending]
    if candidates or gone:
        with open_workspace(lake) as workspace:
            history = Optimiser(workspace, study, history).tell(candidates, kpis, gone)
    added = len(candidates) + len([one for one in gone if one not in candidates])
    return Told(history, added, len(reports) - len(candidates))


def _alone(lake: Lake, study: Study) -> AbstractContextManager[None]:
    """One call at a time of a study: of two that went on from one history, the earlier would be forgotten."""
    return lake.alone(f"study {study.name}")


def conclude_history(lake: Lake, study: Study, history: History) -> Campaign:
    """The campaign that a history makes up so far, stored."""
    rows = history.rows()
    with open_workspace(lake) as workspace:
        learned_from = Optimiser(workspace, study, history).weights()
    found = lake.run(
        conclude,
        candidates=[candidate for candidate, _ in rows],
        kpis=[kpi for _, kpis in rows for kpi in kpis],
        name=study.name,
        definition=study.definition(),
        goals=wanted(study.goals),
        failed_trials=[number for number, (_, kpis) in enumerate(rows) if not kpis],
        **({"learned_from": learned_from} if learned_from else {}),
        **study.target(),
    )
    return lake.get(found.id, Campaign)


def history_of(lake: Lake, study: Study, after: str = "") -> History | None:
    """The history to go on from: that of the id given, or the latest of a study of this name; None if there is none.

    Raises
    ------
    CampaignError
        If its goals are others, or the id is of something else.
    """
    names = [after] if after else lake.sql(_LATEST, parameters={"name": study.name})["id"].to_list()
    history = lake.get(names[0]) if names else None
    if isinstance(history, Campaign):
        history = _of_campaign(lake, study, history)
    if history is not None and not isinstance(history, History):
        raise CampaignError(f"{after} is a {history.kind}; name a history or a campaign.")
    if history is not None and _asked_for(history.goals) != _asked_for(wanted(study.goals)):
        raise CampaignError(
            f"history {history.id[:22]} has the goals {history.goals}, the study has {wanted(study.goals)}. "
            "Go on with the study that it is of, or give this one another name."
        )
    return history


def _of_campaign(lake: Lake, study: Study, campaign: Campaign) -> History:
    """The history of a campaign of the same goals.

    Raises
    ------
    CampaignError
        If its goals are others.
    """
    width, definition = len(study.goals), [goal.definition() for goal in study.goals]
    if not isinstance(campaign.definition, dict) or _asked_for(campaign.definition.get("goals")) != _asked_for(
        definition
    ):
        raise CampaignError(f"{campaign.id[:22]} has other goals than the study. Name a campaign of the same goals.")
    rows = [campaign.kpi_ids[n * width : (n + 1) * width] for n in range(len(campaign.candidate_ids))]
    found = lake.run(
        tell,
        before=None,
        candidates=list(campaign.candidate_ids),
        kpis=[kpi for row in rows for kpi in row if kpi],
        name=study.name,
        goals=wanted(study.goals),
        failed=[number for number, row in enumerate(rows) if not all(row)],
    )
    return lake.get(found.id, History)


def _asked_for(goals: Any) -> Any:
    """The goals without their references, which may change on the way."""
    return [{key: value for key, value in goal.items() if key != "reference"} for goal in goals or ()]


def _named(lake: Lake, report: Report) -> Candidate | None:
    """The suggested candidate that a row names."""
    if not report.candidate_id:
        return None
    try:
        return lake.get(report.candidate_id, Candidate)
    except RagoneError as cause:
        raise ReportError(f"{report.where}: {cause}") from cause


def _made(lake: Lake, study: Study, report: Report, suggested: Candidate | None) -> Candidate:
    """The candidate that was made: the suggested one, or one with the values that the row gives."""
    before: dict[str, Any] = dict(suggested.values) if suggested else {}
    values = {**before, **report.values}
    if suggested is not None and values == before:
        return suggested
    made = Candidate(values=values)
    lake.put(made, note=f"made in place of {suggested.id}" if suggested else "made in a laboratory, not suggested")
    return made


def _kpis(lake: Lake, candidate: Candidate, reported: Sequence[Reported], source: str) -> tuple[Kpi, ...]:
    """The KPIs of one row, stored by one run: they are of one evaluation."""
    if not reported:
        return ()
    given = [
        {
            "name": name,
            "unit": one.goal.unit,
            "value": one.value,
            "standard_uncertainty": one.standard_uncertainty,
            "sample_count": one.sample_count,
            **({} if one.lower_bound is None else {"lower_bound": one.lower_bound}),
        }
        for name, one in zip(_names([one.goal for one in reported]), reported, strict=True)
    ]
    made = completed(lake.run(report_kpis, candidate=candidate.id, kpis=given, source=source))
    return tuple(lake.get(made[str(number)], Kpi) for number in range(len(given)))


def _names(goals: Sequence[Goal]) -> list[str]:
    """The name of each goal's KPI; of a further one of the same name with the steps that it is of."""
    plain = [goal.kpi for goal in goals]
    return [goal.name if goal.kpi in plain[:number] else goal.kpi for number, goal in enumerate(goals)]
