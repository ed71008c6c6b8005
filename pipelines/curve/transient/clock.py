"""How finely a record's clock counts: what lies closer together than that is of one moment only on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TICKS = (1.0, 0.1, 0.01, 0.001)  # s
OFF_GRID = 1e-4  # of a tick


def tick_of(time: NDArray[np.float64]) -> float:
    """The coarsest tick that all times are multiples of [s]; 0 of a finer one."""
    return next((tick for tick in TICKS if _on_grid(time / tick)), 0.0)


def _on_grid(counts: NDArray[np.float64]) -> bool:
    return bool(np.all(np.abs(counts - np.round(counts)) <= OFF_GRID))
