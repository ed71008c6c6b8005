"""What was dropped on purpose: the artifacts whose data are gone while their provenance stays."""

from __future__ import annotations

import math
from typing import Any

from ragone.dataset.errors import CorruptObjectError
from ragone.dataset.files import Files
from ragone.dataset.keys import is_stored_id
from ragone.dataset.objects import Objects, id_of_key
from ragone.dataset.seal import opened, sealed
from ragone.dataset.tables import Row
from ragone.schemas.provenance import Tombstone


class Tombstones:
    """The tombstones of a lake, read once and again only when there are more."""

    def __init__(self, files: Files, objects: Objects) -> None:
        self._files = files
        self._objects = objects
        self._keys: frozenset[str] = frozenset()
        self._rows: dict[str, Row] = {}

    def row(self, artifact_id: str) -> Row | None:
        """The table row of an artifact that was dropped; None if it never was.

        What was in it is shown only where this user's seal is on it: no hash verifies values without their object, and
        a tombstone may come from a stranger.
        """
        if artifact_id not in self._rows:
            self._refresh()
        return self._rows.get(artifact_id)

    def knew(self, artifact_id: str) -> bool:
        """Whether a tombstone that this process has read is about the artifact; reads them once."""
        if not self._keys:
            self._refresh()
        return artifact_id in self._rows

    def _refresh(self) -> None:
        keys = frozenset(self._files.keys("objects/tombstone"))
        for key in keys - self._keys:
            try:
                tombstone = self._objects.get(id_of_key(key))
            except CorruptObjectError:
                continue  # fsck names it
            assert isinstance(tombstone, Tombstone)
            for name in filter(is_stored_id, tombstone.artifact_ids):
                self._rows[name] = _row(name, tombstone.rows)
        self._keys = keys


def sealed_row(row: Row) -> dict[str, Any]:
    """A table row as a tombstone keeps it; JSON has no infinity, so that infinite values are written by name."""
    infinite = [name for name, value in row["columns"].items() if value == math.inf]
    columns = {name: None if name in infinite else value for name, value in row["columns"].items()}
    return {"id": row["id"], **sealed({**row, "columns": columns, "infinite": infinite})}


def _row(name: str, rows: Any) -> Row:
    """The row of one dropped artifact, without its values if they are not sealed."""
    listed = rows if isinstance(rows, list) else []
    matching = [row for row in listed if isinstance(row, dict) and row.get("id") == name]
    try:
        row = opened(matching[0])
        infinite = dict.fromkeys(row.pop("infinite"), math.inf)
        return {**row, "columns": {**row["columns"], **infinite}}
    except (ValueError, IndexError, TypeError, KeyError):
        return {"id": name, "kind": name.partition("-")[0], "schema_version": None, "bytes": None, "columns": {}}
