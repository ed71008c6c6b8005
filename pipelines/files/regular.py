"""Which files are opened: regular ones of at most so many bytes, whatever a name leads to.

A pipe can hold a reader for ever, and a device can feed it without end. So what a name leads to is looked at before it
is opened, and once more when it is open, since it may have been exchanged. Opening never waits. Links are followed:
the person at the keyboard names the file.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ragone.schemas.errors import RagoneError

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
_WAITING = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class InputFileError(RagoneError, OSError):
    """A file cannot be opened."""


class FileMissingError(InputFileError, FileNotFoundError):
    """There is no file at the path."""


class NotRegularFileError(InputFileError):
    """The path leads to a folder, a pipe, a device or a socket."""


class OversizedFileError(InputFileError, ValueError):
    """The file is larger than what may be read."""


def open_regular(path: str | Path, largest_bytes: int, what: str = "a file that is read") -> BinaryIO:
    """A regular file, open for reading bytes.

    Parameters
    ----------
    path
        Links are followed.
    largest_bytes
        Larger files are refused unread [byte].
    what
        The kind of file, for the message: "a BPX file".

    Raises
    ------
    FileMissingError, NotRegularFileError, OversizedFileError
        If there is none, it is no regular file, or too large.
    InputFileError
        If it cannot be opened.
    """
    try:
        _require_regular(os.stat(path).st_mode, path)
        handle = os.open(path, os.O_RDONLY | _WAITING | _BINARY)
    except FileNotFoundError as cause:
        raise FileMissingError(f"there is no file {path}. Check the path.") from cause
    except InputFileError:
        raise
    except (OSError, ValueError) as cause:  # a path with a NUL character is a ValueError
        raise InputFileError(f"{path} cannot be read: {getattr(cause, 'strerror', cause)}.") from cause
    try:
        found = os.fstat(handle)
        _require_regular(found.st_mode, path)
        if found.st_size > largest_bytes:
            raise _oversized(path, f"{found.st_size:,}", largest_bytes, what)
        return os.fdopen(handle, "rb")
    except BaseException:
        with suppress(OSError):
            os.close(handle)
        raise


def read_regular(path: str | Path, largest_bytes: int, what: str = "a file that is read") -> bytes:
    """The bytes of a regular file.

    Raises
    ------
    FileMissingError, NotRegularFileError, OversizedFileError, InputFileError
        As `open_regular`; also where more bytes come than the file had when it was opened.
    """
    with open_regular(path, largest_bytes, what) as file:
        try:
            content = file.read(largest_bytes + 1)
        except OSError as cause:
            raise InputFileError(f"{path} cannot be read: {cause.strerror}.") from cause
    if len(content) > largest_bytes:
        raise _oversized(path, f"more than {largest_bytes:,}", largest_bytes, what)
    return content


def _require_regular(mode: int, path: str | Path) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "of an unknown kind")
        raise NotRegularFileError(f"{path} is {kind}, not a regular file. Name a file.")


def _oversized(path: str | Path, found: str, largest: int, what: str) -> OversizedFileError:
    return OversizedFileError(f"{path} has {found} bytes; {what} has at most {largest:,}. Name another.")
