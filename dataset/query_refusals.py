"""Why can a query not be answered, and what was meant? The errors of DuckDB, in terms of the tables of a lake."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pyarrow as pa

from ragone.dataset.errors import NotASelectError
from ragone.schemas.errors import did_you_mean, nearest

Schemas = Mapping[str, pa.Schema]

_LONGEST = 100  # characters of a name that is looked up
_SOME = 3  # tables that are named as having a column
_CANDIDATES = re.compile(r'"(?:[^".]*\.)?([^".]+)"')


def words_of(query: str) -> set[str]:
    """Return all words of a query, those of comments and texts too, in small letters."""
    return set(re.findall(r"\w+", query.lower()))


def refused(cause: Exception, query: str, schemas: Schemas) -> NotASelectError:
    """Explain an error of DuckDB.

    Parameters
    ----------
    cause
        The error.
    query
        What was asked.
    schemas
        The columns of each table.
    """
    text = str(cause).strip().partition("\n\n")[0]
    words = re.sub(r"^\w+ Error: ", "", text)
    for pattern, explain in _EXPLAINED.items():
        found = re.match(pattern, words, re.DOTALL)
        explained = explain(found[1], words[found.end() :], query, schemas) if found else ""
        if explained:
            return NotASelectError(explained)
    return NotASelectError(f"the query cannot be answered: {words}")


def _no_table(name: str, _: str, __: str, schemas: Schemas) -> str:
    return f"there is no table {name!r}: {did_you_mean(name[:_LONGEST], schemas)}"


def _no_alias(name: str, rest: str, *_: object) -> str:
    return f"the query has no table {name!r}{_hint(name, rest)}"


def _no_function(name: str, rest: str, *_: object) -> str:
    return f"there is no function {name!r}{_hint(name, rest)}"


def _hint(name: str, rest: str) -> str:
    candidates = _CANDIDATES.findall(rest)
    return f": {did_you_mean(name[:_LONGEST], candidates)}" if candidates else "."


def _no_such_arguments(call: str, *_: object) -> str:
    if "INTERVAL" in call:
        return f"there is no {call}. Take seconds, with epoch(): for example sum(epoch(ended - started))."
    return f"there is no {call}. Convert what it is given, for example with ::double or ::text."


def _no_value(names: str, *_: object) -> str:
    listed = ", ".join(f"${name.strip()}" for name in names.split(","))
    return f"there is no value for {listed} of the query. Give it with --set NAME=VALUE, in Python with parameters."


def _no_parameter(names: str, *_: object) -> str:
    listed = ", ".join(f"${name.strip()}" for name in names.split(","))
    return f"the query has no parameter {listed}. Leave its value out, or write it into the query."


def _no_column(name: str, rest: str, query: str, schemas: Schemas) -> str:
    """Name the nearest column of the tables that the query names; else tables that have it; else what lists columns."""
    tables = [table for table in schemas if table in words_of(query)]
    own = {column for table in tables for column in schemas[table].names}
    if name in own:
        return ""  # it is there, and something else is wrong
    where = f" in {' and '.join(tables)}" if tables else ""
    said = f"there is no column {name!r}{where}"
    near = nearest(name[:_LONGEST], own | set(_CANDIDATES.findall(rest)))
    if near:
        return f"{said}: did you mean {' or '.join(map(repr, near))}?"
    having = [table for table, schema in schemas.items() if name in schema.names][:_SOME]
    if having:
        return f"{said}; {' and '.join(having)} {'have' if len(having) > 1 else 'has'} one."
    text = f" A text is written between single quotes: '{name}'." if f'"{name}"' in query else ""
    return f"{said}.{text} List columns with: ragone tables {tables[0] if tables else 'NAME'}"


_EXPLAINED: Mapping[str, Callable[[str, str, str, Schemas], str]] = {
    r"Invalid Input Error: Values were not provided for the following \w* ?parameters: (.*)": _no_value,
    r"Invalid Input Error: .*identifiers of the excess parameters: (.*)": _no_parameter,
    r"Table with name (.*) does not exist!": _no_table,
    r'Referenced table "(.*)" not found!': _no_alias,
    r'Referenced column "(.*)" (?:not found in|was not found because the) FROM clause': _no_column,
    r'Values list ".*" does not have a column named "(.*)"': _no_column,
    r'[Cc]olumn "(.*)" (?:does not exist on|in \w+ list not found|must appear in the GROUP BY)': _no_column,
    r"\w+ Function with name (.*) does not exist!": _no_function,
    r"No function matches the given name and argument types '(.*?)'\.": _no_such_arguments,
}
