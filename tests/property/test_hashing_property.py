"""What changes a content hash, and what does not."""

from __future__ import annotations

import hashlib
from typing import Any

import hashing_reference as reference
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ragone.schemas.content_hash import table_digest
from ragone.schemas.errors import FieldTypeError

SCALARS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "float64": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "float32": (pa.float32(), st.floats(width=32, allow_nan=False, allow_infinity=False)),
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "uint8": (pa.uint8(), st.integers(0, 255)),
    "bool": (pa.bool_(), st.booleans()),
    "utf8": (pa.string(), st.text(max_size=14)),
    "timestamp[us,UTC]": (pa.timestamp("us", "UTC"), st.integers(-(2**50), 2**50)),
}
KINDS = st.recursive(
    st.sampled_from(sorted(SCALARS)),
    lambda inner: (
        st.builds(lambda k: {"list": k}, inner)
        | st.builds(
            lambda m: {"struct": m}, st.dictionaries(st.text("ab,:é", max_size=3), inner, min_size=1, max_size=3)
        )
    ),
    max_leaves=4,
)


def arrow(kind: Any) -> pa.DataType:
    """The Arrow type."""
    if isinstance(kind, str):
        return SCALARS[kind][0]
    if "list" in kind:
        return pa.list_(arrow(kind["list"]))
    return pa.struct([(name, arrow(inner)) for name, inner in kind["struct"].items()])


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, null among them."""
    if isinstance(kind, str):
        return st.none() | SCALARS[kind][1]
    if "list" in kind:
        return st.none() | st.lists(values(kind["list"]), max_size=3)
    return st.none() | st.fixed_dictionaries({name: values(inner) for name, inner in kind["struct"].items()})


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """A table as JSON."""
    rows = draw(st.integers(0, 5))
    names = draw(st.lists(st.text("abé", max_size=2), unique=True, min_size=1, max_size=3))
    fields = []
    for name in names:
        kind = draw(KINDS)
        column = draw(st.lists(values(kind), min_size=rows, max_size=rows))
        fields.append({"name": name, "unit": draw(st.sampled_from(["", "m", "V"])), "type": kind, "values": column})
    return {"kind": "kpi", "schema_version": draw(st.integers(0, 3)), "rows": rows, "fields": fields}


def built(table: dict[str, Any]) -> pa.Table:
    """The table in Arrow."""
    fields = [pa.field(f["name"], arrow(f["type"]), metadata={"unit": f["unit"]}) for f in table["fields"]]
    columns = [pa.array(f["values"], field.type) for f, field in zip(table["fields"], fields, strict=True)]
    metadata = {"kind": table["kind"], "schema_version": str(table["schema_version"])}
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=metadata))


def digest(table: dict[str, Any]) -> str:
    """The hash by the specification."""
    return hashlib.sha256(reference.stream(table)).hexdigest()


def recoded(array: pa.ChunkedArray, encode: Any) -> pa.ChunkedArray:
    """A column with each chunk in another encoding."""
    chunks = [encode(chunk) for chunk in array.chunks]
    return pa.chunked_array(chunks, chunks[0].type)


def with_columns(table: pa.Table, encode: Any) -> pa.Table:
    """The table with every column in another encoding."""
    columns = [recoded(column, encode) for column in table.columns]
    fields = [pa.field(f.name, c.type, metadata=f.metadata) for f, c in zip(table.schema, columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=table.schema.metadata))


def wide(kind: pa.DataType) -> pa.DataType:
    """The type with 64-bit offsets throughout."""
    if pa.types.is_string(kind):
        return pa.large_string()
    if pa.types.is_list(kind):
        return pa.large_list(wide(kind.value_type))
    return pa.struct([(f.name, wide(f.type)) for f in kind]) if pa.types.is_struct(kind) else kind


def viewed(kind: pa.DataType) -> pa.DataType:
    """The type with views throughout, and members the other way round."""
    if pa.types.is_string(kind):
        return pa.string_view()
    if pa.types.is_list(kind):
        return pa.list_view(viewed(kind.value_type))
    return pa.struct([(f.name, viewed(f.type)) for f in reversed(list(kind))]) if pa.types.is_struct(kind) else kind


def as_dictionary(array: pa.Array) -> pa.Array:
    """The array behind indices, backwards."""
    places = pa.array(range(len(array) - 1, -1, -1), pa.int16())
    return pa.DictionaryArray.from_arrays(places, array.take(places))


def as_runs(array: pa.Array) -> pa.Array:
    """The array by runs, at the top or inside a list."""
    if pa.types.is_list(array.type) and not pa.types.is_nested(array.type.value_type):
        return pa.ListArray.from_arrays(array.offsets, pc.run_end_encode(array.values), mask=array.is_null())
    return array if pa.types.is_nested(array.type) else pc.run_end_encode(array)


def stored(table: pa.Table, compression: str | None) -> pa.Table:
    """The table after a round trip through an Arrow file."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=2)
    return pa.ipc.open_file(sink.getvalue()).read_all()


@settings(max_examples=100, deadline=None)
@given(tables(), st.data())
def test_only_the_logical_content_counts(table, data):
    """The hash is the specification's, through chunks, slices, files, and every encoding of the same values."""
    wanted, arrow_table = digest(table), built(table)
    assert table_digest(arrow_table) == wanted
    cut = data.draw(st.integers(0, table["rows"]), label="cut")
    pieces = pa.concat_tables([arrow_table.slice(0, cut), arrow_table.slice(cut)])
    order = data.draw(st.permutations(arrow_table.column_names), label="order")
    same = {
        "chunks": pieces,
        "slice": pa.concat_tables([arrow_table, arrow_table]).combine_chunks().slice(table["rows"], table["rows"]),
        "file": stored(pieces, None),
        "compressed file": stored(pieces, "zstd"),
        "column order": arrow_table.select(order),
        "large": with_columns(pieces, lambda a: a.cast(wide(a.type))),
        "views": with_columns(pieces, lambda a: pa.array(a.to_pylist(), viewed(a.type))),
        "dictionary": with_columns(pieces, as_dictionary),
        "runs": with_columns(pieces.combine_chunks(), as_runs),
        "zone": with_columns(
            pieces,
            lambda a: a.cast(pa.timestamp("us", "Asia/Tokyo")) if a.type == SCALARS["timestamp[us,UTC]"][0] else a,
        ),
    }
    assert {name for name, other in same.items() if table_digest(other) != wanted} == set()


@settings(max_examples=100, deadline=None)
@given(tables(), st.data())
def test_every_part_of_the_content_counts(table, data):
    """One value, unit, name, type, the kind or the version changed: another hash."""
    before = table_digest(built(table))
    changed = {**table, "fields": [dict(field) for field in table["fields"]]}
    field = data.draw(st.sampled_from(changed["fields"]))
    what = data.draw(st.sampled_from(["value", "unit", "name", "type", "kind", "version", "rows"]))
    if what == "value":
        assume(table["rows"])
        row = data.draw(st.integers(0, table["rows"] - 1))
        value = data.draw(values(field["type"]))
        assume(not alike(value, field["values"][row]))
        field["values"] = [*field["values"][:row], value, *field["values"][row + 1 :]]
    elif what == "rows":
        changed["rows"] += 1
        for each in changed["fields"]:
            each["values"] = [*each["values"], None]
    elif what == "type":
        field["type"] = {"list": field["type"]}
        field["values"] = [None if value is None else [value] for value in field["values"]]
    elif what == "kind":
        changed["kind"] = "design"
    elif what == "version":
        changed["schema_version"] += 1
    else:
        field[what] += "'"
    assert table_digest(built(changed)) != before


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same content: zeros whatever their sign, floats by value."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(alike(one[name], other[name]) for name in one)
    return bool(one == other)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=64, max_size=512), st.sampled_from(["f4", "f8"]), st.integers(0, 32_768))
def test_floats_of_any_bits(data, code, lead):
    """Whatever the bit patterns, and wherever in a block they lie, the hash is the specification's."""
    tail = np.frombuffer(data[: len(data) // 8 * 8], code)
    floats = np.concatenate([np.zeros(lead, code), tail])
    name = {"f4": "float32", "f8": "float64"}[code]
    patterns = [{"bits": f"{bits:0{floats.itemsize * 2}x}"} for bits in floats[lead:].view(f"u{floats.itemsize}")]
    field = {"name": "x", "unit": "", "type": name, "values": [0.0] * lead + patterns}
    wanted = digest({"kind": "", "schema_version": 0, "rows": len(floats), "fields": [field]})
    assert table_digest(pa.table({"x": floats})) == wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("ab", max_size=2), min_size=2, max_size=4))
def test_repeated_names(names):
    """Names are distinct, or refused."""
    table = pa.Table.from_arrays([pa.array([1])] * len(names), names=names)
    if len(set(names)) == len(names):
        assert len(table_digest(table)) == 64
    else:
        with pytest.raises(FieldTypeError):
            table_digest(table)
