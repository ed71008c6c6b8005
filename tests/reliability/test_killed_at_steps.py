"""A process that writes is killed at every step that a write is made of, one after the other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lake_writers import (
    batch_some,
    create_lake,
    die_at,
    drop_one,
    index_some,
    put_one,
    rebuild,
    run_one,
    said,
    writer,
)
from reliability_stages import kpi

from ragone.dataset import Lake
from ragone.dataset.steps import Step

Reached = tuple[Callable[[str], None], int, str]

_WORKS = [create_lake, put_one, run_one, batch_some, drop_one, index_some, rebuild]
_NEVER = 1_000_000


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_kill_at_any_step_leaves_the_lake_whole(every: bool, folder: Path, counted: Callable[[str], None]) -> None:
    """Killed at a step, the lake opens and is sound, and the work can be done again.

    The slow run takes every occurrence of every step in every kind of work; the ordinary one an occurrence of each step
    in all kinds of work together, the first of one and the last of the next.
    """
    with Lake.open(folder / "template", create=True) as lake:
        lake.put(kpi(0))
    trace = [(work, place, step) for work in _WORKS for place, step in enumerate(_whole(work, folder))]
    assert {step for _, _, step in trace} == {str(step) for step in Step}, "every step is reached by one of the works"
    chosen = trace if every else _ends(trace)
    for work, place, step in chosen:
        path = _lake(folder, f"{work.__name__}-{place}", work)
        assert _steps(work, path, place)[-1] == step, "the work takes the same steps each time"
        _recovers(path, work, f"{work.__name__} killed at {step} (step {place})")
    counted(f"{len(chosen)} kills at named steps, {len(Step)} steps, {len(_WORKS)} kinds of work; each lake whole")


def _whole(work: Callable[[str], None], folder: Path) -> list[str]:
    return _steps(work, _lake(folder, f"{work.__name__}-whole", work), _NEVER)


def _lake(folder: Path, name: str, work: Callable[[str], None]) -> str:
    if work is not create_lake:
        shutil.copytree(folder / "template", folder / name)
    return str(folder / name)


def _steps(work: Callable[[str], None], path: str, place: int) -> list[str]:
    with writer(die_at, work, path, place) as (process, hears):
        reached = [step for step, _ in said(hears)]
        process.join()
        assert process.exitcode == (-9 if place < _NEVER else 0)
    return reached


def _ends(trace: list[Reached]) -> list[Reached]:
    """Where each step is reached, first or last in turn."""
    first = {step: (work, place, step) for work, place, step in reversed(trace)}
    last = {step: (work, place, step) for work, place, step in trace}
    return [(first, last)[number % 2][step] for number, step in enumerate(map(str, Step))]


def _recovers(path: str, work: Callable[[str], None], what: str) -> None:
    """The lake opens, is sound, and takes the same work."""
    _is_sound(path, what, create=work is create_lake)
    work(path)
    _is_sound(path, f"{what}, done again")


def _is_sound(path: str, what: str, *, create: bool = False) -> None:
    with Lake.open(path, create=create) as lake:
        report = lake.fsck()
        assert report.sound, f"{what}: {[str(p) for p in report.problems]}"
