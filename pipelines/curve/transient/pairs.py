"""Switch-on beside switch-off of one pulse: a cell answers both with one resistance.

Where they differ beyond their uncertainties, a row beside one of them does not hold what it seems to (its voltage was
read before or after its current), or the cell changed during the pulse. A mixed row only ever makes an answer smaller,
so that of two that differ much the smaller one is given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ragone.pipelines.curve.transient.jump import Jump

LONGEST_PULSE = 120.0  # s: longer ones change the state of charge, and the resistance with it
DEVIATIONS = 3.0
ALIKE = 0.02  # of the larger answer: a cell is not linear
APART = 0.2  # of the larger answer: the smaller one is wrong
SINGLE_ROW = 0.05  # of an answer: what a single row before the jump leaves open, which no other row confirms
LARGER_KEPT = 0.1  # of the larger answer: its uncertainty where the smaller one is given up


def compared(jumps: Sequence[Jump]) -> tuple[Jump, ...]:
    """The jumps, each with what the other end of its pulse and the number of rows before it say of its uncertainty."""
    found = [_widened(jump, SINGLE_ROW * abs(jump.answer[0])) if jump.single else jump for jump in jumps]
    for k, (on, off) in enumerate(pairwise(jumps)):
        one_pulse = on.before.is_rest and off.after.is_rest and on.after.start == off.before.start
        if one_pulse and off.rise - on.rise <= LONGEST_PULSE and _overlap(on, off):
            found[k : k + 2] = _beside(on, off)
    return tuple(found)


def _overlap(on: Jump, off: Jump) -> bool:
    """Whether both have samples at one time after the jump."""
    return bool(max(j.time[0] - j.rise for j in (on, off)) <= min(j.time[-1] - j.rise for j in (on, off)))


def _beside(on: Jump, off: Jump) -> tuple[Jump, Jump]:
    time = max(jump.time[0] - jump.rise for jump in (on, off))
    (first, spread), (second, other) = (_at(jump, time) for jump in (on, off))
    larger, apart = max(first, second), abs(first - second)
    difference = (
        f"at {time:.3g} s after it the switch-on answers with {first:.4g} ohm, the switch-off with {second:.4g} ohm"
    )
    if apart <= max(DEVIATIONS * np.hypot(spread, other), ALIKE * larger):
        confirmed = (_widened(jump, apart) if jump.single else jump for jump in (on, off))
        return next(confirmed), next(confirmed)
    if apart <= APART * larger:
        return _widened(on, apart / 2, difference), _widened(off, apart / 2, difference)
    doubt = (
        f"{difference}: the smaller was read where voltage and current are not of one moment; "
        "look at the rows beside it"
    )
    if first < second:
        return replace(on, doubt=doubt), _widened(off, LARGER_KEPT * larger, difference)
    return _widened(on, LARGER_KEPT * larger, difference), replace(off, doubt=doubt)


def _at(jump: Jump, time: float) -> tuple[float, float]:
    """Answer at a time after the jump [ohm], and its standard deviation."""
    since = jump.time - jump.rise
    low, value, high = np.interp([time - jump.half_gap, time, time + jump.half_gap], since, jump.answer)
    return float(value), float(np.linalg.norm([jump.deviation, jump.shared_deviation, (high - low) / 2]))


def _widened(jump: Jump, by: float, finding: str = "") -> Jump:
    return replace(
        jump,
        shared_deviation=float(np.hypot(jump.shared_deviation, by)),
        finding=f"FLAG {finding}" if finding else jump.finding,
    )
