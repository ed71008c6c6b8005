"""The voltage before a jump of the current, carried on to it: what the cell would have done anyway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient.averaging import Family, average
from ragone.pipelines.curve.transient.binning import logarithmic_bins

FEWEST_BINS = 4  # for a straight line, and to see whether it bends
DEVIATIONS = 2.0  # of a slope, beyond which it shows


@dataclass(frozen=True, slots=True)
class Baseline:
    """Level at the moment [V], slope [V/s], and the standard deviation of each."""

    level: float
    slope: float
    deviation: float
    slope_deviation: float = 0.0


def baseline(time: NDArray[np.float64], voltage: NDArray[np.float64], moment: float, noise: float) -> Baseline:
    """The voltage carried on from its samples before a moment, shape (n,) each, n > 0; noise [V].

    Of too few samples for a line it is the last one, and as uncertain as the last two drift until the moment. A line
    that does not fit (a relaxation underway, seen by few samples) is more uncertain by its misfit. A slope that does
    not show beyond its uncertainty is taken as none.
    """
    back = (moment - time)[::-1]
    bins = logarithmic_bins(back)
    count = len(bins.counts)
    if count < FEWEST_BINS:
        return Baseline(float(np.mean(voltage[-1:])), 0.0, float(np.hypot(noise, _drift(time, voltage, moment))))
    basis = bins.mean(np.stack([np.ones_like(back), back, back**2]))
    data, deviation = bins.mean(voltage[::-1] - voltage[-1]), noise / np.sqrt(bins.counts)
    families = (
        Family("level", np.array([[0]])),
        Family("line", np.array([[0, 1]])),
        Family("bend", np.array([[0, 1, 2]])),
    )
    windows = np.array([[0, stop] for stop in range(FEWEST_BINS, count + 1)])
    free = np.zeros(3, bool)
    level = average(basis, data, deviation, np.array([1.0, 0, 0]), families, windows, free)
    slope = average(basis, data, deviation, np.array([0, -1.0, 0]), families, windows, free)
    if level is None or slope is None:
        return Baseline(float(voltage[-1]), 0.0, noise)
    misfit = max(level.chi_square / max(level.data_count - 2, 1), 1.0)
    spread, slope_spread = (float(np.sqrt(found.variance * misfit)) for found in (level, slope))
    shows = abs(slope.value) > DEVIATIONS * slope_spread
    return Baseline(float(voltage[-1]) + level.value, slope.value if shows else 0.0, spread, slope_spread)


def _drift(time: NDArray[np.float64], voltage: NDArray[np.float64], moment: float) -> float:
    """Drift of the voltage from the last sample to the moment, at the pace of the last two [V]."""
    if len(time) < 2:
        return 0.0
    apart, ahead = float(time[-1] - time[-2]), float(moment - time[-1])
    return abs(float(voltage[-1] - voltage[-2])) * (min(ahead / apart, 1.0) if apart > 0 else 1.0)
