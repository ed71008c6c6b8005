"""Work on a known number of files: how many are done, and the time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rich.progress as bars

from app.session import Session


@contextmanager
def counting(session: Session, text: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; what is yielded takes the number done and the number there is."""
    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("left"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=session.notes, disable=session.silent, transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
