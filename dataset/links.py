"""What does not belong in a lake's folder: links, pipes, devices. They are named, and never followed.

Lance opens the files of a table by name and follows what it finds, so that no table is touched before this was looked
at; the files of objects and runs are looked at one by one as they are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ragone.dataset.errors import NotALakeError

_FOLDERS = ("objects", "runs", "recipes", "tables", "tmp")


def what_it_is(mode: int) -> str:
    """Describe a file of this mode in words."""
    kinds = {
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "a file")


def foreign_entries(folder: Path) -> Iterator[tuple[Path, str]]:
    """Everything below a folder that is neither folder nor regular file, with what it is."""
    waiting = [folder]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            try:
                mode = entry.stat(follow_symlinks=False).st_mode
            except FileNotFoundError:
                continue  # another process writes these tables
            if stat.S_ISDIR(mode):
                waiting.append(Path(entry.path))
            elif not stat.S_ISREG(mode):
                yield Path(entry.path), what_it_is(mode)


def require_own_folders(root: Path) -> None:
    """Refuse folders of the lake through which one would read or write elsewhere.

    Raises
    ------
    NotALakeError
        If one of the lake's folders is a link, or anything below its tables is neither folder nor regular file.
    """
    for name in _FOLDERS:
        path = root / name
        if os.path.lexists(path) and not stat.S_ISDIR(mode := path.lstat().st_mode):
            raise _refusal(path, what_it_is(mode))
    require_own_tables(root / "tables")


def require_own_tables(folder: Path) -> None:
    """Require of a folder of tables alone what `require_own_folders` requires of a lake."""
    if folder.is_symlink():
        raise _refusal(folder, "a symbolic link")
    for path, what in foreign_entries(folder):
        raise _refusal(path, what)


def _refusal(path: Path, what: str) -> NotALakeError:
    return NotALakeError(
        f"{path} is {what}. A lake holds folders and regular files only, and none is followed or written through. "
        "Look where it leads, and remove it; ragone fsck lists all of them."
    )
