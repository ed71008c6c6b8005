"""What is this content? SHA-256 over the logical content of a table, whatever file it is kept in.

Kind, schema version, field names, units, Arrow types and values count; compression, chunking, column order, offsets
width, dictionary encoding, library version and byte order of the machine do not. docs/HASHING.md is the
specification and tests/golden/hashing.json holds vectors for it: this module and that page change together, under a
new format number.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragone.schemas.encodings import is_binary, is_list, is_text, plain
from ragone.schemas.errors import FieldTypeError

CONTENT_MAGIC = b"ragone-content-1\n"

_BLOCK = 32_768  # values canonicalised at once: small enough to stay in the cache between the check and the hash
_QUIET_NAN = {4: 0x7FC00000, 8: 0x7FF8000000000000}

Chunks = Sequence[pa.Array]


def table_digest(table: pa.Table) -> str:
    """SHA-256 of the logical content of an Arrow table, in hex.

    Parameters
    ----------
    table
        Schema metadata `kind` and `schema_version` and field metadata `unit` are part of the content where present.

    Raises
    ------
    FieldTypeError
        If a column has a type that the specification leaves out (null, float16, decimal, map, union...), two columns
        or members of a struct share a name, or the schema version is no whole number.
    """
    metadata = table.schema.metadata or {}
    _require_distinct(table.column_names)
    sha = hashlib.sha256(CONTENT_MAGIC)
    sha.update(_text(metadata.get(b"kind", b"")) + struct.pack("<I", _version(metadata.get(b"schema_version", b"0"))))
    sha.update(struct.pack("<QI", table.num_rows, table.num_columns))
    for position in sorted(range(table.num_columns), key=lambda i: table.schema.field(i).name.encode()):
        field = table.schema.field(position)
        column = table.column(position)
        sha.update(_text(field.name.encode()) + _text((field.metadata or {}).get(b"unit", b"")))
        sha.update(_text(type_name(field.type).encode()))
        _cells(sha, [_decoded(chunk, field.name) for chunk in column.chunks or [column.combine_chunks()]])
    return sha.hexdigest()


def type_name(kind: pa.DataType) -> str:
    """The canonical name of an Arrow type: encodings of the same values share one."""
    if isinstance(kind, pa.BaseExtensionType):
        return type_name(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return type_name(kind.value_type)
    if is_list(kind):
        return f"list<{type_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        members = sorted((f.name, type_name(f.type)) for f in kind)
        _require_distinct([name for name, _ in members])
        return "struct<" + ",".join(f"{len(name.encode())}:{name}:{inner}" for name, inner in members) + ">"
    if is_text(kind):
        return "utf8"
    if is_binary(kind):
        return "binary"
    if pa.types.is_timestamp(kind):
        return f"timestamp[{kind.unit},UTC]" if kind.tz else f"timestamp[{kind.unit}]"
    names = {pa.float64(): "float64", pa.float32(): "float32", pa.bool_(): "bool", pa.date32(): "date32"}
    if kind in names or pa.types.is_integer(kind) or pa.types.is_duration(kind):
        return names.get(kind, str(kind))
    raise FieldTypeError(f"Arrow type {kind} has no canonical form. Convert the column to a type of docs/HASHING.md.")


def _require_distinct(names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if repeated:
        raise FieldTypeError(f"the name {repeated[0]!r} is given twice. Names of fields must differ; rename one.")


def _version(text: bytes) -> int:
    if not re.fullmatch(rb"0|[1-9][0-9]{0,8}", text):
        raise FieldTypeError(f"schema_version = {text!r} is not a whole number from 0 to 999999999, in decimal digits.")
    return int(text)


def _decoded(chunk: pa.Array, name: str) -> pa.Array:
    try:
        return plain(chunk)
    except pa.ArrowNotImplementedError as cause:
        raise FieldTypeError(f"column {name!r} of type {chunk.type} cannot be decoded ({cause}). Decode it.") from cause


def _text(encoded: bytes) -> bytes:
    return struct.pack("<I", len(encoded)) + encoded


def _cells(sha: Any, chunks: Chunks) -> None:
    """Validity of every cell, then the values of those that are not null."""
    if sum(chunk.null_count for chunk in chunks):
        sha.update(b"\1")
        for chunk in chunks:
            sha.update(chunk.is_valid().cast(pa.uint8()).to_numpy())
        chunks = [chunk.drop_null() for chunk in chunks]
    else:
        sha.update(b"\0")
    kind = chunks[0].type
    if is_list(kind):
        _lists(sha, chunks)
    elif pa.types.is_struct(kind):
        _structs(sha, kind, chunks)
    elif is_text(kind) or is_binary(kind):
        _strings(sha, chunks)
    else:
        _fixed(sha, kind, chunks)


def _lists(sha: Any, chunks: Chunks) -> None:
    for chunk in chunks:
        sha.update(pc.list_value_length(chunk).to_numpy().astype("<u8"))
    _cells(sha, [chunk.flatten() for chunk in chunks])


def _structs(sha: Any, kind: pa.DataType, chunks: Chunks) -> None:
    for position in sorted(range(kind.num_fields), key=lambda i: kind.field(i).name.encode()):
        _cells(sha, [chunk.flatten()[position] for chunk in chunks])


def _strings(sha: Any, chunks: Chunks) -> None:
    parts = [_bytes_of(chunk) for chunk in chunks]
    for ends, _ in parts:
        sha.update(np.diff(ends).astype("<u8"))
    for ends, data in parts:
        if data is not None and len(ends) > 1:
            sha.update(memoryview(data)[ends[0] : ends[-1]])


def _bytes_of(chunk: pa.Array) -> tuple[np.ndarray[Any, Any], pa.Buffer | None]:
    """Ends of the texts in the bytes of a chunk, the start first, and those bytes."""
    narrow = pa.types.is_string(chunk.type) or pa.types.is_binary(chunk.type)
    if not narrow:
        chunk = chunk.cast(pa.large_string() if is_text(chunk.type) else pa.large_binary())
    _, offsets, data = chunk.buffers()
    if offsets is None or not len(chunk):
        return np.zeros(1, "i8"), None
    return np.frombuffer(offsets, "i4" if narrow else "i8")[chunk.offset : chunk.offset + len(chunk) + 1], data


def _fixed(sha: Any, kind: pa.DataType, chunks: Chunks) -> None:
    for chunk in chunks:
        if pa.types.is_boolean(kind):
            sha.update(chunk.cast(pa.uint8()).to_numpy())
        elif pa.types.is_floating(kind):
            _floats(sha, chunk.to_numpy())
        else:
            width = kind.bit_width // 8
            values = chunk.view(pa.int32() if width == 4 else pa.int64()) if not pa.types.is_integer(kind) else chunk
            array = values.to_numpy()
            sha.update(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False)))


def _floats(sha: Any, values: np.ndarray[Any, Any]) -> None:
    """Little-endian IEEE 754 with one zero and one NaN.

    The smallest signed integer is the pattern of -0.0, and every NaN lies beyond infinity on one side or the other;
    so two reductions over a block tell whether it needs a change, and most blocks do not.
    """
    width = values.dtype.itemsize
    signed = values.view(f"i{width}")
    lowest = np.iinfo(signed.dtype).min
    for start in range(0, len(values), _BLOCK):
        block, bits = values[start : start + _BLOCK], signed[start : start + _BLOCK]
        if bits.min() == lowest or np.isnan(block.max()):
            block = block.copy()
            block[block == 0] = 0.0  # an addition would complain of signalling NaNs
            block.view(f"u{width}")[np.isnan(block)] = _QUIET_NAN[width]
        sha.update(block.astype(f"<f{width}", copy=False))
