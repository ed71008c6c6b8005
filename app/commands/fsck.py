"""`ragone fsck`: is every file of the lake what its name says?"""

from __future__ import annotations

from ragone.app.terminal.counting import counting
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake


def execute(session: Session) -> int:
    """Check; 1 if anything is wrong."""
    with counting(session, "checking every file") as watcher:
        report = Lake.inspect(session.place, watcher)
    counts = ", ".join(f"{count} {what}" for what, count in report.counts.items())
    problems = [one_line(str(problem)) for problem in report.problems]
    verdict = "nothing is wrong" if report.sound else f"{len(problems)} wrong"
    data = {"sound": report.sound, "counts": report.counts, "problems": report.problems}
    session.answer(data, "\n".join([*problems, f"{verdict} ({counts} checked)"]))
    return FINE if report.sound else FOUND
