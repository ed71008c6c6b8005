"""A folder as the files of a lake: durable, atomic writes, and no link followed.

A write is a temporary name, fsync, rename, fsync of the folder. A lake may come from a stranger: below its root no
symbolic link is followed, for reading, writing or deleting, and only regular files are read.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from ragone.dataset.errors import UnsafeFileError
from ragone.dataset.files import LARGEST_FILE, SMALL_FILE, TEMPORARY, Files, explained, too_large
from ragone.dataset.keys import checked_key
from ragone.dataset.links import what_it_is
from ragone.dataset.steps import Step, reached

_CLOCK_TICK = 100_000_000  # nanoseconds: a folder changed more lately may change again under the same time
_DEEPEST = 8  # folders below a prefix; a lake has four
_SIGN = "-sign-"  # in the name of a file that says what a process is doing
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFiles(Files):
    """A folder of the local file system."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: set[Path] = {root}  # known to be folders, and no links

    def write(self, key: str, data: bytes) -> None:
        with explained(str(self.root)):
            path = self._path(key)
            self._put(self._temporary(data, sync=True), path)
            _sync_folder(path.parent)
            reached(Step.FOLDER_SYNCED)

    def write_many(self, items: Mapping[str, bytes]) -> None:
        if not items:
            return
        with explained(str(self.root)):
            paths = {key: self._path(key) for key in items}
            written = {key: self._temporary(data, sync=False) for key, data in items.items()}
            _sync_all(self.root, written.values())
            for key, temporary in written.items():
                self._put(temporary, paths[key])
            _sync_all(self.root, {path.parent for path in paths.values()})
            reached(Step.FOLDER_SYNCED)

    def note(self, key: str, data: bytes) -> None:
        with explained(str(self.root)):
            path = self._path(key)
            self._ensure_folder(path.parent, durable=False)
            write_anew(path, data)

    def link(self, key: str, to: Path) -> None:
        """Make the key another name of a file on the same disk, durably; OSError where the disk cannot."""
        with explained(str(self.root)):
            path = self._path(key)
            self._ensure_folder(path.parent)
            temporary = self._temporary_name()
            os.link(to, temporary, follow_symlinks=False)
            os.replace(temporary, path)
            temporary.unlink(missing_ok=True)  # nothing is renamed where both were names of one file already
            _sync_folder(path.parent)

    def read(self, key: str, *, limit: int = LARGEST_FILE) -> bytes:
        return read_regular(self._path(key), limit)

    def size(self, key: str) -> int | None:
        try:
            return self._path(key).lstat().st_size
        except (FileNotFoundError, NotADirectoryError, UnsafeFileError):
            return None  # what lies behind a link is not in the lake

    def delete(self, key: str) -> None:
        with explained(str(self.root)), suppress(FileNotFoundError):
            path = self._path(key)
            path.unlink()
            _sync_folder(path.parent)

    def keys(self, prefix: str) -> list[str]:
        return sorted(_walk(self.root / prefix, prefix))

    def folders(self, prefix: str) -> list[str]:
        try:
            return sorted(e.name for e in os.scandir(self.root / prefix) if e.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []

    def stamp(self, prefix: str) -> object:
        folder = self.root / prefix
        try:
            for _ in range(_DEEPEST):
                inner = max((e.path for e in os.scandir(folder) if e.is_dir(follow_symlinks=False)), default=None)
                if inner is None:
                    break
                folder = Path(inner)
            changed = folder.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        settled = time.time_ns() - changed > _CLOCK_TICK
        return (str(folder), changed) if settled else None

    def sweep(self) -> None:
        """Remove temporary files whose writer is gone."""
        for path in (self.root / TEMPORARY).glob("*-*"):
            if not _alive(path.name.partition("-")[0]):
                with suppress(OSError):
                    path.unlink()

    def sign(self, data: bytes) -> Path:
        """Write a temporary file that others may read while this process lives."""
        path = self._temporary_name()
        path = path.with_name(path.name.replace("-", _SIGN, 1))
        write_anew(path, data)
        return path

    def signs(self) -> Iterator[tuple[int, bytes]]:
        """Return process and content of each such file that can be read."""
        folder = self.root / TEMPORARY
        for path in () if folder.is_symlink() else sorted(folder.glob(f"*{_SIGN}*")):
            pid = path.name.partition("-")[0]
            if pid.isdecimal():
                with suppress(OSError):
                    yield int(pid), read_regular(path, SMALL_FILE)

    def _path(self, key: str) -> Path:
        """Return the path of a key; UnsafeFileError if a folder on the way is a link."""
        path = self.root / checked_key(key)
        self._require_folders(path.parent)
        return path

    def _require_folders(self, folder: Path) -> None:
        """Every folder below the root on the way is a folder, or not there yet."""
        if folder in self._folders:
            return
        self._require_folders(folder.parent)
        try:
            mode = folder.lstat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(mode):
            raise UnsafeFileError(
                f"{folder} is {what_it_is(mode)} where a folder belongs; it is not followed. Move it."
            )
        self._folders.add(folder)

    def _temporary_name(self) -> Path:
        folder = self.root / TEMPORARY
        self._require_folders(folder)
        folder.mkdir(exist_ok=True)
        return folder / f"{os.getpid()}-{secrets.token_hex(8)}"

    def _temporary(self, data: bytes, *, sync: bool) -> Path:
        path = self._temporary_name()
        try:
            with open(os.open(path, _NEW, 0o666), "wb") as file:
                reached(Step.TEMPORARY_CREATED)
                file.write(data)
                file.flush()
                reached(Step.TEMPORARY_WRITTEN)
                if sync:
                    os.fsync(file.fileno())
                    reached(Step.TEMPORARY_SYNCED)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _put(self, temporary: Path, path: Path) -> None:
        self._ensure_folder(path.parent)
        _replace(temporary, path)
        reached(Step.RENAMED)

    def _ensure_folder(self, folder: Path, *, durable: bool = True) -> None:
        """Make the folder, and see to it that its name survives a crash where that matters."""
        if folder in self._folders:
            return
        self._ensure_folder(folder.parent, durable=durable)
        self._require_folders(folder)
        if folder not in self._folders:
            folder.mkdir(exist_ok=True)
            if durable:
                _sync_folder(folder.parent)
                self._require_folders(folder)


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, at most `limit`; raises as `Files.read`."""
    try:
        handle = os.open(path, _READ)
    except OSError as cause:
        if cause.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO):
            raise UnsafeFileError(f"{path} is {what_it_is(path.lstat().st_mode)}; it is not read. Move it.") from cause
        raise
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
        os.close(handle)
        if stat.S_ISREG(status.st_mode):
            raise too_large(str(path), status.st_size, limit)
        raise UnsafeFileError(f"{path} is {what_it_is(status.st_mode)}; only regular files are read. Move it.")
    with open(handle, "rb") as file:
        return file.read(limit)


def write_anew(path: Path, data: bytes) -> None:
    """Keep the bytes under the path at once, without waiting for the disk; a link there is replaced, not followed."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(temporary, _NEW, 0o666), "wb") as file:
        file.write(data)
    _replace(temporary, path)


def _replace(temporary: Path, path: Path) -> None:
    try:
        os.replace(temporary, path)
    except OSError as cause:
        temporary.unlink(missing_ok=True)
        if isinstance(cause, IsADirectoryError):
            raise UnsafeFileError(f"{path} is a folder where a file belongs. Move it out of the lake.") from cause
        raise


def _walk(top: Path, prefix: str) -> Iterator[str]:
    """Everything below a folder that is no folder itself, and folders that lie deeper than a lake's do."""
    waiting = [(top, prefix, 0)]
    while waiting:
        folder, key, depth = waiting.pop()
        try:
            entries = list(os.scandir(folder)) if not folder.is_symlink() else []
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and depth < _DEEPEST:
                waiting.append((Path(entry.path), f"{key}/{entry.name}", depth + 1))
            elif not entry.name.startswith("."):
                yield f"{key}/{entry.name}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_all(root: Path, paths: Iterable[Path]) -> None:
    """Wait for all of these files or folders: one syncfs where the system has it, else one fsync each."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        for path in paths:
            _sync_folder(path)
    else:
        handle = os.open(root, os.O_RDONLY)
        try:
            if syncfs(handle) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(handle)
    reached(Step.TEMPORARY_SYNCED)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, OverflowError):
        return True
    return True
