"""The lake that a task writes to, wherever the task runs.

Tasks are given the lake's address, not the lake: a worker process opens it once and keeps it. In the process that
started the flow the caller's own lake is lent instead.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ragone.dataset import Lake

_lakes: dict[str, Lake] = {}
_opening = threading.Lock()


def lake_at(address: str) -> Lake:
    """The lake at an address, opened at most once in this process."""
    with _opening:
        if address not in _lakes:
            _lakes[address] = Lake.open(address)
        return _lakes[address]


@contextmanager
def lend(lake: Lake) -> Iterator[str]:
    """Let tasks in this process use an open lake; gives its address."""
    address = lake.where if "://" in lake.where else os.path.abspath(lake.where)
    previous = _lakes.get(address)
    _lakes[address] = lake
    try:
        yield address
    finally:
        del _lakes[address]
        if previous is not None:
            _lakes[address] = previous


def prepare_worker() -> None:
    """Leave Ctrl-C to the parent process, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
