"""`ragone why`: why was this computed rather than reused, and would it be reused today?"""

from __future__ import annotations

from ragone.app.tables.answers import short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Tell the reasons, past first."""
    with session.lake() as lake, session.working("looking at the code"):
        found = lake.why(session.arguments.id)
    lines = [f"{reason}{': ' + short(one_line(detail)) if detail else ''}" for reason, detail in found.reasons]
    data = {
        "id": found.subject,
        "run_id": found.run_id,
        "reasons": [{"reason": str(reason), "code": reason.name, "detail": detail} for reason, detail in found.reasons],
    }
    session.answer(data, "\n".join([found.subject, *(f"  {line}" for line in lines)]))
    return FINE
