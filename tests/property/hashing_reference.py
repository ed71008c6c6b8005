"""docs/HASHING.md in plain Python: from a table written as JSON, without Arrow and without the lake's own code.

A table is ``{"kind", "schema_version", "rows", "fields": [{"name", "unit", "type", "values"}]}``. A type is the name of
a plain one, ``{"list": type}`` or ``{"struct": {name: type}}``. Integers beyond 2^53 are text, bytes are hex, times are
counts of their unit, a float may be ``"NaN"``, ``"Infinity"``, ``"-Infinity"`` or ``{"bits": hex}``, and
``{"repeat": [values], "times": n, "then": [values]}`` stands for the first values n times over, and then the others.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from typing import Any

INTEGERS = {f"int{8 * 2**place}": code for place, code in enumerate("bhiq")}
INTEGERS |= {f"uint{8 * 2**place}": code for place, code in enumerate("BHIQ")}
FLOATS = {"float32": ("f", bytes.fromhex("0000c07f")), "float64": ("d", bytes.fromhex("000000000000f87f"))}


def expanded(values: Any) -> list[Any]:
    """The values of a field, written out."""
    return values["repeat"] * values["times"] + values["then"] if isinstance(values, dict) else values


def number(value: Any, kind: str) -> float:
    """A float as it is written in JSON."""
    if isinstance(value, dict):
        (found,) = struct.unpack(f">{FLOATS[kind][0]}", bytes.fromhex(value["bits"]))
        return float(found)
    return float(value.replace("Infinity", "inf") if isinstance(value, str) else value)


def stream(table: dict[str, Any]) -> bytes:
    """The bytes that are hashed."""
    parts = [b"ragone-content-1\n", text(table["kind"]), struct.pack("<I", table["schema_version"])]
    parts.append(struct.pack("<QI", table["rows"], len(table["fields"])))
    for field in sorted(table["fields"], key=lambda f: f["name"].encode()):
        parts += [text(field["name"]), text(field["unit"]), text(name_of(field["type"]))]
        parts.append(cells(field["type"], expanded(field["values"])))
    return b"".join(parts)


def text(value: str) -> bytes:
    """Length and UTF-8."""
    return struct.pack("<I", len(value.encode())) + value.encode()


def name_of(kind: Any) -> str:
    """The canonical name of a type."""
    if isinstance(kind, str):
        return kind
    if "list" in kind:
        return f"list<{name_of(kind['list'])}>"
    members = sorted(kind["struct"].items(), key=lambda member: member[0].encode())
    return "struct<" + ",".join(f"{len(n.encode())}:{n}:{name_of(t)}" for n, t in members) + ">"


def cells(kind: Any, values: list[Any]) -> bytes:
    """Validity and values."""
    there = [value for value in values if value is not None]
    valid = b"\0" if len(there) == len(values) else b"\1" + bytes(value is not None for value in values)
    return valid + contents(kind, there)


def contents(kind: Any, values: list[Any]) -> bytes:
    """Values without nulls."""
    if isinstance(kind, dict) and "list" in kind:
        return lengths(values) + cells(kind["list"], [item for value in values for item in value])
    if isinstance(kind, dict):
        members = sorted(kind["struct"].items(), key=lambda member: member[0].encode())
        return b"".join(cells(t, [value[n] for value in values]) for n, t in members)
    if kind in ("utf8", "binary"):
        encoded = [value.encode() if kind == "utf8" else bytes.fromhex(value) for value in values]
        return lengths(encoded) + b"".join(encoded)
    return b"".join(fixed(kind, value) for value in values)


def lengths(values: list[Any]) -> bytes:
    """The length of each."""
    return b"".join(struct.pack("<Q", len(value)) for value in values)


def fixed(kind: str, value: Any) -> bytes:
    """One value of fixed width."""
    if kind in FLOATS:
        code, nan = FLOATS[kind]
        found = number(value, kind)
        return nan if math.isnan(found) else struct.pack(f"<{code}", found if found != 0 else 0.0)
    if kind == "bool":
        return b"\1" if value else b"\0"
    code = "i" if kind == "date32" else INTEGERS.get(kind, "q")
    return struct.pack(f"<{code}", int(value))


def recipe(parts: dict[str, Any]) -> str:
    """A recipe id, for parameters whose canonical JSON is what Python writes (text, small integers, plain decimals)."""
    whole = {"format": "ragone-recipe-1", **parts}
    written = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def merkle(leaves: list[str]) -> str:
    """The root by RFC 6962's own recursion."""

    def root(items: list[bytes]) -> bytes:
        if len(items) < 2:
            return hashlib.sha256(b"\0" + items[0] if items else b"").digest()
        split = 1 << (len(items) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(items[:split]) + root(items[split:])).digest()

    return root([leaf.encode() for leaf in sorted(set(leaves))]).hex()
