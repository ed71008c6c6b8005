"""Jumps of the current, and the voltage that answers each.

The voltage before the jump is carried on as a straight line beyond it (superposition: what the cell would have done
anyway), and the answer is what comes on top, over the change of the current. Samples on the ramp of the current are
left out, and so are rows on both sides whose voltage was not read with their current (`transient.mixed_rows`). When the
jump took place is known only as well as the rows around it tell: the middle of the current's rise, give or take half
the gap that holds the rise; where rows are left out for their voltage, anywhere between those that are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.kpi.transient.baseline import baseline
from pipelines.kpi.transient.holds import RAMP_ROWS, Hold, holds_of
from pipelines.kpi.transient.mixed_rows import early_rows, late_rows
from pipelines.kpi.transient.noise import noise_level
from schemas import Curve

SMALLEST_JUMP = 0.02  # of the largest current
SETTLED = 0.01  # of the jump: how close the current must be to where it goes
NOT_YET = 1e-3  # of the jump: what the current may deviate before it
LONGEST_RISE = 0.2  # of the hold that follows
FIRST = 5  # rows after a jump that say where its voltage goes


@dataclass(frozen=True, slots=True)
class Jump:
    """From one hold to the next; times in the curve's own [s], arrays over the settled rows after it, shape (n,).

    `rise` is the middle of the current's rise and `half_gap` by how much it may lie elsewhere. `answer` [ohm] is the
    change of voltage over the change of current, `deviation` its standard deviation per sample, and `shared_deviation`
    that which all samples have in common, from the voltage before and the current's noise.
    """

    before: Hold
    after: Hold
    first_row: int
    change: float
    rise: float
    half_gap: float
    time: NDArray[np.float64]
    answer: NDArray[np.float64]
    deviation: float
    shared_deviation: float
    baseline_slope: float
    left_out: int

    @property
    def resolution(self) -> float:
        """Longest time from the jump to the first settled sample [s]."""
        return float(self.time[0] - self.rise + self.half_gap)

    @property
    def text(self) -> str:
        """What happened, and where."""
        return (
            f"current from {self.before.level:.4g} A to {self.after.level:.4g} A at row {self.first_row}, "
            f"t = {self.rise:.6g} s"
        )


def jumps_of(curve: Curve) -> tuple[Jump, ...]:
    """The jumps of a curve whose current settles after them, in order of time."""
    holds = holds_of(curve)
    largest = float(np.abs(curve.current_ampere).max(initial=0.0))
    found = []
    for before, after in pairwise(holds):
        if abs(after.level - before.level) > SMALLEST_JUMP * largest:
            jump = jump_between(curve, before, after)
            if jump is not None:
                found.append(jump)
    return tuple(found)


def jump_between(curve: Curve, before: Hold, after: Hold) -> Jump | None:
    """The jump from one hold to another; None if the current does not settle in time."""
    time, current, voltage = curve.test_time_second, curve.current_ampere, curve.voltage_volt
    before = _without_ramp(curve, before, after)
    old = _mean_end(current, before)
    change = after.level - old
    noise = noise_level(time[after.rows], current[after.rows])
    settled = np.abs(current[after.rows] - after.level) <= max(SETTLED * abs(change), 4 * noise)
    if not settled.any():
        return None
    first = after.start + int(np.argmax(settled))
    if time[first] - time[before.end - 1] > LONGEST_RISE * (time[after.end - 1] - time[first]) and first > before.end:
        return None
    sign = float(np.sign(change))
    early = early_rows(time[before.rows], voltage[before.rows], voltage[first : min(first + FIRST, after.end)], sign)
    before = replace(before, end=before.end - early)
    rise, half_gap = _rise(time[before.end - 1 : first + 1], current[before.end - 1 : first + 1])
    line = baseline(time[before.rows], voltage[before.rows], rise)
    late = late_rows(sign * (voltage[first : after.end] - line.level))
    first += late
    if early or late:
        rise, half_gap = (float(time[first] + k * time[before.end - 1]) / 2 for k in (1, -1))
    rows = slice(first, after.end)
    continued = line.level + line.slope * (time[rows] - rise)
    scatter = noise_level(time[rows], voltage[rows])
    answer = (voltage[rows] - continued) / (_smooth(current[rows], after.level, noise) - old)
    relative = noise / abs(change) / np.sqrt(min(len(answer), before.end - before.start))
    return Jump(
        before=before,
        after=after,
        first_row=first,
        change=change,
        rise=rise,
        half_gap=half_gap,
        time=time[rows],
        answer=answer,
        deviation=scatter / abs(change),
        shared_deviation=float(np.hypot(line.deviation / change, relative * answer[0])),
        baseline_slope=line.slope,
        left_out=first - before.end,
    )


def _without_ramp(curve: Curve, before: Hold, after: Hold) -> Hold:
    """The hold without a last row or two that have already left its current."""
    time, current = curve.test_time_second[before.rows], curve.current_ampere[before.rows]
    if len(current) <= 2 * RAMP_ROWS:
        return before
    inner = current[-2 * RAMP_ROWS - 16 : -RAMP_ROWS]
    allowed = max(4 * noise_level(time, current), NOT_YET * abs(after.level - before.level), float(np.ptp(inner)))
    left = np.abs(current[-RAMP_ROWS:] - np.median(inner)) > allowed
    return replace(before, end=before.end - (RAMP_ROWS - int(np.argmax(left)))) if left.any() else before


def _mean_end(current: NDArray[np.float64], hold: Hold) -> float:
    return float(np.mean(current[max(hold.start, hold.end - 32) : hold.end]))


def _smooth(current: NDArray[np.float64], level: float, noise: float) -> NDArray[np.float64]:
    """The current without the noise of its reading: one level where it does not drift beyond its noise."""
    if np.ptp(current) <= 10 * noise or len(current) < 5:
        return np.full_like(current, np.mean(current))
    width = min(9, len(current) // 2 * 2 - 1)
    padded = np.pad(current, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")


def _rise(time: NDArray[np.float64], current: NDArray[np.float64]) -> tuple[float, float]:
    """Middle of the rise (its charge, by trapezoids) and half the gap it may lie in, shared out by the change."""
    change = float(current[-1] - current[0])
    gaps, parts = np.diff(time), np.diff(current) / change
    middle = float(np.sum(parts * (time[1:] + time[:-1]) / 2))
    return min(max(middle, float(time[0])), float(time[-1])), float(np.sum(np.abs(parts) * gaps)) / 2
