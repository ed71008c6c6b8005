"""`ragone import-crate`: a crate into the lake, once every byte of it was verified; nothing of it is executed."""

from __future__ import annotations

from ragone.app.terminal.counting import counting
from ragone.app.terminal.session import FINE, Session
from ragone.dataset.exchange import Imported, import_crate


def execute(session: Session) -> int:
    """Import it, and say what came and who vouches for it."""
    given = session.arguments
    with counting(session, "verifying") as watcher:
        done = import_crate(given.file, session.place, expect=given.expect, watcher=watcher)
    data = {
        "root": done.root,
        "expected": done.expected,
        "root_id": done.card.root_id,
        "written_by": done.card.ragone,
        "written": done.card.made,
        "artifacts": done.artifacts,
        "runs": done.runs,
        "snapshot_id": done.snapshot_id,
    }
    session.answer(data, "\n".join(_lines(session, done)))
    return FINE


def _lines(session: Session, done: Imported) -> list[str]:
    card = done.card
    vouched = "as was expected" if done.expected else "nobody vouched for it: compare it, or import with --expect ROOT"
    lines = [
        f"{card.artifacts} records and {card.runs} runs about {card.root_id} were verified; Ragone {card.ragone} wrote "
        f"them on {card.made}.",
        f"root {done.root}: {vouched}.",
    ]
    if not done.snapshot_id:
        return [*lines, f"All of it was in {session.place} before."]
    return [
        *lines,
        f"{done.artifacts} records and {done.runs} runs are new in {session.place}; {done.snapshot_id} names them all.",
        f"Compute it again before you rely on it: ragone reproduce{session.again()} {card.root_id} --deep",
    ]
