"""How long work on a whole lake tells what it has done."""

from __future__ import annotations

from collections.abc import Callable

Watcher = Callable[[int, int], None]  # called with how many files are done, and how many there are


def unwatched(done: int, total: int) -> None:
    """Tell nobody."""
