"""Does a condition look at each row alone? Asked of the parsed query, since words in a text can be hidden.

A condition on other rows, such as a rank among them, lets one design decide which others are summed: its privacy would
be spent by a release that does not count it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ragone.models.sharing.errors import ShareError

_ALONE = frozenset(
    ("BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "LAMBDA")
) | {"OPERATOR", "TYPE"}
_CLAUSES = ("modifiers", "group_expressions", "group_sets", "having", "sample", "qualify")


def require_row_condition(where: str) -> None:
    """Raise `ShareError` unless a condition on the evaluations looks at each row alone; an empty one does."""
    import duckdb

    if not where:
        return
    query = f"SELECT 1 FROM evaluations WHERE ({where}\n)"
    with duckdb.connect(config={"enable_external_access": "false"}) as database:
        answer = database.execute("SELECT json_serialize_sql($query)", {"query": query}).fetchone()
    parsed: dict[str, Any] = json.loads(answer[0]) if answer else {"error": True}
    if parsed["error"]:
        raise ShareError(f"--where is no condition: {parsed.get('error_message')}. Write one such as 'porosity < 0.4'.")
    nodes = [statement["node"] for statement in parsed["statements"]]
    if len(nodes) != 1 or nodes[0]["type"] != "SELECT_NODE" or any(nodes[0][clause] for clause in _CLAUSES):
        raise ShareError("--where is more than a condition, which spends privacy unseen. Give one condition alone.")
    other = next((one for one in _classes(nodes[0]["where_clause"]) if one not in _ALONE), None)
    if other is not None:
        raise ShareError(f"--where looks at other rows by a {other}, which spends privacy unseen. Leave it out.")


def _classes(part: Any) -> Iterator[str]:
    """The classes of all expressions in a parsed one."""
    if isinstance(part, Mapping):
        if isinstance(part.get("class"), str):
            yield part["class"]
        for inner in part.values():
            yield from _classes(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _classes(inner)
