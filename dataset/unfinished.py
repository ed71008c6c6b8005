"""Campaigns that have begun and not concluded: those that are running, and those that were stopped.

A campaign is known by the state of its optimiser, which is stored after each batch of trials, and by the sign that its
process leaves while it lives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ragone.dataset.activities import activities
from ragone.dataset.errors import LakeError
from ragone.dataset.query import select
from ragone.dataset.store import Store
from ragone.schemas.history import History

CAMPAIGN = "campaign"  # what the process of a campaign says that it is doing
_STATES = """
    SELECT id, name, created FROM histories WHERE id NOT IN
    (SELECT parent_id FROM lineage WHERE role = 'before' AND child_id LIKE 'history-%') ORDER BY created DESC, id
"""
_TAKEN = """
    SELECT child_id, parent_id FROM lineage WHERE role IN ('candidates', 'kpis') AND child_id IN
    (SELECT id FROM campaigns WHERE name IN (SELECT unnest($names)) UNION ALL SELECT unnest($ids))
"""


class CampaignState(StrEnum):
    """The state of a campaign."""

    RUNNING = "running"
    STOPPED = "stopped"
    CONCLUDED = "concluded"


@dataclass(frozen=True)
class Unfinished:
    """A campaign that has not concluded: its name, its state, and the newest history with its id.

    `moment` is that of the last batch of trials. Before the first batch there is no history, and it is that at which
    the process was started; a history may also have been dropped.
    """

    name: str
    state: CampaignState
    moment: datetime
    history_id: str = ""
    history: History | None = None


def unfinished_campaigns(store: Store) -> list[Unfinished]:
    """Return the campaigns of a lake that have not concluded, newest first."""
    working = {one.name: one for one in activities(store.files) if one.what == CAMPAIGN}
    states = select(store.tables, _STATES).rows()
    concluded = _concluded(store, {name: title for name, title, _ in states})
    found = [
        Unfinished(title, _state(title in working), created, name, _history(store, name))
        for name, title, created in states
        if name not in concluded
    ]
    begun = working.keys() - {one.name for one in found}
    found += [Unfinished(title, CampaignState.RUNNING, working[title].started) for title in begun]
    return sorted(found, key=lambda one: one.moment, reverse=True)


def _state(works: bool) -> CampaignState:
    return CampaignState.RUNNING if works else CampaignState.STOPPED


def _history(store: Store, name: str) -> History | None:
    """The history; None if it was dropped or cannot be read."""
    try:
        record = store.load(name)
    except LakeError:
        return None
    return record if isinstance(record, History) else None


def _concluded(store: Store, titles: Mapping[str, str]) -> Collection[str]:
    """The histories whose last candidates and KPIs are among those of a campaign of the same name."""
    parameters = {"names": sorted(set(titles.values())), "ids": sorted(titles)}
    taken: dict[str, set[str]] = defaultdict(set)
    for child, parent in select(store.tables, _TAKEN, parameters=parameters).rows() if titles else ():
        taken[child].add(parent)
    campaigns = [parents for name, parents in taken.items() if name not in titles]
    return {name for name in titles if any(taken[name] <= parents for parents in campaigns)}
