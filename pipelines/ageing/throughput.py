"""How far a cell is aged at each row of its fade: cycles, equivalent full cycles, days, or charge that went through it.

Where cycles lie between two rows, what was discharged in each of them is taken as the straight line between the rows;
before the first row, as in it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ragone.schemas import CapacityFade

Unit = Literal["cycle", "equivalent full cycle", "day", "A.h"]
_SECONDS_PER_DAY = 86400.0


def places(fade: CapacityFade, unit: Unit, full_ampere_hour: float) -> NDArray[np.float64]:
    """Age of the cell at the end of each row's cycle, in `unit`, shape (n,).

    Parameters
    ----------
    fade
        Its cycles.
    unit
        What age is counted in.
    full_ampere_hour
        Charge that an equivalent full cycle discharges [A.h].
    """
    if unit == "cycle" or not len(fade.cycle_count):
        return np.asarray(fade.cycle_count, dtype=np.float64)
    if unit == "day":
        return np.asarray(fade.test_time_second / _SECONDS_PER_DAY)
    discharged = _discharged(fade)
    return discharged if unit == "A.h" else discharged / full_ampere_hour


def _discharged(fade: CapacityFade) -> NDArray[np.float64]:
    """Charge discharged since the first cycle, shape (n,) [A.h]."""
    charge, cycles = fade.discharging_capacity_ampere_hour, np.diff(fade.cycle_count)
    before = charge[0] * fade.cycle_count[0]
    between = cycles * charge[:-1] + np.diff(charge) * (cycles + 1) / 2
    return np.asarray(before + np.concatenate([[0.0], np.cumsum(between)]))
