"""`ragone restore`: bring back from a backup what a lake lacks or holds damaged."""

from __future__ import annotations

from ragone.app.commands.backup import answer
from ragone.app.terminal.counting import counting
from ragone.app.terminal.session import Session
from ragone.dataset import Lake


def execute(session: Session) -> int:
    """Copy what is missing or damaged, and make the tables again."""
    backup = session.arguments.backup
    with counting(session, "restoring") as watcher:
        copied = Lake.restore(backup, session.place, watcher=watcher)
    return answer(session, copied, f"{session.place} is restored from {backup}")
