"""Records as immutable Arrow IPC files, named by the hash of their content and verified whenever they are read."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from dataset.errors import CorruptObjectError
from dataset.files import Files
from dataset.hashing import table_digest
from dataset.ids import split
from schemas.errors import RagoneError
from schemas.record import Record

_COMPRESS_ABOVE = 4096  # bytes; below it compression costs more than it saves


def object_key(artifact_id: str) -> str:
    """Where an artifact lies: ``objects/<kind>/<2 hex>/<sha256>.arrow``."""
    kind, digits = split(artifact_id)
    return f"objects/{kind}/{digits[:2]}/{digits}.arrow"


def id_of_key(key: str) -> str:
    """The artifact that an object file is named for; CorruptObjectError if it is named for none."""
    parts = key.removesuffix(".arrow").split("/")
    if len(parts) != 4 or not key.endswith(".arrow") or len(parts[3]) != 64 or parts[2] != parts[3][:2]:
        raise CorruptObjectError(f"{key} is not named as an object is. Move it out of the lake.")
    return f"{parts[1]}-{parts[3]}"


def encode(table: pa.Table) -> bytes:
    """A table as the bytes of an Arrow IPC file."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if table.nbytes > _COMPRESS_ABOVE else None)
    with pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def decode(data: bytes, what: str) -> pa.Table:
    """The table in an Arrow IPC file, checked for structure (not yet for content).

    Raises
    ------
    CorruptObjectError
        If the bytes are not a whole and valid Arrow IPC file.
    """
    try:
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError, KeyError) as cause:
        raise CorruptObjectError(
            f"{what} cannot be read as Arrow ({type(cause).__name__}). Its file is damaged: "
            "restore it from a copy, or delete it and run `ragone reproduce` on its id."
        ) from cause
    return table


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
        """The artifact's content, verified against its name.

        Raises
        ------
        FileNotFoundError
            If the file is not there.
        CorruptObjectError
            If the content does not hash to the name.
        """
        table = decode(self._files.read(object_key(artifact_id)), artifact_id)
        try:
            digest = table_digest(table)
        except (RagoneError, pa.ArrowException, ValueError, UnicodeDecodeError) as cause:
            raise CorruptObjectError(f"{artifact_id} holds what no record holds: {cause}") from cause
        if (
            digest != split(artifact_id)[1]
            or (table.schema.metadata or {}).get(b"kind", b"").decode() != split(artifact_id)[0]
        ):
            raise CorruptObjectError(
                f"{artifact_id} holds content whose hash is {digest[:12]}.... Its file is damaged or was swapped: "
                "restore it from a copy, or delete it and run `ragone reproduce` on its id."
            )
        return table

    def get(self, artifact_id: str) -> Record:
        """The record, verified and migrated to the present schema version."""
        return self.get_with_version(artifact_id)[0]

    def get_with_version(self, artifact_id: str) -> tuple[Record, int]:
        """The record, and the schema version that it was stored with."""
        kind, _ = split(artifact_id)
        table = self.table(artifact_id)
        return self._kinds[str(kind)].from_arrow(table), int(table.schema.metadata[b"schema_version"])

    def ids(self) -> list[str]:
        """Every artifact whose file is there, sorted."""
        return sorted(id_of_key(key) for key in self._files.keys("objects"))
