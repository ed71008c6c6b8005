"""The appearance of rows: answers of queries and evaluations, with units, uncertainties and short ids."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from ragone.app.columns import ColumnError, label, spread_of, unit, unit_column
from ragone.app.markup import Markup, element, table
from ragone.app.notebook.appearance import content_of, lines_of
from ragone.app.tables.answers import cell_text, quantity
from ragone.app.tables.fitting import fitted
from ragone.shown import Shown

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, repr=False)
class Rows(Shown):
    """The first rows of a frame, a column with its unit and uncertainty in one, and how many rows there are."""

    heads: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    height: int


def show(frame: pl.DataFrame | pl.LazyFrame, rows: int = 20) -> Rows:
    """Return the answer of a query, or evaluations, as a notebook or a terminal can show them.

    Columns without any value are left out. A standard uncertainty stands behind its value, a unit in the head of its
    column, an id is cut to twelve digits.

    Parameters
    ----------
    frame
        The answer; a lazy one is computed.
    rows
        The number of rows that are shown at most.
    """
    found = frame.lazy().collect()
    columns = [name for name in found.columns if found[name].null_count() < found.height or not found.height]
    heads = {name: _head(found, name) for name in columns}
    numbers = {name for name in columns if found[name].dtype.is_numeric()}
    spreads = {name: spread for name in numbers if (spread := spread_of(found, name)) in numbers}
    units = {unit_column(name) for name, head in heads.items() if "[" in head}
    chosen = [name for name in columns if name not in {*units, *spreads.values()}]
    cells = [tuple(_cell(row, name, spreads.get(name)) for name in chosen) for row in found.head(rows).to_dicts()]
    return Rows(tuple(heads[name] for name in chosen), tuple(cells), found.height)


def _head(frame: pl.DataFrame, name: str) -> str:
    """The name in words with its unit; as it is where its values have several units, or none."""
    with suppress(ColumnError):
        if unit(frame, name):
            return label(frame, name)
    return name


def _cell(row: dict[str, Any], name: str, spread: str | None) -> str:
    value, uncertainty = row[name], row[spread] if spread else None
    if value is None or uncertainty is None:
        return cell_text(value)
    return quantity(value, "", uncertainty).removesuffix(" -")


def _more(rows: Rows) -> str:
    """The number of rows, or of those that are left out."""
    left = rows.height - len(rows.cells)
    count = left or rows.height
    return f"{'and ' if left else ''}{count} {'more ' if left else ''}row{'' if count == 1 else 's'}"


@lines_of.register
def _(rows: Rows) -> list[RenderableType]:
    fit = fitted(rows.heads, rows.cells, get_terminal_size((100, 24)).columns)
    left_out = f"; too wide, left out: {', '.join(fit.left_out)}" if fit.left_out else ""
    return [fit.shown, Text(_more(rows) + left_out)]


@content_of.register
def _(rows: Rows) -> list[Markup]:
    return [table(list(rows.heads), [list(row) for row in rows.cells]), element("p", _more(rows), class_="faint")]
