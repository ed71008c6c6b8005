"""`ragone reproduce`: compute an artifact again in a fresh process, compare, store the verdict."""

from __future__ import annotations

from ragone.app.tables.verdicts import GOOD, verdict_text
from ragone.app.terminal.durations import computing_again
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.schemas.field import POSITIVE
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Reproduce; 1 if the result differs or cannot be computed."""
    timeout = parse_quantity(session.arguments.timeout, "s", "--timeout", POSITIVE)
    with session.lake() as lake:
        name = lake.resolve(session.arguments.id)
        how = {"deep": session.arguments.deep, "informed": session.arguments.informed}
        with session.working(f"computing {name[:24]} again", computing_again(lake, name, **how)):
            found = lake.reproduce(name, **how, timeout_second=timeout)
    session.answer(found, verdict_text(found))
    return FINE if found.verdict in GOOD else FOUND
