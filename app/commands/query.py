"""`ragone query`: one SELECT over the tables, as a table, JSON, CSV or Parquet."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragone.app.query_text import text_parts
from ragone.app.tables.answers import rows_table
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import QueryLimits
from ragone.schemas import RagoneError
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.units import parse_quantity

if TYPE_CHECKING:
    import polars as pl


_SHOWN_ROWS = 1000  # more are no table to look at


class OutputError(RagoneError, ValueError):
    """The answer cannot be written in the way asked for."""


def execute(session: Session) -> int:
    """Answer the query on standard output or into a file."""
    return answer(session, session.arguments.sql)


def answer(session: Session, sql: str) -> int:
    """Answer a SELECT in the way that the arguments say."""
    given = session.arguments
    way = _format(given.format, given.output, wants_json=given.json)
    if way == "parquet" and not given.output:
        raise OutputError("Parquet is not for the terminal. Name a file with --output FILE.parquet.")
    limits = _limits(given)
    with session.lake() as lake, session.working("asking"):
        frame = lake.sql(sql, at=given.at, limits=limits)
    if given.output:
        _write(frame, way, Path(given.output))
        session.advise(one_line(f"{frame.height} rows written to {given.output}"))
    elif way == "table":
        _show(session, frame)
    else:
        sys.stdout.writelines(text_parts(frame, way))
    return FINE


def _limits(given: Any) -> QueryLimits:
    """The limits that the arguments set; a bare number is of seconds."""
    timeout = parse_quantity(_spaced(given.timeout, "s"), "s", "--timeout", POSITIVE)
    memory = None if given.memory is None else parse_quantity(_spaced(given.memory), "byte", "--memory", Bounds(low=1))
    return QueryLimits(timeout, None if memory is None else int(memory))


def _spaced(text: str, unit: str = "") -> str:
    """A number and its unit with the space between them, as ``500MB`` has not."""
    number, _, letters = re.sub(r"^([\d.]+)([A-Za-z]+)$", r"\1 \2", text.strip()).partition(" ")
    return f"{number} {letters or unit}"


def _format(chosen: str | None, output: str | None, *, wants_json: bool) -> str:
    if chosen or not output:
        return chosen or ("json" if wants_json else "table")
    ending = Path(output).suffix.lstrip(".").lower()
    known = {"json": "json", "csv": "csv", "parquet": "parquet", "txt": "table"}
    if ending not in known:
        raise OutputError(f"the ending of {output} names no format. Name one with --format json, csv or parquet.")
    return known[ending]


def _show(session: Session, frame: pl.DataFrame) -> None:
    session.out.print(rows_table(frame.columns, frame.head(_SHOWN_ROWS).rows()))
    if frame.height > _SHOWN_ROWS:
        session.out.print(f"and {frame.height - _SHOWN_ROWS} more rows: write all with --format csv or --output FILE")
    session.advise(f"{frame.height} rows")


def _write(frame: pl.DataFrame, way: str, path: Path) -> None:
    if way == "parquet":
        frame.write_parquet(path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(text_parts(frame, way))
