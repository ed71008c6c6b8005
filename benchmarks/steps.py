"""What does one recorded step cost beside redun: one by one, committed together, and from the cache?

Ours is `Lake.run` of a trivial stage. A step is durable when it returns: object and run are written, synced, renamed,
and their folders synced. redun evaluates a trivial task per step and commits to SQLite with synchronous = FULL, so it
waits for the disk, too; the disk is the same, and both take turns.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median

from benchmarks.measure import Line, elapsed, tell, time_at_most
from benchmarks.trivial import kpi, scale
from ragone.dataset import Lake

_BENCH = Path(__file__).parents[1] / ".bench"
_REDUN = "redun==0.44.1"
_STEPS = 1_000
_ROUNDS = 5
_GOALS = {"one": 0.6, "together": 0.25, "cached": 0.2}


def lines() -> list[Line]:
    """Seconds per step of ours and of redun."""
    python = _redun_python()
    ours: list[dict[str, float]] = []
    peer: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(dir=_BENCH) as name:
        folder = Path(name)
        count = _STEPS // _ROUNDS
        for turn in range(_ROUNDS):
            ours.append(_ours(folder / "lake", turn * count, count))
            peer.append(_peer(python, folder / "redun.db", turn * count, count))
            tell(f"{(turn + 1) * count} of {_STEPS} steps each")
    mine, theirs = ({key: median(turn[key] for turn in turns) for key in _GOALS} for turns in (ours, peer))
    return [
        time_at_most("recorded step, one by one, durable", mine["one"], theirs["one"], "redun", _GOALS["one"]),
        time_at_most("recorded step, committed together", mine["together"], theirs["one"], "redun one by one", 0.25),
        time_at_most(
            "recorded step, committed together", mine["together"], theirs["together"], "redun in one execution", 0.25
        ),
        time_at_most(
            "recorded step, from the cache", mine["cached"], theirs["cached"], "redun cached", _GOALS["cached"]
        ),
    ]


def _ours(path: Path, first: int, count: int) -> dict[str, float]:
    with Lake.open(path, create=True) as lake:
        source = lake.put(kpi(1.0))
        lake.run(scale, of=source, factor=-1.0 - first)  # what is done once is not counted
        one = elapsed(lambda: _run(lake, source, first, count, 0.5))
        together = elapsed(lambda: _run_together(lake, source, first, count))
    with Lake.open(path) as lake:
        cached = elapsed(lambda: _run(lake, source, first, count, 0.5))
    return {"one": one / count, "together": together / count, "cached": cached / count}


def _run(lake: Lake, source: str, first: int, count: int, fraction: float) -> None:
    for number in range(first, first + count):
        lake.run(scale, of=source, factor=number + fraction)


def _run_together(lake: Lake, source: str, first: int, count: int) -> None:
    with lake.batch():
        _run(lake, source, first, count, 0.25)


def _peer(python: Path, database: Path, first: int, count: int) -> dict[str, float]:
    script = Path(__file__).with_name("redun_steps.py")
    command = [str(python), str(script), str(database), str(first), str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _redun_python() -> Path:
    """The Python of an environment for redun alone, made on first use."""
    folder = _BENCH / "redun"
    python = folder / "bin" / "python"
    if not (folder / "bin" / "redun").exists():
        tell(f"installing {_REDUN} in {folder}")
        folder.parent.mkdir(exist_ok=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", _REDUN], check=True, stdout=sys.stderr)
    return python
