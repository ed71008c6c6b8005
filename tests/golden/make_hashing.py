"""Write hashing.json: vectors for docs/HASHING.md, computed by the reference alone.

From the repository's root: ``python tests/golden/make_hashing.py``. What is there must not change under
format 1.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "property"))

import hashing_reference as reference  # noqa: E402

NAN32, NAN64 = {"bits": "ffc00001"}, {"bits": "7ff0000000000001"}
POINT = {"struct": {"y": "float64", "x": "float64"}}
ODD = {"struct": {"a,b:c": "utf8", "é": "int8", "<": "bool", "": "int8"}}
SHAPED = {"struct": {"shape": {"list": "int64"}, "values": {"list": "uint8"}}}


def one(kind: Any, values: Any, name: str = "x", unit: str = "") -> list[dict[str, Any]]:
    """A single column."""
    return [{"name": name, "unit": unit, "type": kind, "values": values}]


COLUMNS: dict[str, list[dict[str, Any]]] = {
    "float64": one("float64", [1.5, -2.25, 0.1], unit="m"),
    "other unit": one("float64", [1.5, -2.25, 0.1], unit="mm"),
    "no unit": one("float64", [1.5, -2.25, 0.1]),
    "other name": one("float64", [1.5, -2.25, 0.1], name="y", unit="m"),
    "float32 of the same numbers": one("float32", [1.5, -2.25, 0.10000000149011612], unit="m"),
    "positive zero": one("float64", [0.0]),
    "negative zero": one("float64", [-0.0]),
    "negative zero of 32 bits": one("float32", [-0.0, 0.0]),
    "quiet NaN": one("float64", ["NaN"]),
    "signalling and negative NaNs": one("float64", [NAN64, {"bits": "fff8000000000123"}]),
    "NaNs of 32 bits": one("float32", [NAN32, {"bits": "7f800001"}]),
    "infinities": one("float64", ["Infinity", "-Infinity", 5e-324, 1.7976931348623157e308]),
    "NaN and zero in the second block": one(
        "float64", {"repeat": [0.0], "times": 32_766, "then": [1.0, -1.0, -0.0, NAN64, 3.0]}
    ),
    "forty thousand floats": one("float64", {"repeat": [1.0, -2.5, 1e-9, 4096.0], "times": 10_000, "then": []}),
    "bool": one("bool", [True, False, True]),
    "bool with null": one("bool", [True, None, False]),
    "int8": one("int8", [-128, 127, 0]),
    "int16": one("int16", [-32768, 32767]),
    "int32": one("int32", [-2147483648, 2147483647]),
    "int64": one("int64", ["-9223372036854775808", "9223372036854775807", 7]),
    "uint8": one("uint8", [0, 255]),
    "uint16": one("uint16", [0, 65535]),
    "uint32": one("uint32", [0, 4294967295]),
    "uint64": one("uint64", [0, "18446744073709551615"]),
    "nulls among integers": one("int64", [None, 1, None, 2]),
    "all null": one("int64", [None, None]),
    "no rows": one("float64", [], unit="V"),
    "date32": one("date32", [0, -1, 20777]),
    "timestamp without zone": one("timestamp[us]", [0, -1, 1795176000123456]),
    "timestamp in UTC": one("timestamp[us,UTC]", [0, -1, 1795176000123456]),
    "timestamp in seconds": one("timestamp[s,UTC]", [0, None, 1795176000]),
    "timestamp in nanoseconds": one("timestamp[ns]", ["1795176000123456789"]),
    "duration": one("duration[ms]", [0, -5, 86400000]),
    "utf8": one("utf8", ["energy", "", "µ-structure", "電池"]),
    "utf8 is not normalised": one("utf8", ["e\u0301", "\u00e9"]),
    "utf8 with null and empty": one("utf8", ["", None, "\u0000"]),
    "long text": one("utf8", ["a text too long for a view to hold inline", "b"]),
    "joined text differs by lengths": one("utf8", ["ab", "c"]),
    "joined text, other lengths": one("utf8", ["a", "bc"]),
    "binary": one("binary", ["00ff", "", None, "deadbeef"]),
    "binary of one length": one("binary", ["0001", "0203", None]),
    "list": one({"list": "int32"}, [[1, 2], [], [3]]),
    "list with null lists and null values": one({"list": "int32"}, [[1, None], None, [], [3]]),
    "list of pairs": one({"list": "float64"}, [[1.0, -0.0], None, ["NaN", 2.0]]),
    "empty lists only": one({"list": "float64"}, [[], []]),
    "no lists": one({"list": "float64"}, []),
    "list of lists": one({"list": {"list": "utf8"}}, [[["a"], None, []], None, []]),
    "struct": one(POINT, [{"x": 1.0, "y": 2.0}, {"x": 3.0, "y": -0.0}]),
    "struct with nulls": one(POINT, [{"x": 1.0, "y": None}, None, {"x": None, "y": 4.0}]),
    "struct with odd names": one(ODD, [{"a,b:c": "v", "é": 1, "<": True, "": None}]),
    "null in a list of structs": one({"list": POINT}, [[{"x": 1.0, "y": 2.0}, None], None, []]),
    "struct of lists of structs": one(
        {"struct": {"p": {"list": POINT}, "n": "utf8"}},
        [{"p": [{"x": 1.0, "y": None}], "n": "a"}, {"p": None, "n": None}, None],
    ),
    "volume": one(SHAPED, [{"shape": [2, 3, 1], "values": [0, 1, 2, 2, 1, 0]}], name="labels"),
    "columns sorted by bytes": [
        *one("int8", [1], name="é"),
        *one("int8", [2], name="z"),
        *one("int8", [3], name="Z"),
        *one("int8", [4], name="z.a"),
        *one("int8", [5], name=""),
    ],
    "no columns": [],
}

RECORDS = [
    ("kpi", 1, one("float64", [640.0], "value", "W.h/L")),
    ("kpi", 2, one("float64", [640.0], "value", "W.h/L")),
    ("design", 1, one("float64", [640.0], "value", "W.h/L")),
    ("kpi", 999999999, [*one("float64", [640.0], "value", "W.h/L"), *one("utf8", ["energy_density"], "name")]),
]

RECIPES: list[dict[str, Any]] = [
    {"stage": "kpi", "code": "code-" + "0" * 64, "parameters": {}, "seed": None, "inputs": []},
    {"stage": "kpi", "code": "code-" + "0" * 64, "parameters": {}, "seed": 0, "inputs": []},
    {
        "stage": "manufacture",
        "code": "code-" + "1" * 64,
        "parameters": {"edge_voxels": 64, "binder": "PVDF µ", "ratio": 0.25, "flags": [True, None, {"b": 1, "a": 2}]},
        "seed": 9007199254740991,
        "inputs": [["design", "design-" + "2" * 64]],
    },
    {
        "stage": "average",
        "code": "code-" + "3" * 64,
        "parameters": {},
        "seed": None,
        "inputs": [["cubes", "transport-" + "5" * 64], ["cubes", "transport-" + "4" * 64]],
    },
    {
        "stage": "average",
        "code": "code-" + "3" * 64,
        "parameters": {},
        "seed": None,
        "inputs": [["cubes", "transport-" + "4" * 64], ["cubes", "transport-" + "5" * 64]],
    },
]
LEAVES = [[f"kpi-{number:064x}" for number in range(count)] for count in (0, 1, 2, 3, 5, 6, 7, 8, 11)]


def main() -> None:
    """Compute and write."""
    tables = [
        {"case": case, "kind": "", "schema_version": 0, "rows": rows(fields), "fields": fields}
        for case, fields in COLUMNS.items()
    ]
    tables += [
        {"case": f"record {kind} {version}", "kind": kind, "schema_version": version, "rows": 1, "fields": fields}
        for kind, version, fields in RECORDS
    ]
    for table in tables:
        content = reference.stream(table)
        table |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    recipes = [{**parts, "sha256": reference.recipe(parts)} for parts in RECIPES]
    trees = [{"ids": ids, "sha256": reference.merkle(ids)} for ids in LEAVES]
    document = {"content": tables, "recipe": recipes, "merkle": trees}
    (HERE / "hashing.json").write_text(rendered(document), encoding="utf-8")


def rows(fields: list[dict[str, Any]]) -> int:
    """How many rows the columns have."""
    return len(reference.expanded(fields[0]["values"])) if fields else 0


def rendered(document: dict[str, Any]) -> str:
    """One vector a line."""
    parts = []
    for section, vectors in document.items():
        lines = ",\n".join(json.dumps(vector, ensure_ascii=False) for vector in vectors)
        parts.append(f'"{section}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
