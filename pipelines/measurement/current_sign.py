"""Does a positive current charge the cell? The voltage says so: it steps up where the current steps up, and rises while
the cell is charged.

Assumption: the cell is passive, that is, its resistance is positive.

What it does not do: reverse a sign on its own. A wrong sign is refused; the person says that it is to be reversed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.measurement.errors import CurrentSignError
from pipelines.measurement.samples import Samples

DECISIVE = 0.8
_STEP = 0.1  # of the largest current: smaller steps say little against noise
_REST = 1e-3
_LEAST_SWING = 0.02  # volt
_DISCHARGE_STATES = ("D", "DCH", "DCHG", "DISCHARGE")


def signed_by_state(samples: Samples) -> NDArray[np.float64] | None:
    """The current with the sign of the instrument's state (Maccor's C, D, R); none if it has signs already."""
    if samples.state is None or samples.current.min() < -_REST * samples.current.max():
        return None
    discharging = np.isin(samples.state, _DISCHARGE_STATES)
    return np.where(discharging, -samples.current, samples.current) if discharging.any() else None


def check_sign(samples: Samples, *, flipped: bool) -> str:
    """What is said of the sign, empty if it is right.

    Raises
    ------
    CurrentSignError
        If it contradicts the voltage, or if the current is a magnitude without sign.
    """
    steps, trends = _at_steps(samples), _over_stretches(samples)
    charge, discharge = float(samples.current.max()), -float(samples.current.min())
    if (
        min(charge, discharge) <= _REST * max(charge, discharge)
        and trends is not None
        and 1 - DECISIVE < trends < DECISIVE
    ):
        raise CurrentSignError(
            "the current has one sign, yet the voltage rises in some stretches and falls in others: it is a magnitude. "
            "Export a signed current, or the column 'State' with C and D."
        )
    if not samples.current.any():
        return "the current is zero in every row; check its column and unit"
    decisive = [share for share in (steps, trends) if share is not None and not 1 - DECISIVE < share < DECISIVE]
    if not decisive:
        return "the sign of the current could not be checked: no step or stretch of it moves the voltage clearly"
    if decisive[0] > 0.5:
        return ""
    k = _row_of_largest_step(samples)
    evidence = (
        f"from row {samples.row[k]} to row {samples.row[k + 1]} the current goes from {samples.current[k]:g} to "
        f"{samples.current[k + 1]:g} A and the voltage from {samples.voltage[k]:g} to {samples.voltage[k + 1]:g} V"
    )
    advice = "Leave --flip-current out" if flipped else "If the file counts discharge positive, give --flip-current"
    raise CurrentSignError(
        f"the voltage falls where the cell would be charged: {evidence}. A positive current must charge. {advice}."
    )


def _at_steps(samples: Samples) -> float | None:
    """Share of the steps of current, weighted by size, at which the voltage steps the same way."""
    current, voltage = np.diff(samples.current), np.diff(samples.voltage)
    large = np.abs(current) > _STEP * np.abs(samples.current).max()
    return _share(current[large] * voltage[large])


def _over_stretches(samples: Samples) -> float | None:
    """Share of the stretches of one sign, weighted by change of voltage, that rise on charge or fall on discharge."""
    current = samples.current
    sign = np.where(np.abs(current) > _REST * np.abs(current).max(), np.sign(current), 0.0)
    stretches = np.split(np.arange(len(current)), np.flatnonzero(np.diff(sign) != 0) + 1)
    change = np.array([sign[s[0]] * (samples.voltage[s[-1]] - samples.voltage[s[0]]) for s in stretches])
    return _share(change) if np.abs(change).sum() > _LEAST_SWING else None


def _share(agreement: NDArray[np.float64]) -> float | None:
    total = float(np.abs(agreement).sum())
    return float(agreement[agreement > 0].sum()) / total if total > 0 else None


def _row_of_largest_step(samples: Samples) -> int:
    """Where the sign shows best: the largest product of the steps, or of current and change of voltage."""
    product = np.diff(samples.current) * np.diff(samples.voltage)
    if not (product < 0).any():
        product = samples.current[:-1] * np.diff(samples.voltage)
    return int(np.argmin(product))
