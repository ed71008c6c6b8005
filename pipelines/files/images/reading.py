"""One import under way: which files it opened, what it may still use, and which part of the file is meant."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ragone.pipelines.files.images.budget import Budget
from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeNotFoundError
from ragone.pipelines.files.regular import FileMissingError, InputFileError, OversizedFileError, open_regular

_BLOCK = 1 << 20
_POINTER = b"version https://git-lfs"


@dataclass(slots=True)
class Reading:
    """A file or folder that is read as a volume.

    Attributes
    ----------
    path
        What the user named.
    budget
        What may be used.
    inside
        Name of the array inside a container; may be empty.
    layout
        Shape, type and order of raw voxels; may be empty.
    """

    path: Path
    budget: Budget
    inside: str = ""
    layout: str = ""
    _files: dict[str, tuple[str, int]] = field(default_factory=dict)

    def open(self, path: Path | None = None) -> BinaryIO:
        """A regular file, open at its start; its bytes enter the hash of the volume.

        Raises
        ------
        VolumeNotFoundError
            If it does not exist.
        UnreadableVolumeError, VolumeBudgetError
            If it is no regular file, or larger than the budget.
        """
        path = path or self.path
        try:
            file = open_regular(path, self.budget.file_bytes, "a volume")
        except FileMissingError as cause:
            raise VolumeNotFoundError(f"there is no file {path}. Check the path.") from cause
        except OversizedFileError:
            self.budget.require_files(path.stat().st_size, path)
            raise
        except InputFileError as cause:
            raise UnreadableVolumeError(str(cause)) from cause
        try:
            self._count(file, path)
        except BaseException:
            file.close()
            raise
        return file

    def read(self, path: Path | None = None, *, largest: int | None = None) -> bytes:
        """All bytes of a file, which may have so many at most."""
        with self.open(path) as file:
            content = file.read() if largest is None else file.read(largest + 1)
        if largest is not None and len(content) > largest:
            self.budget.require_header(len(content), path or self.path)
        return content

    def sha256(self) -> str:
        """SHA-256 of the file; of several, that of the list of their hashes and names, as `sha256sum` prints it."""
        if len(self._files) == 1:
            return next(iter(self._files.values()))[0]
        listing = "".join(f"{digest}  {name}\n" for name, (digest, _) in sorted(self._files.items()))
        return hashlib.sha256(listing.encode("utf-8", "surrogateescape")).hexdigest()

    def _count(self, file: BinaryIO, path: Path) -> None:
        root = self.path if self.path.is_dir() else self.path.parent
        name = (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
        digest, size = hashlib.sha256(), sum(size for other, (_, size) in self._files.items() if other != name)
        before = size
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            self.budget.require_files(size, self.path)
            self.budget.require_time(self.path)
        file.seek(0)
        if file.read(len(_POINTER)) == _POINTER:
            raise UnreadableVolumeError(f"{path} is not the file itself but its Git LFS pointer. Get it: git lfs pull.")
        file.seek(0)
        self._files[name] = digest.hexdigest(), size - before
