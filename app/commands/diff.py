"""`ragone diff`: two campaigns, cells, runs, KPIs, designs or snapshots side by side."""

from __future__ import annotations

from typing import Any

from ragone.app.commands.query import width_of
from ragone.app.tables.differences import difference_text
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Difference, Entry, Lake
from ragone.schemas import Record


def execute(session: Session) -> int:
    """Compare them, and show what differs, or everything."""
    given = session.arguments
    with session.lake() as lake, session.working("comparing"):
        found = lake.diff(given.first, given.second)
        heads = (_head(lake, found.first), _head(lake, found.second))
    shown = difference_text(found, heads, everything=given.all, width=width_of(session))
    session.answer(_data(found, everything=given.all), shown)
    if found.is_empty:
        session.advise("They do not differ.")
    elif not given.all:
        session.advise("What is alike is left out; --all shows it too.")
    return FINE


def _head(lake: Lake, name: str) -> str:
    """The name of what has one, and when it was made."""
    record: Record = lake.get(name)
    moment = lake.made(name)
    return f"{moment:%Y-%m-%d %H:%M} UTC  {getattr(record, 'name', '')}"


def _data(found: Difference, *, everything: bool) -> dict[str, Any]:
    sections = {
        section.title: [_entry(entry) for entry in section.entries if everything or entry.differs]
        for section in found.sections
    }
    return {"kind": found.kind, "first": found.first, "second": found.second, "sections": sections}


def _entry(entry: Entry) -> dict[str, Any]:
    apart = entry.significance
    significant = {} if apart is None else {"difference": apart, "significant": apart.is_significant}
    return {name: getattr(entry, name) for name in Entry.__slots__} | {"differs": entry.differs} | significant
