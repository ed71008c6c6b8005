"""`ragone retrain`: surrogates of the history, promoted only if they are better than those in use."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group

from ragone.app.tables.surrogates import retrained_data, retrained_text
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, Session
from ragone.flows.surrogate.retraining import retrain
from ragone.flows.surrogate.surrogate_files import export_surrogate
from ragone.models.surrogate.methods import METHODS
from ragone.schemas.field import Bounds
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Train a surrogate of each target, compare it with the one in use, and report both."""
    given = session.arguments
    grown = parse_quantity(given.if_grown, "1", "--if-grown", Bounds(low=0)) if given.if_grown else 0.0
    done = []
    with session.lake() as lake:
        for target in dict.fromkeys(given.target):
            with Watcher(session.notes, hidden=session.silent) as watcher:
                done.append(
                    retrain(
                        lake,
                        target,
                        watcher,
                        where=given.where,
                        at=given.at,
                        features=tuple(_listed(given.features)),
                        methods=tuple(_listed(given.methods)) or tuple(METHODS),
                        against=given.against,
                        if_grown=grown,
                        seed=given.seed,
                    )
                )
    session.answer([retrained_data(one) for one in done], Group(*map(retrained_text, done)))
    for one in done:
        if one.surrogate is not None and given.export:
            session.advise(f"written to {export_surrogate(one.surrogate, Path(given.export))}")
    trained = [one.surrogate for one in done if one.surrogate is not None]
    if trained:
        session.advise(f"Try next: ragone screen {trained[0].id[:22]}{session.again()} --count 100000")
    return FINE


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
