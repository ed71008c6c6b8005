"""One SELECT over the tables, answered by DuckDB as polars; of the present, or of a snapshot."""

from __future__ import annotations

import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import polars as pl
import pyarrow as pa

from ragone.dataset.errors import NotASelectError
from ragone.dataset.limits import QueryLimits, within
from ragone.dataset.tables import LINEAGE, Tables
from ragone.schemas.errors import did_you_mean

_BATCH_ROWS = 10_000
_BEFORE_A_TABLE = r"(?:\b(?:from|join|describe|summarize|pivot|unpivot|table)\s|,)\s*\"?"

Views = Mapping[str, Callable[[], pl.DataFrame]]
_Made = Mapping[str, pl.DataFrame | None]  # None for a view that the query does not name


def select(
    tables: Tables,
    query: str,
    only: Sequence[str] | None = None,
    limits: QueryLimits | None = None,
    views: Views = MappingProxyType({}),
) -> pl.DataFrame:
    """Answer a query.

    Parameters
    ----------
    tables
        The tables it may name.
    query
        One SELECT (or WITH ... SELECT) in DuckDB's dialect. It can read nothing but the tables.
    only
        Ids of artifacts and runs to be seen; None for all.
    limits
        What it may take; the default ones if None.
    views
        Further tables by name, each made when the query names it; `only` is theirs to heed.

    Raises
    ------
    NotASelectError
        If it is something else, several statements, or cannot be answered; the message says why.
    QueryLimitError
        If it was stopped because it met a limit.
    """
    import duckdb

    settled = (limits or QueryLimits()).settled()
    further = {name: make() if _is_named(name, query) else None for name, make in views.items()}
    with TemporaryDirectory(prefix="ragone-query-", ignore_cleanup_errors=True) as spill:
        database = _database(settled, spill)

        def work() -> pa.Table:
            try:
                return _answer(database, tables, query, only, settled, further)
            finally:
                database.close()

        def interrupt() -> None:
            with suppress(duckdb.Error):  # it ended meanwhile
                database.interrupt()

        answer = within(settled, work, interrupt)
    twice = sorted(name for name, count in Counter(answer.column_names).items() if count > 1)
    if twice:
        raise NotASelectError(f"the answer has two columns named {twice[0]!r}. Name one otherwise, with AS.")
    try:
        frame = pl.from_arrow(answer)
    except pl.exceptions.ComputeError as cause:
        raise NotASelectError(
            "the answer has a column of a type that cannot be handed on, such as an interval. Cast it, with ::text."
        ) from cause
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _database(limits: QueryLimits, spill: str) -> Any:
    """An empty database that can reach no file but what it spills itself, and nothing can change that."""
    import duckdb

    half = (limits.memory_byte or 0) // 2
    return duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": f"{half}B",
            "temp_directory": spill,
            "max_temp_directory_size": f"{min(2 * half, shutil.disk_usage(spill).free // 10)}B",
            "lock_configuration": "true",
        }
    )


def _answer(
    connection: Any,
    tables: Tables,
    query: str,
    only: Sequence[str] | None,
    limits: QueryLimits,
    views: _Made,
) -> pa.Table:
    """The rows, taken batch by batch, so that an answer without end is noticed."""
    import duckdb

    batches, size = [], 0
    try:
        _require_select(connection, query)
        for name in _named(tables, query):
            _offer(connection, tables, name, only)
        for name, frame in views.items():
            if frame is not None:
                connection.register(name, frame.lazy())  # lazy: only the columns that the query names are converted
        reader = connection.sql(query).to_arrow_reader(_BATCH_ROWS)
        for batch in reader:
            batches.append(batch)
            size += batch.nbytes
            if 2 * size > (limits.memory_byte or 0):
                raise limits.of_memory("the answer of the query")
        return pa.Table.from_batches(batches, reader.schema)
    except (duckdb.OutOfMemoryException, MemoryError) as cause:
        raise limits.of_memory("the query") from cause
    except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as cause:  # the reader's are not DuckDB's own
        if str(cause).startswith("Out of Memory"):
            raise limits.of_memory("the query") from cause
        raise _refused(cause, tables, query, views) from cause


def _require_select(connection: Any, query: str) -> None:
    import duckdb

    statements = connection.extract_statements(query)
    if len(statements) != 1 or _kind(statements[0]) != duckdb.StatementType.SELECT.name:
        kinds = ", ".join(map(_kind, statements)) or "nothing"
        raise NotASelectError(
            f"a query must be one SELECT, not {kinds}. The lake is changed by runs alone: see ragone run, import, drop."
        )


def _kind(statement: Any) -> str:
    try:
        return str(statement.type.name)
    except ValueError:  # DuckDB's Python does not know all kinds of DuckDB
        return "a statement"


def _named(tables: Tables, query: str) -> list[str]:
    """The tables that the query may mean: DuckDB's own search for names can take for ever, and hears no interrupt."""
    words = set(re.findall(r"\w+", query.lower()))
    return [name for name in tables.schemas if name in words]


def _is_named(view: str, query: str) -> bool:
    """Whether the query may mean a view, which takes time to make: a column called so does not count."""
    return re.search(_BEFORE_A_TABLE + rf"{view}\b", query, re.IGNORECASE) is not None


def _offer(connection: Any, tables: Tables, name: str, only: Sequence[str] | None) -> None:
    if only is None:
        connection.register(name, tables.dataset(name))
        return
    everything, seen = (f"hidden_{secrets.token_hex(8)}" for _ in range(2))  # no query can name them
    connection.register(everything, tables.dataset(name))
    connection.register(seen, pa.table({"id": pa.array(only, pa.string())}))
    key = "run_id" if name == LINEAGE else "id"
    connection.execute(f"CREATE TEMP VIEW {name} AS FROM {everything} WHERE {key} IN (SELECT id FROM {seen})")


def _refused(cause: Exception, tables: Tables, query: str, views: _Made) -> NotASelectError:
    text = str(cause).strip().partition("\n\n")[0]
    missing = re.match(r"Catalog Error: Table with name (.*) does not exist!", text, re.DOTALL)
    if missing:
        return NotASelectError(
            f"there is no table {missing[1]!r}: {did_you_mean(missing[1], (*tables.schemas, *views))}"
        )
    column = re.match(r'Binder Error: Referenced column "(.*?)" (?:was )?not found', text, re.DOTALL)
    if column:
        known = [name for table in _named(tables, query) for name in tables.schemas[table].names]
        known += [name for frame in views.values() if frame is not None for name in frame.columns]
        return NotASelectError(f"there is no column {column[1]!r}: {did_you_mean(column[1], known)}")
    return NotASelectError(f"the query cannot be answered: {text}")
