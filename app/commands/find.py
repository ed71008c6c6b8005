"""`ragone find`: where does a word stand in names, tags, notes, sources and licences?"""

from __future__ import annotations

from ragone.app.tables.answers import described_table, short
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.schemas import RagoneError

_AROUND = 40  # characters shown on each side of what was found


class NoTextError(RagoneError, ValueError):
    """Nothing was asked for."""


def execute(session: Session) -> int:
    """List the texts that hold it, each with the newest of the records that have it."""
    text = session.arguments.text
    if not text.strip():
        raise NoTextError("an empty text stands everywhere. Give a word of a name, a tag, a note or a source.")
    with session.lake() as lake, session.working("looking"):
        found = lake.find(text)
    rows = [
        (short(each.newest), str(each.count), f"{each.table}.{each.column}", _around(each.text, text)) for each in found
    ]
    heads = ("newest", "rows", "where", "text")
    session.answer(found, described_table(heads, rows) if rows else f"nothing holds {text!r}")
    return FINE if found else FOUND


def _around(held: str, text: str) -> str:
    """The part of a long text in which it was found."""
    place = max(held.lower().find(text.lower()), 0)
    start, end = max(place - _AROUND, 0), place + len(text) + _AROUND
    return f"{'...' if start else ''}{held[start:end]}{'...' if end < len(held) else ''}"
