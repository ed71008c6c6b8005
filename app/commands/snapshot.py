"""`ragone snapshot`: one id that freezes what the lake holds now."""

from __future__ import annotations

from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Take a snapshot."""
    with session.lake() as lake, session.working("taking a snapshot"):
        name = lake.snapshot(session.arguments.name)
    session.answer({"id": name, "name": session.arguments.name}, name)
    session.advise(f"Try next: ragone query --at {name[:21]}{session.again()} 'SELECT count(*) FROM kpis'")
    return FINE
