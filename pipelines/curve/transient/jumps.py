"""Jumps of the current, and the voltage that answers each.

The voltage before the jump is carried on as a straight line beyond it (superposition: what the cell would have done
anyway), and the answer is what comes on top, over the change of the current. Samples on the ramp of the current are
left out, and so are rows on both sides whose voltage was not read with their current (`transient.mixed_rows`). When the
jump took place is known only as well as the rows around it tell: the middle of the current's rise, give or take half
the gap that holds the rise; where rows are left out for their voltage, anywhere between those that are kept.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient.baseline import baseline
from ragone.pipelines.curve.transient.clock import tick_of
from ragone.pipelines.curve.transient.holds import RAMP_ROWS, Hold, holds_of
from ragone.pipelines.curve.transient.jump import Jump, doubt_of
from ragone.pipelines.curve.transient.mixed_rows import early_rows, late_rows
from ragone.pipelines.curve.transient.noise import noise_beside, noise_level, shared_rounding
from ragone.pipelines.curve.transient.pairs import compared
from ragone.schemas import Curve, Measurement

SMALLEST_JUMP = 0.02  # of the largest current
SETTLED = 0.01  # of the jump: how close the current must be to where it goes
NOT_YET = 1e-3  # of the jump: what the current may deviate before it
LONGEST_RISE = 0.2  # of the hold that follows
READING_LAG = 3.0  # of the time between rows: by how much a voltage may be read later than its current
FOLLOWING = 32  # rows after a jump within which a cell's answer does not grow tenfold
BESIDE = 512  # rows on either side that tell the last digit of a voltage and the tick of the clock
FIRST = 5  # rows after a jump that say where its voltage goes


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
    return compared(found) if isinstance(curve, Measurement) else tuple(found)


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
    quiet, scatter = noise_beside(time, voltage, before.rows, slice(first, after.end))
    early = _early(curve, before, voltage[first : min(first + FIRST, after.end)], sign, quiet)
    earliest = _earliest(time, before.end, early, first)
    before = replace(before, end=before.end - early)
    rise, half_gap = _rise(time[before.end - 1 : first + 1], current[before.end - 1 : first + 1])
    line = baseline(time[before.rows], voltage[before.rows], rise, quiet)
    late = _late(curve, slice(first, after.end), sign, line.level, scatter)
    first += late
    if early or late:
        rise, half_gap = float(time[first] + earliest) / 2, float(time[first] - earliest) / 2
    beside = slice(max(before.end - BESIDE, 0), first + BESIDE)
    half_gap = max(half_gap, tick_of(time[beside]) / 2 if isinstance(curve, Measurement) else 0.0)
    rows = slice(first, after.end)
    continued = line.level + line.slope * (time[rows] - rise)
    rounding = np.sqrt(2.0) * shared_rounding(voltage[beside], scatter)  # of the voltages before and after
    answer = (voltage[rows] - continued) / (_smooth(current[rows], after.level, noise) - old)
    relative = noise / abs(change) / np.sqrt(min(len(answer), before.end - before.start))
    shared = float(np.linalg.norm([line.deviation / change, rounding / change, relative * answer[0]]))
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
        shared_deviation=shared,
        baseline_slope=line.slope,
        slope_deviation=abs(line.slope_deviation / change),
        left_out=first - before.end,
        doubt=doubt_of(float(answer[0]), float(answer[:FOLLOWING].max()), first),
    )


def _early(curve: Curve, before: Hold, beyond: NDArray[np.float64], sign: float, noise: float) -> int:
    """Last rows before a jump that were read after it; a simulation's are of one moment."""
    if not isinstance(curve, Measurement):
        return 0
    return early_rows(curve.test_time_second[before.rows], curve.voltage_volt[before.rows], beyond, sign, noise)


def _late(curve: Curve, after: slice, sign: float, level: float, noise: float) -> int:
    """First rows after a jump that were read before it; likewise."""
    if not isinstance(curve, Measurement):
        return 0
    return late_rows(curve.test_time_second[after], sign * (curve.voltage_volt[after] - level), noise)


def _earliest(time: NDArray[np.float64], end: int, early: int, first: int) -> float:
    """Earliest time of the jump [s], given how many rows before it were read early.

    A voltage is read after its current by less than rows are apart, in a file whose rows are that close.
    """
    last = float(time[end - early - 1])
    lag = READING_LAG * float(time[first] - time[end - early]) if early else 0.0
    return max(last, float(time[end - early]) - lag) if lag > 0 else last


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
