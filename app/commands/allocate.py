"""`ragone allocate`: which cells that still run should be run on, and for how many cycles?"""

from __future__ import annotations

from ragone.app.tables.allocations import allocation_data, allocation_text
from ragone.app.terminal.session import FINE, Session
from ragone.flows.survival.allocation import AllocationPlan, allocate_in_lake
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Share cycles out, store and print that."""
    given = session.arguments
    plan = AllocationPlan(
        cycles=given.cycles,
        aim=given.aim,
        by=given.by,
        block=given.block,
        capacity_share=parse_quantity(given.capacity_share, "1", "--capacity-share"),
        new_cells=given.new_cells,
    )
    with session.lake() as lake, session.working("sharing out cycles"):
        found = allocate_in_lake(lake, given.ids, plan, where=given.where, at=given.at)
    session.answer(allocation_data(found), allocation_text(found))
    session.advise(f"Try next: ragone reproduce {found.id[:32]}{session.again()}")
    return FINE
