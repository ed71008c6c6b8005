"""`ragone tell`: what a laboratory measured on candidates joins the history of the optimiser."""

from __future__ import annotations

from pathlib import Path

from ragone.app.tables.answers import kpi_equation
from ragone.app.terminal.session import FINE, FoundError, Session
from ragone.flows import CampaignError, Study
from ragone.flows.design.laboratory import Told, conclude_history, tell_reports
from ragone.flows.design.reports import Report, read_csv, read_json
from ragone.flows.errors import ReportError
from ragone.schemas import Campaign, Kpi

_LARGEST_BYTES = 64 * 2**20


def execute(session: Session) -> int:
    """Read the whole report, then store it; of one that is refused nothing is stored."""
    given = session.arguments
    study = Study.load(given.params, given.changes)
    path = Path(given.report)
    reports = _read(study, path)
    with session.lake(create=True) as lake, session.working("storing"):
        try:
            told = tell_reports(lake, study, reports, given.source or path.name, given.after)
        except CampaignError as cause:
            raise FoundError(str(cause)) from cause
        wanted = given.conclude and told.history is not None and told.history.trials
        campaign = conclude_history(lake, study, told.history) if wanted and told.history else None
        best = lake.get(campaign.best_kpi_id, Kpi) if campaign is not None and campaign.best_kpi_id else None
    session.answer(_data(told, campaign), _text(told, campaign, best))
    session.advise(f"Try next: ragone ask {given.params}{session.again()}")
    return FINE


def _read(study: Study, path: Path) -> list[Report]:
    ending = path.suffix.lower()
    if ending not in (".csv", ".json"):
        raise ReportError(f"the ending of {path} names no format. Give a file that ends in .csv or .json.")
    if path.stat().st_size > _LARGEST_BYTES:
        raise ReportError(f"{path} has more than {_LARGEST_BYTES} bytes. Report in several files.")
    try:
        text = path.read_text(encoding="utf-8")
        return read_csv(study, text) if ending == ".csv" else read_json(study, text)
    except UnicodeDecodeError as cause:
        raise ReportError(f"{path} is not UTF-8 ({cause}). Save it as UTF-8.") from cause
    except ReportError as cause:
        raise ReportError(f"{path.name}: {cause}") from cause


def _data(told: Told, campaign: Campaign | None) -> dict[str, object]:
    history = told.history
    return {
        "history_id": history.id if history else "",
        "added": told.added,
        "known": told.known,
        "trials": len(history.trials) if history else 0,
        "pending": list(history.pending_ids) if history else [],
        "campaign_id": campaign.id if campaign else None,
    }


def _text(told: Told, campaign: Campaign | None, best: Kpi | None) -> str:
    trials, pending = (len(told.history.trials), len(told.history.pending_ids)) if told.history else (0, 0)
    lines = [f"{told.added} rows added, {told.known} known before; {trials} trials, {pending} candidates pending"]
    lines += [f"history   {told.history.id}"] if told.history else []
    lines += [f"campaign  {campaign.id}"] if campaign else []
    return "\n".join([*lines, *([f"best      {best.name} {kpi_equation(best)}"] if best else [])])
