"""Rows beside a jump whose voltage was not read with their current.

A cycler reads one after the other. Where the current changes in between, a row holds the old current and already the
new voltage, or the new current and still the old voltage. Both make the answer to the jump look too small, down to
nothing. Such a row does not follow from the rows of its own side: what tells is how far it is on the way to the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.kpi.transient.baseline import baseline
from pipelines.kpi.transient.noise import noise_level

MOST_ROWS = 3
MOVED = 0.01  # of the way: what is further, and beyond what scatter and drift explain, was read after the jump
MOVED_FROM_ONE = 0.5  # the same where a single row says what was before
STILL = 0.1  # of the way: what is less far was read before the jump
DEVIATIONS = 4.0
NEXT_ROWS = 4

Vector = NDArray[np.float64]


def early_rows(time: Vector, voltage: Vector, beyond: Vector, sign: float) -> int:
    """How many of the last rows before a jump hold a voltage from after it; at most `MOST_ROWS`, one row is left.

    Parameters
    ----------
    time, voltage
        Shape (n,): the rows before the jump.
    beyond
        Voltages of the first rows after it.
    sign
        Of the jump: where the voltage goes.
    """
    for count in range(min(MOST_ROWS, len(time) - 1), 0, -1):
        kept, moment = slice(0, len(time) - count), float(time[-count])
        before = baseline(time[kept], voltage[kept], moment)
        way = float(np.max(sign * (beyond - before.level)))
        moved = sign * float(voltage[-count] - before.level)
        share = MOVED_FROM_ONE if len(time) - count == 1 else MOVED
        scatter = float(np.hypot(before.deviation, noise_level(time[kept], voltage[kept])))
        if way > 0 and moved > max(DEVIATIONS * scatter, share * way):
            return count
    return 0


def late_rows(change: Vector) -> int:
    """How many of the first rows after a jump hold a voltage from before it; at most `MOST_ROWS`, one row is left.

    Parameters
    ----------
    change
        Shape (n,): change of the voltage since before the jump, positive where it goes.
    """
    way = float(np.max(change[: MOST_ROWS + NEXT_ROWS], initial=0.0))
    late = 0
    while late < min(MOST_ROWS, len(change) - 1) and change[late] < STILL * way:
        late += 1
    return late
