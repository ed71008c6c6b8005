"""`ragone show`: any record as a table; a microstructure as a slice, a curve as a curve."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType

from ragone.app.pictures.characters import curve, slice_blocks
from ragone.app.pictures.drawing import draw
from ragone.app.tables.answers import record_table
from ragone.app.tables.battery_data import export_battery_data
from ragone.app.tables.cell import cell_table
from ragone.app.tables.remarks import remarks_of
from ragone.app.terminal.session import FINE, Session
from ragone.schemas import CellParameters, Curve, Microstructure, Record


def execute(session: Session) -> int:
    """Show the record, and draw or write it into a file if one is named."""
    given = session.arguments
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
    shown: list[RenderableType] = [record_table(record), *remarks, *_picture(record, session.out)]
    session.answer({"id": record.id, "record": record, **said}, Group(*shown))
    return FINE


def _picture(record: Record, console: Console) -> list[RenderableType]:
    if isinstance(record, Microstructure):
        return ["", slice_blocks(record, console.width, coloured=console.color_system is not None)]
    if isinstance(record, CellParameters):
        return ["", cell_table(record)]
    if isinstance(record, Curve) and len(record.test_time_second) > 1:
        return ["", curve(record.test_time_second, record.voltage_volt, "voltage [V] over time [s]", console.width)]
    return []
