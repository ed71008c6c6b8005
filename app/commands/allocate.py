"""`ragone allocate`: which cells that still run should be run on, and for how many cycles?"""

from __future__ import annotations

from ragone.app.tables.allocations import allocation_text
from ragone.app.tables.answers import listed
from ragone.app.terminal.session import FINE, Session
from ragone.flows.survival.allocation import AllocationPlan, allocate_in_lake
from ragone.flows.survival.fades import find_fades
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Share cycles out, store and print that."""
    given = session.arguments
    plan = AllocationPlan(
        cycles=given.cycles,
        aim=given.aim,
        block=given.block,
        capacity_share=parse_quantity(given.capacity_share, "1", "--capacity-share"),
        new_cells=given.new_cells,
    )
    with session.lake() as lake, session.working("sharing out cycles"):
        fades = find_fades(lake, given.ids, by=given.by, where=given.where, at=given.at)
        found = allocate_in_lake(lake, fades, plan)
    session.answer(listed(found), allocation_text(found))
    if found.cycles_added.any():
        session.advise(
            "Run these cells on, then ask again. A simulated cell: the command that aged it, with --cycles the sum of "
            "its cycles and what it is run on for."
        )
    session.advise(f"Try next: ragone reproduce {found.id[:32]}{session.again()}")
    return FINE
