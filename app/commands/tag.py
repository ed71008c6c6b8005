"""`ragone tag`: tags, by which artifacts can be named; given, taken away or listed."""

from __future__ import annotations

from ragone.app.tables.remarks import remarks_table
from ragone.app.terminal.session import FINE, Session
from ragone.schemas import RagoneError


class NothingNamedError(RagoneError, ValueError):
    """A change was asked for, and nothing to change was named."""


def execute(session: Session) -> int:
    """Change the tags of an artifact if there is something to change, and list them."""
    given = session.arguments
    if (given.id is None and (given.remove or given.move)) or (given.move and not given.names):
        raise NothingNamedError("name the artifact and its tags, for example: ragone tag kpi-3fa9 best-so-far")
    with session.lake() as lake:
        annotations = lake.annotations
        full = None if given.id is None else lake.resolve(given.id)
        if full and given.remove:
            annotations.untag(full, *(given.names or [remark.content for remark in annotations.tags(full)]))
        elif full and given.names:
            annotations.tag(full, *given.names, move=given.move)
        found = annotations.tags(full)
    session.answer(found, remarks_table(found, "tag"))
    return FINE
