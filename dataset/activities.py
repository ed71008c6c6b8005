"""What is being done in a lake? A file of the process that does it, among its temporary ones, which goes with it.

Only a lake in a folder knows, and only of processes of this machine. It is a hint for people: nothing depends on it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from ragone.dataset.errors import LakeError
from ragone.dataset.files import Files
from ragone.dataset.local_files import LocalFiles

_SAME_SECOND = 2.0  # a process that was started at another moment is another one under the same number


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that a process of this machine is doing: what, with which name, and since when."""

    what: str
    name: str
    started: datetime


@contextmanager
def doing(files: Files, what: str, name: str) -> Iterator[None]:
    """Say meanwhile that this process is doing something; where that cannot be said, nothing is."""
    sign = None
    with suppress(OSError, LakeError):
        if isinstance(files, LocalFiles):
            sign = files.sign(json.dumps({"what": what, "name": name, "process": _begun(os.getpid())}).encode())
    try:
        yield
    finally:
        if sign is not None:
            with suppress(OSError):
                sign.unlink()


def activities(files: Files) -> list[Activity]:
    """Return what processes that are alive are doing, earliest first."""
    found = []
    for pid, data in files.signs() if isinstance(files, LocalFiles) else ():
        with suppress(ValueError, TypeError, KeyError, OverflowError, RecursionError, psutil.Error):
            sign = json.loads(data)
            begun = _begun(pid)
            if abs(begun - sign["process"]) < _SAME_SECOND:
                found.append(Activity(str(sign["what"]), str(sign["name"]), datetime.fromtimestamp(begun, UTC)))
    return sorted(found, key=lambda activity: activity.started)


def _begun(pid: int) -> float:
    """The moment at which a process was started [s since the epoch]."""
    return float(psutil.Process(pid).create_time())
