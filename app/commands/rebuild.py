"""`ragone rebuild`: the tables are a view; make them again from objects and runs, and the page if it is damaged."""

from __future__ import annotations

from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Rebuild and report how many rows each table has."""
    with session.lake(mend=True) as lake, session.working("making the tables again"):
        rows = lake.rebuild()
    session.answer(rows, "\n".join(f"{count:>9} {table}" for table, count in rows.items()))
    return FINE
