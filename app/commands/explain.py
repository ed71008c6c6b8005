"""`ragone explain`: why a design was suggested, how surely it is the best, and what would change that."""

from __future__ import annotations

from ragone.app.pictures.explanation import draw_explanation
from ragone.app.tables.explanations import explained_data, explained_text
from ragone.app.terminal.session import FINE, Session
from ragone.flows.design.explaining import explain_trial


def execute(session: Session) -> int:
    """Explain, print, draw."""
    given = session.arguments
    with session.lake() as lake, session.working("explaining"):
        found = explain_trial(lake, given.id)
    if given.png:
        draw_explanation(found.explanation, given.png)
        session.advise(f"drawn into {given.png}")
    session.answer(explained_data(found), explained_text(found))
    session.advise(f"Compute it again: ragone reproduce {found.explanation.id[:24]}{session.again()}")
    return FINE
