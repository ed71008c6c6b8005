"""`ragone why`: why was this computed rather than reused, and would it be reused today?"""

from __future__ import annotations

from ragone.app.tables.answers import short
from ragone.app.tables.reasons import reason_lines
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Reason
from ragone.schemas.provenance import Run

ADVICE = {
    Reason.GIVEN: "what was made of it: ragone lineage {id} --down",
    Reason.REUSABLE: "compute it again and compare: ragone reproduce {id}",
    Reason.DATA_DROPPED: "bring its data back: ragone reproduce {id}",
    Reason.DATA_LOST: "bring its data back: ragone reproduce {id}",
    Reason.CODE_SINCE: "compare it with what today's code gives: ragone reproduce {id}",
    Reason.STAGE_GONE: "install the package that has the stage; what is needed: ragone show {run}",
    Reason.FAILED: "its parameters and inputs: ragone show {run}; it is tried again by the command that asked for it",
}


def execute(session: Session) -> int:
    """Say the reasons, past first, the run that it is compared with, and what to do."""
    with session.lake() as lake, session.working("looking at the code"):
        found = lake.why(session.arguments.id)
        run = lake.get(found.run_id, Run)
    subject = found.subject if found.subject != found.run_id else next(iter(run.output_ids), found.run_id)
    advice = ADVICE[found.reasons[-1][0]].format(id=short(subject), run=short(found.run_id)) + session.again()
    data = {
        "id": found.subject,
        "run_id": found.run_id,
        "reasons": [{"reason": str(reason), "code": reason.name, "detail": detail} for reason, detail in found.reasons],
        "compared_with": found.compared,
        "damaged": found.damaged,
        "advice": advice,
    }
    session.answer(data, "\n  ".join([found.subject, *reason_lines(found), advice]))
    return FINE
