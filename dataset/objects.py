"""Records as immutable Arrow IPC files, named by the hash of their content and verified whenever they are read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa

from ragone.dataset.arrow_files import decode, largest_record
from ragone.dataset.errors import (
    CorruptObjectError,
    MalformedIdError,
    NewerRecordError,
    UnknownKindError,
    UnsafeFileError,
)
from ragone.dataset.files import Files
from ragone.dataset.keys import is_stored_id
from ragone.schemas.content_hash import table_digest
from ragone.schemas.errors import SchemaVersionError
from ragone.schemas.record import Record

_RUN = "run"  # runs are kept by the day, not among the objects


def object_key(artifact_id: str) -> str:
    """Return the key of an artifact: ``objects/<kind>/<2 hex>/<sha256>.arrow``."""
    if not is_stored_id(artifact_id):
        raise MalformedIdError(f"{artifact_id[:100]!r} is not an artifact id written out whole.")
    kind, _, digits = artifact_id.partition("-")
    return f"objects/{kind}/{digits[:2]}/{digits}.arrow"


def id_of_key(key: str) -> str:
    """The artifact that an object file is named for; CorruptObjectError if it is named for none."""
    _, _, named = key.partition("/")
    name = "-".join(named.removesuffix(".arrow").split("/")[::2])
    if not is_stored_id(name) or object_key(name) != key or name.startswith(f"{_RUN}-"):
        raise CorruptObjectError(f"{key} is not named as an object is. Move it out of the lake.")
    return name


class Objects:
    """The artifacts of a lake."""

    def __init__(self, files: Files, kinds: Mapping[str, type[Record]]) -> None:
        self._files = files
        self._kinds = kinds

    def holds(self, artifact_id: str) -> bool:
        """Whether the artifact's file is there (its content is checked when it is read)."""
        return self._files.size(object_key(artifact_id)) is not None

    def intact(self, artifact_id: str) -> bool:
        """Whether the artifact is there and whole."""
        try:
            self.table(artifact_id)
        except (CorruptObjectError, FileNotFoundError):
            return False
        return True

    def size(self, artifact_id: str) -> int | None:
        """Bytes of the artifact's file; None if it is not there."""
        return self._files.size(object_key(artifact_id))

    def table(self, artifact_id: str) -> pa.Table:
        """The artifact's content, verified against its name; raises as `verified`."""
        return self.verified(artifact_id)[1]

    def verified(self, artifact_id: str) -> tuple[bytes, pa.Table]:
        """The bytes of the artifact's file and the content in them, verified against its name.

        Raises
        ------
        FileNotFoundError
            If the file is not there.
        CorruptObjectError
            If the content does not hash to the name.
        """
        kind, _, digits = artifact_id.partition("-")
        try:
            data = self._files.read(object_key(artifact_id), limit=largest_record())
        except UnsafeFileError as cause:
            raise CorruptObjectError(str(cause)) from cause
        table = decode(data, artifact_id, rows=1)
        try:
            digest = table_digest(table)
            same = digest == digits and (table.schema.metadata or {})[b"kind"] == kind.encode()
        except Exception as cause:
            raise CorruptObjectError(f"{artifact_id} holds what no record holds: {cause}") from cause
        if not same:
            raise CorruptObjectError(
                f"{artifact_id} holds content whose hash is {digest[:12]}.... Its file is damaged or was swapped: "
                "restore it from a copy, or delete it and run `ragone reproduce` on its id."
            )
        return data, table

    def get(self, artifact_id: str) -> Record:
        """The record, verified and migrated to the present schema version."""
        return self.get_with_version(artifact_id)[0]

    def get_with_version(self, artifact_id: str) -> tuple[Record, int]:
        """The record, and the schema version that it was stored with.

        Raises
        ------
        FileNotFoundError
            If the file is not there.
        UnknownKindError
            If neither Ragone nor an installed package knows its kind.
        NewerRecordError
            If only a newer Ragone knows its schema version.
        CorruptObjectError
            If it cannot be read for any other reason.
        """
        kind = artifact_id.partition("-")[0]
        table = self.table(artifact_id)
        if kind not in self._kinds or kind == _RUN:
            raise UnknownKindError(
                f"{artifact_id} is of the kind {kind}, which no installed package registers. Install the package that "
                "does, if you trust it, or upgrade Ragone."
            )
        try:
            record = self._kinds[kind].from_arrow(table).known_as(artifact_id)
            return record, int(table.schema.metadata[b"schema_version"])
        except SchemaVersionError as cause:
            raise NewerRecordError(f"{artifact_id}: {cause}") from cause
        except Exception as cause:
            raise CorruptObjectError(f"{artifact_id} holds what no {kind} holds: {cause}") from cause

    def ids(self) -> list[str]:
        """Every artifact whose file is there, sorted; files that are no object's are left to `fsck`."""
        found = []
        for key in self._files.keys("objects"):
            with suppress(CorruptObjectError):
                found.append(id_of_key(key))
        return sorted(found)
