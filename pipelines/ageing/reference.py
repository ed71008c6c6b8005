"""The capacity that shares of a fade are of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.pipelines.ageing.decline import non_increasing
from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.curve.totals import noise_of
from ragone.schemas import CapacityFade


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference capacity [A.h], its standard deviation by the noise of the rows, and which one it is."""

    capacity: float
    deviation: float
    text: str


def reference_of(fade: CapacityFade, name: str) -> Reference:
    """The reference of that name: initial, first, nominal, largest, or the number of a cycle.

    The initial one is that which the fade states, of a simulated cell that of its second cycle; else the first row's.

    Raises
    ------
    AgeingError
        If the fade has no nominal capacity, or not the cycle, or the name is another.
    """
    capacity = fade.discharging_capacity_ampere_hour
    noise = noise_of(capacity)
    if name == "initial" and fade.reference_capacity_ampere_hour is not None:
        return Reference(fade.reference_capacity_ampere_hour, noise, "the initial capacity that the fade states")
    if name in ("initial", "first"):
        return Reference(float(capacity[0]), noise, "that of the first row")
    if name == "largest":
        return Reference(float(non_increasing(capacity)[0]), 0.0, "the largest of the non-increasing curve")
    if name == "nominal":
        if fade.nominal_capacity_ampere_hour is None:
            raise AgeingError("the fade holds no nominal capacity. Take reference 'first', or import it with one.")
        return Reference(fade.nominal_capacity_ampere_hour, 0.0, "the nominal capacity")
    if not name.isdecimal():
        raise AgeingError(f"reference {name!r} is none. Write initial, first, largest, nominal, or a cycle's number.")
    rows = np.flatnonzero(fade.cycle_count == int(name))
    if not len(rows):
        first, last = fade.cycle_count[0], fade.cycle_count[-1]
        raise AgeingError(f"the fade holds no cycle {name}; its {len(fade.cycle_count)} rows are of {first} to {last}.")
    return Reference(float(capacity[rows[0]]), noise, f"that of cycle {name}")
