"""Where does a word stand? A search in names, notes, sources, licences and reasons of everything that a lake holds.

Columns are chosen by their names, so that a new kind of record is searched as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from ragone.dataset.query import View, select
from ragone.dataset.tables import Tables, table_name
from ragone.schemas.annotation import Annotation, SavedQuery

_SEARCHED = re.compile(r"(\w+_)?(name|note|sources?|licences?|reason|card|active_material|parameter_set|electrolyte)")
_WITHDRAWABLE = frozenset(map(table_name, (Annotation.kind, SavedQuery.kind)))  # their views hold what stands
_STANDING = (  # view, column, id of what has it, moment
    ("tags", "tag", "subject_id", "annotated"),
    ("notes", "note", "subject_id", "annotated"),
    ("queries", "name", "id", "saved"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A text that holds what was looked for: where it stands, in how many rows, and the newest of these."""

    table: str
    column: str
    text: str
    count: int
    newest: str


def find(tables: Tables, text: str, views: Mapping[str, View]) -> list[Found]:
    """Return the texts that hold this one, capital letters or small; those of fewest rows first.

    Of a tag or a note what it is about is named.
    """
    columns = [
        (table, column, "id", moment)
        for table, schema in tables.schemas.items()
        for moment in ("created", "ended")
        if moment in schema.names and table not in _WITHDRAWABLE
        for column in schema.names
        if _SEARCHED.fullmatch(column) and schema.field(column).type == pa.string()
    ]
    parts = [
        f"SELECT '{table}' AS t, '{column}' AS c, {column} AS text, count(*) AS n, max_by({subject}, {moment}) AS new "
        f"FROM {table} WHERE contains(lower({column}), lower($text)) GROUP BY ALL"
        for table, column, subject, moment in (*columns, *_STANDING)
    ]
    query = f"{' UNION ALL '.join(parts)} ORDER BY n, t, c, text"
    return [Found(*row) for row in select(tables, query, views=views, parameters={"text": text}).rows()]
