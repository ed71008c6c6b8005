"""What can a lake be asked? Its tables with their rows, and every column with its type, unit and meaning.

Columns of a kind are described by the fields of its records, so that a new field or kind describes itself. Fields that
no column can hold (volumes, curves, weights) are named: they are in the records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from ragone.dataset.query import View
from ragone.dataset.tables import ARTIFACTS, LINEAGE, RUNS, Tables, column_names, readable, table_name
from ragone.schemas.field import FieldSpec
from ragone.schemas.record import Record
from ragone.shown import Shown

_TYPES = {
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.list_(pa.string()): "VARCHAR[]",
}
_HOLD = {
    ARTIFACTS: "Every artifact of the lake, of whatever kind.",
    RUNS: "Every execution of a stage, and everything that was given.",
    LINEAGE: "Every edge: which artifact was made of which, or informed by which.",
}
_OF_EVERY_KIND = {
    "id": "id of the artifact: its kind and the hash of its content",
    "run_id": "the run that made it first",
    "created": "when that run ended",
}
_MEANINGS: Mapping[str, Mapping[str, str]] = {
    ARTIFACTS: {
        **_OF_EVERY_KIND,
        "kind": "kind of the record; its other fields are in the table of the kind",
        "schema_version": "version of the kind in which it is stored",
        "bytes": "size of its file",
    },
    RUNS: {
        "id": "id of the run",
        "file": "the file in which the lake keeps it",
        "row": "the row of that file",
    },
    LINEAGE: {
        "child_id": "what was made",
        "parent_id": "what it was made of, or informed by",
        "run_id": "the run that made it",
        "role": "what the stage calls the parent",
        "stage": "the stage",
        "informed": "true if a decision took the parent into account; false if the child is made of it",
    },
}
_UNITS = {"bytes": "byte"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its type in SQL, its unit ("1" if dimensionless, else empty) and its meaning."""

    name: str
    type: str
    unit: str
    doc: str


@dataclass(frozen=True, slots=True, repr=False)
class Contents(Shown):
    """A table: its name, how many rows it has, what they are, its columns, and fields that only the records hold."""

    table: str
    rows: int
    holds: str
    columns: tuple[Column, ...]
    beyond: tuple[str, ...]


def contents(tables: Tables, kinds: Mapping[str, type[Record]], views: Mapping[str, View]) -> dict[str, Contents]:
    """Describe every table and view, by its name."""
    classes = {table_name(kind): cls for kind, cls in kinds.items()}
    found = {name: _described(tables, name, classes.get(name)) for name in tables.schemas}
    return found | {name: _of_view(name, view) for name, view in views.items()}


def _of_view(name: str, view: View) -> Contents:
    frame = view.rows()
    schema = frame.clear().to_arrow().schema
    columns = (Column(field.name, _TYPES[field.type], *view.described(field.name)) for field in schema)
    return Contents(name, frame.height, view.holds, tuple(columns), ())


def _described(tables: Tables, name: str, cls: type[Record] | None) -> Contents:
    fields = {} if cls is None else cls.fields()
    specs = {column: spec for spec in fields.values() for column in column_names(spec)}
    schema, meanings = tables.schemas[name], _MEANINGS.get(name, _OF_EVERY_KIND)
    columns = [
        Column(
            column.name,
            _TYPES[column.type],
            specs[column.name].unit if column.name in specs else _UNITS.get(column.name, ""),
            meanings.get(column.name) or _meaning(specs[column.name]),
        )
        for column in schema
    ]
    beyond = [field for field, spec in fields.items() if not set(column_names(spec)) <= set(schema.names)]
    with readable(name):
        rows = tables.dataset(name).count_rows()
    return Contents(name, rows, _HOLD.get(name) or _summary(cls), tuple(columns), tuple(beyond))


def _meaning(spec: FieldSpec) -> str:
    """The field's description, with what its values may be where that is a list, and that a document is JSON."""
    more = {"document": "JSON"}.get(spec.shape, "")
    if spec.choices is not None:
        more = f"one of: {', '.join(map(str, spec.choices))}"
    return "; ".join(filter(None, (spec.doc, more)))


def _summary(cls: type[Record] | None) -> str:
    """The first paragraph of a class's docstring; a dataclass without one has its signature there."""
    text = (cls and cls.__doc__) or ""
    return "" if cls and text.startswith(f"{cls.__name__}(") else " ".join(text.partition("\n\n")[0].split())
