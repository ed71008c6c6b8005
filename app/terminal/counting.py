"""Work on the files of a lake: how many are done, and the time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ragone.app.terminal.session import Session
from ragone.app.terminal.waiting import Waiting


@contextmanager
def counting(session: Session, text: str) -> Iterator[Callable[[int, int], None]]:
    """Show it on standard error; what is yielded takes the number of files done and the number there is."""
    known = 0
    with Waiting(session.notes, hidden=session.silent, doing=text) as shown:

        def reached(done: int, total: int) -> None:
            nonlocal known
            shown.started(total)
            for _ in range(done - known):
                shown.advance()
            known = done

        yield reached
