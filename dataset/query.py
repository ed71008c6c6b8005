"""One SELECT over the tables, answered by DuckDB as polars; of the present, or of a snapshot."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ragone.dataset.durations import holds_intervals, with_durations
from ragone.dataset.errors import NotASelectError
from ragone.dataset.limits import QueryLimits, within
from ragone.dataset.query_refusals import refused, words_of
from ragone.dataset.tables import LINEAGE, Tables

if TYPE_CHECKING:
    import polars as pl

_BATCH_ROWS = 10_000
_LISTING = re.compile(r"show|describe|information_schema|pg_catalog|sqlite_master|(duckdb|pragma)_\w+")
_NOT_HANDED_ON = (
    "the answer has a column of a type that cannot be handed on, such as an interval of months. Cast it, with ::text."
)
_BEFORE_A_TABLE = r"(?:\b(?:from|join|describe|summarize|pivot|unpivot|table)\s|,)\s*\"?"

_Made = Mapping[str, "pl.DataFrame | None"]  # None for a view that the query does not ask about


@dataclass(frozen=True)
class View:
    """A further table: its rows, which take time to make, its columns without rows, and what they hold.

    `described` gives unit and meaning of a column.
    """

    rows: Callable[[], pl.DataFrame]
    columns: Callable[[], pl.DataFrame]
    holds: str
    described: Callable[[str], tuple[str, str]]

    def made_for(self, name: str, query: str) -> pl.DataFrame | None:
        """The part of it that a query needs: the rows if it names the view; a column called so does not count."""
        if re.search(_BEFORE_A_TABLE + rf"{name}\b", query, re.IGNORECASE):
            return self.rows()
        return self.columns() if _lists_tables(query) else None


def select(
    tables: Tables,
    query: str,
    only: Sequence[str] | None = None,
    limits: QueryLimits | None = None,
    views: Mapping[str, View] = MappingProxyType({}),
    parameters: Mapping[str, Any] | None = None,
) -> pl.DataFrame:
    """Answer a query.

    Parameters
    ----------
    tables
        The tables it may name.
    query
        One SELECT (or WITH ... SELECT, SHOW TABLES, DESCRIBE, SUMMARIZE) in DuckDB's dialect. It can read nothing but
        the tables.
    only
        Ids of artifacts and runs to be seen; None for all.
    limits
        What it may take; the default ones if None.
    views
        Further tables by name, each made when the query names it; `only` is theirs to heed.
    parameters
        Values of what stands in the query as ``$name``; they are bound, and never part of its text.

    Raises
    ------
    NotASelectError
        If it is something else, several statements, or cannot be answered; the message says why.
    QueryLimitError
        If it was stopped because it met a limit.
    """
    import duckdb

    settled, began = (limits or QueryLimits()).settled(), time.monotonic()
    further = _made(views, query, settled)
    with TemporaryDirectory(prefix="ragone-query-", ignore_cleanup_errors=True) as spill:
        database = _database(settled, spill)

        def work() -> pa.Table:
            try:
                return _answer(database, tables, query, only, settled, further, parameters)
            finally:
                database.close()

        def interrupt() -> None:
            with suppress(duckdb.Error):  # it ended meanwhile
                database.interrupt()

        return _frame(within(settled, work, interrupt, began=began))


def _made(views: Mapping[str, View], query: str, limits: QueryLimits) -> _Made:
    """The views that a query needs, within its time; their memory is that of the lake, and not counted."""
    timed = replace(limits, memory_byte=sys.maxsize)
    return within(timed, lambda: {name: view.made_for(name, query) for name, view in views.items()}, lambda: None)


def _frame(answer: pa.Table) -> pl.DataFrame:
    """The answer as polars takes it: no name twice, durations for intervals."""
    import polars as pl

    twice = sorted(name for name, count in Counter(answer.column_names).items() if count > 1)
    if twice:
        raise NotASelectError(f"the answer has two columns named {twice[0]!r}. Name one otherwise, with AS.")
    answer = with_durations(answer)
    if any(map(holds_intervals, answer.schema.types)):
        raise NotASelectError(_NOT_HANDED_ON)
    try:
        frame = pl.from_arrow(answer)
    except pl.exceptions.ComputeError as cause:
        raise NotASelectError(_NOT_HANDED_ON) from cause
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
    parameters: Mapping[str, Any] | None,
) -> pa.Table:
    """The rows, taken batch by batch, so that an answer without end is noticed."""
    import duckdb

    batches, size = [], 0
    try:
        _require_one_select(connection, query)
        _offer_tables(connection, tables, query, only)
        for name, frame in views.items():
            if frame is not None:
                connection.register(name, frame.lazy())  # lazy: only the columns that the query names are converted
        reader = connection.sql(query, params=dict(parameters or {}) or None).to_arrow_reader(_BATCH_ROWS)
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
        raise refused(cause, query, {**tables.schemas, **_schemas(views)}) from cause


def require_select(query: str) -> None:
    """Refuse what is not one SELECT that can be read; nothing is executed.

    Raises
    ------
    NotASelectError
        If it is something else.
    """
    import duckdb

    with duckdb.connect() as connection:
        try:
            _require_one_select(connection, query)
        except duckdb.Error as cause:
            raise refused(cause, query, {}) from cause


def _require_one_select(connection: Any, query: str) -> None:
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


def _lists_tables(query: str) -> bool:
    return any(map(_LISTING.fullmatch, words_of(query)))


def _offer_tables(connection: Any, tables: Tables, query: str, only: Sequence[str] | None) -> None:
    """Offer the tables that the words of the query name, and all others without rows if it asks which tables there are.

    DuckDB is not asked which ones it names: its own search for names can take for ever, and hears no interrupt.
    """
    words, lists = words_of(query), _lists_tables(query)
    for name, schema in tables.schemas.items():
        if name in words:
            _offer(connection, tables, name, only)
        elif lists:
            connection.register(name, schema.empty_table())


def _offer(connection: Any, tables: Tables, name: str, only: Sequence[str] | None) -> None:
    if only is None:
        connection.register(name, tables.dataset(name))
        return
    everything = connection.from_arrow(tables.dataset(name)).set_alias("everything")
    seen = connection.from_arrow(pa.table({"seen_id": pa.array(only, pa.string())})).set_alias("seen")
    key = "run_id" if name == LINEAGE else "id"
    everything.join(seen, f"everything.{key} = seen.seen_id", how="semi").create_view(name)


def _schemas(views: _Made) -> Mapping[str, pa.Schema]:
    """The columns of each view; of one that was not made, none."""
    return {name: pa.schema([]) if frame is None else frame.clear().to_arrow().schema for name, frame in views.items()}
