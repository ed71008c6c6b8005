"""What a crate travels in: a folder or a ZIP archive. Both are read file by file, and written whole or not at all.

A crate may come from a stranger: no link is followed, only regular files are read, nothing is unpacked to the disk.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from ragone.dataset.errors import CrateError
from ragone.dataset.exchange.archive import Entry, read_content, read_entries, write_end, write_entry
from ragone.dataset.exchange.crate_format import MOST_FILES
from ragone.dataset.files import explained
from ragone.dataset.keys import printable
from ragone.dataset.links import what_it_is
from ragone.dataset.local_files import read_regular

ZIP = ".zip"
_DEEPEST = 16  # folders within one another


class Container(Protocol):
    """The files of a crate, by their paths in the bag."""

    sizes: Mapping[str, int]

    def read(self, path: str) -> bytes:
        """Return the content of a file; CrateError or OSError if it cannot be read."""


class Sink(Protocol):
    """A receiver of the files of a crate that is written."""

    def add(self, path: str, data: bytes) -> None:
        """Take a file."""


@contextmanager
def opened(where: Path) -> Iterator[Container]:
    """Open what a crate came in.

    Raises
    ------
    CrateError
        If it is neither a folder nor an archive as `ragone export` writes it, or holds anything but regular files.
    """
    try:
        mode = where.stat().st_mode
    except OSError as cause:
        raise CrateError(
            f"{where} cannot be read ({cause.strerror}). Name the folder or ZIP file of a crate."
        ) from cause
    if stat.S_ISDIR(mode):
        yield _Folder(where)
    elif stat.S_ISREG(mode):
        with where.open("rb") as file:
            yield _Archive(file, str(where))
    else:
        raise CrateError(f"{where} is {what_it_is(mode)}. Name the folder or ZIP file of a crate.")


@contextmanager
def created(where: Path) -> Iterator[Sink]:
    """Make a folder, or a ZIP file if it is named so; it is there when all of it is.

    Raises
    ------
    CrateError
        If something is there already.
    """
    if os.path.lexists(where) and not (where.is_dir() and not any(where.iterdir())):
        raise CrateError(f"{where} is there already. Name a new folder, or a new file that ends in {ZIP}.")
    where.parent.mkdir(parents=True, exist_ok=True)
    temporary = where.with_name(f".{where.name}.{secrets.token_hex(4)}")
    try:
        with explained(str(where)), _sink(temporary, as_archive=where.suffix == ZIP) as sink:
            yield sink
        os.replace(temporary, where)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.unlink(missing_ok=True)


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            self.sizes: Mapping[str, int] = dict(_walk(root))
        except OSError as cause:
            raise CrateError(f"{cause.filename} cannot be read ({cause.strerror}). Nothing was written.") from cause

    def read(self, path: str) -> bytes:
        return read_regular(self._root / path, self.sizes[path])


class _Archive:
    def __init__(self, file: IO[bytes], where: str) -> None:
        self._file = file
        self._entries: dict[str, Entry] = {}
        for entry in read_entries(file, where):
            if entry.name in self._entries:
                raise CrateError(f"{where} holds {entry.name!a} twice. Ask for the crate again; nothing was written.")
            self._entries[entry.name] = entry
        self.sizes: Mapping[str, int] = {name: entry.size for name, entry in self._entries.items()}

    def read(self, path: str) -> bytes:
        return read_content(self._file, self._entries[path])


class _FolderSink:
    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, path: str, data: bytes) -> None:
        file = self._root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


class _ArchiveSink:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.entries: list[Entry] = []

    def add(self, path: str, data: bytes) -> None:
        self.entries.append(write_entry(self._file, path, data))


@contextmanager
def _sink(temporary: Path, *, as_archive: bool) -> Iterator[Sink]:
    if not as_archive:
        temporary.mkdir()
        yield _FolderSink(temporary)
        return
    with temporary.open("xb") as file:
        sink = _ArchiveSink(file)
        yield sink
        write_end(file, sink.entries)


def _walk(root: Path) -> Iterator[tuple[str, int]]:
    """Every file below a folder with its size [byte]; CrateError if there is anything else, or too much."""
    waiting = [(root, "", 0)]
    count = 0
    while waiting:
        folder, prefix, depth = waiting.pop()
        with os.scandir(folder) as found:
            entries = sorted(islice(found, 2 * MOST_FILES + 1), key=lambda entry: entry.name)
        for entry in entries:
            path = f"{prefix}{printable(entry.name)}"
            status = entry.stat(follow_symlinks=False)
            count += 1
            if count > 2 * MOST_FILES or depth > _DEEPEST:
                raise CrateError(f"the crate holds more than {MOST_FILES} files, or folders more than {_DEEPEST} deep.")
            if stat.S_ISDIR(status.st_mode):
                waiting.append((Path(entry.path), f"{path}/", depth + 1))
            elif stat.S_ISREG(status.st_mode):
                yield path, status.st_size
            else:
                what = what_it_is(status.st_mode)
                raise CrateError(f"{path!a} is {what}; a crate holds folders and regular files. Nothing was written.")
