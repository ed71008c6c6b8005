"""`ragone campaigns`: every campaign of a lake, newest first, with its goals and the best that it reached."""

from __future__ import annotations

from ragone.app.tables.campaign_list import campaign_text, campaigns_of
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """List them."""
    with session.lake() as lake, session.working("reading"):
        found = campaigns_of(lake)
    session.answer(found, "\n".join(map(campaign_text, found)) or "no campaigns")
    if found:
        session.advise(f"A page of one: ragone report CAMPAIGN_ID{session.again()}")
    return FINE
