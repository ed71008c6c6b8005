"""One bit of a stored file is wrong: `get` never answers with a wrong value, and fsck names what changed."""

from __future__ import annotations

import random
import resource
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from furnished_lake import as_it_lies, files_of, sort_of, table_rows
from lake_writers import said, writer

from ragone.dataset import Lake
from ragone.dataset.errors import LakeError
from ragone.dataset.fsck import fsck
from ragone.dataset.hashing import artifact_id
from ragone.dataset.objects import id_of_key
from ragone.dataset.store import Store
from ragone.dataset.tables import INDEXED

_SEED = 20261120
_DETECTED, _HARMLESS, _MISSED, _WRONG = "detected", "harmless", "missed", "wrong value"
Answers = dict[str, dict[str, pa.Table]]
_MEMORY = 16 << 30  # bytes: a wrong length must not take the machine with it


@dataclass(frozen=True)
class Flip:
    """One bit of one file."""

    file: str
    byte: int
    bit: int

    def apply(self, root: Path) -> None:
        """Turn the bit over; twice is as before."""
        path = root / self.file
        data = bytearray(path.read_bytes())
        data[self.byte] ^= 1 << self.bit
        path.write_bytes(data)


@pytest.mark.parametrize("flips", [48, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_flipped_bit_never_becomes_a_wrong_value(
    flips: int, furnished: Path, folder: Path, counted: Callable[[str], None]
) -> None:
    """Whatever bit is wrong: no process dies, `get` is right or refuses, and fsck names what reads differently."""
    root = folder / "lake"
    shutil.copytree(furnished, root)
    left = _chosen(root, flips)
    found: dict[Flip, str] = {}
    crashes: list[Flip] = []
    while left:
        with writer(flip_each, str(root), left) as (process, hears):
            words = [word for word, _ in said(hears)]
            process.join()
        found |= dict(zip(left, words, strict=False))
        if len(words) < len(left):
            crashes.append(left[len(words)])
            left[len(words)].apply(root)  # the process died before it turned the bit back
        left = left[len(words) + 1 :]
    _tell(root, found, crashes, counted)
    assert not crashes
    assert [flip for flip, verdict in found.items() if verdict in (_MISSED, _WRONG)] == []


def _chosen(root: Path, count: int) -> list[Flip]:
    """Bits spread evenly over the sorts of files, at random within each."""
    chance = random.Random(_SEED)
    sorts = defaultdict(list)
    for path in files_of(root):
        sorts[sort_of(root, path)].append(path)
    for paths in sorts.values():
        chance.shuffle(paths)
    turns = [list(paths) for paths in sorts.values()]
    flips: set[Flip] = set()
    number = 0
    while len(flips) < count:
        paths = turns[number % len(turns)]
        path = paths[number // len(turns) % len(paths)]
        byte = chance.randrange(path.stat().st_size)
        flips.add(Flip(path.relative_to(root).as_posix(), byte, chance.randrange(8)))
        number += 1
    return sorted(flips, key=lambda flip: (flip.file, flip.byte, flip.bit))


def flip_each(speaks: object, path: str, flips: list[Flip]) -> None:
    """For each flip: apply it, look, turn it back, say what was seen. Runs in a process that may die of it."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    root = Path(path)
    before = {place: _read(as_it_lies(root), place) for place in ("tables", "objects")}
    for flip in flips:
        flip.apply(root)
        verdict = _verdict(root, flip, before)
        flip.apply(root)
        speaks.send((verdict, []))  # type: ignore[attr-defined]


def _verdict(root: Path, flip: Flip, before: Answers) -> str:
    store = as_it_lies(root)
    if flip.file.startswith("objects/") and not _gets_right(store, flip.file):
        return _WRONG
    if not fsck(store).sound:
        return _DETECTED
    place = "tables" if flip.file.startswith("tables/") else "objects"
    try:
        now = _read(as_it_lies(root), place)
    except (LakeError, OSError, ValueError):
        return _MISSED
    return _HARMLESS if all(now[name].equals(table) for name, table in before[place].items()) else _MISSED


def _gets_right(store: Store, key: str) -> bool:
    name = id_of_key(key)
    try:
        return artifact_id(Lake(store, "").get(name)) == name
    except LakeError:
        return True


def _read(store: Store, place: str) -> dict[str, pa.Table]:
    """What a lake answers from its tables, also as their indexes find it; or from all else, by hash."""
    if place == "tables":
        return table_rows(store) | found_by_index(store)
    runs = list(store.runs.all())
    answers = [store.recipes.find(item.run.recipe_id) for item in runs]
    return {
        "objects": pa.table({"id": [artifact_id(store.objects.get(name)) for name in store.objects.ids()]}),
        "runs": pa.table({"id": sorted(item.run_id for item in runs)}),
        "recipes": pa.table({"run_id": [answer.run_id if answer else None for answer in answers]}),
    }


def found_by_index(store: Store) -> dict[str, pa.Table]:
    """What a query for each value of an indexed column finds."""
    found = {}
    for name, column in ((name, column) for name, columns in INDEXED.items() for column in columns):
        shown = "run_id" if name == "lineage" else "id"
        values = sorted(set(store.tables.read(name, columns=[column])[column].to_pylist()))
        hits = [store.tables.read(name, columns=[shown], where=f"{column} = '{v}'")[shown].to_pylist() for v in values]
        found[f"{name} by {column}"] = pa.table({"hits": [sorted(hit) for hit in hits]})
    return found


def _tell(root: Path, found: dict[Flip, str], crashes: list[Flip], counted: Callable[[str], None]) -> None:
    sorts: dict[str, Counter[str]] = defaultdict(Counter)
    for flip, verdict in [*found.items(), *((flip, "process died") for flip in crashes)]:
        sorts[sort_of(root, root / flip.file)][verdict] += 1
    total: Counter[str] = sum(sorts.values(), Counter())
    lines = [f"{len(found) + len(crashes)} bits flipped (seed {_SEED}): {_listed(total)}"]
    lines += [f"    {sort}: {_listed(verdicts)}" for sort, verdicts in sorted(sorts.items())]
    for flip, verdict in found.items():
        if verdict in (_MISSED, _WRONG):
            lines.append(f"    {verdict}: {flip}")
    counted("\n".join(lines + [f"    process died: {flip}" for flip in crashes]))


def _listed(verdicts: Counter[str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
