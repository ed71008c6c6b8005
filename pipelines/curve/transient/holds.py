"""The holds of a curve: stretches of one current, found from the current alone.

A cycler's step may hold several currents (a drive profile) and a current may last over several steps, so that the step
numbers are not used. Rows on the ramp between two currents belong to no hold, nor do those that last no time, the next
row being of the same moment: cyclers write some twice or out of order where a step ends. A current that drifts slowly
(constant power, a taper) is one hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.steps import REST_RATE
from ragone.pipelines.curve.transient.noise import noise_level
from ragone.schemas import Curve

SMALLEST_CHANGE = 0.01  # of the largest current: a smaller change between two rows is drift
NOISE_MULTIPLE = 6.0
RAMP_ROWS = 2  # a run that is no longer, between two others in time and in current, is a sample of the ramp
LEVEL_ROWS = 32


@dataclass(frozen=True, slots=True)
class Hold:
    """Rows `start` to `end` - 1 of a curve, at about `level` [A]."""

    start: int
    end: int
    level: float
    is_rest: bool

    @property
    def rows(self) -> slice:
        """Rows of the curve."""
        return slice(self.start, self.end)


def holds_of(curve: Curve) -> tuple[Hold, ...]:
    """Holds in order of time; none of a curve without samples."""
    current = curve.current_ampere
    if len(current) == 0:
        return ()
    largest = float(np.abs(current).max())
    noise = noise_level(curve.test_time_second, current)
    threshold = max(SMALLEST_CHANGE * largest, NOISE_MULTIPLE * noise)
    borders = np.flatnonzero(np.abs(np.diff(current)) > threshold) + 1
    edges = np.array([0, *borders.tolist(), len(current)])
    levels = [_level(current, int(a), int(b)) for a, b in pairwise(edges)]
    resting = max(REST_RATE * largest, 4 * noise)
    found = [
        Hold(int(edges[i]), int(edges[i + 1]), levels[i], abs(levels[i]) <= resting)
        for i in range(len(levels))
        if not _on_ramp(levels, i, int(edges[i + 1] - edges[i]))
    ]
    return tuple(_without_flicker(found, curve.test_time_second, threshold))


def _without_flicker(holds: list[Hold], time: NDArray[np.float64], threshold: float) -> list[Hold]:
    """Merge a row or two that last no time, or that then go on with the current before them."""
    kept: list[Hold] = []
    flickered = False
    for hold, following in zip(holds, [*holds[1:], None], strict=True):
        short = hold.end - hold.start <= RAMP_ROWS and following is not None and bool(kept)
        lasts_nothing = following is not None and time[following.start] <= time[hold.start]
        goes_on = flickered and abs(hold.level - kept[-1].level) <= threshold
        flickered = short and (lasts_nothing or goes_on)
        if not flickered:
            kept.append(hold)
    return kept


def _level(current: NDArray[np.float64], start: int, end: int) -> float:
    """Level of the current in its first rows, for it may drift."""
    return float(np.median(current[start : min(end, start + LEVEL_ROWS)]))


def _on_ramp(levels: list[float], index: int, rows: int) -> bool:
    if rows > RAMP_ROWS or index in (0, len(levels) - 1):
        return False
    return (levels[index] - levels[index - 1]) * (levels[index + 1] - levels[index]) > 0
