"""`ragone screen`: the most promising of very many virtual designs, by a surrogate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Group
from rich.text import Text

from ragone.app.commands.predict import feature_named, level_of, read_value, surrogate_of
from ragone.app.tables.answers import number
from ragone.app.tables.fitting import fitted
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.surrogate.screening import screen
from ragone.models.surrogate.trained import TrainedSurrogate


def execute(session: Session) -> int:
    """Draw, predict and rank; 1 if no design is inside of the applicability domain."""
    given = session.arguments
    record, level = surrogate_of(session), level_of(given.level)
    limits = dict(_limit(TrainedSurrogate.load(record), text) for text in given.settings)
    with Watcher(session.notes, hidden=session.silent) as watcher:
        found = screen(
            record,
            given.count,
            top=given.top,
            minimise=given.minimise,
            limits=limits,
            level=level,
            anywhere=given.anywhere,
            seed=given.seed,
            progress=watcher,
        )
    frame = pl.DataFrame(dict(found.columns))
    if given.output:
        frame.write_parquet(Path(given.output))
        session.advise(f"{frame.height} designs written to {given.output}")
    share = f"{found.screened:,} designs, {found.inside / found.screened:.0%} inside of the applicability domain"
    title = f"{record.target} [{record.target_unit}] by {record.architecture}: the best of {share}"
    rows = [[number(cell) if isinstance(cell, float) else cell for cell in row] for row in frame.rows()]
    session.answer(
        {"surrogate_id": record.id, "screened": found.screened, "inside": found.inside, "best": frame.to_dicts()},
        Group(Text(title), fitted(frame.columns, rows, session.out.width).shown),
    )
    return FINE if frame.height else FOUND


def _limit(trained: TrainedSurrogate, text: str) -> tuple[str, Any]:
    """A feature with the range, or the options, that it is limited to."""
    name, _, value = text.partition("=")
    feature = feature_named(trained, name.strip())
    if feature.options:
        return feature.name, [read_value(feature, one) for one in value.split(",")]
    low, separator, high = value.partition("..")
    first = read_value(feature, low)
    return feature.name, (first, read_value(feature, high) if separator else first)
