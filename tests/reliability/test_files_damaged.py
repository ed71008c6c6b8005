"""Files are cut, swapped or lost: each is found and named, and `get` never answers with a wrong value."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from furnished_lake import as_it_lies, files_of, sort_of, table_rows

from ragone.dataset import Lake, LakeError
from ragone.dataset.fsck import fsck
from ragone.dataset.hashing import artifact_id
from ragone.dataset.layout import PAGE
from ragone.dataset.objects import id_of_key

_LIVE = ("objects", "runs", "recipes", PAGE)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_cut_file_is_found_and_named(
    every: bool, furnished: Path, folder: Path, counted: Callable[[str], None]
) -> None:
    """Of each sort of file one is cut to 0, 1, half or all but one byte: fsck names it, `get` refuses.

    The slow run cuts it to all four, each file alone; the ordinary one to one of them in turn, a quarter of the files
    at once.
    """
    root = _copy(furnished, folder)
    files, cut = list(_one_of_each(root)), 0
    for number, length in enumerate((lambda n: 0, lambda n: 1, lambda n: n // 2, lambda n: n - 1)):
        for group in [[file] for file in files] if every else [files[number::4]]:
            whole = {file: file.read_bytes() for file in group}
            for file, content in whole.items():
                file.write_bytes(content[: length(len(content))])
            _are_named(root, group, "cut")
            for file, content in whole.items():
                _is_refused(root, file)
                file.write_bytes(content)
            cut += len(group)
    assert fsck(as_it_lies(root)).sound
    counted(f"{cut} files cut, all named")


def test_two_swapped_objects_are_both_named(furnished: Path, folder: Path) -> None:
    """Two objects of one kind that changed places are both named, and neither is given for the other."""
    root = _copy(furnished, folder)
    for kind in ("kpi", "code", "microstructure"):
        one, other, *_ = (p for p in files_of(root) if sort_of(root, p) == f"objects/{kind}")
        contents = one.read_bytes(), other.read_bytes()
        one.write_bytes(contents[1])
        other.write_bytes(contents[0])
        _are_named(root, [one, other], "swapped")
        for file in (one, other):
            _is_refused(root, file)
        one.write_bytes(contents[0])
        other.write_bytes(contents[1])


@pytest.mark.parametrize("alone", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_lost_file_is_found_and_named(
    alone: bool, furnished: Path, folder: Path, counted: Callable[[str], None]
) -> None:
    """Of each sort of object, run and pointer one is deleted: fsck names it; `get` refuses what it held.

    The slow run deletes each alone, the ordinary one a quarter of them at once.
    """
    root = _copy(furnished, folder)
    files = list(_one_of_each(root))
    for group in [[file] for file in files] if alone else [files[number::4] for number in range(4)]:
        whole = {file: file.read_bytes() for file in group}
        for file in group:
            file.unlink()
        _are_named(root, group, "deleted")
        for file, content in whole.items():
            _is_refused(root, file)
            file.write_bytes(content)
    assert fsck(as_it_lies(root)).sound
    counted(f"{len(files)} files deleted, all named")


def test_every_lost_run_is_named(furnished: Path, folder: Path) -> None:
    """Also one that nothing else speaks of: its rows in the tables are left."""
    root = _copy(furnished, folder)
    for file in (p for p in files_of(root) if sort_of(root, p) == "runs"):
        whole = file.read_bytes()
        file.unlink()
        _are_named(root, [file], "deleted")
        file.write_bytes(whole)


def test_a_lost_object_comes_back_when_it_is_reproduced(furnished: Path, folder: Path) -> None:
    """A computed object that was deleted is computed again, bit by bit, and the lake is whole."""
    root = _copy(furnished, folder)
    lost = next(p for p in files_of(root) if sort_of(root, p) == "objects/microstructure" and _computed(root, p))
    lost.unlink()
    with Lake.open(root) as lake:
        name = id_of_key(lost.relative_to(root).as_posix())
        with pytest.raises(LakeError, match="reproduce"):
            lake.get(name)
        assert lake.reproduce(name).verdict == "bitwise equal"
        assert artifact_id(lake.get(name)) == name
        assert lake.fsck().sound


def test_damaged_tables_are_read_as_an_error_or_made_again(furnished: Path, folder: Path) -> None:
    """With any file of a table cut, opening the lake does not fail, and after `rebuild` all rows are there."""
    before = table_rows(as_it_lies(furnished))
    for number, sort in enumerate(("tables/data", "tables/versions", "tables/indices", "tables/transactions")):
        root = _copy(furnished, folder, f"lake-{number}")
        for file in (p for p in files_of(root) if sort_of(root, p) == sort):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        with Lake.open(root) as lake:
            lake.rebuild()
            assert lake.fsck().sound
        after = table_rows(as_it_lies(root))
        assert all(after[name].equals(rows) for name, rows in before.items()), sort


def _copy(furnished: Path, folder: Path, name: str = "lake") -> Path:
    shutil.copytree(furnished, folder / name)
    return folder / name


def _one_of_each(root: Path) -> Iterator[Path]:
    seen = set()
    for file in files_of(root):
        sort = sort_of(root, file)
        if sort.startswith(_LIVE) and sort not in seen:
            seen.add(sort)
            yield file


def _computed(root: Path, file: Path) -> bool:
    return bool(as_it_lies(root).producer(id_of_key(file.relative_to(root).as_posix())).run.entry_point)


def _are_named(root: Path, files: list[Path], how: str) -> None:
    problems = [str(problem) for problem in fsck(as_it_lies(root)).problems]
    for file in files:
        key = file.relative_to(root).as_posix()
        names = (key, file.stem, file.name)
        assert any(name in problem for problem in problems for name in names), f"{key} {how}: {problems}"


def _is_refused(root: Path, file: Path) -> None:
    """What the file held is not answered; a page that is not whole is no lake."""
    key = file.relative_to(root).as_posix()
    if key == PAGE:
        with pytest.raises(LakeError, match=PAGE):
            Lake.open(root)
    elif key.startswith("objects/"):
        with pytest.raises(LakeError):
            Lake(as_it_lies(root), "").get(id_of_key(key))
    elif key.startswith("runs/"):
        store = as_it_lies(root)
        for name in store.tables.dataset("runs").to_table(columns=["id"], filter=f"file = '{key}'")["id"].to_pylist():
            with pytest.raises(LakeError):
                Lake(store, "").get(name)
