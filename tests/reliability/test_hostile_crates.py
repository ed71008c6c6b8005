"""Crates that are broken, forged or have one wrong bit: each is refused by name, and nothing is written."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hostile_crates import Make, broken, hostile, packed, read_crate, unpacked
from reliability_stages import kpi, scale, scatter, spread

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.dataset.errors import CrateError
from ragone.dataset.exchange import export, import_crate

_SEED = 20261201
_CATALOGUE = {f"broken: {name}": entry for name, entry in broken().items()} | hostile()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Any:
    """A crate with records and runs of every sort, a dropped volume among them."""
    folder = tmp_path_factory.mktemp("sound")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        with Lake.open(folder / "lake", create=True) as lake:
            given = lake.put(kpi(3))
            kept, dropped = (lake.run(scatter, of=given, edge=edge, seed=1).id for edge in (6, 8))
            half = lake.run(scale, of=given, factor=0.5).id
            spoken = lake.run(spread, cube=dropped, other=half).id
            root = lake.run(spread, cube=kept, other=spoken).id
            lake.drop([dropped], reason="space")
            done = export(lake, root, folder / "crate.zip")
    return SimpleNamespace(path=folder / "crate.zip", root=done.root, files=read_crate(folder / "crate.zip"))


@contextmanager
def nothing_written(folder: Path) -> Iterator[Path]:
    """Where a lake would be made; afterwards everything in the folder is as it was."""
    before = sorted(folder.rglob("*"))
    yield folder / "lake"
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("name", list(_CATALOGUE))
def test_a_crate_that_must_not_be_taken(name: str, sound: Any, folder: Path) -> None:
    """It is refused in words that name what is wrong, whoever it was made by; no lake is begun."""
    words, make = _CATALOGUE[name]
    crate = make(dict(sound.files), folder)
    with nothing_written(folder) as lake, pytest.raises(CrateError) as refused:
        import_crate(crate, lake, expect=sound.root if name == "a forged crate" else "")
    assert re.search(words, str(refused.value), re.DOTALL), str(refused.value)
    assert str(refused.value).isprintable()


def test_as_many_as_are_promised() -> None:
    """At least 10 broken and 25 hostile ones."""
    assert len(broken()) >= 10
    assert len(hostile()) >= 25


def test_what_is_forged_is_sound_without_the_change(sound: Any, folder: Path) -> None:
    """The sound crate is taken, packed and unpacked; a forged one is another crate, taken if nobody expects a root."""
    assert import_crate(packed(sound.files, folder), folder / "one", expect=sound.root).root == sound.root
    assert import_crate(unpacked(sound.files, folder), folder / "two", expect=sound.root).root == sound.root
    forged = hostile()["a forged crate"][1](sound.files, folder)
    assert import_crate(forged, folder / "three").root != sound.root
    assert Lake.inspect(folder / "three").problems == ()


@pytest.mark.parametrize("make", [packed, unpacked])
@pytest.mark.parametrize("flips", [40, pytest.param(500, marks=pytest.mark.slow)])
def test_one_wrong_bit(flips: int, make: Make, sound: Any, folder: Path, counted: Callable[[str], None]) -> None:
    """Wherever it is, in a file of the bag or between the files of an archive, the crate is refused."""
    chooser = random.Random(_SEED)
    crate = make(sound.files, folder)
    files = sorted(p for p in crate.rglob("*") if p.is_file()) if crate.is_dir() else [crate]
    for _ in range(flips):
        path = chooser.choice(files)
        sound_bytes = path.read_bytes()
        wrong = bytearray(sound_bytes)
        place, bit = chooser.randrange(len(wrong)), chooser.randrange(8)
        wrong[place] ^= 1 << bit
        path.write_bytes(wrong)
        with nothing_written(folder) as lake, pytest.raises(CrateError):
            import_crate(crate, lake)
        path.write_bytes(sound_bytes)
    assert import_crate(crate, folder / "lake").root == sound.root
    counted(f"{flips} wrong bits in a crate ({make.__name__}): all refused, nothing written (seed {_SEED})")


def test_every_byte_between_the_files_of_an_archive(sound: Any, folder: Path) -> None:
    """Of the directory and the headers, which no hash covers, any wrong bit is found."""
    crate = packed({name: sound.files[name] for name in ("bagit.txt",)}, folder)
    whole = crate.read_bytes()
    content = range(30 + len("bagit.txt"), 30 + len("bagit.txt") + len(sound.files["bagit.txt"]))
    for place in set(range(len(whole))) - set(content):
        for bit in range(8):
            wrong = bytearray(whole)
            wrong[place] ^= 1 << bit
            crate.write_bytes(wrong)
            with pytest.raises(CrateError, match=r"no archive as ragone export writes it"):
                import_crate(crate, folder / "lake")
    assert not (folder / "lake").exists()


def test_the_command_line_refuses_by_name(sound: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 2 and in printable words; what is asked for as JSON is not begun."""
    crate = hostile()["control characters in a name"][1](sound.files, folder)
    with nothing_written(folder) as lake:
        assert main(["import-crate", str(crate), "--lake", str(lake)]) == 2
    told = capsys.readouterr()
    assert "is no name of a file of a crate" in told.err
    assert "\x1b" not in told.out + told.err
    assert main(["import-crate", str(sound.path), "--lake", str(folder / "lake"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["root"] == sound.root
