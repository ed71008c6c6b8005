"""`ragone predict-life`: how long will cells live whose first cycles are known, and how sure is that?"""

from __future__ import annotations

from ragone.app.tables.answers import listed
from ragone.app.tables.early_predictions import early_text
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.survival.early import predict_in_lake
from ragone.flows.survival.fades import find_fades
from ragone.schemas import EarlyOutcome
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Learn, predict, store and print; 1 if the first cycles are not worth using."""
    given = session.arguments
    share = parse_quantity(given.capacity_share, "1", "--capacity-share")
    with session.lake() as lake, session.working("learning from first cycles"):
        fades = find_fades(lake, given.ids, by=given.by, where=given.where, at=given.at)
        found = predict_in_lake(lake, fades, cycles=given.cycles, capacity_share=share)
    session.answer(listed(found), early_text(found))
    session.advise(f"Try next: ragone reproduce {found.id[:32]}{session.again()}")
    return FINE if found.outcome is EarlyOutcome.USED else FOUND
