"""One SELECT over the tables, answered by DuckDB as polars; of the present, or of a snapshot."""

from __future__ import annotations

import atexit
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl
import pyarrow as pa

from dataset.errors import NotASelectError
from dataset.tables import LINEAGE, Tables
from schemas.errors import did_you_mean


def select(tables: Tables, query: str, only: Sequence[str] | None = None) -> pl.DataFrame:
    """Answer a query.

    Parameters
    ----------
    tables
        The tables it may name.
    query
        One SELECT (or WITH ... SELECT) in DuckDB's dialect. It can read nothing but the tables.
    only
        Ids of artifacts and runs to be seen; None for all.

    Raises
    ------
    NotASelectError
        If it is something else, several statements, or cannot be answered; the message says why.
    """
    import duckdb

    connection = _database().cursor()
    try:
        named = _checked(connection, query, tables)
        for name in named:
            _offer(connection, tables, name, only)
        answer = connection.sql(query).to_arrow_table()
    except duckdb.Error as cause:
        text = str(cause).strip().partition("\n\nLINE")[0]
        raise NotASelectError(f"the query cannot be answered: {text}") from cause
    finally:
        connection.close()
    twice = sorted(name for name, count in Counter(answer.column_names).items() if count > 1)
    if twice:
        raise NotASelectError(f"the answer has two columns named {twice[0]!r}. Name one otherwise, with AS.")
    frame = pl.from_arrow(answer)
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


@cache
def _database() -> Any:
    """An empty database, opened once for this process: it can reach no file, and nothing can change that."""
    import duckdb

    database = duckdb.connect(config={"enable_external_access": "false"})
    database.execute("SET lock_configuration = true")
    atexit.register(_close)  # else DuckDB may complain of it when the process ends
    return database


def _close() -> None:
    _database().close()
    _database.cache_clear()


def _checked(connection: Any, query: str, tables: Tables) -> list[str]:
    """The tables that the query names, if it is one SELECT."""
    import duckdb

    statements = connection.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(s.type.name for s in statements) or "nothing"
        raise NotASelectError(
            f"a query must be one SELECT, not {kinds}. The lake is changed by runs alone: see ragone run, import, drop."
        )
    named = sorted(connection.get_table_names(query))
    for name in named:
        if name not in tables.schemas:
            raise NotASelectError(f"there is no table {name!r}: {did_you_mean(name, tables.schemas)}")
    return named


def _offer(connection: Any, tables: Tables, name: str, only: Sequence[str] | None) -> None:
    if only is None:
        connection.register(name, tables.dataset(name))
        return
    connection.register(f"all_{name}", tables.dataset(name))
    connection.register("snapshot_ids", pa.table({"id": pa.array(only, pa.string())}))
    key = "run_id" if name == LINEAGE else "id"
    connection.execute(f"CREATE TEMP VIEW {name} AS FROM all_{name} WHERE {key} IN (SELECT id FROM snapshot_ids)")
