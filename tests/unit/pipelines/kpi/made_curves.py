"""Curves made step by step, of any kind, for KPIs whose values are known."""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.schemas import Curve, Cycling, CyclingOutcome, Measurement


def step(duration: float, current: Any, voltage: Any, count: int = 11) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Time, current and voltage of one step; functions of the share of the step that has passed, or numbers."""
    share = np.linspace(0.0, 1.0, count)
    values = [np.broadcast_to(v(share) if callable(v) else v, share.shape).astype(float) for v in (current, voltage)]
    return share * duration, *values


def columns(*steps: tuple[np.ndarray, np.ndarray, np.ndarray], gap: float = 0.0) -> dict[str, np.ndarray]:
    """The columns of a curve with these steps, numbered from 1, so many seconds between them."""
    starts = np.cumsum([0.0, *(one[0][-1] + gap for one in steps)])
    return {
        "test_time_second": np.concatenate([one[0] + start for one, start in zip(steps, starts, strict=False)]),
        "current_ampere": np.concatenate([one[1] for one in steps]),
        "voltage_volt": np.concatenate([one[2] for one in steps]),
        "step_count": np.concatenate([np.full(len(one[0]), number) for number, one in enumerate(steps, 1)]),
        "cycle_count": np.concatenate([np.ones(len(one[0]), int) for one in steps]),
    }


def measured(made: dict[str, np.ndarray], **changes: Any) -> Measurement:
    """A measurement with these columns."""
    given: dict[str, Any] = {
        "cell_name": "made",
        "temperature_kelvin": np.empty(0),
        "source": "made",
        "licence": "own",
        "source_sha256": "0" * 64,
        "source_format": "made",
        "method": "made",
    }
    return Measurement(**{**given, **made, **changes})


def simulated(made: dict[str, np.ndarray], variables: dict[str, Any] | None = None, **changes: Any) -> Cycling:
    """A simulated protocol with these columns and variables."""
    count = len(made["test_time_second"])
    rows = [np.broadcast_to(values, (count,)) for values in (variables or {}).values()]
    given: dict[str, Any] = {
        "outcome": CyclingOutcome.COMPLETED,
        "protocol": ("made",),
        "nominal_capacity_ampere_hour": 2.0,
        "ambient_temperature_kelvin": 298.15,
        "temperature_kelvin": np.full(count, 298.15),
        "variable_names": tuple(variables or {}),
        "variables": np.array(rows).reshape(len(rows), count),
        "method": "made",
    }
    return Cycling(**{**given, **made, **changes})


def discharge_at(power: float, energy: float, voltage: float = 3.0) -> Curve:
    """A measured discharge at constant voltage and power that delivers an energy [W.h]."""
    return measured(columns(step(3600.0 * energy / power, -power / voltage, voltage)))
