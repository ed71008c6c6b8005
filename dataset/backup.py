"""A copy of a lake that may be written meanwhile: sound at every moment, complete for what was stored before it began.

The order is what makes it safe. Runs are listed first: all that a run names was durable before the run's own file
appeared. Then, group by group, the objects that those runs name are copied, and after them the files of the runs, so
that a copy that was stopped is a smaller lake and goes on where it was. Where an object is gone that was just named,
tombstones are copied before the run: the one that explains it was durable before it went. Runs are listed a second time
for what was committed while the first list was read, and snapshots, which name all of it, come last.
Pointers and tables are not copied; opening the copy makes them.

Every object and run is verified before it is copied, and what the copy holds already is verified too. Copying the
other way restores: what is missing or damaged is brought back, and what is whole stays.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from ragone.dataset.errors import CorruptObjectError, NotALakeError
from ragone.dataset.files import Files
from ragone.dataset.layout import PAGE, check_page
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.objects import Objects, id_of_key, object_key
from ragone.dataset.progress import Watcher
from ragone.dataset.runs import RunLog
from ragone.dataset.tombstones import Tombstones
from ragone.schemas.kinds import KINDS

_GROUP = 64  # files of runs whose objects are copied together
_GROUP_BYTES = 2**26


@dataclass
class Copied:
    """The objects that a backup or a restoration copied, and those that it could not.

    `damaged` names objects and files of runs that are missing or damaged in the source and not whole in the copy.
    """

    objects: int = 0
    runs: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)


class Copy:
    """One copying of a lake into another place."""

    def __init__(self, source: Files, target: Files, *, link: bool, watcher: Watcher) -> None:
        self._source, self._target = source, target
        self._from, self._to = Objects(source, KINDS), Objects(target, KINDS)
        self._runs_from, self._runs_to = RunLog(source), RunLog(target)
        self._explained = Tombstones(target, self._to)
        self._link = link
        self._watcher = watcher
        self._whole: set[str] = set()  # artifacts that the copy holds
        self._late: list[str] = []  # files of runs that made snapshots
        self.copied = Copied()

    def execute(self, where: str) -> Copied:
        """Copy all that was committed before the call.

        Raises
        ------
        NotALakeError
            If the source is no lake, the target lies in it, or holds files but no copy of this lake.
        """
        self._require_apart(where)
        self._page(where)
        first = self._runs_from.files()
        self._all(first, total=len(first))
        snapshots, self._late = self._late, []
        meanwhile = sorted(set(self._runs_from.files()) - set(first))
        self._all(meanwhile, total=len(first) + len(meanwhile), done=len(first))
        self._group(snapshots, last=True)
        return self.copied

    def _all(self, keys: list[str], *, total: int, done: int = 0) -> None:
        for start in range(0, len(keys), _GROUP):
            self._group(keys[start : start + _GROUP])
            self._watcher(done + min(start + _GROUP, len(keys)), total)

    def _require_apart(self, where: str) -> None:
        if isinstance(self._source, LocalFiles) and isinstance(self._target, LocalFiles):
            source, target = self._source.root.resolve(), self._target.root.resolve()
            if target.is_relative_to(source) or source.is_relative_to(target):
                raise NotALakeError(f"{where} and the lake lie in one another. Choose a place apart.")

    def _page(self, where: str) -> None:
        check_page(self._source, "the lake that is to be copied")
        page = self._source.read(PAGE)
        if self._target.size(PAGE) is None:
            if any(not key.strip("/").startswith("tmp/") for key in self._target.keys("")):
                raise NotALakeError(f"{where} holds files but no lake. Choose an empty or new folder.")
        elif self._target.read(PAGE) != page and _is_whole(self._target):
            raise NotALakeError(f"{where} holds another lake; its page is not the same. Choose another place.")
        self._target.write(PAGE, page)

    def _tombstones(self) -> None:
        """Copy every tombstone that can be read; of what cannot, `fsck` speaks."""
        for key in self._source.keys("objects/tombstone"):
            with suppress(CorruptObjectError):
                self._objects([id_of_key(key)])

    def _group(self, keys: Iterable[str], *, last: bool = False) -> None:
        """Some files of runs, after the objects that they name."""
        files: dict[str, bytes] = {}
        names: dict[str, None] = {}
        for key in keys:
            try:
                committed = self._runs_from.read(key)
            except CorruptObjectError:
                self._keep_damaged_run(key)
                continue
            named = dict.fromkeys(name for item in committed for name in item.named() if not name.startswith("run-"))
            if not last and any(name.startswith("snapshot-") for name in named):
                self._late.append(key)
                continue
            names |= named
            if not _holds_run(self._runs_to, key):
                files[key] = self._source.read(key)
        self._objects(list(names))
        self._store(files)
        self.copied.runs += len(files)

    def _keep_damaged_run(self, key: str) -> None:
        """A damaged file of runs is not copied; what the copy holds under its name may be whole."""
        if not _holds_run(self._runs_to, key):
            self.copied.damaged.append(key)

    def _objects(self, names: list[str]) -> None:
        waiting: dict[str, bytes] = {}
        for name in names:
            if name in self._whole:
                continue
            if not self._to.intact(name):
                data = self._verified(name)
                if data is None:
                    self._account_for(name)
                    continue
                waiting[object_key(name)] = data
                self.copied.objects += 1
            self._whole.add(name)
            if sum(map(len, waiting.values())) > _GROUP_BYTES:
                self._store(waiting)
                waiting = {}
        self._store(waiting)

    def _account_for(self, name: str) -> None:
        """An object that is not there was dropped, and the tombstone is copied; or it is damaged."""
        if self._explained.row(name) is None:
            if not name.startswith("tombstone-"):
                self._tombstones()
            if self._explained.row(name) is None and name not in self.copied.damaged:
                self.copied.damaged.append(name)

    def _verified(self, name: str) -> bytes | None:
        """The bytes of an object of the source; None if it is missing or damaged."""
        try:
            return self._from.verified(name)[0]
        except (CorruptObjectError, FileNotFoundError):
            return None

    def _store(self, items: dict[str, bytes]) -> None:
        left = {key: data for key, data in items.items() if not self._linked(key)}
        self._target.write_many(left)
        self.copied.bytes += sum(map(len, left.values()))

    def _linked(self, key: str) -> bool:
        """Whether the file could be given a second name instead of a copy."""
        if not (self._link and isinstance(self._source, LocalFiles) and isinstance(self._target, LocalFiles)):
            return False
        try:
            self._target.link(key, self._source.root / key)
        except OSError as cause:
            if cause.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOENT, errno.EOPNOTSUPP):
                raise
            return False
        return True


def _is_whole(files: Files) -> bool:
    """Whether the page is one that some lake wrote, and not a damaged one that may be replaced."""
    try:
        check_page(files, "")
    except NotALakeError:
        return False
    return True


def _holds_run(runs: RunLog, key: str) -> bool:
    try:
        runs.read(key)
    except CorruptObjectError:
        return False
    return True
