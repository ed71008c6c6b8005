"""The tables that are made when a query names them: evaluations, cycle lives, tags, notes and saved queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ragone.dataset.annotations import standing, standing_queries
from ragone.dataset.evaluations import VIEWS, Summary
from ragone.dataset.lives import HOLDS, VIEW
from ragone.dataset.query import View
from ragone.dataset.store import Store
from ragone.dataset.tables import ARTIFACTS, LINEAGE, RUNS, Row, table_name
from ragone.schemas.annotation import Aspect
from ragone.schemas.kinds import KINDS
from ragone.schemas.provenance import Run, Snapshot

if TYPE_CHECKING:
    import polars as pl

_REMARKS: Mapping[Aspect, Mapping[str, str]] = {
    aspect: {
        "subject_id": "the artifact or run that it is about",
        aspect.value: what,
        "author": "who said it",
        "annotated": "when",
        "id": "id of the record that says it",
    }
    for aspect, what in ((Aspect.TAG, "the tag, by which the subject may be named"), (Aspect.NOTE, "what it says"))
}
_QUERIES = {
    "name": "by which it is asked for: ragone query --saved NAME",
    "sql": "the query",
    "parameters": "values of parameters that are used unless others are given; JSON",
    "author": "who saved it",
    "saved": "when",
    "id": "id of the record that holds it",
}
_HOLD = {
    "tags": "Tags that stand on artifacts and runs.",
    "notes": "Notes that stand on artifacts and runs.",
    "queries": "Queries that were saved under a name.",
}


def views(store: Store, snapshot: Snapshot | None = None) -> dict[str, View]:
    """Return the views of a lake by name, as it is now or at a snapshot."""
    only = None if snapshot is None else frozenset(snapshot.artifact_ids)

    def evaluations() -> pl.DataFrame:
        if snapshot is None:
            return store.evaluations.now()
        return store.evaluations.at(snapshot.id, snapshot.artifact_ids)

    def made(view: Summary) -> View:
        def described(name: str) -> tuple[str, str]:
            own = view.columns.get(name)
            columns = store.evaluations.columns
            return ("", own) if own else (columns.unit_of(name), columns.meaning(name))

        return View(lambda: view.of(evaluations()), lambda: view.of(store.evaluations.outline()), view.holds, described)

    found = {name: made(view) for name, view in VIEWS.items()}
    lives = store.lives
    found[VIEW] = View(
        lives.now if snapshot is None else lambda: lives.at(snapshot.artifact_ids),
        lives.outline,
        HOLDS,
        lives.described,
    )
    for name, aspect in (("tags", Aspect.TAG), ("notes", Aspect.NOTE)):
        renamed = {"content": aspect.value}
        found[name] = _table(name, _REMARKS[aspect], "annotated", partial(standing, store, aspect, only), renamed)
    found["queries"] = _table("queries", _QUERIES, "saved", partial(standing_queries, store, only), {})
    return found


def table_names() -> list[str]:
    """Return the names of all tables and views that a lake has, as the installed packages know them."""
    return sorted(
        [ARTIFACTS, RUNS, LINEAGE, *VIEWS, VIEW, *_HOLD, *(table_name(kind) for kind in KINDS if kind != Run.kind)]
    )


def _table(
    name: str,
    columns: Mapping[str, str],
    moment: str,
    rows: Callable[[], list[Row]],
    renamed: Mapping[str, str],
) -> View:
    """A view of rows with these columns: text, but for the moment."""

    def frame(rows: list[Row]) -> pl.DataFrame:
        import polars as pl

        schema = {column: pl.Datetime("us", "UTC") if column == moment else pl.String for column in columns}
        known = [{renamed.get(field, field): value for field, value in row.items()} for row in rows]
        return pl.DataFrame([{column: row[column] for column in columns} for row in known], schema=schema)

    return View(lambda: frame(rows()), lambda: frame([]), _HOLD[name], lambda column: ("", columns[column]))
