"""A lake from a stranger is opened, asked, checked, rebuilt, copied: nothing outside is touched, and all ends.

And one bad file costs that file only: what is not spoiled is still answered.
"""

from __future__ import annotations

import io
import os
import random
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hostile_lakes import KEPT, SPOILED, catalogue, contents, make_sound_lake
from lake_writers import said, writer

from ragone.app.main import main
from ragone.dataset import Lake

_SEED = 20261130
_LONGEST_SECOND = 20  # of one command, on a machine that does other work beside
_MEMORY = 12 << 30  # bytes of address space: what asks for more than is there fails at once
_MOST_RESIDENT = 1 << 30
_LOST_WITHOUT = ("lake.json", "folder", "page", "link", "pipe", "socket")  # refused as a whole, by name

_COMMANDS = (
    ["fsck"],
    ["query", "SELECT count(*) FROM artifacts, runs"],
    ["query", "SELECT * FROM kpis"],
    ["tables"],
    ["show", KEPT],
    ["show", SPOILED],
    ["lineage", KEPT],
    ["lineage", SPOILED],
    ["why", SPOILED],
    ["backup", "../copy"],
    ["restore", "../copy"],
    ["export", KEPT, "../copy.zip"],
    ["export", SPOILED, "../spoiled.zip"],
    ["rebuild"],
    ["snapshot", "now"],
    ["fsck"],
)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Path:
    """A lake to be copied and spoiled."""
    path = tmp_path_factory.mktemp("sound") / "lake"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        make_sound_lake(path)
    return path


def _some(names: list[str], share: int) -> list[str]:
    return sorted(random.Random(_SEED).sample(names, len(names) // share))


_NAMES = list(catalogue())


@pytest.mark.parametrize(
    "names", [_some(_NAMES, 40), pytest.param(_NAMES, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_whatever_a_stranger_puts_in(
    names: list[str], sound: Path, folder: Path, counted: Callable[[str], None]
) -> None:
    """No command hangs, dies, writes outside, or ends in something unforeseen; what is not spoiled is answered."""
    assert len(_NAMES) >= 200
    left, faults = list(names), list[str]()
    while left:
        with writer(spoil_each, str(sound), str(folder), left) as (process, hears):
            words = said(hears)
            process.join()
        faults += [f"{name}: {fault}" for name, found in words for fault in found]
        if len(words) < len(left):
            faults.append(f"{left[len(words)]}: the process died")
        left = left[len(words) + 1 :]
    counted(f"{len(names)} hostile lakes x {len(_COMMANDS)} commands: {len(faults)} faults")
    assert faults == [], "\n".join(faults)


def spoil_each(speaks: Any, sound: str, folder: str, names: list[str]) -> None:
    """For each entry: copy the lake, spoil the copy, do every command, say what was wrong. May die of it."""
    signal.signal(signal.SIGALRM, _too_long)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.environ["RAGONE_TABLES_KEY"] = f"{folder}/another.key"  # the lakes were made by somebody else
    entries = catalogue()
    for number, name in enumerate(names):
        place = Path(folder) / str(number)
        shutil.copytree(sound, place / "lake")
        (place / "outside").mkdir()
        (place / "outside" / "precious").write_text("three years of work")
        (place / "outside" / "999999-precious").write_text("three years of work")
        (place / "outside" / "precious.lance").mkdir()
        entries[name](place)
        os.chdir(place / "lake" if (place / "lake").is_dir() else place)
        speaks.send((name, _faults(place, name)))
        os.chdir("/")
        subprocess.run(["rm", "-rf", str(place)], check=True)


class TooLongError(BaseException):
    """A command did not end in time."""


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLongError


def _faults(place: Path, name: str) -> list[str]:
    before = dict(contents(place / "outside"))
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
    resident = _most_resident()
    faults = []
    for command in _COMMANDS:
        code, out, err = _told([*command, "--lake", str(place / "lake"), "--quiet"])
        if code not in (0, 1, 2) or "unforeseen" in err:
            faults.append(f"{' '.join(command)}: exit {code}: {err.strip()[:300]}")
        if command == ["show", KEPT] and code != 0 and not any(word in name for word in _LOST_WITHOUT):
            faults.append(f"what is not spoiled is not shown: {err.strip()[:300]}")
        if "9999.0" in out:
            faults.append(f"{' '.join(command)}: a forged value is answered")
    if dict(contents(place / "outside")) != before:
        faults.append("something outside was changed")
    if _most_resident() - resident > _MOST_RESIDENT:
        faults.append(f"{_most_resident() - resident} bytes were asked for")
    return faults


def _most_resident() -> int:
    """The most memory of this process that was in use at a time [bytes]."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _told(arguments: list[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    out, err = io.StringIO(), io.StringIO()
    signal.alarm(_LONGEST_SECOND)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(arguments)
    except TooLongError:
        return 124, out.getvalue(), "did not end"
    finally:
        signal.alarm(0)
    return code, out.getvalue(), err.getvalue()


def test_the_sound_lake_is_sound(sound: Path) -> None:
    """The catalogue spoils a lake in which nothing is wrong."""
    assert Lake.inspect(sound).sound
