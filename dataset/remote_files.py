"""An object store as the files of a lake."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ragone.dataset.files import LARGEST_FILE, Files, explained, too_large
from ragone.dataset.keys import checked_key


class RemoteFiles(Files):
    """An object store behind fsspec, for example ``s3://bucket/lake``."""

    def __init__(self, file_system: Any, root: str) -> None:
        self._fs = file_system
        self._root = root.rstrip("/")

    def write(self, key: str, data: bytes) -> None:
        with explained(self._root):
            self._fs.pipe_file(self._address(key), data)

    def write_many(self, items: Mapping[str, bytes]) -> None:
        for key, data in items.items():
            self.write(key, data)

    note = write

    def read(self, key: str, *, limit: int = LARGEST_FILE) -> bytes:
        data = bytes(self._fs.cat_file(self._address(key), end=limit + 1))
        if len(data) > limit:
            raise too_large(key, len(data), limit)
        return data

    def size(self, key: str) -> int | None:
        try:
            return int(self._fs.info(self._address(key))["size"])
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._fs.rm_file(self._address(key))

    def keys(self, prefix: str) -> list[str]:
        self._fs.invalidate_cache()
        start = len(self._fs._strip_protocol(self._root)) + 1
        return sorted(path[start:] for path in self._fs.find(f"{self._root}/{prefix}"))

    def folders(self, prefix: str) -> list[str]:
        try:
            found = self._fs.ls(f"{self._root}/{prefix}", detail=True, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(one["name"].rstrip("/").rpartition("/")[2] for one in found if one["type"] == "directory")

    def stamp(self, prefix: str) -> object:
        return None

    def _address(self, key: str) -> str:
        return f"{self._root}/{checked_key(key)}"
