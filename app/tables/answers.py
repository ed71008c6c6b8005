"""Records and other values as plain JSON data, and as tables for the eye. Arrays are summarised."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from ragone.app.terminal.printable import one_line
from ragone.app.terminal.waiting import duration_text
from ragone.schemas import Kpi, KpiOutcome, Record

GAP = 2  # between columns
_DIGITS = re.compile(r"\b([a-z_]+-[0-9a-f]{12})[0-9a-f]{52}\b")


def plain(value: Any) -> Any:
    """A value as JSON can hold it: infinity as the text "inf", arrays as their summary, durations in seconds."""
    if isinstance(value, Record):
        return {"kind": value.kind, **{name: plain(_held(value, name)) for name in value.fields()}}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return summary(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Path):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def listed(record: Record) -> dict[str, Any]:
    """The fields of a record with its id, arrays as lists in place of a summary."""
    fields = {name: _held(record, name) for name in record.fields()}
    values = {name: one.tolist() if isinstance(one, np.ndarray) else one for name, one in fields.items()}
    return {"id": record.id, "kind": record.kind, **values}


def summary(values: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Shape, type and range of an array."""
    ends = {"lowest": values.min().item(), "highest": values.max().item()} if values.size else {}
    return {"shape": list(values.shape), "dtype": str(values.dtype), **ends}


def short(text: str) -> str:
    """Ids cut to twelve digits, wherever they stand in a text."""
    return _DIGITS.sub(r"\1", text)


def number(value: float) -> str:
    """A number with the digits that matter to a reader."""
    return f"{value:.6g}"


def quantity(value: float, unit: str, uncertainty: float | None = None) -> str:
    """A number with its standard uncertainty and unit; no digits beyond two of the uncertainty."""
    spread = "" if uncertainty is None else f" ± {_two_digits(uncertainty)}"
    return f"{_rounded(value, uncertainty)}{spread} {unit or '-'}"


def kpi_text(kpi: Kpi) -> str:
    """A KPI's value with its uncertainty, the bound of one that is censored, or why there is none."""
    unit = {"1": "-"}.get(kpi.unit, kpi.unit)
    if kpi.lower_bound is not None:
        return f"{bound_text(kpi.lower_bound, unit)} (censored)"
    if kpi.outcome is not KpiOutcome.MEASURED:
        return str(kpi.outcome)
    return quantity(kpi.measured_value, unit, kpi.standard_uncertainty)


def kpi_equation(kpi: Kpi) -> str:
    """A KPI's text as it follows its name: with a sign of equality, unless it begins with that of a bound."""
    return kpi_text(kpi) if kpi.lower_bound is not None else f"= {kpi_text(kpi)}"


def bound_text(bound: float, unit: str = "") -> str:
    """The bound of a KPI that is only known to be at least so large, with the unit if there is one."""
    return f">= {quantity(bound, unit) if unit else number(bound)}"


def _two_digits(uncertainty: float) -> str:
    return (
        f"{float(f'{uncertainty:.2g}'):.0f}" if uncertainty == 0 or 10 <= uncertainty < 1e6 else f"{uncertainty:#.2g}"
    )


def _rounded(value: float, uncertainty: float | None) -> str:
    if not uncertainty or not value or not math.isfinite(value) or not math.isfinite(uncertainty):
        return number(value)
    before_point, first = (math.floor(math.log10(abs(part))) + 1 for part in (value, uncertainty))
    rounded = round(value, 2 - first) if first > 2 else value
    whole = len(f"{abs(rounded):.0f}")  # digits before the point, also where 7 became 10
    return f"{rounded:#.{min(max(before_point - first + 2, before_point, whole, 1), 6)}g}".removesuffix(".")


def _duration(seconds: float) -> str:
    """A duration with three digits below two minutes, and in minutes and hours from there."""
    if abs(seconds) < 1:
        return f"{seconds * 1000:.3g} ms" if seconds else "0 s"
    return f"{seconds:.3g} s" if abs(seconds) < 99.5 else duration_text(seconds)


def record_table(record: Record) -> Table:
    """A record, a field per row: name, value, unit."""
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    for column in ("field", "value", "unit"):
        table.add_column(column, overflow="fold")
    for field, spec in record.fields().items():
        unit = {"1": "-"}.get(spec.unit, spec.unit)
        table.add_row(field, Text(cell_text(_held(record, field))), Text(unit))
    return table


def rows_table(columns: list[str], rows: list[tuple[Any, ...]]) -> Table:
    """Rows of a query; ids are cut to twelve digits, which is still enough to use them."""
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    numeric = [all(is_number(r[i]) for r in rows) for i in range(len(columns))]
    for column, right in zip(columns, numeric, strict=True):
        table.add_column(Text(one_line(column)), justify="right" if right and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell_text(value)) for value in row))
    return table


def described_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table of names, words, and a text in the last column; text and long names go on below themselves."""
    table = Table(show_edge=False, box=None, padding=(0, GAP, 0, 0))
    for number, head in enumerate(heads, start=1):
        table.add_column(head, no_wrap=1 < number < len(heads), overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    return table


def wide_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: bool = False) -> Table:
    """Return a table as wide as its longest cells, whatever the terminal: a row is one line, which a search finds."""
    heads, rows = list(map(one_line, heads)), [list(map(one_line, row)) for row in rows]
    widths = [max(len(row[number]) for row in (heads, *rows)) for number in range(len(heads))]
    table = Table(show_edge=False, box=None, padding=(0, GAP, 0, 0), width=sum(widths) + GAP * len(widths))
    for number, (head, width) in enumerate(zip(heads, widths, strict=True)):
        table.add_column(Text(head), justify="right" if right and number else "left", min_width=width, no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _held(record: Record, field: str) -> Any:
    """A field's value; a vector of few entries is shown whole."""
    value = getattr(record, field)
    return value if record.fields()[field].length is None else tuple(value.tolist())


def is_number(value: Any) -> bool:
    """Whether a cell is a number or empty."""
    return isinstance(value, int | float | Decimal | None) and not isinstance(value, bool)


def cell_text(value: Any) -> str:
    """A value as a cell of a table: ids shortened, numbers with the digits that matter, long texts cut."""
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape))
        ends = f", {number(float(value.min()))} to {number(float(value.max()))}" if value.size else ""
        return f"<{shape} {value.dtype}{ends}>"
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, timedelta):
        return _duration(value.total_seconds())
    if isinstance(value, tuple | list):
        more = f" ... ({len(value)} in all)" if len(value) > 6 else ""
        return short(one_line(", ".join(map(str, value[:6])))) + more
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    text = "" if value is None else short(one_line(str(value)))
    return text if len(text) <= 200 else text[:197] + "..."
