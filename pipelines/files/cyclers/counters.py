"""What did the instrument itself count? Columns of charge and energy, beside the integral of what was read.

What a column counts (charge only, discharge only, both, their difference, since the beginning or since the last step)
is not taken from its name but found: its increments are compared with the integral of the current, apart for charging
and for discharging. Only intervals inside a step count, with a steady current and without a hole; they are put together
to parts of equal charge, and the median of the parts' ratios is not moved by a counter that is set back.

Assumption: the trapezoidal rule holds to some per cent over most of a record.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.vocabulary import Column

TOLERANCE = 0.1  # by which a ratio may miss a whole number
_CONSISTENT = 0.05
_PARTS, _LEAST_ROWS, _LEAST_DIGITS = 20, 3, 20
_EXACT, _ROUNDING = 1e9, 1e-6
_BEYOND = 1.2  # times the largest current: no more can have flowed
_Numbers = NDArray[np.float64]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Flow:
    """Flow in each interval by the samples [A.h or W.h], and its largest amount; shape (n - 1,).

    `steady` intervals are such as the trapezoidal rule serves; `border` ones end in another step.
    """

    moved: _Numbers
    most: _Numbers
    steady: _Mask
    border: _Mask


@dataclass(frozen=True, slots=True)
class Counter:
    """One column of the instrument and what it counts: its ratio to the samples on charge and on discharge.

    A ratio is none where nothing flowed that way; `consistent` if it is much the same all over the record.
    """

    column: Column
    values: _Numbers
    digit: float
    on_charge: float | None
    on_discharge: float | None
    consistent: bool

    def fits(self, factor: float = 1.0) -> bool:
        """Whether it counts what flowed, were that `factor` times what the samples say."""
        kinds = self.kinds(factor)
        return kinds is not None and any(kinds)

    def kinds(self, factor: float = 1.0) -> tuple[int, int] | None:
        """1 where it counts up on charge and on discharge, -1 where down, 0 where not at all or nothing flowed."""
        ratios = [ratio / factor if ratio is not None else 0.0 for ratio in (self.on_charge, self.on_discharge)]
        if any(abs(ratio) > 1 + TOLERANCE or abs(ratio - round(ratio)) > TOLERANCE for ratio in ratios):
            return None
        return round(ratios[0]), round(ratios[1])


Usable = tuple[tuple[int, int], Counter, _Mask]


def counter_of(column: Column, values: _Numbers, flow: Flow) -> Counter:
    """Find what a column counts; `values` in A.h or W.h, shape (n,)."""
    step = np.diff(values)
    digit = _digit(values)
    ratios = [_ratio(step, flow.moved, flow.steady & (sign * flow.moved > 0), digit) for sign in (1, -1)]
    known = [ratio for ratio in ratios if ratio is not None]
    consistent = bool(known) and all(spread <= _CONSISTENT * max(abs(middle), 1e-300) for middle, spread in known)
    charge, discharge = (ratio[0] if ratio is not None else None for ratio in ratios)
    return Counter(column, values, digit, charge, discharge, consistent)


def usable(counters: Sequence[Counter], flow: Flow) -> list[Usable]:
    """The counters that count what flowed, each with what it counts and where it may have begun anew."""
    kinds = [(counter.kinds(), counter) for counter in counters]
    return [(kind, counter, _set_back(kind, counter, flow)) for kind, counter in kinds if kind is not None]


def flowed_over(
    counters: Sequence[Usable], flow: Flow, ends: Callable[[int], tuple[float, float]], k: int
) -> tuple[float, float] | None:
    """Count of the instrument between samples k and k + 1, signed as the current, and its standard uncertainty.

    None if no column tells: one that is set back where steps end tells nothing of an interval across such a border.
    `ends` gives the current before and after.
    """
    running = [(kinds, counter) for kinds, counter, back in counters if not back[k]]
    single = dict(reversed(running))
    for kinds, sign in (((1, -1), 1), ((-1, 1), -1)):
        if kinds in single:
            return _bounded([(single[kinds], sign)], flow, k)
    if (1, 0) in single and (0, 1) in single:
        return _bounded([(single[1, 0], 1), (single[0, 1], -1)], flow, k)
    direction = _direction(*ends(k))
    for kinds in ((1, 1), (1, 0), (0, 1)):
        if kinds in single and direction and kinds[0 if direction > 0 else 1]:
            return _bounded([(single[kinds], direction)], flow, k)
    return None


def _ratio(step: _Numbers, moved: _Numbers, chosen: _Mask, digit: float) -> tuple[float, float] | None:
    """Median and spread of a column's increments over what flowed; none if too little did."""
    chosen = chosen & np.isfinite(step)
    counted, flowed = step[chosen], np.abs(moved[chosen])
    if len(flowed) < _LEAST_ROWS:
        return None
    digits = float(np.abs(counted).sum()) / digit if digit else 0.0
    if digits < _LEAST_DIGITS:
        return (0.0, 0.0) if digit and float(flowed.sum()) > _LEAST_DIGITS * digit else None
    parts = int(min(_PARTS, len(flowed) // _LEAST_ROWS, digits // _LEAST_DIGITS))
    share = np.cumsum(flowed) / flowed.sum()
    part = np.minimum((share * parts).astype(np.int64), parts - 1)
    total = np.bincount(part, flowed, parts)
    ratios = np.bincount(part, counted, parts)[total > 0] / total[total > 0]
    low, middle, high = np.percentile(ratios, [25, 50, 75])
    return float(middle), float(high - low)


def _digit(values: _Numbers) -> float:
    """The last decimal that a column is written with; 0 if it never changes."""
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0.0))
    if not len(known) or float(np.ptp(known)) == 0:
        return 0.0
    for decimals in range(14):
        scaled = known * 10.0**decimals
        if largest * 10.0**decimals < 1:
            continue
        if largest * 10.0**decimals > _EXACT or np.abs(scaled - np.rint(scaled)).max() < _ROUNDING:
            return 10.0**-decimals
    return 1e-14


def _set_back(kinds: tuple[int, int], counter: Counter, flow: Flow) -> _Mask:
    """Mask of possible resets of a column: seen ones, or where steps end if it is ever reset there; shape (n - 1,)."""
    step = np.nan_to_num(np.diff(counter.values), nan=-np.inf)
    back = np.abs(step) > _BEYOND * flow.most + 3 * counter.digit
    if min(kinds) >= 0:
        back |= step < 0
    return np.asarray(back | (flow.border & bool((back & flow.border).any())))


def _bounded(parts: Sequence[tuple[Counter, int]], flow: Flow, k: int) -> tuple[float, float] | None:
    """Sum of the signed increments in an interval, unless no current of the record could have moved so much."""
    steps = [sign * float(c.values[k + 1] - c.values[k]) for c, sign in parts]
    total = math.fsum(steps)
    digit = math.hypot(*(c.digit for c, _ in parts))
    if not abs(total) <= _BEYOND * flow.most[k] + 3 * digit:
        return None
    miss = [
        abs(abs(ratio) - 1) for c, _ in parts for ratio in (c.on_charge, c.on_discharge) if ratio and abs(ratio) > 0.5
    ]
    return total, math.hypot(digit / math.sqrt(6), max(miss, default=0.0) * sum(map(abs, steps)))


def _direction(before: float, after: float) -> int:
    """1 if the cell can only have been charged, -1 if only discharged, 0 if either."""
    if before * after < 0:
        return 0
    return int(np.sign(before + after))
