"""`ragone tables`: what can be asked of a lake? Its tables with their rows, or the columns of one."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from ragone.app.tables.answers import described_table
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Contents
from ragone.schemas import RagoneError
from ragone.schemas.errors import did_you_mean


class UnknownTableError(RagoneError, LookupError):
    """A lake has no table of the name asked for."""


def execute(session: Session) -> int:
    """List the tables, or the columns of the one that is named."""
    name = session.arguments.name
    with session.lake() as lake, session.working("counting"):
        found = lake.contents()
    if not name:
        session.answer(list(found.values()), _listed(found))
        session.advise(
            f"Columns of a table: ragone tables NAME{session.again()}\n"
            f"Designs beside their KPIs, made of these tables: ragone evaluations{session.again()}"
        )
        return FINE
    if name not in found:
        raise UnknownTableError(f"there is no table {name!r}: {did_you_mean(name, found)}")
    session.answer(found[name], _columns(found[name]))
    return FINE


def _listed(found: dict[str, Contents]) -> Group:
    """Return the tables that have rows, one a line, and the names of the others."""
    filled = [table for table in found.values() if table.rows]
    empty = sorted(table.table for table in found.values() if not table.rows)
    rows = [(table.table, str(table.rows), table.holds) for table in filled]
    shown = described_table(("table", "rows", "holds"), rows)
    return Group(shown, Text(f"\nwithout rows: {', '.join(empty)}")) if empty else Group(shown)


def _columns(table: Contents) -> Group:
    title = Text(f"{table.table}: {table.rows} rows. {table.holds}\n")
    rows = [
        (column.name, column.type, {"1": "-"}.get(column.unit, column.unit), column.doc) for column in table.columns
    ]
    shown = described_table(("column", "type", "unit", "description"), rows)
    if not table.beyond:
        return Group(title, shown)
    return Group(title, shown, Text(f"\nin the records only (ragone show ID, Lake.get): {', '.join(table.beyond)}"))
