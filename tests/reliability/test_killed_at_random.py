"""A process that writes is killed with SIGKILL at a random moment; nothing that it was promised may be lost."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from lake_writers import DOOMED, READY, STORED, Said, said, write_forever, writer

from ragone.dataset import Lake
from ragone.dataset.errors import DroppedError
from ragone.dataset.hashing import artifact_id

_KILLS_PER_LAKE = 10
_LONGEST_SECOND = 0.25
_SEED = 20261120


@pytest.mark.parametrize("kills", [10, pytest.param(300, marks=pytest.mark.slow)])
def test_what_was_acknowledged_survives_kills_at_random(
    kills: int, folder: Path, counted: Callable[[str], None]
) -> None:
    """After each kill the lake opens, fsck finds nothing, and every acknowledged artifact is there and hash-true."""
    promised = opening = 0
    for first in range(0, kills, _KILLS_PER_LAKE):
        path = folder / f"lake-{first}"
        Lake.open(path, create=True).close()
        stored: set[str] = set()
        doomed: set[str] = set()
        done = 0
        while done < _KILLS_PER_LAKE:
            together = 3 if done == 4 else 1  # some kills take several writers at a time
            words = _killed(path, _SEED + first + done, together)
            opening += sum(word[0] != READY for word in words[-1:]) == 0
            stored |= {name for word, names in words if word == STORED for name in names}
            doomed |= {name for word, names in words if word == DOOMED for name in names}
            _check(path, stored, doomed, f"seed {_SEED + first + done}")
            done += together
        promised += len(stored)
        shutil.rmtree(path)
    counted(
        f"{kills} kills at random, {promised} artifacts acknowledged, all there; {opening} while opening or closing"
    )


def _killed(path: Path, seed: int, together: int) -> list[Said]:
    """What writers said before they were killed, each at a moment of its own."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        started = [stack.enter_context(writer(write_forever, str(path), seed + 1000 * n)) for n in range(together)]
        if chance.random() < 0.8:  # else the kill may come while the lake is being opened
            for _, hears in started:
                hears.poll(30)
        time.sleep(chance.uniform(0, _LONGEST_SECOND))
        for process, _ in started:
            process.kill()
        return [word for _, hears in started for word in said(hears)]


def _check(path: Path, stored: set[str], doomed: set[str], seed: str) -> None:
    with Lake.open(path) as lake:
        report = lake.fsck()
        assert report.sound, f"{seed}: {[str(p) for p in report.problems]}"
        for name in stored:
            try:
                assert artifact_id(lake.get(name)) == name, seed
            except DroppedError:
                assert name in doomed, f"{seed}: {name} was never dropped"
