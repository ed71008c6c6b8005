"""`ragone backup`: a sound copy of a lake, also while it is written."""

from __future__ import annotations

from typing import Any

from ragone.app.terminal.counting import counting
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Copied


def execute(session: Session) -> int:
    """Copy, or go on with an earlier copy; 1 if something could not be copied because it is damaged."""
    destination = session.arguments.destination
    with session.lake() as lake, counting(session, "copying") as watcher:
        copied = lake.backup(destination, link=session.arguments.link, watcher=watcher)
    return answer(session, copied, f"{session.place} is copied to {destination}")


def answer(session: Session, copied: Copied, done: str) -> int:
    """Say what was copied, and what could not be."""
    data: dict[str, Any] = {name: getattr(copied, name) for name in ("objects", "runs", "bytes", "damaged")}
    lines = [f"{name}: missing or damaged, and not copied" for name in copied.damaged]
    what = f"{copied.objects} objects and {copied.runs} files of runs were copied ({copied.bytes / 1e6:.1f} MB)"
    session.answer(data, "\n".join([*lines, f"{done}: {what}; the others were there and are whole."]))
    return FOUND if copied.damaged else FINE
