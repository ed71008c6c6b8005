"""Parts of a SELECT that a person or a program puts together: names of columns, and a condition as it was typed."""

from __future__ import annotations


def quoted(name: str) -> str:
    """Return a column's name for SQL, which may hold spaces: ``energy_density of fast``."""
    return '"' + name.replace('"', '""') + '"'


def where_clause(condition: str) -> str:
    """Return the clause of a condition, on lines of its own so that a comment ends with it; empty without one."""
    return f"\nWHERE ({condition}\n)" if condition else ""
