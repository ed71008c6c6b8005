"""The named moments of a write, in order, so that a test can stop the process at any one of them.

Between two steps a crash must leave the lake whole. In normal use `reached` does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """Moments of a put, of the commit of a run, and of indexing."""

    TEMPORARY_CREATED = "temporary created"
    TEMPORARY_WRITTEN = "temporary written"
    TEMPORARY_SYNCED = "temporary synced"
    RENAMED = "renamed"
    FOLDER_SYNCED = "folder synced"
    OBJECTS_STORED = "objects stored"
    RUN_COMMITTED = "run committed"
    RECIPE_NOTED = "recipe noted"
    INDEX_LOCKED = "index locked"
    INDEX_TABLE_WRITTEN = "index table written"
    INDEX_RUNS_WRITTEN = "index runs written"
    INDEX_STATE_WRITTEN = "index state written"


_observer: Callable[[Step], None] | None = None


def reached(step: Step) -> None:
    """Tell the observer, if there is one."""
    if _observer is not None:
        _observer(step)


def observe(observer: Callable[[Step], None] | None) -> None:
    """Call this at every step from now on; None to stop. For tests of crashes and full disks."""
    global _observer
    _observer = observer
