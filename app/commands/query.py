"""`ragone query`: one SELECT over the tables, as a table, JSON, CSV or Parquet."""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragone.app.query_text import text_parts
from ragone.app.tables.fitting import fitted
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import QueryLimits
from ragone.schemas import RagoneError
from ragone.schemas.errors import did_you_mean
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.units import parse_quantity

if TYPE_CHECKING:
    import polars as pl


_LISTED = "SELECT name, sql, parameters, author, saved FROM queries ORDER BY name"
_SHOWN_ROWS = 1000  # more are no table to look at


class OutputError(RagoneError, ValueError):
    """The answer cannot be written in the way asked for."""


class AskedError(RagoneError, ValueError):
    """It is not clear what is asked."""


def execute(session: Session) -> int:
    """Answer a query on standard output or into a file; or save, list or remove one."""
    given = session.arguments
    if given.list:
        return answer(session, _LISTED)
    if (given.sql is None) != bool(given.saved or given.remove):
        raise AskedError(
            "give either one SELECT, also with --save NAME, or the name of a saved one: --saved NAME, --remove NAME. "
            "List them: ragone query --list"
        )
    parameters = dict(_setting(text) for text in given.settings)
    if given.save:
        return _save(session, parameters)
    if given.remove:
        with session.lake() as lake:
            removed = lake.annotations.remove_query(given.remove)
        session.answer({"removed": given.remove, "id": removed}, f"{given.remove} is removed")
        return FINE
    return answer(session, given.sql, given.columns, parameters, given.saved)


def answer(
    session: Session,
    sql: str,
    columns: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    saved: str | None = None,
) -> int:
    """Answer a SELECT, or a saved one, in the way that the arguments say, with the columns that are named or all."""
    given = session.arguments
    way = _format(given.format, given.output, wants_json=given.json)
    if way == "parquet" and not given.output:
        raise OutputError("Parquet is not for the terminal. Name a file with --output FILE.parquet.")
    limits = _limits(given)
    with session.lake() as lake, session.working("asking"):
        if saved:
            query = lake.annotations.query(saved)
            sql, parameters = query.sql, {**query.parameters, **(parameters or {})}
        frame = lake.sql(sql, at=given.at, limits=limits, parameters=parameters)
    if columns:
        frame = frame.select(_columns(columns, frame.columns))
    if given.output:
        _write(frame, way, Path(given.output))
        session.advise(one_line(f"{frame.height} rows written to {given.output}"))
    elif way == "table":
        _show(session, frame)
    else:
        sys.stdout.writelines(text_parts(frame, way))
    return FINE


def _save(session: Session, parameters: Mapping[str, Any]) -> int:
    given = session.arguments
    with session.lake() as lake:
        name = lake.annotations.save_query(given.save, given.sql, parameters)
    session.answer({"saved": given.save, "id": name}, f"saved as {one_line(given.save)}")
    session.advise(f"Ask it: ragone query --saved {given.save}{session.again()}")
    return FINE


def _setting(text: str) -> tuple[str, Any]:
    """Name and value of a parameter; a number, true, false or null as JSON writes it, and whatever else is a text."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise AskedError(f"--set {text!r} names no parameter and value. Write NAME=VALUE for $NAME in the query.")
    try:
        found = json.loads(value)
    except ValueError:
        found = value
    plain = found is None or (isinstance(found, str | bool | int | float) and found not in (math.inf, -math.inf))
    return name.strip(), found if plain and found == found else value


def _columns(given: str, known: list[str]) -> list[str]:
    """The columns that a list between commas names."""
    chosen = list(dict.fromkeys(name.strip() for name in given.split(",")))
    for name in chosen:
        if name not in known:
            raise OutputError(f"the answer has no column {name!r}: {did_you_mean(name, known)}")
    return chosen


def width_of(session: Session) -> int | None:
    """Return the characters of a line; None where nothing says how many there are, as in a pipe."""
    bounded = session.out.is_terminal or "COLUMNS" in os.environ
    return session.out.width if bounded else None


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
    fit = fitted(frame.columns, frame.head(_SHOWN_ROWS).rows(), width_of(session), records=session.arguments.records)
    session.out.print(fit.shown)
    if fit.left_out:
        left_out = one_line(", ".join(fit.left_out))
        session.out.print(f"too wide, left out: {left_out}. Choose with --columns a,b, or see all with --records")
    if frame.height > _SHOWN_ROWS:
        session.out.print(f"and {frame.height - _SHOWN_ROWS} more rows: write all with --format csv or --output FILE")
    session.advise(f"{frame.height} rows")


def _write(frame: pl.DataFrame, way: str, path: Path) -> None:
    if way == "parquet":
        frame.write_parquet(path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(text_parts(frame, way))
