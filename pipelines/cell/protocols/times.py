"""When a step is sampled: densely after it began, evenly further on.

After a change of current the voltage moves on every time scale from milliseconds on, so that the first samples are at
equal ratios of time. The grid depends on the step's length alone: the same step is sampled at the same times anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sampling:
    """Samples at equal steps of time, no closer than `closest` [s]; and so many in each decade from `first` [s] on."""

    per_step: int
    per_decade: int
    first: float
    closest: float = 1.0


def times_of(duration: float, sampling: Sampling, period: float | None = None) -> NDArray[np.float64]:
    """Times since a step began [s], shape (n,), its first moment and its last included.

    Parameters
    ----------
    duration
        Of the step [s], > 0.
    sampling
        How densely.
    period
        Between even samples [s], where the step names one.
    """
    even = period if period is not None else max(duration / sampling.per_step, sampling.closest)
    decades = np.log10(min(even, duration) / sampling.first)
    ratios = 10 ** (np.arange(max(0.0, np.ceil(decades * sampling.per_decade))) / sampling.per_decade)
    inside = np.unique(np.concatenate([np.arange(0.0, duration, even), sampling.first * ratios]))
    return np.append(inside[inside < duration * (1 - 1e-9)], duration)
