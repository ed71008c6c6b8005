"""`ragone polish`: is there a better design near the best of a campaign, as far as its surrogates know?"""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.text import Text

from ragone.app.tables.answers import kpi_text, number, plain, quantity, wide_table
from ragone.app.tables.designs import head_of
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, FoundError, Session
from ragone.flows import CampaignError, Study
from ragone.flows.design.inverse import units_of_goals
from ragone.flows.design.named_campaigns import campaign_meant
from ragone.flows.design.polish import Polished, polish
from ragone.schemas import Candidate


def execute(session: Session) -> int:
    """Propose, evaluate if asked to, compare; 1 if it was evaluated without a gain beyond noise."""
    given = session.arguments
    study = Study.load(given.evaluate) if given.evaluate else None
    with session.lake() as lake:
        try:
            campaign = campaign_meant(lake, given.campaign, study)
            with Watcher(session.notes, hidden=session.silent) as watcher:
                found = polish(lake, campaign, study, watcher, start=given.start, seed=given.seed)
        except CampaignError as cause:
            raise FoundError(str(cause)) from cause
        units = units_of_goals(lake, campaign)
    session.answer(_as_data(found), Group(Text(_verdict(found)), _table(found, units)))
    if study is None and not found.is_known:
        session.advise("Try next: the same with --evaluate PARAMS, the study file of the campaign")
    return FINE if study is None or found.is_gain else FOUND


def _verdict(found: Polished) -> str:
    """The conclusion, with the gain and its uncertainty."""
    if found.gain is None or found.gain.value is None:
        return found.verdict
    return f"{found.verdict}: {found.best_kpi.name} {_percent(found)} beside the best"


def _percent(found: Polished) -> str:
    assert found.gain is not None
    value, error = found.gain.measured_value, found.gain.standard_uncertainty
    return quantity(100 * value, "%", None if error is None else 100 * error)


def _table(found: Polished, units: dict[str, str]) -> Any:
    """The best and the polished design side by side: values, what is believed, what was found."""
    both = (found.best, found.candidate)
    rows = [[head_of(path), *(_value(one, path) for one in both)] for path in found.candidate.values]
    for name, means in found.means.items():
        pairs = zip(means, found.standard_deviations[name], strict=True)
        rows.append([f"{name}, believed", *(quantity(mean, units[name], error) for mean, error in pairs)])
    for kpi in found.trial.kpis if found.trial else ():
        best = kpi_text(found.best_kpi) if kpi.name == found.best_kpi.name else ""
        rows.append([f"{kpi.name}, found", best, kpi_text(kpi)])
    return wide_table(["", f"best {found.best.id[:22]}", f"polished {found.candidate.id[:22]}"], rows)


def _value(candidate: Candidate, path: str) -> str:
    value = candidate.values.get(path, "")
    return number(value) if isinstance(value, float) else str(value)


def _as_data(found: Polished) -> dict[str, Any]:
    trial, gain = found.trial, found.gain
    return {
        "best_candidate_id": found.best.id,
        "candidate_id": found.candidate.id,
        "values": dict(found.candidate.values),
        "means": plain(found.means),
        "standard_deviations": plain(found.standard_deviations),
        "verdict": found.verdict,
        "kpi_ids": [] if trial is None else [kpi.id for kpi in trial.kpis],
        "error": "" if trial is None else trial.error,
        "gain": None if gain is None else {"kpi_id": gain.id, **plain(gain)},
    }
