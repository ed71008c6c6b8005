"""Tables are a view: each may be lost, cut or set back, and comes back with the same rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from furnished_lake import as_it_lies, table_rows

from ragone.dataset import Lake


def _delete(tables: Path, name: str) -> None:
    shutil.rmtree(tables / f"{name}.lance")


def _cut_all(tables: Path, name: str) -> None:
    for file in (tables / f"{name}.lance").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty_manifest(tables: Path, name: str) -> None:
    _newest(tables, name).write_bytes(b"")


def _delete_manifest(tables: Path, name: str) -> None:
    _newest(tables, name).unlink()


def _newest(tables: Path, name: str) -> Path:
    """The manifest of the present version: names count down."""
    return min((tables / f"{name}.lance" / "_versions").glob("*.manifest"))


_WAYS = [_delete, _cut_all, _empty_manifest, _delete_manifest]


@pytest.mark.parametrize("way", _WAYS)
def test_an_ordinary_open_restores_tables_that_it_finds_damaged(
    way: Callable[[Path, str], None], furnished: Path, folder: Path
) -> None:
    """A table is lost, cut, or its newest manifest emptied or deleted: each is noticed alone, and opening mends all."""
    before = table_rows(as_it_lies(furnished))
    root = folder / "lake"
    shutil.copytree(furnished, root)
    assert as_it_lies(root).tables.sound()
    for name in before:
        way(root / "tables", name)
        assert not as_it_lies(root).tables.sound(), name
        shutil.rmtree(root / "tables" / f"{name}.lance", ignore_errors=True)
        shutil.copytree(furnished / "tables" / f"{name}.lance", root / "tables" / f"{name}.lance")
    for name in before:
        way(root / "tables", name)
    Lake.open(root).close()
    _same_rows(root, before, way.__name__)


@pytest.mark.slow
@pytest.mark.parametrize("way", _WAYS)
def test_an_ordinary_open_restores_every_table(
    way: Callable[[Path, str], None], furnished: Path, folder: Path, counted: Callable[[str], None]
) -> None:
    """Each table is damaged alone in each way, and opening the lake mends it."""
    before = table_rows(as_it_lies(furnished))
    root = folder / "lake"
    shutil.copytree(furnished, root)
    for name in before:
        way(root / "tables", name)
        Lake.open(root).close()
        _same_rows(root, before, f"{name} {way.__name__}")
    counted(f"{len(before)} tables{way.__name__.replace('_', ' ')}, all rows back after opening")


@pytest.mark.parametrize("way", _WAYS)
def test_rebuild_restores_every_table(way: Callable[[Path, str], None], furnished: Path, folder: Path) -> None:
    """With all tables damaged at once under a lake that is open, `rebuild` restores the same rows."""
    before = table_rows(as_it_lies(furnished))
    root = folder / "lake"
    shutil.copytree(furnished, root)
    with Lake.open(root) as lake:
        for name in before:
            way(root / "tables", name)
        counts = lake.rebuild()
        assert counts == {name: rows.num_rows for name, rows in before.items()}
    _same_rows(root, before, way.__name__)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"runs": [1, 0]}', b"\xff\xfe"])
def test_a_lost_state_is_written_again(content: bytes | None, furnished: Path, folder: Path) -> None:
    """Without a readable state.json the tables are made again from objects and runs."""
    before = table_rows(as_it_lies(furnished))
    root = folder / "lake"
    shutil.copytree(furnished, root)
    state = root / "tables" / "state.json"
    state.unlink() if content is None else state.write_bytes(content)
    Lake.open(root).close()
    _same_rows(root, before, str(content))


def test_all_tables_lost_at_once_come_back(furnished: Path, folder: Path) -> None:
    """The folder of tables may be deleted: it comes back when the lake is opened."""
    before = table_rows(as_it_lies(furnished))
    root = folder / "lake"
    shutil.copytree(furnished, root, ignore=shutil.ignore_patterns("tables"))
    Lake.open(root).close()
    _same_rows(root, before, "all")


def _same_rows(root: Path, before: dict[str, object], what: str) -> None:
    with Lake.open(root) as lake:
        report = lake.fsck()
        assert report.sound, f"{what}: {[str(p) for p in report.problems]}"
    after = table_rows(as_it_lies(root))
    assert [name for name, rows in before.items() if not after[name].equals(rows)] == [], what
