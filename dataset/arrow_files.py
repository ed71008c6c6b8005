"""Tables as Arrow IPC files, and back: read within a budget that is checked before anything is unpacked.

A few kilobytes of compressed zeros may stand for gigabytes, and an encoding by runs or views for any number of rows. So
only the types are read that records are written with, and before a batch is unpacked its message is asked how many
rows and bytes it would become: Arrow's own metadata (https://arrow.apache.org/docs/format/Columnar.html, section
"Serialization and Interprocess Communication") in the layout of FlatBuffers, of which the little that is needed is read
here.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from ragone.dataset.errors import CorruptObjectError

BUDGET_VARIABLE = "RAGONE_LARGEST_RECORD"  # bytes that a stored record may have in memory
_BUDGET = 2**30
_MOST_COLUMNS = 512
_LARGEST_SCHEMA = 2**20  # bytes
_DEEPEST = 2  # lists and structures within one another
_COMPRESS_ABOVE = 4096  # bytes; below it compression costs more than it saves
_SCALARS = (
    *(pa.float64(), pa.float32(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.string(), pa.large_string(), pa.binary(), pa.large_binary()),
)


def encode(table: pa.Table) -> bytes:
    """A table as the bytes of an Arrow IPC file."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if table.nbytes > _COMPRESS_ABOVE else None)
    with pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def decode(data: bytes, what: str, *, rows: int | None = None) -> pa.Table:
    """The table in an Arrow IPC file, checked for structure (not yet for content).

    Parameters
    ----------
    data
        The bytes of the file.
    what
        Whose they are, for the error.
    rows
        How many rows there must be; None for any number but zero.

    Raises
    ------
    CorruptObjectError
        If the bytes are not a whole and valid Arrow IPC file, or would become more than the budget.
    """
    try:
        table = _read(data, largest_record())
        table.validate(full=True)
    except _OverBudgetError as cause:
        raise CorruptObjectError(
            f"{what} {cause} Move its file out of the lake; if it is your own data, set {BUDGET_VARIABLE} higher."
        ) from cause
    except Exception as cause:
        raise CorruptObjectError(
            f"{what} cannot be read as Arrow ({type(cause).__name__}). Its file is damaged: "
            "restore it from a copy, or delete it and run `ragone reproduce` on its id."
        ) from cause
    if not table.num_rows or rows not in (None, table.num_rows):
        raise CorruptObjectError(f"{what} has {table.num_rows} rows; {rows or 'at least one'} expected. Restore it.")
    return table


def largest_record() -> int:
    """Bytes that a stored record may have in memory; `RAGONE_LARGEST_RECORD` sets another number."""
    given = os.environ.get(BUDGET_VARIABLE, "")
    return int(given) if given.isdigit() else _BUDGET


class _OverBudgetError(ValueError):
    """The file would become more than is allowed."""


def _read(data: bytes, budget: int) -> pa.Table:
    """Schema and batches, message by message."""
    whole = pa.py_buffer(data)
    batch_count = pa.ipc.open_file(whole).num_record_batches  # the end of the file is whole too
    messages = pa.ipc.MessageReader.open_stream(whole.slice(8))
    first = messages.read_next_message()
    if len(first.metadata) > _LARGEST_SCHEMA:
        raise _OverBudgetError(f"has a schema of {len(first.metadata)} bytes; at most {_LARGEST_SCHEMA} are read.")
    schema = pa.ipc.read_schema(first)
    _require_plain(schema)
    batches = list(_batches(messages))
    if len(batches) != batch_count:
        raise ValueError(f"{len(batches)} batches, {batch_count} promised")
    size = sum(max(decoded_size(batch.metadata, batch.body)) for batch in batches)
    if size > budget:
        raise _OverBudgetError(f"would become {size} bytes; at most {budget} are read.")
    return pa.Table.from_batches([pa.ipc.read_record_batch(batch, schema) for batch in batches], schema)


def _batches(messages: pa.MessageReader) -> Iterator[pa.Message]:
    for message in messages:
        if message.type != "record batch":
            raise ValueError(f"a message of type {message.type}")
        yield message


def _require_plain(schema: pa.Schema) -> None:
    """Every column has a type that records are written with."""
    if len(schema) > _MOST_COLUMNS:
        raise _OverBudgetError(f"has {len(schema)} columns; at most {_MOST_COLUMNS} are read.")
    for field in schema:
        if not _is_plain(field.type, _DEEPEST):
            raise ValueError(f"column {field.name!r} has type {field.type}")


def _is_plain(kind: pa.DataType, deeper: int) -> bool:
    if kind in _SCALARS or pa.types.is_timestamp(kind):
        return True
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return deeper > 0 and _is_plain(kind.value_type, deeper - 1)
    if pa.types.is_struct(kind):
        return deeper > 0 and 0 < kind.num_fields <= 8 and all(_is_plain(f.type, deeper - 1) for f in kind)
    return False


def decoded_size(metadata: pa.Buffer, body: pa.Buffer) -> tuple[int, int]:
    """Rows of a record batch, and the bytes that its buffers become, from its message.

    Parameters
    ----------
    metadata, body
        Of the message. A compressed buffer begins with the length that it unpacks to; -1 means as it is.
    """
    message = _FlatTable.root(memoryview(metadata))
    batch = message.table(2)
    compressed = batch.position_of(3) is not None
    total = 0
    for offset, length in batch.pairs(2):
        total += length
        if compressed and length:
            (unpacked,) = struct.unpack_from("<q", memoryview(body), offset)
            if unpacked < -1:
                raise ValueError(f"a buffer unpacks to {unpacked} bytes")
            total += max(unpacked, 0)
    return batch.integer(0), total


@dataclass(frozen=True, slots=True)
class _FlatTable:
    """A table of FlatBuffers: its fields are found through a list of offsets before it."""

    data: memoryview
    position: int

    @classmethod
    def root(cls, data: memoryview) -> _FlatTable:
        return cls(data, struct.unpack_from("<I", data, 0)[0])

    def position_of(self, field: int) -> int | None:
        """Position of the field's value; None if it is left out."""
        offsets = self.position - struct.unpack_from("<i", self.data, self.position)[0]
        (size,) = struct.unpack_from("<H", self.data, offsets)
        if 4 + 2 * field >= size:
            return None
        (offset,) = struct.unpack_from("<H", self.data, offsets + 4 + 2 * field)
        return self.position + offset if offset else None

    def integer(self, field: int) -> int:
        """A 64-bit integer; zero if it is left out."""
        at = self.position_of(field)
        value: int = 0 if at is None else struct.unpack_from("<q", self.data, at)[0]
        if value < 0:
            raise ValueError(f"a count of {value}")
        return value

    def table(self, field: int) -> _FlatTable:
        """Another table; ValueError if it is left out."""
        return _FlatTable(self.data, self._followed(field))

    def pairs(self, field: int) -> list[tuple[int, int]]:
        """A list of structures of two 64-bit integers, none below zero."""
        start = self._followed(field)
        (count,) = struct.unpack_from("<I", self.data, start)
        # read by one call, which fails if the list would end beyond the message
        numbers = struct.unpack_from(f"<{2 * count}q", self.data, start + 4) if 16 * count <= len(self.data) else (-1,)
        if min(numbers, default=0) < 0:
            raise ValueError("a list beyond its message, or a negative number in it")
        return list(zip(numbers[0::2], numbers[1::2], strict=True))

    def _followed(self, field: int) -> int:
        at = self.position_of(field)
        if at is None:
            raise ValueError(f"field {field} is left out")
        return at + int(struct.unpack_from("<I", self.data, at)[0])
