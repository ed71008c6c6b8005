"""Where bytes are kept: immutable files under string keys, written whole or not at all.

`LocalFiles` is a folder with durable, atomic writes; `RemoteFiles` any fsspec file system (S3 and its kin), whose puts
are atomic and durable by contract. Both refuse keys that are none (`dataset/keys.py`) and files above a stated size.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from ragone.dataset.errors import ReadOnlyLakeError, StorageFullError, UnsafeFileError

TEMPORARY = "tmp"  # the folder of files that are being written
LARGEST_FILE = 2**30  # bytes of one file that are read
SMALL_FILE = 2**16  # bytes of a page or a pointer


class Files(Protocol):
    """Bytes under keys such as ``objects/kpi/3f/3fa9.arrow``."""

    def write(self, key: str, data: bytes) -> None:
        """Keep the bytes durably, replacing what the key held."""

    def write_many(self, items: Mapping[str, bytes]) -> None:
        """Keep all the items; durable when it returns, in no particular order before."""

    def note(self, key: str, data: bytes) -> None:
        """Keep the bytes atomically but without waiting for the disk; for what can be rebuilt."""

    def read(self, key: str, *, limit: int = LARGEST_FILE) -> bytes:
        """The bytes under the key, at most `limit`.

        Raises
        ------
        FileNotFoundError
            If there are none.
        UnsafeFileError
            If the key is none, or leads to a link, a folder, a device or more bytes than the limit.
        """

    def size(self, key: str) -> int | None:
        """Length in bytes, or None if the key holds nothing."""

    def delete(self, key: str) -> None:
        """Forget the key, durably; nothing happens if it holds nothing."""

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below a folder, sorted; also of files that no lake writes, for `fsck` to name."""

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders in a folder, sorted."""

    def stamp(self, prefix: str) -> object:
        """Equal to an earlier stamp only if no key was added to the last folder below since; None if unknown."""


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what the operating system refuses into an error that says what to do."""
    try:
        yield
    except UnsafeFileError:
        raise
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


def too_large(key: str, size: int, limit: int) -> UnsafeFileError:
    """The error of a file above its budget."""
    return UnsafeFileError(
        f"{key} has {size} bytes; at most {limit} are read. No such file belongs in a lake: move it out."
    )
