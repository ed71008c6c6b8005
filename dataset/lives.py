"""Every cycle life in one row: how long a cell lived, what is known of it, and what it is made of.

Beside the ends of a life stand its covariates by name (the unit of a number in a column of its own), the settings of
the runs that aged the cell, and the fields of the nearest records behind it, named as in the evaluations. Nothing is
kept: the rows are made when somebody asks. Equal lives of two cells are one record, and two rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ragone.dataset.evaluations.ancestry import Ancestry
from ragone.dataset.evaluations.columns import Columns
from ragone.dataset.evaluations.graph import CELL, Graph, Node, kind_of
from ragone.dataset.evaluations.rows import Records, Writer
from ragone.dataset.evaluations.view import type_of
from ragone.dataset.tables import Row, Tables, table_name
from ragone.schemas import CycleLife, LifeOutcome

if TYPE_CHECKING:
    import polars as pl

VIEW = "lives"
HOLDS = "Cycle lives, a row each, with the covariates and the designs of their cells beside them."
_FIELDS = (
    *("cell_name", "outcome", "lower", "upper", "entry", "unit"),
    *("standard_uncertainty", "criterion", "reason", "created"),
)
_OBSERVED, _UNIT, _OF_COVARIATES = "observed", "_unit", " of covariates"
_MEANINGS = {
    "id": "id of the cycle life",
    _OBSERVED: "whether the end of the life was seen; otherwise the life is censored",
    "created": "when the life was read off, or given",
}
_OWN = ("id", *_FIELDS, _OBSERVED)
_EVENTS = frozenset(str(outcome) for outcome in LifeOutcome if outcome.is_event)
_OF_RUNS = frozenset({"seed", "cycles"})  # settings that say nothing about the cell


class Lives:
    """The cycle lives of one lake."""

    def __init__(self, tables: Tables, columns: Columns) -> None:
        self._tables = tables
        self._columns = columns

    def now(self) -> pl.DataFrame:
        """A row for each life of the present."""
        return self._frame(None)

    def at(self, ids: Collection[str]) -> pl.DataFrame:
        """A row for each life that a snapshot holds, made from its runs and no others."""
        return self._frame(frozenset(ids))

    def outline(self) -> pl.DataFrame:
        """The columns that are there whatever the lake holds, without a row."""
        return self._framed([])

    def described(self, name: str) -> tuple[str, str]:
        """Unit and meaning of a column."""
        own = CycleLife.fields().get(name)
        if name in _OWN:
            return "", _MEANINGS.get(name) or (own.doc if own else "")
        if self._columns.is_declared(name) or (" of " in name and not name.endswith(_OF_COVARIATES)):
            return self._columns.unit_of(name), self._columns.meaning(name)
        if name.endswith(_UNIT):
            return "", f"unit of {name.removesuffix(_UNIT)}"
        return "", "a covariate, or a setting of the run that aged the cell; a unit stands beside it, or ends its name"

    def _frame(self, only: frozenset[str] | None) -> pl.DataFrame:
        found = self._tables.read(table_name(CycleLife.kind)).to_pylist()
        lives = [life for life in found if life["outcome"] is not None and (only is None or life["id"] in only)]
        graph = Graph(self._tables, (lambda _: True) if only is None else only.__contains__)
        graph.climb(life["id"] for life in lives)
        ancestry, records = Ancestry(graph), Records(self._tables)
        made = [(life, node) for life in lives for node in _makers(graph, life["id"])]
        candidates = [_candidate(ancestry, node) for _, node in made]
        nearest = [
            ancestry.nearest(_parents(node), candidate, node.started)
            for (_, node), candidate in zip(made, candidates, strict=True)
        ]
        records.load({*candidates, *(name for each in nearest for ids in each.values() for name in ids)} - {""})
        writer, rows = Writer(self._columns, records), []
        for (life, node), candidate, behind in zip(made, candidates, nearest, strict=True):
            row = _settings(graph, _parents(node))
            writer.show_nearest(row, behind)
            writer.show_candidate(row, candidate)
            rows.append(_beside(row, _covariates(life)) | _own(life))
        return self._framed(rows)

    def _framed(self, rows: list[Row]) -> pl.DataFrame:
        """The rows, their own columns first, then those that no record declares, then the fields of records."""
        import polars as pl

        names = dict.fromkeys(name for row in rows for name in row if name not in _OWN)
        further = [name for name in names if not self._columns.is_declared(name)]
        ordered = [*_OWN, *further, *self._columns.ordered(name for name in names if self._columns.is_declared(name))]
        columns = []
        for name in ordered:
            values = [row.get(name) for row in rows]
            columns.append(pl.Series(name, values, self._type(name, values), strict=False))
        return pl.DataFrame(columns)

    def _type(self, name: str, values: list[Any]) -> Any:
        import polars as pl

        fixed = {_OBSERVED: pl.Boolean, "created": pl.Datetime("us", "UTC")}
        of_field = CycleLife.fields()[name].dtype if name in CycleLife.fields() else self._columns.type_of(name)
        if name in _OWN:
            return fixed.get(name) or (pl.Float64 if of_field == "float64" else pl.String)
        found = type_of(values)
        return found if found != pl.Null else pl.Float64 if of_field in ("", "float64") else pl.String


def _makers(graph: Graph, life: str) -> Iterator[Node]:
    """The runs that made a life of different records: equal lives of several cells are one record."""
    yield from {node.inputs: node for node in reversed(graph.makers(life))}.values()


def _parents(node: Node) -> list[str]:
    return list(dict.fromkeys(parent for _, parent in node.inputs))


def _candidate(ancestry: Ancestry, node: Node) -> str:
    """The one candidate behind a life; empty if there is none, or several."""
    found = frozenset[str]().union(*(ancestry.candidates_of(parent, node.started) for parent in _parents(node)))
    return min(found) if len(found) == 1 else ""


def _settings(graph: Graph, starts: Iterable[str]) -> Row:
    """The settings of the runs that made something of a cell, as far as they agree."""
    found: Row = {}
    waiting, seen = list(starts), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or kind_of(name) == CELL:
            continue
        seen.add(name)
        for node in graph.makers(name)[:1]:
            waiting += _parents(node)
            if any(kind_of(parent) == CELL for parent in _parents(node)):
                for setting, value in node.parameters.items():
                    if isinstance(value, str | int | float) and setting not in _OF_RUNS:
                        found[setting] = value if found.get(setting, value) == value else None
    return found


def _covariates(life: Row) -> Row:
    """The covariates of a life by name, with the units of the numbers."""
    found: Row = {}
    for name, value in json.loads(life["covariates"] or "{}").items():
        if isinstance(value, Mapping) and isinstance(value.get("value"), int | float):
            found |= {name: float(value["value"]), f"{name}{_UNIT}": str(value.get("unit", ""))}
        else:
            found[name] = value if isinstance(value, str) else json.dumps(value)
    return found


def _beside(row: Row, covariates: Row) -> Row:
    """Covariates and what else is known; one that has the name of something else says that it is a covariate."""
    taken = {name for name, value in covariates.items() if name in _OWN or row.get(name, value) != value}
    return row | {f"{name}{_OF_COVARIATES}" if name in taken else name: value for name, value in covariates.items()}


def _own(life: Row) -> Row:
    return {name: life[name] for name in ("id", *_FIELDS)} | {_OBSERVED: life["outcome"] in _EVENTS}
