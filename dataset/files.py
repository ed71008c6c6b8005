"""Where bytes are kept: immutable files under string keys, written whole or not at all.

`LocalFiles` is a folder with durable, atomic writes: temporary name, fsync, rename, fsync of the folder.
`RemoteFiles` is any fsspec file system (S3 and its kin), whose puts are atomic and durable by contract.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from dataset.errors import ReadOnlyLakeError, StorageFullError
from dataset.steps import Step, reached

TEMPORARY = "tmp"  # the folder of files that are being written
_CLOCK_TICK = 100_000_000  # nanoseconds: a folder changed more lately may change again under the same time


class Files(Protocol):
    """Bytes under keys such as ``objects/kpi/3f/3fa9.arrow``."""

    def write(self, key: str, data: bytes) -> None:
        """Keep the bytes durably, replacing what the key held."""

    def write_many(self, items: Mapping[str, bytes]) -> None:
        """Keep all the items; durable when it returns, in no particular order before."""

    def note(self, key: str, data: bytes) -> None:
        """Keep the bytes atomically but without waiting for the disk; for what can be rebuilt."""

    def read(self, key: str) -> bytes:
        """The bytes under the key; FileNotFoundError if there are none."""

    def size(self, key: str) -> int | None:
        """Length in bytes, or None if the key holds nothing."""

    def delete(self, key: str) -> None:
        """Forget the key, durably; nothing happens if it holds nothing."""

    def keys(self, prefix: str) -> list[str]:
        """The keys below a folder, sorted."""

    def stamp(self, prefix: str) -> object:
        """Equal to an earlier stamp only if no key was added to the last folder below since; None if unknown."""


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what the operating system refuses into an error that says what to do."""
    try:
        yield
    except OSError as cause:
        if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFullError(
                cause.errno,
                f"the disk is full at {where}; nothing half-written was kept. Free some space and run again.",
            ) from cause
        if cause.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ReadOnlyLakeError(
                cause.errno,
                f"{where} cannot be written. Change its permissions, or choose a lake elsewhere with --lake.",
            ) from cause
        raise


class LocalFiles(Files):
    """A folder of the local file system."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: set[Path] = set()

    def write(self, key: str, data: bytes) -> None:
        with explained(str(self.root)):
            self._put(self._temporary(data, sync=True), self.root / key)
            _sync_folder((self.root / key).parent)
            reached(Step.FOLDER_SYNCED)

    def write_many(self, items: Mapping[str, bytes]) -> None:
        if not items:
            return
        with explained(str(self.root)):
            written = {key: self._temporary(data, sync=False) for key, data in items.items()}
            _sync_all(self.root, written.values())
            for key, temporary in written.items():
                self._put(temporary, self.root / key)
            _sync_all(self.root, {(self.root / key).parent for key in items})
            reached(Step.FOLDER_SYNCED)

    def note(self, key: str, data: bytes) -> None:
        with explained(str(self.root)):
            path = self.root / key
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            temporary.write_bytes(data)
            os.replace(temporary, path)

    def read(self, key: str) -> bytes:
        return (self.root / key).read_bytes()

    def size(self, key: str) -> int | None:
        try:
            return (self.root / key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def delete(self, key: str) -> None:
        with explained(str(self.root)), suppress(FileNotFoundError):
            (self.root / key).unlink()
            _sync_folder((self.root / key).parent)

    def keys(self, prefix: str) -> list[str]:
        return sorted(_walk(self.root / prefix, prefix))

    def stamp(self, prefix: str) -> object:
        folder = self.root / prefix
        try:
            while inner := max((e.path for e in os.scandir(folder) if e.is_dir()), default=None):
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

    def _temporary(self, data: bytes, *, sync: bool) -> Path:
        folder = self.root / TEMPORARY
        folder.mkdir(exist_ok=True)
        path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with path.open("xb") as file:
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
        os.replace(temporary, path)
        reached(Step.RENAMED)

    def _ensure_folder(self, folder: Path) -> None:
        """Make the folder and see to it that its name survives a crash."""
        if folder in self._folders or folder == self.root:
            return
        self._ensure_folder(folder.parent)
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            _sync_folder(folder.parent)
        self._folders.add(folder)


class RemoteFiles(Files):
    """An object store behind fsspec, for example ``s3://bucket/lake``."""

    def __init__(self, file_system: Any, root: str) -> None:
        self._fs = file_system
        self._root = root.rstrip("/")

    def write(self, key: str, data: bytes) -> None:
        with explained(self._root):
            self._fs.pipe_file(f"{self._root}/{key}", data)

    def write_many(self, items: Mapping[str, bytes]) -> None:
        for key, data in items.items():
            self.write(key, data)

    note = write

    def read(self, key: str) -> bytes:
        return bytes(self._fs.cat_file(f"{self._root}/{key}"))

    def size(self, key: str) -> int | None:
        try:
            return int(self._fs.info(f"{self._root}/{key}")["size"])
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._fs.rm_file(f"{self._root}/{key}")

    def keys(self, prefix: str) -> list[str]:
        self._fs.invalidate_cache()
        start = len(self._fs._strip_protocol(self._root)) + 1
        return sorted(path[start:] for path in self._fs.find(f"{self._root}/{prefix}"))

    def stamp(self, prefix: str) -> object:
        return None


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{prefix}/{entry.name}")
        elif not entry.name.startswith("."):
            yield f"{prefix}/{entry.name}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_all(root: Path, paths: Any) -> None:
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
