"""Fades whose lives are known, as records: what tests of survival and of budgets share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.schemas import CapacityFade


def power_law_fade(life: float, until: float, *, power: float = 0.8, noise: float = 0.0, **fields: Any) -> CapacityFade:
    """The fade of a cell that has lost a fifth of its capacity at its life, looked at up to some cycle.

    The first cycle is without loss and without noise, so that the reference is exact.
    """
    cycles = np.arange(1, int(until) + 1)
    losses = 0.2 * ((cycles - 1) / (life - 1)) ** power
    losses[1:] += np.random.default_rng(int(life)).normal(0, noise, len(cycles) - 1) if noise else 0.0
    given: dict[str, Any] = {
        "cell_name": f"cell of {life:g}",
        "outcome": "all cycles of the budget done",
        "cycle_count": cycles,
        "test_time_second": cycles * 7200.0,
        "discharging_capacity_ampere_hour": 5.0 * (1 - losses),
        "variables": np.zeros((0, len(cycles))),
        "method": "a power law",
    }
    return CapacityFade(**{**given, **fields})
