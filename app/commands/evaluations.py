"""`ragone evaluations`: evaluated designs, one a row, filtered and sorted, with the columns that are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from ragone.app.commands.query import answer
from ragone.app.terminal.session import Session
from ragone.dataset.select import quoted, where_clause
from ragone.schemas import RagoneError

_FIRST = ("campaign", "trial", "outcome", "objective", "objective_value", "objective_unit")


class SelectionError(RagoneError, ValueError):
    """The rows or columns asked for cannot be."""


def execute(session: Session) -> int:
    """Answer on standard output or into a file, as `ragone query` does."""
    return answer(session, "\n".join(_select(session)))


def _select(session: Session) -> Iterator[str]:
    """The parts of the SELECT, a line each, so that a comment ends with its part."""
    given = session.arguments
    yield f"SELECT {_chosen(given.columns, given.sort)} FROM evaluations{where_clause(given.where)}"
    if given.sort:
        yield f"ORDER BY {_column(given.sort)} {'DESC' if given.descending else 'ASC'} NULLS LAST"
    elif given.descending:
        raise SelectionError("--descending has no column to sort by. Name one with --sort COLUMN.")
    if given.limit is not None:
        if given.limit < 0:
            raise SelectionError(f"--limit {given.limit} is negative. Give the number of rows to show.")
        yield f"LIMIT {given.limit}"


def _chosen(columns: str | None, sort: str | None) -> str:
    """The columns named; else the first ones, and what the rows are sorted by."""
    if columns == "all":
        return "*"
    if columns:
        return ", ".join(_column(name) for name in columns.split(",") if name.strip())
    return ", ".join(map(_column, dict.fromkeys((*_FIRST, *([sort] if sort else ())))))


def _column(name: str) -> str:
    """A column's name for SQL, as a person types it: with spaces around, or quoted already."""
    return quoted(name.strip().strip('"'))
