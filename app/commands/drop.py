"""`ragone drop`: free the space of computed artifacts; how to make them again stays."""

from __future__ import annotations

from collections.abc import Iterable

from ragone.app.tables.lineages import counted
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Lake

_ABOUT = ("tombstone-", "verification-")  # what tells of an artifact, and is not made of it


def execute(session: Session) -> int:
    """Drop, leaving a tombstone; and say what stays that was made of it, or was informed by it alone."""
    with session.lake() as lake, session.working("dropping"):
        dropped = [lake.resolve(name) for name in session.arguments.ids]
        tombstone = lake.drop(dropped, reason=session.arguments.reason)
        made, informed = _staying(lake, dropped)
    lines = [tombstone, *(f"  {name}" for name in dropped)]
    if made:
        lines.append(f"made of it, and kept: {counted(made)}")
    if informed:
        lines.append(f"informed by it only, and kept: {counted(informed)}")
    data = {"tombstone_id": tombstone, "dropped": dropped, "made_of_it": made, "informed_by_it": informed}
    session.answer(data, "\n".join(lines))
    session.advise("`ragone reproduce ID` brings each back; so does reproducing what was made directly of it.")
    return FINE


def _staying(lake: Lake, dropped: Iterable[str]) -> tuple[list[str], list[str]]:
    """The artifacts made of the dropped ones, and those that they informed only; without what is gone itself."""
    lineages = [lake.lineage(name) for name in dropped]
    results = (name for found in lineages for name in found.descendants if not name.startswith(_ABOUT))
    made = {name for name in results if lake.holds(name)}
    informed = {edge.child for found in lineages for edge in found.informs if lake.holds(edge.child)}
    return sorted(made), sorted(informed - made)
