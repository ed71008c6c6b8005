"""Which processes stand out of a distribution of relaxation times?

Peaks, each with the resistance between the valleys beside it. What is as small as its own uncertainty, or below a
hundredth of the whole, is no peak of its own and belongs to its neighbour.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from ragone.pipelines.kpi.impedance.relaxation_times import RelaxationTimes

_PROMINENCE = 0.02  # of the highest peak
_SHARE = 0.01  # of the whole resistance
_SIGNIFICANT = 3.0  # standard uncertainties


@dataclass(frozen=True, slots=True)
class Peak:
    """One process: time constant of the highest place [s], resistance and its standard uncertainty [ohm]."""

    time_constant: float
    resistance: float
    uncertainty: float


def peaks_of(distribution: RelaxationTimes, fastest: float, slowest: float) -> tuple[Peak, ...]:
    """The peaks with time constants within [fastest, slowest], the fastest first."""
    gamma, times = distribution.gamma, distribution.time_constants
    padded = np.concatenate([[0.0], gamma, [0.0]])  # a peak may stand at an end
    places = find_peaks(padded, prominence=_PROMINENCE * max(float(gamma.max()), 1e-300))[0] - 1
    places = places[(times[places] >= fastest) & (times[places] <= slowest)]
    valleys = [int(a + np.argmin(gamma[a : b + 1])) for a, b in itertools.pairwise(places)]
    whole = float(gamma.sum()) * distribution.step
    found = []
    for place, first, last in zip(places, [0, *(v + 1 for v in valleys)], [*valleys, len(gamma) - 1], strict=True):
        resistance, uncertainty = distribution.resistance(first, last)
        if resistance > max(_SHARE * whole, _SIGNIFICANT * uncertainty):
            found.append(Peak(float(times[place]), resistance, uncertainty))
    return tuple(found)
