"""The reference of records: every kind that a lake can hold, with the fields, units and bounds that it declares."""

from __future__ import annotations

from dataclasses import MISSING
from typing import Any

from markdown_text import paragraphs, plain, table

from ragone.schemas import KINDS
from ragone.schemas.field import FieldSpec
from ragone.schemas.record import Record

INTRODUCTION = """# Records

Every kind of record that a lake can hold, made from `ragone.schemas`. Each is a frozen value with an
[identity](../HASHING.md) of its own. A unit of 1 is a dimensionless number; no unit is no physical quantity. The
tolerance is what a [reproduction](../TUTORIAL.md#reproduce-a-number) may differ by, relative, absolute, or both;
without one it must be equal. A field without a default must be given; *optional* ones may be null.
"""
_TYPES = {
    "float64": "number",
    "int64": "whole number",
    "utf8": "text",
    "bool": "true or false",
    "binary": "bytes",
    "timestamp": "time, UTC",
    "uint8": "whole number",
}


def page() -> str:
    """Return the page of all kinds, by name."""
    return INTRODUCTION + "".join(_section(kind, cls) for kind, cls in sorted(KINDS.items()))


def _section(kind: str, cls: type[Record]) -> str:
    rows = [_row(cls, spec) for spec in cls.fields().values()]
    heads = ("field", "type", "unit", "bounds", "default", "tolerance", "what it is")
    about = f"Class `{cls.__name__}`, schema version {cls.schema_version}."
    return f"\n## {kind}\n\n{paragraphs(cls.__doc__)}\n\n{about}\n\n{table(heads, rows)}"


def _row(cls: type[Record], spec: FieldSpec) -> tuple[str, ...]:
    bounds = "" if spec.bounds.low is spec.bounds.high is None else str(spec.bounds)
    what = spec.doc + (f"; one of {', '.join(map(str, spec.choices))}" if spec.choices else "")
    return (
        f"`{spec.name}`",
        _type(spec),
        plain(spec.unit),
        plain(bounds),
        _default(cls, spec),
        _tolerance(spec),
        plain(what.removeprefix("; ")),
    )


def _type(spec: FieldSpec) -> str:
    one = _TYPES.get(spec.dtype, spec.dtype)
    shapes = {
        "vector": f"array of {one}s, shape ({spec.length or 'n'},)",
        "array": f"{spec.dtype} array of {spec.axes} axes",
        "texts": "list of texts",
        "document": "document",
    }
    return shapes.get(spec.shape, one) + (", optional" if spec.optional else "")


def _default(cls: type[Record], spec: FieldSpec) -> str:
    field = cls.__dataclass_fields__[spec.name]
    value: Any = field.default_factory() if field.default_factory is not MISSING else field.default
    return "" if value is MISSING or value is None else f"`{str(value) or repr(value)}`"


def _tolerance(spec: FieldSpec) -> str:
    relative, absolute = spec.tolerance.relative, spec.tolerance.absolute
    return ", ".join([*([f"{relative:g} rel."] if relative else []), *([f"{absolute:g} abs."] if absolute else [])])
