"""Rows beside a jump whose voltage was not read with their current.

A cycler reads one after the other. Where the current changes in between, a row holds the old current and already the
new voltage, or the new current and still the old voltage. Both make the answer to the jump look too small, down to
nothing. Such a row does not follow from the rows of its own side: what tells is how far it is on the way to the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient.baseline import baseline

MOST_ROWS = 3
MOVED = 0.01  # of the way: what is further, and beyond what scatter and drift explain, was read after the jump
MOVED_FROM_ONE = 0.5  # the same where a single row says what was before
STILL = 0.1  # of the way: what is less far was read before the jump
HALFWAY = 0.5  # of the way of a row that follows soon: what is less far was read before it was over
SOON = 3.0  # s: later, a cell may relax by more than its ohmic part
DEVIATIONS = 4.0
NEXT_ROWS = 4

Vector = NDArray[np.float64]


def early_rows(time: Vector, voltage: Vector, beyond: Vector, sign: float, noise: float) -> int:
    """Number of last rows before a jump with a voltage from after it; at most `MOST_ROWS`, one row is left.

    Parameters
    ----------
    time, voltage
        Shape (n,): the rows before the jump.
    beyond
        Voltages of the first rows after it.
    sign
        Of the jump: where the voltage goes.
    noise
        Standard deviation of a voltage [V].
    """
    for count in range(min(MOST_ROWS, len(time) - 1), 0, -1):
        kept, moment = slice(0, len(time) - count), float(time[-count])
        before = baseline(time[kept], voltage[kept], moment, noise)
        way = float(np.max(sign * (beyond - before.level)))
        moved = sign * float(voltage[-count] - before.level)
        share = MOVED_FROM_ONE if len(time) - count == 1 else MOVED
        scatter = float(np.hypot(before.deviation, noise))
        if way > 0 and moved > max(DEVIATIONS * scatter, share * way):
            return count
    return 0


def late_rows(time: Vector, change: Vector, noise: float) -> int:
    """Number of first rows after a jump with a voltage from before it; at most `MOST_ROWS`, one row is left.

    They have hardly moved, or less than half as far as the next, or are followed by a row that moves faster than they
    did: an answer only slows down.

    Parameters
    ----------
    time, change
        Shape (n,): change of the voltage since before the jump, positive where it goes.
    noise
        Standard deviation of a voltage [V].
    """
    way = float(np.max(change[: MOST_ROWS + NEXT_ROWS], initial=0.0))
    if way <= DEVIATIONS * noise:
        return 0
    late = 0
    while late < min(MOST_ROWS, len(change) - 1) and change[late] < max(
        STILL * way, HALFWAY * change[late + 1] if time[late + 1] - time[late] <= SOON else 0.0
    ):
        late += 1
    for count in range(min(MOST_ROWS, len(change) - 1), max(late, 1), -1):
        step, width = float(change[count] - change[count - 1]), float(time[count] - time[count - 1])
        apart, before = float(time[count - 1] - time[late]), float(change[count - 1] - change[late])
        explained = before * width / apart if apart > 0 and before > 0 else 0.0
        if step - explained > max(DEVIATIONS * noise * np.hypot(np.sqrt(2), width / max(apart, width)), MOVED * way):
            return count
    return late
