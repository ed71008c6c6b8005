"""A measured curve as a load to follow: what PyBaMM calls a drive cycle.

Between samples the load is interpolated linearly, so that its charge is what the trapezoidal rule gives. A jump,
recorded as two samples at one time, takes a microsecond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.sampling import battery_data_current
from ragone.schemas import CellParameters, Measurement
from ragone.schemas.errors import FieldShapeError, MissingFieldError

JUMP = 1e-6  # s


@dataclass(frozen=True, slots=True)
class Load:
    """Time from 0 [s], rising, and the load: A or W, positive when discharging; shape (n,) each."""

    time: NDArray[np.float64]
    value: NDArray[np.float64]

    @property
    def duration(self) -> float:
        """Duration of the whole profile [s]."""
        return float(self.time[-1])


def load_of(profile: Measurement, quantity: str, cell: CellParameters) -> Load:
    """The load that a profile puts on a cell.

    Parameters
    ----------
    profile
        The measured curve.
    quantity
        "A": its current; "W": its power; "C": its current over its nominal capacity, times that of the cell.
    cell
        The cell that follows it.

    Raises
    ------
    FieldShapeError
        If the profile has fewer than two moments.
    MissingFieldError
        If a rate is wanted and the profile has no nominal capacity.
    """
    time = _rising(profile.test_time_second)
    if len(time) < 2 or time[-1] <= len(time) * JUMP:
        raise FieldShapeError(f"the profile of {profile.cell_name!r} has {len(time)} samples; two moments are needed.")
    return Load(time, _VALUES[quantity](profile, cell))


def _current(profile: Measurement, cell: CellParameters) -> NDArray[np.float64]:
    return battery_data_current(profile.current_ampere)  # the change of sign is its own inverse


def _power(profile: Measurement, cell: CellParameters) -> NDArray[np.float64]:
    return np.asarray(battery_data_current(profile.current_ampere) * profile.voltage_volt)


def _rate(profile: Measurement, cell: CellParameters) -> NDArray[np.float64]:
    capacity = profile.nominal_capacity_ampere_hour
    if capacity is None:
        raise MissingFieldError(
            f"the profile of {profile.cell_name!r} has no nominal_capacity_ampere_hour, so that its current is no "
            "rate. Give it when the file is read, or follow the current itself: 'Run profile (A)'."
        )
    return battery_data_current(profile.current_ampere) * (cell.nominal_capacity_ampere_hour / capacity)


_VALUES: dict[str, Callable[[Measurement, CellParameters], NDArray[np.float64]]] = {
    "A": _current,
    "W": _power,
    "C": _rate,
}


def _rising(time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times from 0 on, each repeated one a jump later than the one before."""
    since = np.asarray(time, np.float64) - (time[0] if len(time) else 0.0)
    ramp = JUMP * np.arange(len(since))
    return np.asarray(np.maximum.accumulate(since - ramp) + ramp)
