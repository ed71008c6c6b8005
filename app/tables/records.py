"""A record for the eye: its fields, and a picture in characters where it is a volume or a curve."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from ragone.app.pictures.characters import curve, slice_blocks
from ragone.app.tables.answers import record_table
from ragone.app.tables.cell import cell_table
from ragone.schemas import CellParameters, Curve, Microstructure, Record


def record_lines(record: Record, width: int, *, coloured: bool) -> list[RenderableType]:
    """Return kind and id in one line, a field in a row, and a picture in characters below if there is one."""
    title = Text(f"{record.kind}  {record.id}", no_wrap=True, overflow="ignore")  # so that the id can be copied
    return [title, record_table(record), *_picture(record, width, coloured=coloured)]


def _picture(record: Record, width: int, *, coloured: bool) -> list[RenderableType]:
    if isinstance(record, Microstructure):
        return ["", slice_blocks(record, width, coloured=coloured)]
    if isinstance(record, CellParameters):
        return ["", cell_table(record)]
    if isinstance(record, Curve) and len(record.test_time_second) > 1:
        return ["", curve(record.test_time_second, record.voltage_volt, "voltage [V] over time [s]", width)]
    return []
