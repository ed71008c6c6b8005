"""`ragone note`: notes on artifacts; written, taken back or listed."""

from __future__ import annotations

from ragone.app.commands.tag import NothingNamedError
from ragone.app.tables.remarks import remarks_table
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Change the notes on an artifact if there is something to change, and list them."""
    given = session.arguments
    if given.remove and (given.id is None or given.text is not None):
        raise NothingNamedError("name the artifact alone, to take back all notes on it: ragone note --remove kpi-3fa9")
    if given.text is not None and not given.text.strip():
        raise NothingNamedError("the note is empty. Write what it shall say, or take notes back with --remove.")
    with session.lake() as lake:
        full = None if given.id is None else lake.resolve(given.id)
        if full and given.remove:
            lake.annotations.withdraw_notes(full)
        elif full and given.text is not None:
            lake.annotations.note(full, given.text)
        found = lake.annotations.notes(full)
    session.answer(found, remarks_table(found, "note"))
    return FINE
