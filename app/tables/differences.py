"""Two artifacts side by side: section by section what they say, and how far apart the numbers are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import GAP, cell_text, is_number, quantity, short
from ragone.app.terminal.printable import one_line
from ragone.dataset import Difference, Entry

_WIDEST = 48  # characters of a column


def difference_text(found: Difference, heads: tuple[str, str], *, everything: bool, width: int | None) -> Group:
    """Return what differs, or everything, as a table for each section.

    Parameters
    ----------
    found
        The difference.
    heads
        What is said of each artifact beside its id.
    everything
        Whether also what is the same is shown.
    width
        Characters of a line; None where lines may be as long as they are.
    """
    names = [short(found.first), short(found.second)]
    parts: list[RenderableType] = [
        Text(one_line(f"{number} {name}  {head}").rstrip())
        for number, name, head in zip(("first  ", "second "), names, heads, strict=True)
    ]
    for section in found.sections:
        chosen = [entry for entry in section.entries if everything or entry.differs]
        alike = len(section.entries) - len(chosen)
        if chosen:
            title = f"{section.title} ({alike} alike)" if alike else section.title
            parts += ["", Text(title, style="bold"), _table(chosen, width)]
        elif section.entries:
            parts += ["", Text(f"{section.title}: no difference ({alike} alike)")]
    return Group(*parts)


def _table(entries: Sequence[Entry], width: int | None) -> Table:
    rows = [_row(entry) for entry in entries]
    heads = ("", "first", "second", "difference")[: 4 if any(row[3] for row in rows) else 3]
    natural = [max(len(row[number]) for row in (heads, *rows)) for number in range(len(heads))]
    needed = natural if width is None else [natural[0], *(min(each, _WIDEST) for each in natural[1:])]
    total = sum(needed) + GAP * len(heads)
    fitting = total if width is None else min(total, width)
    table = Table(show_edge=False, box=None, padding=(0, GAP, 0, 0), width=fitting)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row[: len(heads)]))
    return table


def _row(entry: Entry) -> tuple[str, str, str, str]:
    first, second = (
        _cell(value, entry.unit, spread)
        for value, spread in ((entry.first, entry.first_uncertainty), (entry.second, entry.second_uncertainty))
    )
    return one_line(entry.name), first, second, _apart(entry)


def _cell(value: object, unit: str, uncertainty: float | None) -> str:
    if value is None or value in ([], ""):
        return "-"
    if isinstance(value, int | float) and not isinstance(value, bool) and (unit or uncertainty is not None):
        return _quantity(value, unit, uncertainty)
    return cell_text(value)


def _quantity(value: float, unit: str, uncertainty: float | None) -> str:
    return quantity(value, "" if unit == "1" else unit, uncertainty).removesuffix(
        " -"
    )  # 1 is the unit of what has none


def _apart(entry: Entry) -> str:
    """The difference of two numbers, and whether that is more than their uncertainties say."""
    first, second = entry.first, entry.second
    if not entry.differs or first is None or second is None or not (is_number(first) and is_number(second)):
        return ""
    found = entry.significance
    if found is None:
        if isinstance(first, int) and isinstance(second, int) and not entry.unit:
            return ""  # counts and seeds speak for themselves
        change = (second - first) / abs(first) if first and math.isfinite(first) else math.inf
        return f"{100 * change:+.3g} %" if math.isfinite(change) else ""
    sign = "+" if found.difference > 0 else ""
    said = "beyond uncertainty" if found.is_significant else "within uncertainty"
    return f"{sign}{_quantity(found.difference, entry.unit, found.standard_uncertainty)}, {said}"
