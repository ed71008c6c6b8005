"""`ragone licences`: under which licence may a result be used, and whose data is it made of?"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from ragone.app.tables.answers import described_table, short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.dataset.exchange import Licensed, licences, select

_MOST = 20  # licences and reasons that are shown


def execute(session: Session) -> int:
    """Name the strictest licence along what an artifact was made of, who states which, and what speaks against it."""
    given = session.arguments
    with session.lake() as lake, session.working("reading licences"):
        selection = select(lake, given.id)
        found = licences(selection, given.licence)
    subject = found[selection.root_id]
    shown: list[RenderableType] = [Text(one_line(line)) for line in _lines(selection.root_id, subject)]
    if given.all:
        rows = [(short(name), one.licence, "; ".join(one.reasons)) for name, one in found.items()]
        shown.append(described_table(("artifact", "licence", "why"), rows))
    everything = {name: one.licence for name, one in found.items()} if given.all else {}
    session.answer({"id": selection.root_id, "licence": subject, "artifacts": everything}, Group(*shown))
    return FINE


def _lines(name: str, one: Licensed) -> list[str]:
    meanings = {
        "own": "yours; no licence was named yet (--licence)",
        "unknown": "unknown: nobody may rely on a permission",
        "incompatible": "none: what it is made of cannot be passed on together",
    }
    stated = [f"{licence} is stated by {given}" for given, licence in one.met.items() if licence not in meanings]
    said = [*one.reasons, *stated]
    more = [f"and {len(said) - _MOST} more; --json has them all"] if len(said) > _MOST else []
    return [f"{name}: {meanings.get(one.licence, one.licence)}", *said[:_MOST], *more]
