"""Does a positive current charge the cell? The voltage says so where the current is held: it jumps up where the current
jumps up, and rises while the cell is charged at a steady current.

Held and driven voltages, rests and noise decide nothing: at constant voltage the current falls while the voltage still
creeps up, and in a sweep the current follows the voltage. So a jump counts only between two steady levels of current,
and beyond what the voltage drifts by; a stretch only as far as its current is steady.

Assumption: the cell is passive, that is, its resistance is positive.

What it does not do: reverse a sign on its own. A wrong sign is refused; the person says that it is to be reversed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.errors import CurrentSignError
from ragone.pipelines.files.cyclers.samples import Samples

DECISIVE = 0.8
_STEP = 0.1  # of the largest current: smaller steps say little against noise
_STEADY = 0.1  # of a jump: what the current may change by beside it
_LEVEL = 0.05  # of the current of a stretch: what a steady one varies by
_DRIFT = 3.0  # times what the voltage changes by before a jump, in the same time
_REST = 1e-3
_LEAST_ROWS = 3
_LEAST_SWING = 0.02  # volt
_LEAST_JUMP = 1e-3  # volt
_DISCHARGE = re.compile(r"(?:.*[^A-Z])?(D|DIS|DCH|DCHG|DCHRG|DISCHARGE|DISCHARGING)(?:[^A-Z].*)?")


def signed_by_state(samples: Samples) -> NDArray[np.float64] | None:
    """The current with the sign of the instrument's state (Maccor's C, D, R); none if it has signs already."""
    if samples.state is None or samples.current.min() < -_REST * samples.current.max():
        return None
    words = [str(word) for word in np.unique(samples.state) if _DISCHARGE.fullmatch(str(word)[:80])]
    discharging = np.isin(samples.state, words)
    return np.where(discharging, -samples.current, samples.current) if discharging.any() else None


def check_sign(samples: Samples, *, flipped: bool) -> str:
    """Sentence on the sign of the current; empty if it is right.

    Raises
    ------
    CurrentSignError
        If it contradicts the voltage, or if the current is a magnitude without sign.
    """
    if not samples.current.any():
        return "the current is zero in every row; check its column and unit"
    jumps, trends = _at_jumps(samples), _over_stretches(samples)
    charge, discharge = float(samples.current.max()), -float(samples.current.min())
    one_sign = min(charge, discharge) <= _REST * max(charge, discharge)
    trend = _share(trends) if np.abs(trends).sum() > _LEAST_SWING else None
    if one_sign and trend is not None and 1 - DECISIVE < trend < DECISIVE:
        raise CurrentSignError(
            "the current has one sign, yet the voltage rises in some stretches and falls in others: it is a magnitude. "
            "Export a signed current, or the column 'State' with C and D."
        )
    shares = [share for share in (_share(jumps[:, 0]), trend) if share is not None]
    decisive = [share > 0.5 for share in shares if not 1 - DECISIVE < share < DECISIVE]
    if not decisive or len(set(decisive)) > 1:
        return "the sign of the current could not be checked: no step or stretch of it moves the voltage clearly"
    if decisive[0]:
        return ""
    k, after = _clearest(samples, jumps)
    evidence = (
        f"from row {samples.row[k]} to row {samples.row[after]} the current goes from {samples.current[k]:g} to "
        f"{samples.current[after]:g} A and the voltage from {samples.voltage[k]:g} to {samples.voltage[after]:g} V"
    )
    advice = "Leave --flip-current out" if flipped else "If the file counts discharge positive, give --flip-current"
    raise CurrentSignError(
        f"the voltage falls where the cell would be charged: {evidence}. A positive current must charge. {advice}."
    )


def _at_jumps(samples: Samples) -> NDArray[np.float64]:
    """Current times voltage at each jump between two steady levels, and the row before it; shape (jumps, 2)."""
    current, voltage, time = np.diff(samples.current), np.diff(samples.voltage), np.diff(samples.time)
    if len(current) < _LEAST_ROWS:
        return np.empty((0, 2))
    jump, before, after = current[1:-1], current[:-2], current[2:]
    steady = np.maximum(np.abs(before), np.abs(after)) <= _STEADY * np.abs(jump)
    large = np.abs(jump) > _STEP * np.abs(samples.current).max()
    slope = np.divide(voltage[:-2], time[:-2], out=np.zeros(len(jump)), where=time[:-2] > 0)
    drift = slope * time[1:-1]
    beyond = voltage[1:-1] - drift
    clear = np.abs(beyond) > np.maximum(_DRIFT * np.abs(drift), _LEAST_JUMP)
    rows = np.flatnonzero(steady & large & clear)
    return np.stack([jump[rows] * beyond[rows], rows + 1], axis=1)


def _over_stretches(samples: Samples) -> NDArray[np.float64]:
    """Change of voltage over each stretch of one steady current, positive where it has the sign of the current [V].

    A voltage that turns round (it relaxes after a larger current, before it follows this one) counts for nothing.
    """
    changes = []
    for first, last in _levels(samples):
        start, middle, end = samples.voltage[[first, (first + last) // 2, last]]
        changes.append(np.sign(samples.current[first]) * (end - start) if (end - middle) * (end - start) > 0 else 0.0)
    return np.array(changes)


def _levels(samples: Samples) -> Iterator[tuple[int, int]]:
    """First and last row of each stretch whose current stays at the level that it begins with."""
    current = samples.current
    sign = np.where(np.abs(current) > _REST * np.abs(current).max(), np.sign(current), 0.0)
    for stretch in np.split(np.arange(len(current)), np.flatnonzero(np.diff(sign) != 0) + 1):
        if sign[stretch[0]] == 0 or len(stretch) < _LEAST_ROWS:
            continue
        level = float(np.median(current[stretch[: max(_LEAST_ROWS, len(stretch) // 2)]]))
        away = np.flatnonzero(np.abs(current[stretch] - level) > _LEVEL * abs(level))
        first = int(away[away < len(stretch) // 4].max(initial=-1)) + 1  # a ramp at the beginning is passed over
        rest = away[away >= first]
        last = int(rest[0]) - 1 if len(rest) else len(stretch) - 1
        if last - first + 1 >= _LEAST_ROWS:
            yield int(stretch[first]), int(stretch[last])


def _share(agreement: NDArray[np.float64]) -> float | None:
    total = float(np.abs(agreement).sum())
    return float(agreement[agreement > 0].sum()) / total if total > 0 else None


def _clearest(samples: Samples, jumps: NDArray[np.float64]) -> tuple[int, int]:
    """The rows between which a wrong sign shows best: those of a jump, or the ends of a stretch."""
    if len(jumps) and jumps[:, 0].min() < 0:
        k = int(jumps[jumps[:, 0].argmin(), 1])
        return k, k + 1
    levels = list(_levels(samples))
    return levels[int(np.argmin(_over_stretches(samples)))]
