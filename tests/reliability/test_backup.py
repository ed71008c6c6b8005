"""A lake is copied while others write to it: every copy is sound, and holds what was acknowledged before it began."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from furnished_lake import files_of, sort_of
from lake_writers import DOOMED, STORED, Said, write_forever, writer

from ragone.dataset import Lake
from ragone.dataset.backup import Copy
from ragone.dataset.errors import DroppedError, NotALakeError
from ragone.dataset.files import Files
from ragone.dataset.hashing import artifact_id
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.progress import unwatched

_SEED = 20261130
_WRITERS = 2
_LONGEST_SECOND = 0.3


@pytest.mark.parametrize("copies", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_a_backup_of_a_lake_that_is_written(copies: int, folder: Path, counted: Callable[[str], None]) -> None:
    """Whenever a backup is taken, fsck finds nothing in it, and all that was acknowledged before is there."""
    live = folder / "live"
    Lake.open(live, create=True).close()
    chance = random.Random(_SEED)
    stored: set[str] = set()
    doomed: set[str] = set()
    with ExitStack() as stack, Lake.open(live) as lake:
        writers = [stack.enter_context(writer(write_forever, str(live), _SEED + n)) for n in range(_WRITERS)]
        for number in range(copies):
            time.sleep(chance.uniform(0, _LONGEST_SECOND))
            for word, names in _heard(hears for _, hears in writers):
                stored |= set(names) if word == STORED else set()
                doomed |= set(names) if word == DOOMED else set()
            target = folder / f"copy-{number}"
            copied = lake.backup(target, link=number % 2 == 1)
            assert copied.damaged == []
            # a drop that was announced may come after the backup has begun, and be in it or not
            doomed |= {name for word, names in _heard(h for _, h in writers) if word == DOOMED for name in names}
            _check(target, stored, doomed)
            shutil.rmtree(target)
    counted(f"{copies} backups of a lake with {_WRITERS} writers, {len(stored)} artifacts acknowledged, all there")


def _heard(pipes: Iterator[Connection]) -> list[Said]:
    found = []
    for hears in pipes:
        while hears.poll():
            found.append(hears.recv())
    return found


def _check(path: Path, stored: set[str], doomed: set[str]) -> None:
    report = Lake.inspect(path)
    assert report.sound, [str(problem) for problem in report.problems]
    with Lake.open(path) as lake:
        for name in stored:
            try:
                assert artifact_id(lake.get(name)) == name
            except DroppedError:
                assert name in doomed, name


class StoppedError(Exception):
    """The copying process was stopped."""


class StoppedFiles(LocalFiles):
    """Files that are written one after the other, until the process is stopped."""

    left = 0

    def write_many(self, items: Mapping[str, bytes]) -> None:
        """Write until it is enough."""
        for key, data in items.items():
            self.left -= 1
            if self.left < 0:
                raise StoppedError
            self.write(key, data)


@pytest.mark.parametrize("writes", range(0, 60, 7))
def test_a_stopped_backup_is_a_lake_and_goes_on(furnished: Path, folder: Path, writes: int) -> None:
    """After any number of writes the copy is a sound lake with less in it; begun again, it is completed."""
    target = StoppedFiles(folder / "copy")
    target.root.mkdir()
    target.left = writes
    with pytest.raises(StoppedError):
        Copy(LocalFiles(furnished), target, link=False, watcher=unwatched).execute("copy")
    assert Lake.inspect(target.root).sound
    with Lake.open(furnished) as lake:
        assert lake.backup(target.root).damaged == []
    assert _contents(target) == _contents(LocalFiles(furnished))


def _contents(files: Files) -> dict[str, bytes]:
    return {key: files.read(key) for place in ("objects", "runs") for key in files.keys(place)}


def test_damage_is_not_copied_and_is_brought_back(furnished: Path, folder: Path) -> None:
    """What is damaged in the lake is named and not copied over what is whole; restoring mends the lake."""
    live, copy = folder / "live", folder / "copy"
    shutil.copytree(furnished, live)
    with Lake.open(live) as lake:
        lake.backup(copy)
    damaged = {sort: next(p for p in files_of(live) if sort_of(live, p) == sort) for sort in ("objects/kpi", "runs")}
    lost = next(p for p in files_of(live) if sort_of(live, p) == "objects/measurement")
    for file in damaged.values():
        file.write_bytes(file.read_bytes()[:-9] + b"elsewhere")
    lost.unlink()
    (live / "lake.json").write_bytes(b"{}")
    assert not Lake.inspect(live).sound
    restored = Lake.restore(copy, live)
    assert (restored.damaged, restored.objects) == ([], 2)
    assert Lake.inspect(live).sound
    assert _contents(LocalFiles(live)) == _contents(LocalFiles(furnished))


def test_a_backup_of_a_damaged_lake_says_so(furnished: Path, folder: Path) -> None:
    """A backup of what is damaged already is as whole as can be, and names what is not in it."""
    live = folder / "live"
    shutil.copytree(furnished, live)
    file = next(p for p in files_of(live) if sort_of(live, p) == "objects/kpi")
    file.write_bytes(b"")
    with Lake.open(live) as lake:
        copied = lake.backup(folder / "copy")
    assert copied.damaged == [f"kpi-{file.stem}"]
    assert len(_contents(LocalFiles(folder / "copy"))) == len(_contents(LocalFiles(furnished))) - 1


def test_an_empty_place_becomes_the_lake_again(furnished: Path, folder: Path) -> None:
    """A lake that is gone altogether is restored, and answers as it did."""
    question = "SELECT id, run_id FROM artifacts ORDER BY id"
    with Lake.open(furnished) as lake:
        lake.backup(folder / "copy")
        before = lake.sql(question).rows()
    Lake.restore(folder / "copy", folder / "again")
    with Lake.open(folder / "again") as lake:
        assert lake.sql(question).rows() == before


def test_links_share_their_bytes(furnished: Path, folder: Path) -> None:
    """With links on one disk a backup takes no space, and lasts when the lake drops what it shares."""
    shutil.copytree(furnished, folder / "live")
    with Lake.open(folder / "live") as lake:
        assert lake.backup(folder / "copy", link=True).bytes == 0
    shutil.rmtree(folder / "live")
    assert Lake.inspect(folder / "copy").sound


@pytest.mark.parametrize("place", ["", "backup", ".."])
def test_a_place_in_the_lake_itself(furnished: Path, folder: Path, place: str) -> None:
    """A lake is not copied into itself, nor over the folder that it lies in."""
    shutil.copytree(furnished, folder / "outer" / "live")
    with (
        Lake.open(folder / "outer" / "live") as lake,
        pytest.raises(NotALakeError, match=r"in one another"),
    ):
        lake.backup(folder / "outer" / "live" / place)
    shutil.rmtree(folder / "outer" / "live" / "backup", ignore_errors=True)
    assert Lake.inspect(folder / "outer" / "live").sound


def test_a_place_that_is_taken(furnished: Path, folder: Path) -> None:
    """Neither another lake nor a folder of other files is written into."""
    Lake.open(folder / "other", create=True).close()
    (folder / "files").mkdir()
    (folder / "files" / "thesis.tex").write_text("three years of work")
    with Lake.open(furnished) as lake:
        for place, words in (("other", "another lake"), ("files", "holds files but no lake")):
            with pytest.raises(NotALakeError, match=words):
                lake.backup(folder / place)
    assert [p.name for p in (folder / "files").iterdir()] == ["thesis.tex"]
