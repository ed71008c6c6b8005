"""The golden vectors of docs/HASHING.md: the lake, the reference and the file agree."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import hashing_reference as reference
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ragone.dataset.hashing import merkle_root, recipe_id
from ragone.schemas.content_hash import table_digest
from ragone.schemas.errors import FieldTypeError

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "hashing.json").read_text(encoding="utf-8"))
PLAIN = {"date32": pa.date32(), "bool": pa.bool_(), "utf8": pa.string(), "binary": pa.binary()}


def arrow_type(kind: Any) -> pa.DataType:
    """The Arrow type of a type in the file."""
    if isinstance(kind, dict):
        if "list" in kind:
            return pa.list_(arrow_type(kind["list"]))
        return pa.struct([(name, arrow_type(inner)) for name, inner in kind["struct"].items()])
    if kind.startswith("timestamp["):
        unit, _, zone = kind.removeprefix("timestamp[").removesuffix("]").partition(",")
        return pa.timestamp(unit, tz=zone or None)
    if kind.startswith("duration["):
        return pa.duration(kind.removeprefix("duration[").removesuffix("]"))
    return PLAIN.get(kind) or getattr(pa, kind)()


def arrow_array(kind: Any, values: list[Any]) -> pa.Array:
    """Values of the file as Arrow, the bits of every float as they are written."""
    if kind in ("float32", "float64"):
        width = 4 if kind == "float32" else 8
        bits = [bits_of(value, kind, width) for value in values]
        floats = np.array(bits, f"u{width}").view(f"f{width}")
        return pa.array(floats, mask=np.array([value is None for value in values], bool))
    return pa.array([python_value(kind, value) for value in values], arrow_type(kind))


def bits_of(value: Any, kind: str, width: int) -> int:
    """The pattern of one float."""
    if isinstance(value, dict):
        return int(value["bits"], 16)
    number = np.array(0.0 if value is None else reference.number(value, kind), f"f{width}")
    return int(number.view(f"u{width}"))


def python_value(kind: Any, value: Any) -> Any:
    """A value of the file as Arrow's builders take it."""
    if value is None:
        return None
    if isinstance(kind, dict):
        if "list" in kind:
            return [python_value(kind["list"], item) for item in value]
        return {name: python_value(inner, value[name]) for name, inner in kind["struct"].items()}
    if kind in ("float32", "float64"):
        return reference.number(value, kind)
    if kind == "binary":
        return bytes.fromhex(value)
    return value if kind in ("utf8", "bool") else int(value)


def arrow_table(vector: dict[str, Any], encode: Any = lambda array: array) -> pa.Table:
    """A vector as an Arrow table, its columns in the encoding wanted."""
    columns = [encode(arrow_array(f["type"], reference.expanded(f["values"]))) for f in vector["fields"]]
    fields = [
        pa.field(f["name"], column.type, metadata={"unit": f["unit"]} if f["unit"] else None)
        for f, column in zip(vector["fields"], columns, strict=True)
    ]
    version = str(vector["schema_version"])
    metadata = {"kind": vector["kind"], "schema_version": version} if vector["kind"] else None
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=metadata))


def test_there_are_enough_vectors():
    """The specification promises at least fifty vectors, each of its own."""
    assert len(GOLDEN["content"]) >= 50
    assert len({vector["case"] for vector in GOLDEN["content"]}) == len(GOLDEN["content"])


def test_reference_agrees_with_the_file(subtests):
    """The specification in plain Python gives the recorded stream and hash of every vector."""
    for vector in GOLDEN["content"]:
        with subtests.test(vector["case"]):
            content = reference.stream(vector)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (vector["bytes"], vector["sha256"])


def test_lake_agrees_with_the_file(subtests):
    """The lake gives the recorded hash of every vector."""
    for vector in GOLDEN["content"]:
        with subtests.test(vector["case"]):
            assert table_digest(arrow_table(vector)) == vector["sha256"]


def dictionary(array: pa.Array) -> pa.Array:
    """The array as indices into itself."""
    if pa.types.is_nested(array.type):
        return pa.DictionaryArray.from_arrays(pa.array(range(len(array)), pa.int32()), array)
    return array.dictionary_encode()


def run_ends(array: pa.Array) -> pa.Array:
    """The array by runs, where Arrow has them."""
    return array if pa.types.is_nested(array.type) else pc.run_end_encode(array)


def sliced(array: pa.Array) -> pa.Array:
    """The array as the middle of a longer one."""
    return pa.concat_arrays([array, array, array]).slice(len(array), len(array))


def rezoned(array: pa.Array) -> pa.Array:
    """Instants shown in another zone."""
    kind = array.type
    return array.cast(pa.timestamp(kind.unit, "Asia/Tokyo")) if pa.types.is_timestamp(kind) and kind.tz else array


def chunked(array: pa.Array) -> pa.ChunkedArray:
    """The array in pieces, with an empty one among them."""
    pieces = [array.slice(0, 1), array.slice(0, 0), array.slice(1)]
    return pa.chunked_array(pieces, array.type)


@pytest.mark.parametrize("encode", [dictionary, run_ends, sliced, rezoned, chunked], ids=lambda e: e.__name__)
def test_encodings_do_not_count(encode, subtests):
    """Dictionaries, runs, slices, chunks and time zones give the same hash."""
    for vector in GOLDEN["content"]:
        with subtests.test(vector["case"]):
            assert table_digest(arrow_table(vector, encode)) == vector["sha256"]


def test_recipes():
    """Recipe ids are the hash of canonical JSON, in the file, in the reference and in the lake."""
    for vector in GOLDEN["recipe"]:
        parts = {name: value for name, value in vector.items() if name != "sha256"}
        ours = recipe_id(parts["stage"], parts["code"], parts["parameters"], parts["seed"], parts["inputs"])
        assert vector["sha256"] == reference.recipe(parts) == ours


def test_roots():
    """Merkle roots agree with the file; order and repeats of the ids do not count."""
    for vector in GOLDEN["merkle"]:
        assert vector["sha256"] == reference.merkle(vector["ids"]) == merkle_root(vector["ids"])
        assert merkle_root([*reversed(vector["ids"]), *vector["ids"]]) == vector["sha256"]


def test_root_is_that_of_rfc_6962():
    """Lifting an odd node gives the RFC's tree, whatever the number of leaves."""
    leaves = [f"kpi-{number:064x}" for number in range(301)]
    for count in range(len(leaves)):
        assert merkle_root(leaves[:count]) == reference.merkle(leaves[:count]), count


def test_distinct_vectors_have_distinct_hashes():
    """Only the vectors that differ by zeros' sign, NaNs' payload or the length of bytes' type hash alike."""
    hashes: dict[str, list[str]] = {}
    for vector in GOLDEN["content"]:
        hashes.setdefault(vector["sha256"], []).append(vector["case"])
    assert [cases for cases in hashes.values() if len(cases) > 1] == [["positive zero", "negative zero"]]


REFUSED = [
    pa.null(), pa.float16(), pa.decimal128(9, 2), pa.decimal256(40, 2), pa.date64(), pa.time32("s"), pa.time64("us"),
    pa.month_day_nano_interval(), pa.map_(pa.string(), pa.int32()), pa.dense_union([pa.field("a", pa.int8())]),
]  # fmt: skip


@pytest.mark.parametrize("kind", [*REFUSED, *(pa.list_(t) for t in REFUSED), pa.struct([("a", pa.null())])], ids=str)
def test_types_without_a_canonical_form_are_refused(kind):
    """A type that the specification leaves out is refused by name, also inside lists and structs."""
    with pytest.raises(FieldTypeError, match="no canonical form"):
        table_digest(pa.table({"x": pa.chunked_array([], kind)}))


def test_repeated_names_are_refused():
    """Two columns or members of one name would make the order count; they are refused."""
    with pytest.raises(FieldTypeError, match="'a' is given twice"):
        table_digest(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]))
    members = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["m", "m"])
    with pytest.raises(FieldTypeError, match="'m' is given twice"):
        table_digest(pa.table({"x": members}))


@pytest.mark.parametrize("version", ["-1", "01", "1_0", " 1", "", "1.0", "4294967296"])
def test_versions_that_are_no_numbers_are_refused(version):
    """A schema version is written in one way only."""
    table = pa.table({"x": [1]}).replace_schema_metadata({"kind": "kpi", "schema_version": version})
    with pytest.raises(FieldTypeError, match="schema_version"):
        table_digest(table)


class Paired(pa.ExtensionType):
    """An extension type over a list."""

    def __init__(self, storage: pa.DataType | None = None) -> None:
        super().__init__(storage or pa.list_(pa.int32()), "ragone.test.paired")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> Paired:
        return cls()


@pytest.mark.parametrize("values", [[[1, 2], None, []], []], ids=["values", "no rows"])
def test_extension_types_count_as_their_storage(values):
    """What an extension calls a type does not count, also where there are no rows or chunks at all."""
    storage = pa.array(values, pa.list_(pa.int32()))
    wanted = table_digest(pa.table({"x": storage}))
    assert table_digest(pa.table({"x": pa.ExtensionArray.from_storage(Paired(), storage)})) == wanted
    if not values:
        assert table_digest(pa.table({"x": pa.chunked_array([], Paired())})) == wanted
    viewed = pa.array(values, pa.list_view(pa.int32()))
    assert table_digest(pa.table({"x": pa.ExtensionArray.from_storage(Paired(viewed.type), viewed)})) == wanted
