"""The protocol that does again what was measured: a discharge at constant current to its last voltage, and rests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.protocols.grammar import ProtocolError
from ragone.pipelines.cell.protocols.words import number, rest
from ragone.pipelines.cell.sampling import battery_data_current
from ragone.schemas import Measurement

_BEFORE = 10.0  # s
_RESTING = 1e-3  # of the largest current
_CONSTANT = 0.02  # relative standard deviation of a current that was held constant


def discharge_alike(measured: Measurement) -> tuple[str, str, str]:
    """The first discharge of a curve between two rests, as steps in plain English.

    The rest before is short: the cell is full and at rest in any case. The one after it is as long as it was measured.

    Parameters
    ----------
    measured
        A curve whose first discharge was held at a constant current.

    Raises
    ------
    ProtocolError
        If it holds no discharge, or its current varies.
    """
    current = battery_data_current(measured.current_ampere)
    flowing = current > _RESTING * np.abs(current).max(initial=0.0)
    if not flowing.any():
        raise ProtocolError(f"the curve of {measured.cell_name!r} holds no discharge. Give one that does.")
    start = int(np.argmax(flowing))
    after = np.flatnonzero(~flowing[start:])
    rows = slice(start, start + int(after[0]) if len(after) else len(current))
    mean, spread = _over_time(measured.test_time_second[rows], current[rows])
    if spread > _CONSTANT * mean:
        raise ProtocolError(
            f"the current of the discharge from row {start + 1} varies by {spread / mean:.1%}; it must be constant. "
            "Follow it instead: `ragone cycle CELL --profile ID`."
        )
    discharge = f"Discharge at {number(mean)} A until {number(float(measured.voltage_volt[rows].min()))} V"
    return rest(_BEFORE), discharge, rest(max(_BEFORE, _rest_after(measured, current, rows.stop)))


def _over_time(time: NDArray[np.float64], current: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation of a current, each row weighted by the time that it stands for [A]."""
    width = np.diff(time)
    weights = np.append(width, 0.0) + np.append(0.0, width)
    weights = weights if weights.any() else np.ones(len(time))
    mean = float(np.average(current, weights=weights))
    return mean, float(np.sqrt(np.average((current - mean) ** 2, weights=weights)))


def _rest_after(measured: Measurement, current: NDArray[np.float64], start: int) -> float:
    """Time without current from a row on [s]."""
    flowing = np.flatnonzero(np.abs(current[start:]) > _RESTING * np.abs(current).max())
    end = start + int(flowing[0]) if len(flowing) else len(current)
    time = measured.test_time_second[start:end]
    return float(round(time[-1] - time[0])) if len(time) else 0.0
