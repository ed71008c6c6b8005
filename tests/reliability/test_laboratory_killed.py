"""A laboratory's calls are killed with SIGKILL, or come at the same time; no suggestion and no report may be lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from laboratory_calls import ASKED, TOLD, ask_and_tell, ask_and_tell_once, laboratory_study
from lake_writers import Said, barrier, said, writer

from ragone.dataset import Lake
from ragone.flows.design.laboratory import history_of

_SEED = 20261130
_LONGEST_SECOND = 2.0


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_what_was_answered_survives_kills_at_random(kills: int, folder: Path, counted: Callable[[str], None]) -> None:
    """After each kill every report that was acknowledged is a trial, and every suggestion is pending or a trial."""
    path = folder / "lake"
    Lake.open(path, create=True).close()
    asked: set[str] = set()
    told: set[str] = set()
    for seed in range(_SEED, _SEED + kills):
        words = _killed(path, seed)
        asked |= {name for word, names in words if word == ASKED for name in names}
        told |= {name for word, names in words if word == TOLD for name in names}
        with Lake.open(path) as lake:
            assert lake.fsck().sound, f"seed {seed}"
            history = history_of(lake, laboratory_study())
        trials = {row["candidate"] for row in history.trials} if history else set()
        pending = set(history.pending_ids) if history else set()
        assert told <= trials, f"seed {seed}"
        assert asked <= trials | pending, f"seed {seed}"
    assert asked
    counted(f"{kills} kills at random, {len(asked)} suggestions and {len(told)} reports acknowledged, all there")


def _killed(path: Path, seed: int) -> list[Said]:
    """What a process said before it was killed."""
    with writer(ask_and_tell, str(path), seed) as (process, hears):
        hears.poll(60)
        time.sleep(random.Random(seed).uniform(0, _LONGEST_SECOND))
        process.kill()
        return said(hears)


def test_calls_at_the_same_time_forget_nothing(folder: Path) -> None:
    """Of processes that ask and tell together each is given another candidate, and every report is a trial."""
    path, together = folder / "lake", 3
    Lake.open(path, create=True).close()
    start = barrier(together)
    with ExitStack() as stack:
        started = [
            stack.enter_context(writer(ask_and_tell_once, str(path), start, float(number)))
            for number in range(together)
        ]
        told = [name for _, hears in started for word, names in said(hears) if word == TOLD for name in names]
    with Lake.open(path) as lake:
        history = history_of(lake, laboratory_study())
    assert len(set(told)) == together
    assert history is not None
    assert {row["candidate"] for row in history.trials} == set(told)
    assert history.pending_ids == ()
