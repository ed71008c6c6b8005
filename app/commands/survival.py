"""`ragone survival`: how many cells live how long, by group, though most were stopped before they failed?"""

from __future__ import annotations

from ragone.app.pictures.survival import draw_survival
from ragone.app.tables.survival import survival_data, survival_text
from ragone.app.terminal.session import FINE, Session
from ragone.flows.survival.analysis import analyse_lives_of_lake
from ragone.schemas.field import Bounds
from ragone.schemas.units import parse_quantity

_INSIDE = Bounds(low=0, high=1, low_open=True, high_open=True)


def execute(session: Session) -> int:
    """Analyse the lives of the lake, store, print and draw that."""
    given = session.arguments
    confidence = parse_quantity(given.confidence, "1", "--confidence", _INSIDE)
    if given.restrict is not None:
        Bounds(low=0, low_open=True).require(given.restrict, "--restrict", "unit of the lives")
    with session.lake() as lake, session.working("analysing lives"):
        found = analyse_lives_of_lake(
            lake, where=given.where, by=given.by, at=given.at, confidence=confidence, horizon=given.restrict
        )
    session.answer(survival_data(found), survival_text(found))
    if given.output:
        draw_survival(found, given.output)
        session.advise(f"drawn into {given.output}")
    session.advise(f"Try next: ragone reproduce {found.id[:21]}{session.again()}")
    return FINE
