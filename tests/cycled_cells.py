"""Measurements of many cycles, whose capacities and resistances are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.schemas import Measurement

CAPACITY = 1.1  # A.h
RESISTANCE = 0.02  # ohm


def measurement(
    capacities: Sequence[float],
    *,
    currents: Sequence[float] | None = None,
    lows: Sequence[float] | None = None,
    counted: bool = True,
    noise: float = 0.0,
    rows: int = 60,
    **changes: Any,
) -> Measurement:
    """Cycles of a charge at 1.1 A to 3.6 V, a rest, and a discharge to 2 V or to `lows`, at `currents` [A]."""
    columns: list[tuple[np.ndarray, ...]] = []
    time, step, chance = 0.0, 0, np.random.default_rng(0)
    for cycle, capacity in enumerate(capacities, 1):
        out = CAPACITY if currents is None else currents[cycle - 1]
        low = 2.0 if lows is None else lows[cycle - 1]
        for current, start, end, seconds in (
            (CAPACITY, 2.5, 3.6, 3600 * capacity / CAPACITY),
            (0.0, 3.5, 3.5, 600.0),
            (-out, 3.5 - RESISTANCE * out, low, 3600 * capacity / out),
        ):
            step += 1
            at = np.linspace(0.0, seconds, rows)
            columns.append(
                (
                    time + at,
                    np.linspace(start, end, rows),
                    np.full(rows, current) + (noise * chance.standard_normal(rows) if current else 0),
                    np.full(rows, step),
                    np.full(rows, cycle if counted else 1),
                )
            )
            time += seconds + 1e-3
    times, volts, amperes, steps, cycles = (np.concatenate(column) for column in zip(*columns, strict=True))
    values: dict[str, Any] = {
        "cell_name": "a cell",
        "test_time_second": times,
        "voltage_volt": volts,
        "current_ampere": amperes,
        "step_count": steps.astype(np.int64),
        "cycle_count": cycles.astype(np.int64),
        "temperature_kelvin": np.empty(0),
        "source": "a formula",
        "licence": "MIT",
        "source_sha256": "0" * 64,
        "source_format": "none",
        "method": "none",
    }
    return Measurement(**values | changes)
