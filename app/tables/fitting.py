"""Rows of a query on a terminal: a table if all columns fit, else a record for each row, or the columns that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import GAP, cell_text, is_number
from ragone.app.terminal.printable import one_line

_WIDEST = 40  # characters of a column; longer cells go on below themselves
_RECORD_LINES = 60  # as records, more are no help


@dataclass(frozen=True)
class Fitted:
    """Rows as they are shown, and the columns that are not."""

    shown: RenderableType
    left_out: tuple[str, ...] = ()


def fitted(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int | None, *, records: bool = False
) -> Fitted:
    """Lay out the rows of a query.

    Parameters
    ----------
    columns, rows
        The answer.
    width
        Characters of a line; None where lines may be as long as they are.
    records
        Whether each row shall be a record: a line for each column.
    """
    cells = [[cell_text(value) for value in row] for row in rows]
    if records:
        return Fitted(_records(columns, cells))
    natural = [max(map(len, column)) for column in zip(map(one_line, columns), *cells, strict=True)]
    needed = natural if width is None else [min(each, _WIDEST, width - GAP) for each in natural]
    chosen = _chosen(needed, width)
    if len(chosen) < len(columns) and len(rows) * (len(columns) + 1) <= _RECORD_LINES:
        return Fitted(_records(columns, cells))
    right = [all(is_number(row[number]) for row in rows) and bool(rows) for number in range(len(columns))]
    table = Table(
        show_edge=False, box=None, padding=(0, GAP, 0, 0), width=sum(needed[number] + GAP for number in chosen)
    )
    for number in chosen:
        head, size = Text(one_line(columns[number])), needed[number]
        justify: Literal["right", "left"] = "right" if right[number] else "left"
        table.add_column(head, justify=justify, min_width=size, max_width=size, overflow="fold")
    for row in cells:
        table.add_row(*(Text(row[number]) for number in chosen))
    return Fitted(table, tuple(name for number, name in enumerate(columns) if number not in chosen))


def _chosen(needed: Sequence[int], width: int | None) -> list[int]:
    """The columns that fit, from the left; one that does not is left out for the narrower ones after it."""
    if width is None:
        return list(range(len(needed)))
    chosen: list[int] = []
    for number, each in enumerate(needed):
        if each + GAP <= width:
            chosen.append(number)
            width -= each + GAP
    return chosen


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Group:
    """A line for each column of each row, with an empty line between two rows."""
    grids: list[RenderableType] = []
    for row in cells:
        grid = Table.grid(padding=(0, GAP, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            grid.add_row(Text(one_line(name)), Text(cell))
        grids += [grid, ""]
    return Group(*grids[:-1])
