"""How far does the voltage of a simulated discharge deviate from a measured one, at equal times since it began?

The first discharge of each curve is taken. It begins at its first sample with current; times between the samples of
the simulation are interpolated linearly. Only the time that both last is compared: how much of the measured charge
that is stands beside the deviation, for a simulation that ends early looks better than it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.halves import discharges_of
from ragone.pipelines.curve.holes import Hole, holes_of
from ragone.pipelines.curve.totals import noise_of
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import NotNegative

_MILLIVOLTS = 1e3  # per volt
RMSE = Definition("voltage_rmse", "mV", "root of the mean over time of the squared voltage difference")
BIAS = Definition("voltage_bias", "mV", "mean over time of the simulated voltage less the measured one")
LARGEST = Definition("voltage_largest_deviation", "mV", "largest absolute voltage difference")
SHARE = Definition("compared_share", "1", "measured charge in the time that is compared, over the whole discharge's")
_LEAST = 10  # samples


@kpi_stage(
    "kpi.voltage_deviation",
    gives={"voltage_(rmse|bias|largest_deviation)": "mV", "compared_share": "1"},
    libraries=("numpy",),
    unasked=False,
)
def voltage_deviation(
    measured: Curve, simulated: Curve, *, voltage_uncertainty_volt: NotNegative = 0.0
) -> Mapping[str, Kpi]:
    """Return the root mean square, mean and largest difference of the voltages of two discharges.

    Parameters
    ----------
    measured, simulated
        Curves that hold a discharge; any two curves may be compared, the first is the reference.
    voltage_uncertainty_volt
        Standard uncertainty of the instrument [V], the same for all samples; it enters the bias and the root mean
        square to first order.

    Returns
    -------
    Mapping
        "voltage_rmse", "voltage_bias", "voltage_largest_deviation" [mV], "compared_share" [-]. NOT_APPLICABLE where a
        curve holds no discharge, NOT_IDENTIFIABLE with fewer than ten samples in common.
    """
    Bounds(low=0).require(voltage_uncertainty_volt, "voltage_uncertainty_volt", "V")
    definitions = (RMSE, BIAS, LARGEST, SHARE)
    for role, curve in (("measured", measured), ("simulated", simulated)):
        if not discharges_of(curve):
            return all_missing(definitions, f"the {role} curve holds no discharge", KpiOutcome.NOT_APPLICABLE)
    hole = _hole_in_discharge(measured)
    if hole is not None:
        reason = (
            f"nothing was recorded in the {hole.seconds:g} s after row {hole.after_sample + 1} of the measured "
            "discharge, so that equal times are not equal states; compare one without a pause"
        )
        return all_missing(definitions, reason, KpiOutcome.NOT_APPLICABLE)
    time, voltage, current = _discharge(measured)
    their_time, their_voltage, _ = _discharge(simulated)
    common = time <= their_time[-1]
    if common.sum() < _LEAST:
        reason = f"{int(common.sum())} samples lie in the common {min(time[-1], their_time[-1]):g} s; {_LEAST} needed"
        return all_missing(definitions, reason, KpiOutcome.NOT_IDENTIFIABLE)
    difference = np.interp(time[common], their_time, their_voltage) - voltage[common]
    share = float(np.trapezoid(current[common], time[common]) / np.trapezoid(current, time))
    start = discharges_of(measured)[0].start
    window = Window(
        "the first discharge of each, from its first sample with current, as long as both last",
        start,
        start + float(time[common][-1]),
    )
    values = _values(difference, _weights(time[common]), noise_of(voltage[common]), voltage_uncertainty_volt)
    how = "voltages at equal times, weights of the trapezoidal rule; uncertainty: noise of the measured voltage, "
    kpis = {
        definition.name: definition.measured(
            _MILLIVOLTS * value,
            uncertainty=_MILLIVOLTS * spread,
            count=int(common.sum()),
            method=f"{how}stated instrument ({voltage_uncertainty_volt:g} V)",
            window=window,
        )
        for definition, (value, spread) in values.items()
    }
    method = "trapezoidal rule; uncertainty unknown"
    kpis[SHARE.name] = SHARE.measured(share, uncertainty=None, count=int(common.sum()), method=method, window=window)
    return kpis


def _values(
    difference: NDArray[np.float64], weights: NDArray[np.float64], noise: float, instrument: float
) -> dict[Definition, tuple[float, float]]:
    """Each deviation and its standard uncertainty [V], first order in the noise of a sample and in a common offset."""
    rmse, bias = math.sqrt(float(weights @ difference**2)), float(weights @ difference)
    spread = noise * math.sqrt(float(np.sum(weights**2)))
    leaning = abs(bias) / rmse if rmse else 1.0  # how far an offset of all samples moves the root mean square
    return {
        RMSE: (rmse, math.hypot(spread, leaning * instrument)),
        BIAS: (bias, math.hypot(spread, instrument)),
        LARGEST: (float(np.abs(difference).max()), math.hypot(noise, instrument)),
    }


def _hole_in_discharge(curve: Curve) -> Hole | None:
    steps = discharges_of(curve)[0].steps
    rows = range(steps[0].first_row, steps[-1].first_row + len(steps[-1].time) - 1)
    return next((hole for hole in holes_of(curve) if hole.after_sample in rows), None)


def _discharge(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Time since it began [s], voltage [V] and current [A] of the first discharge, shape (n,) each."""
    steps = discharges_of(curve)[0].steps
    time = np.concatenate([step.time for step in steps])
    return (
        time - time[0],
        np.concatenate([step.voltage for step in steps]),
        np.concatenate([step.current for step in steps]),
    )


def _weights(time: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of the trapezoidal rule, summing to one; equal ones if all samples are at one time."""
    width = np.diff(time)
    weights = (np.append(width, 0.0) + np.append(0.0, width)) / 2
    total = float(weights.sum())
    return np.asarray(weights / total if total > 0 else np.full(len(time), 1 / len(time)))
