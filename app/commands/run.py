"""`ragone run`: a study, from its parameter file to its best design; resumable at any moment."""

from __future__ import annotations

from ragone.app.tables.campaigns import as_data, as_text, carry_out
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows import Study


def execute(session: Session) -> int:
    """Run the study; 1 if no design is feasible."""
    given = session.arguments
    study = Study.load(given.params, given.changes)  # before a lake is made: a bad study leaves nothing behind
    with session.lake(create=True) as lake:
        result = carry_out(session, lake, study, given.outputs, given.prefect_api, given.until)
        session.answer(as_data(result), as_text(result))
    if result.best is None:
        return FOUND
    where = session.again()
    session.advise(f"Try next: ragone reproduce {result.best.kpis[0].id[:16]}{where}")
    session.advise(f"A page with pictures: ragone report {result.campaign.id[:21]}{where}")
    return FINE
