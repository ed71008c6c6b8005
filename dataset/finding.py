"""Where does a word stand? A search in names, notes, sources, licences and reasons of everything that a lake holds.

Columns are chosen by their names, so that a new kind of record is searched as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from ragone.dataset.query import select
from ragone.dataset.tables import Tables

_SEARCHED = re.compile(r"(\w+_)?(name|note|sources?|licences?|reason|card|active_material|parameter_set)")


@dataclass(frozen=True, slots=True)
class Found:
    """A text that holds what was looked for: where it stands, in how many rows, and the newest of these."""

    table: str
    column: str
    text: str
    count: int
    newest: str


def find(tables: Tables, text: str) -> list[Found]:
    """Return the texts that hold this one, capital letters or small; those of fewest rows first."""
    word = text.replace("'", "''")
    parts = [
        f"SELECT '{table}' AS t, '{column}' AS c, {column} AS text, count(*) AS n, max_by(id, {moment}) AS newest "
        f"FROM {table} WHERE contains(lower({column}), lower('{word}')) GROUP BY ALL"
        for table, schema in tables.schemas.items()
        for moment in ("created", "ended")
        if moment in schema.names
        for column in schema.names
        if _SEARCHED.fullmatch(column) and schema.field(column).type == pa.string()
    ]
    return [Found(*row) for row in select(tables, f"{' UNION ALL '.join(parts)} ORDER BY n, t, c, text").rows()]
