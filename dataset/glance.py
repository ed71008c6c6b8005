"""What does a lake hold, at a glance? Names for the completion of words, read without opening the lake.

Nothing is written, indexed or swept, and no table is read: ids are the names of files, and what a record says is
verified against its hash. A lake in an object store has nothing to show, for completion must not wait for a network.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ragone.dataset.annotations import latest
from ragone.dataset.errors import LakeError
from ragone.dataset.keys import is_stored_id
from ragone.dataset.links import require_own_folders
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.objects import Objects
from ragone.schemas.annotation import Annotation, Aspect, SavedQuery, is_name
from ragone.schemas.kpi import Kpi
from ragone.schemas.record import Record

_KINDS: Mapping[str, type[Record]] = {cls.kind: cls for cls in (Annotation, SavedQuery, Kpi)}
_SHORT = 12  # digits, as everywhere an id is shortened
_NEWEST = 20  # ids of a kind
_FEW = 3  # of each kind where no kind is named
_READ = 2_000  # annotations and queries, newest first
_KPIS = 60  # whose names are looked at


class Glance:
    """Names in a lake in a folder; there are none where there is no lake, or one that cannot be read."""

    def __init__(self, where: str) -> None:
        root = Path(where)
        self._root = root / "objects"
        self._objects = Objects(LocalFiles(root), _KINDS)
        try:
            require_own_folders(root)
            self._is_lake = (root / "lake.json").is_file()
        except (OSError, LakeError):
            self._is_lake = False

    def ids(self, begun: str, kinds: Iterable[str] = ()) -> list[str]:
        """Return ids that begin so, shortened, the newest of each kind; of these kinds, or of all."""
        wanted = [kind for kind in self._kinds() if kind in kinds or not kinds]
        kind, dash, digits = begun.rpartition("-")
        if not begun:
            return [_shortened(name) for kind in wanted for name in self._newest(kind, _NEWEST if kinds else _FEW)]
        if dash:
            found = self._newest(kind, _NEWEST, digits) if kind in wanted else []
            return [_shortened(name, max(_SHORT, len(digits))) for name in found]
        named = [_shortened(name) for kind in wanted if kind.startswith(begun) for name in self._newest(kind, _NEWEST)]
        bare = (name.partition("-")[2] for kind in wanted for name in self._newest(kind, _FEW, begun))
        return named + [digits[: max(_SHORT, len(begun))] for digits in bare]

    def tags(self) -> list[str]:
        """Return the tags that stand."""
        rows = [row for row in self._rows(Annotation.kind) if row["aspect"] == Aspect.TAG]
        found = latest(rows, ("subject_id", "content"), "annotated", None)
        return sorted({row["content"] for row in found if is_name(row["content"])})

    def queries(self) -> list[str]:
        """Return the names of the saved queries."""
        found = latest(self._rows(SavedQuery.kind), ("name",), "saved", None)
        return sorted(row["name"] for row in found if is_name(row["name"]))

    def kpis(self) -> list[str]:
        """Return the names of the newest KPIs."""
        return sorted({row["name"] for row in self._rows(Kpi.kind, _KPIS) if is_name(row["name"])})

    def _kinds(self) -> list[str]:
        return sorted(name for _, name in self._folders(self._root)) if self._is_lake else []

    def _rows(self, kind: str, most: int = _READ) -> Iterator[dict[str, Any]]:
        """The fields of the newest records of a kind that can be read."""
        for name in self._newest(kind, most) if self._is_lake else ():
            with suppress(OSError, LakeError):
                record = self._objects.get(name)
                yield {field: getattr(record, field) for field in record.fields()} | {"id": name}

    def _newest(self, kind: str, most: int, digits: str = "") -> list[str]:
        """Ids of a kind whose digits begin so, newest first, by the times of files; of folders the newest are read."""
        found: list[tuple[float, str]] = []
        for _, folder in sorted(self._folders(self._root / kind), reverse=True):
            if not folder.startswith(digits[:2]):
                continue
            found += self._files(kind, folder, digits)
            if len(found) >= 2 * most:
                break
        return [name for _, name in heapq.nlargest(most, found)]

    def _files(self, kind: str, folder: str, digits: str) -> Iterator[tuple[float, str]]:
        with suppress(OSError), os.scandir(self._root / kind / folder) as entries:
            for entry in entries:
                name = f"{kind}-{entry.name.removesuffix('.arrow')}"
                if entry.name.startswith(digits) and is_stored_id(name):
                    yield entry.stat(follow_symlinks=False).st_mtime, name

    def _folders(self, folder: Path) -> list[tuple[float, str]]:
        """The folders in one, each with the time of its last change; links are none."""
        with suppress(OSError), os.scandir(folder) as entries:
            return [
                (e.stat(follow_symlinks=False).st_mtime, e.name) for e in entries if e.is_dir(follow_symlinks=False)
            ]
        return []


def _shortened(name: str, digits: int = _SHORT) -> str:
    return name[: name.index("-") + 1 + digits]
