"""The campaigns of a lake, newest first: what each one wanted, and what it reached."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ragone.app.tables.answers import bound_text, number, quantity, short
from ragone.app.terminal.printable import one_line
from ragone.dataset import CampaignState, Lake, Remark, Unfinished
from ragone.models.goals import Goal, goals_of
from ragone.schemas import Campaign, RagoneError

_KPI_ID = re.compile(r"kpi-[0-9a-f]{64}")
_CAMPAIGNS = "SELECT id, name, created FROM campaigns ORDER BY created DESC, id"
_KPIS = "SELECT id, name, value, lower_bound, unit, standard_uncertainty FROM kpis WHERE id IN ({ids})"


@dataclass(frozen=True)
class Listed:
    """A campaign; all but its id, name and moment is None or empty if its record cannot be read, for the reason given.

    One that has not concluded has the id of the optimiser's history, empty before the first batch, and no best. `best`
    has the best design, or the front of several objectives, each with the KPIs of its goals in their order.
    """

    id: str
    name: str
    moment: datetime
    state: CampaignState = CampaignState.CONCLUDED
    trials: int | None = None
    feasible: int | None = None
    goals: tuple[Goal, ...] = ()
    best: tuple[Mapping[str, Any], ...] = ()
    unreadable: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def campaigns_of(lake: Lake) -> list[Listed]:
    """Read every campaign of a lake; first those that have not concluded."""
    tags, notes = _by_subject(lake.annotations.tags()), _by_subject(lake.annotations.notes())
    listed = [*map(_begun, lake.unfinished_campaigns()), *(_listed(lake, *row) for row in lake.sql(_CAMPAIGNS).rows())]
    return [replace(one, tags=tuple(tags[one.id]), notes=tuple(notes[one.id])) for one in listed]


def campaign_text(campaign: Listed) -> str:
    """One campaign in a few lines."""
    tags = f"  [{', '.join(campaign.tags)}]" if campaign.tags else ""
    first = f"{short(campaign.id) or campaign.state}  {campaign.moment:%Y-%m-%d %H:%M} UTC"
    head = "\n".join(
        [f"{first}  {one_line(campaign.name + tags)}", *(f"  note: {one_line(note)}" for note in campaign.notes)]
    )
    if campaign.unreadable:
        return f"{head}\n  {one_line(campaign.unreadable)}"
    goals = ", ".join(map(_goal_text, campaign.goals))
    if campaign.state is not CampaignState.CONCLUDED:
        done = f"{goals}: {campaign.trials} trials so far" if campaign.goals else "no trials known"
        return f"{head}\n  {campaign.state}; {one_line(done)}"
    counts = f"{campaign.trials} trials, {campaign.feasible} feasible"
    return "\n".join([head, f"  {one_line(goals)}: {counts}", f"  {one_line(_best_text(campaign))}"])


def _by_subject(remarks: Iterable[Remark]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for remark in remarks:
        found[remark.subject_id].append(remark.content)
    return found


def _begun(campaign: Unfinished) -> Listed:
    """A campaign that has not concluded."""
    known = (campaign.history_id, campaign.name, campaign.moment, campaign.state)
    if campaign.history is None:
        return Listed(*known)
    try:
        goals, trials = goals_of(campaign.history.goals), len(campaign.history.trials)
    except (RagoneError, AttributeError, TypeError, ValueError) as cause:
        return Listed(*known, unreadable=f"cannot be read: {cause}")
    return Listed(*known, trials, goals=goals)


def _listed(lake: Lake, name: str, title: str, moment: datetime) -> Listed:
    try:
        campaign = lake.get(name, Campaign)
        goals = goals_of(campaign.goals)
    except (RagoneError, AttributeError, TypeError, ValueError) as cause:  # a stranger's goals may be anything
        return Listed(name, title, moment, unreadable=f"cannot be read: {cause}")
    trials, feasible = len(campaign.candidate_ids), int(campaign.feasible.sum())
    best = _best(lake, campaign, len(goals))
    return Listed(name, title, moment, CampaignState.CONCLUDED, trials, feasible, goals, best)


def _best(lake: Lake, campaign: Campaign, width: int) -> tuple[Mapping[str, Any], ...]:
    """Designs and the KPIs of their goals, from the table, which has them also when their data were dropped."""
    chosen = (campaign.best_candidate_id,) if campaign.best_candidate_id else campaign.front_ids
    starts = {name: width * campaign.candidate_ids.index(name) for name in chosen if name in campaign.candidate_ids}
    ids = {name: campaign.kpi_ids[start : start + width] for name, start in starts.items()}
    listed = ", ".join(f"'{one}'" for row in ids.values() for one in row if _KPI_ID.fullmatch(one))
    known = {row["id"]: row for row in lake.sql(_KPIS.format(ids=listed or "NULL")).to_dicts()}
    return tuple({"candidate_id": name, "kpis": [known[i] for i in row if i in known]} for name, row in ids.items())


def _goal_text(goal: Goal) -> str:
    sense = goal.sense.replace("_", " ")
    return f"{sense} {goal.kpi}" if goal.limit is None else f"{goal.kpi} {sense} {goal.limit:g}"


def _best_text(campaign: Listed) -> str:
    """The best design with its KPIs, or between which values the designs of the front lie."""
    if not campaign.best:
        return "no design is feasible"
    designs = campaign.best
    if len(designs) == 1:
        values = ", ".join(map(_kpi_text, designs[0]["kpis"]))
        return f"best {values}  {short(designs[0]['candidate_id'])}"
    columns = zip(*(design["kpis"] for design in designs), strict=False)
    return f"front of {len(designs)} designs: {', '.join(map(_range_text, columns))}"


def _kpi_text(kpi: Mapping[str, Any]) -> str:
    if kpi["lower_bound"] is not None:
        return f"{kpi['name']} {bound_text(kpi['lower_bound'], {'1': '-'}.get(kpi['unit'], kpi['unit']))}"
    if kpi["value"] is None:
        return f"{kpi['name']} without a value"
    return f"{kpi['name']} {quantity(kpi['value'], kpi['unit'], kpi['standard_uncertainty'])}"


def _range_text(kpis: tuple[Mapping[str, Any], ...]) -> str:
    values = {_least(kpi): kpi for kpi in kpis if _least(kpi) is not None}
    if not values:
        return f"{kpis[0]['name']} without a value"
    ends = [number(end) if values[end]["value"] is not None else bound_text(end) for end in (min(values), max(values))]
    return f"{kpis[0]['name']} {ends[0]} to {ends[1]} {kpis[0]['unit']}"


def _least(kpi: Mapping[str, Any]) -> Any:
    """The value of a KPI, or its bound."""
    return kpi["lower_bound"] if kpi["value"] is None else kpi["value"]
