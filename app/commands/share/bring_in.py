"""`ragone share import`: a file of another owner into the lake, once it was verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragone.app.terminal.session import FINE, Session
from ragone.flows.sharing.receiving import Received, receive
from ragone.models.sharing.moments import Layout
from ragone.models.sharing.statistics import statistics_of
from ragone.schemas import ShareForm


def execute(session: Session) -> int:
    """Verify, store, and say what came."""
    given = session.arguments
    with session.lake(create=True) as lake:
        done = receive(lake, Path(given.file), given.expect)
    share = done.share
    data: dict[str, Any] = {
        "share_id": share.id,
        "form": share.form,
        "target": share.target,
        "owner": share.owner,
        "licence": share.licence,
        "fingerprint": share.fingerprint,
        "expected": bool(given.expect),
        "epsilon": share.epsilon,
        "delta": share.delta,
        "surrogate_id": done.surrogate.id if done.surrogate else None,
    }
    if share.form == ShareForm.STATISTICS:
        data["statistics"] = statistics_of(Layout.read(share.content["layout"]), share.content["numbers"])
    session.answer(data, "\n".join(_lines(session, done, data)))
    return FINE


def _lines(session: Session, done: Received, data: dict[str, Any]) -> list[str]:
    share = done.share
    vouched = "as was expected" if data["expected"] else "whose it is nobody vouched for: import with --expect"
    private = (
        "no differential privacy" if share.epsilon is None else f"epsilon {share.epsilon:g}, delta {share.delta:g}"
    )
    lines = [
        f"{share.form} of {share.target} by {share.owner}, licence {share.licence}, {private}: {share.id}",
        f"signed by the key {share.fingerprint}, {vouched}",
    ]
    if done.surrogate:
        return [*lines, f"the surrogate is {done.surrogate.id}", _next(session, done.surrogate.id)]
    if "statistics" in data:
        found = data["statistics"]
        lines += [f"about {found['count']:.0f} designs"]
        lines += [
            f"  {one['name']}: {one['mean']:.4g} ± {one['deviation']:.2g} {one['unit']}" for one in found["columns"]
        ]
    return lines


def _next(session: Session, name: str) -> str:
    return f"Try next: ragone screen {name[:22]}{session.again()} --count 100000"
