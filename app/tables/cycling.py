"""The steps of a simulated protocol as rows: what flowed, how long, how much, and how close to plating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import number
from ragone.pipelines.curve.steps import Step, steps_of
from ragone.schemas import Cycling

PLATING_MARGIN = "Minimum negative electrode surface potential difference [V]"
_PER_HOUR = 1 / 3600.0
_COLUMNS = {
    "step": "step",
    "cycle": "cycle",
    "kind": "kind",
    "duration_second": "[s]",
    "charge_ampere_hour": "[A.h]",
    "energy_watt_hour": "[W.h]",
    "end_voltage_volt": "end [V]",
    "lowest_plating_margin_volt": "margin [V]",
}
_MOST = 40


def step_rows(cycling: Cycling) -> list[dict[str, Any]]:
    """A row for each step with samples; charge and energy are negative when discharging."""
    return [_row(cycling, step) for step in steps_of(cycling)]


def _row(cycling: Cycling, step: Step) -> dict[str, Any]:
    rows = slice(step.first_row, step.first_row + len(step.time))
    margin = None
    if PLATING_MARGIN in cycling.variable_names:
        margin = float(cycling.variable(PLATING_MARGIN)[rows].min())
    return {
        "step": step.number,
        "cycle": step.cycle,
        "kind": str(step.kind),
        "duration_second": step.duration,
        "charge_ampere_hour": float(np.trapezoid(step.current, step.time)) * _PER_HOUR,
        "energy_watt_hour": float(np.trapezoid(step.current * step.voltage, step.time)) * _PER_HOUR,
        "end_voltage_volt": float(step.voltage[-1]),
        "lowest_plating_margin_volt": margin,
        "text": cycling.protocol[step.number - 1],
    }


def step_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The rows for the eye; the middle of a long protocol is left out. The margin is that of plating."""
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    for name, heading in _COLUMNS.items():
        table.add_column(Text(heading), justify="left" if name == "kind" else "right", no_wrap=True)
    shown = rows if len(rows) <= _MOST else [*rows[: _MOST // 2], None, *rows[-_MOST // 2 :]]
    for row in shown:
        table.add_row(*(["..."] * len(_COLUMNS) if row is None else [Text(_cell(row[name])) for name in _COLUMNS]))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return number(round(value, 5))
    return "" if value is None else str(value)
