"""`ragone import-lives`: a table of lives becomes cycle lives. Of a table that is refused nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence

from ragone.app.tables.answers import short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.pipelines.files.lives import ImportedLives, LivesColumns, read_lives
from ragone.schemas import CycleLife


def execute(session: Session) -> int:
    """Read, check and store all lives of the file; say how many ended, what was noticed, and under which ids."""
    given = session.arguments
    columns = LivesColumns(
        life=given.life,
        event=given.event,
        censored=given.censored,
        all_ended=given.all_ended,
        lower=given.lower,
        upper=given.upper,
        entry=given.entry,
        cell=given.cell,
        unit=given.unit,
        covariates=tuple(name.strip() for name in given.covariates.split(",") if name.strip()),
        policy=given.policy,
    )
    with session.working("reading"):
        found = read_lives(given.file, columns, criterion=given.criterion, source=given.source, licence=given.licence)
    with session.lake(create=True) as lake, session.working("storing"), lake.batch():
        ids = [lake.put(life, note="imported from a table of lives") for life in found.lives]
    data = {"ids": ids, "lives": len(ids), "ended": _ended(found.lives), "findings": found.findings}
    session.answer(data, "\n".join(_lines(found, ids)))
    by = f" --by {next(iter(found.lives[0].covariates))}" if found.lives[0].covariates else ""
    session.advise(f"Try next: ragone query 'SELECT * FROM lives', then: ragone survival{by}{session.again()}")
    return FINE


def _ended(lives: Sequence[CycleLife]) -> int:
    return sum(life.outcome.is_event for life in lives)


def _lines(found: ImportedLives, ids: Sequence[str]) -> list[str]:
    lives = found.lives
    durations, unit = sorted(life.upper or life.lower for life in lives), lives[0].unit
    names = ", ".join(lives[0].covariates) or "none"
    lines = [
        f"{len(lives)} cycle lives, {short(ids[0])} to {short(ids[-1])}",
        f"{_ended(lives)} ended, {len(lives) - _ended(lives)} censored; {durations[0]:g} to {durations[-1]:g} {unit}",
        f"covariates: {names}",
        *(f"noticed: {finding}" for finding in found.findings),
    ]
    return list(map(one_line, lines))
