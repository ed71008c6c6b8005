"""Where a lake lies: a folder or an object store, and the folder of its tables."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

from ragone.dataset.errors import NotALakeError, ReadOnlyLakeError
from ragone.dataset.files import SMALL_FILE, Files
from ragone.dataset.layout import PAGE
from ragone.dataset.links import require_own_folders
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.remote_files import RemoteFiles


def require_own(*places: Files) -> None:
    """Refuse folders out of which a link leads."""
    for files in places:
        if isinstance(files, LocalFiles):
            require_own_folders(files.root)


def tables_folder(files: Files, where: str) -> Path:
    """Return the folder of a lake's tables: in the lake, or in a cache of this machine if its files are remote."""
    if isinstance(files, LocalFiles):
        return files.root / "tables"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    page = files.read(PAGE, limit=SMALL_FILE)  # a lake made anew at the same address is another one
    identity = hashlib.sha256(where.encode() + page)
    return cache / "ragone" / identity.hexdigest()[:16] / "tables"


def files_at(where: str, *, create: bool) -> Files:
    """Return the files of a lake at an address."""
    if "://" in where:
        import fsspec

        system, address = fsspec.core.url_to_fs(where)
        return RemoteFiles(system, address)
    root = Path(where)
    if create:
        try:
            root.mkdir(parents=True, exist_ok=True)
        except FileExistsError as cause:
            raise NotALakeError(f"{where} is a file, not a folder. Choose a folder with --lake.") from cause
        except OSError as cause:
            raise ReadOnlyLakeError(
                cause.errno or errno.EACCES, f"{where} cannot be made ({cause.strerror})."
            ) from cause
    return LocalFiles(root)
