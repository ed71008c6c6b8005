"""Capacity fades of known course: with knees or without, noisy, with rests, seen in some cycles only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.schemas import CapacityFade, FadeOutcome

Floats = NDArray[np.float64]


def smooth(cycle: Floats) -> Floats:
    """A capacity that falls faster and faster [A.h]; 80 % of the first at about cycle 600."""
    return 1 - 0.1 * cycle / 600 - 0.1 * (cycle / 600) ** 6


def bent(cycle: Floats, *, knee: float = 400.0, early: float = 1e-4, late: float = 1e-3) -> Floats:
    """Two straight lines that meet at the knee [A.h]."""
    return 1 - early * cycle - (late - early) * np.maximum(cycle - knee, 0.0)


def fade_of(
    course: Callable[[Floats], Floats] | Floats,
    cycles: NDArray[np.int64] | int = 700,
    *,
    noise: float = 0.0,
    seed: int = 0,
    **changes: Any,
) -> CapacityFade:
    """A fade of that course over these cycles; noise is the standard deviation of a capacity [A.h]."""
    count = np.arange(1, cycles + 1) if isinstance(cycles, int) else np.asarray(cycles)
    capacity = course(count.astype(float)) if callable(course) else course
    capacity = capacity + noise * np.random.default_rng(seed).standard_normal(len(count))
    values: dict[str, Any] = {
        "cell_name": "a cell",
        "outcome": FadeOutcome.BUDGET,
        "nominal_capacity_ampere_hour": 1.0,
        "cycle_count": count,
        "test_time_second": 7200.0 * count,
        "discharging_capacity_ampere_hour": capacity,
        "variables": np.empty((0, len(count))),
        "method": "a formula",
    }
    return CapacityFade(**values | changes)
