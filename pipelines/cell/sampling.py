"""Reading a solution at fixed points: the one place where PyBaMM's signs become the schema's.

PyBaMM counts a discharging current positive, the Battery Data Format negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Samples:
    """Time [s], voltage [V], current [A, negative: discharge] and temperature [K]; shape (n,) each."""

    time: NDArray[np.float64]
    voltage: NDArray[np.float64]
    current: NDArray[np.float64]
    temperature: NDArray[np.float64]


def no_samples() -> Samples:
    """Return the samples of a discharge that never began."""
    return Samples(np.empty(0), np.empty(0), np.empty(0), np.empty(0))


def sampled(solution: Any, count: int) -> Samples:
    """The solution at `count` equal steps of time, both ends included, by the solver's own interpolation."""
    time = np.linspace(0.0, float(solution.t[-1]), count)
    voltage = np.asarray(solution["Voltage [V]"](time), dtype=np.float64)
    temperature = np.asarray(solution["Volume-averaged cell temperature [K]"](time), dtype=np.float64)
    current = battery_data_current(solution["Current [A]"](time))
    return Samples(time, voltage, current, np.broadcast_to(temperature, time.shape))


def battery_data_current(pybamm_current: Any) -> NDArray[np.float64]:
    """PyBaMM's current [A, positive: discharge] in the sign of the Battery Data Format."""
    return -np.asarray(pybamm_current, dtype=np.float64)
