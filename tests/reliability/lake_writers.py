"""Processes that write to a lake and may be killed: forked from a server that has imported, and not yet used, the lake.

Each tells its parent what it was promised (the lake returned its id), through a pipe that outlives it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

import pytest
from reliability_stages import kpi, scale, scatter

from ragone.dataset import Lake, steps
from ragone.dataset.environment import environment_id
from ragone.dataset.errors import DroppedError
from ragone.dataset.fingerprint import code_id
from ragone.dataset.steps import Step

READY, STORED, DOOMED = "ready", "stored", "doomed"
Said = tuple[str, list[str]]

# Asked for once, in the server, which its processes then need not do: distributions, units, syntax trees.
environment_id(), kpi(0), code_id(scale), code_id(scatter)

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["ragone.dataset", "lance", "lake_writers"])


@cache
def _serve() -> None:
    """Start the server. Python before 3.12 gives it our path only through the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        patch.setenv("PYTHONWARNINGS", "ignore")  # Lance warns of forks; here it is imported and not used before one
        forkserver.ensure_running()


@contextmanager
def writer(work: Callable[..., None], *arguments: Any) -> Iterator[tuple[Any, Connection]]:
    """A process that does the work, and the pipe on which it speaks. It is gone in the end."""
    _serve()
    hears, speaks = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=work, args=(speaks, *arguments))
    process.start()
    speaks.close()
    try:
        yield process, hears
    finally:
        process.kill()
        process.join()
        process.close()
        hears.close()


def said(hears: Connection) -> list[Said]:
    """All that a process said until it ended."""
    found = []
    try:
        while True:
            found.append(hears.recv())
    except (EOFError, OSError):  # the last word may be cut
        return found


def write_forever(speaks: Connection, path: str, seed: int) -> None:
    """Open the lake, put, run, commit in batches, drop and open again, in random order, until killed."""
    chance = random.Random(seed)
    while True:
        with Lake.open(path) as lake:
            speaks.send((READY, []))
            for _ in range(chance.randint(1, 12)):
                _act(lake, chance, speaks)


def _act(lake: Lake, chance: random.Random, speaks: Connection) -> None:
    action = chance.choices([_put, _run, _batch, _scatter_and_drop], weights=[4, 4, 2, 1])[0]
    action(lake, chance, speaks)


def _put(lake: Lake, chance: random.Random, speaks: Connection) -> None:
    speaks.send((STORED, [lake.put(kpi(chance.randint(0, 10_000)))]))


def _run(lake: Lake, chance: random.Random, speaks: Connection) -> None:
    made = lake.run(scale, of=lake.put(kpi(chance.randint(0, 50))), factor=chance.random() - 0.1)
    speaks.send((STORED, [made.run_id, *made.outputs.values()]))


def _batch(lake: Lake, chance: random.Random, speaks: Connection) -> None:
    names = []
    with lake.batch():
        for _ in range(chance.randint(1, 8)):
            of = lake.put(kpi(chance.randint(0, 10_000)))
            made = lake.run(scale, of=of, factor=chance.random())
            names += [of, made.run_id, *made.outputs.values()]
    speaks.send((STORED, names))


def _scatter_and_drop(lake: Lake, chance: random.Random, speaks: Connection) -> None:
    made = lake.run(scatter, of=lake.put(kpi(1)), edge=24, seed=chance.randint(0, 10_000)).id
    speaks.send((STORED, [made]))
    speaks.send((DOOMED, [made]))
    with suppress(DroppedError):  # the same was drawn before, or by another writer
        lake.drop([made], reason="its metrics are stored")


def put_each(speaks: Connection, path: str, start: Any, values: list[float]) -> None:
    """Put these KPIs, one by one, beginning together with the other processes."""
    with Lake.open(path) as lake:
        start.wait()
        for value in values:
            speaks.send((STORED, [lake.put(kpi(value))]))


def barrier(parties: int) -> Any:
    """Where processes wait for each other."""
    return _CONTEXT.Barrier(parties)


def create_lake(path: str) -> None:
    """Make a lake."""
    Lake.open(path, create=True).close()


def put_one(path: str) -> None:
    """Put one record."""
    Lake.open(path).put(kpi(1))


def run_one(path: str) -> None:
    """Put a record and run a stage on it."""
    lake = Lake.open(path)
    lake.run(scale, of=lake.put(kpi(2)))


def batch_some(path: str) -> None:
    """Commit two puts and two runs together."""
    lake = Lake.open(path)
    with lake.batch():
        for value in (3, 4):
            lake.run(scale, of=lake.put(kpi(value)))


def drop_one(path: str) -> None:
    """Run a stage, and drop what it made in a batch with another put."""
    lake = Lake.open(path)
    made = lake.run(scatter, of=lake.put(kpi(5)), edge=8, seed=1).id
    with lake.batch():
        lake.put(kpi(6))
        with suppress(DroppedError):
            lake.drop([made], reason="its metrics are stored")


def index_some(path: str) -> None:
    """Put and run, and let closing the lake index it."""
    with Lake.open(path) as lake:
        lake.run(scale, of=lake.put(kpi(7)))


def rebuild(path: str) -> None:
    """Make all tables again."""
    Lake.open(path).rebuild()


def die_at(speaks: Connection, work: Callable[[str], None], path: str, place: int) -> None:
    """Do the work, and be killed at the step of this number; say which steps were reached."""
    reached = 0

    def count(step: Step) -> None:
        nonlocal reached
        speaks.send((str(step), []))
        if reached == place:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1

    steps.observe(count)
    work(path)
