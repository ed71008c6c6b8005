"""What was dropped on purpose: the artifacts whose data are gone while their provenance stays."""

from __future__ import annotations

from typing import Any

from dataset.errors import CorruptObjectError
from dataset.files import Files
from dataset.objects import Objects, id_of_key
from schemas.provenance import Tombstone


class Tombstones:
    """The tombstones of a lake, read once and again only when there are more."""

    def __init__(self, files: Files, objects: Objects) -> None:
        self._files = files
        self._objects = objects
        self._keys: frozenset[str] = frozenset()
        self._rows: dict[str, dict[str, Any]] = {}

    def row(self, artifact_id: str) -> dict[str, Any] | None:
        """The table row of an artifact that was dropped; None if it never was."""
        if artifact_id not in self._rows:
            self._refresh()
        return self._rows.get(artifact_id)

    def _refresh(self) -> None:
        keys = frozenset(self._files.keys("objects/tombstone"))
        for key in keys - self._keys:
            try:
                tombstone = self._objects.get(id_of_key(key))
            except CorruptObjectError:
                continue  # fsck names it
            assert isinstance(tombstone, Tombstone)
            self._rows |= {row["id"]: row for row in tombstone.rows}
        self._keys = keys
