"""`ragone show`: any record as a table; a microstructure as a slice, a curve as a curve."""

from __future__ import annotations

from rich.console import Group

from ragone.app.pictures.drawing import draw
from ragone.app.tables.battery_data import export_battery_data
from ragone.app.tables.records import record_lines
from ragone.app.tables.remarks import remarks_of
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Show the record, and draw or write it into a file if one is named."""
    given, console = session.arguments, session.out
    with session.lake() as lake, session.working("reading"):
        record = lake.get(given.id)
        remarks = remarks_of(lake, record.id)
        said = {"tags": lake.annotations.tags(record.id), "notes": lake.annotations.notes(record.id)}
    if given.png:
        draw(record, given.png)
        session.advise(f"drawn into {given.png}")
    if given.bdf:
        export_battery_data(record, given.bdf)
        session.advise(f"written to {given.bdf}")
    lines = record_lines(record, console.width, coloured=console.color_system is not None)
    session.answer({"id": record.id, "record": record, **said}, Group(*lines[:2], *remarks, *lines[2:]))
    return FINE
