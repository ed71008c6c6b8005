"""`ragone drop`: free the space of computed artifacts; how to make them again stays."""

from __future__ import annotations

from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Drop, leaving a tombstone."""
    with session.lake() as lake, session.working("dropping"):
        dropped = [lake.resolve(name) for name in session.arguments.ids]
        tombstone = lake.drop(dropped, reason=session.arguments.reason)
    session.answer(
        {"tombstone_id": tombstone, "dropped": dropped}, "\n".join([tombstone, *(f"  {n}" for n in dropped)])
    )
    session.advise("`ragone reproduce ID` brings each back.")
    return FINE
