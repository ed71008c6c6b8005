"""How fast does the mean squared displacement (MSD) of walkers grow in the end? A slope with its standard error.

The walk is stationary, so every pair of times of a track that lies a lag apart counts. For a reversible walk the slope
of the MSD only falls with the lag, to its limit within exp(-pi^2 D t / L^2) for the slowest mode across an edge L. The
fit goes over lags t to 2 t from the first t at which the root of the MSD reaches L, where that exponential is
exp(-pi^2 / 2) = 0.007. If the slope still falls by more than three standard errors from the first half of these lags to
the second, t is doubled.

The slope is linear in each walker's own squared displacements, and walkers are independent: the standard error of the
mean over walkers holds without any model of how the lags depend on each other.

What it does not do: a slow mode that is hidden by the noise is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Track = npt.NDArray[np.int32]

_SMALLEST_LAG = 2  # so that the lags have two halves
_SIGNIFICANT = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class Growth:
    """Slope of the MSD, its standard error, the first lag fitted, and whether the slope had settled there."""

    slope: float
    standard_error: float
    first_lag: int
    settled: bool

    def scaled(self, factor: float) -> Growth:
        """The same growth in another unit of area over time."""
        return replace(self, slope=self.slope * factor, standard_error=self.standard_error * factor)


def final_growth(track: Track, edge: int) -> Growth:
    """Growth of the MSD along one axis, per interval between two times.

    Parameters
    ----------
    track
        Shape (time, walker), at least 17 times. Unfolded coordinate [voxel] at equally spaced times.
    edge
        Of the cell along this axis [voxel].

    Returns
    -------
    Growth
        Slope [voxel^2 per interval]; of the longest lags that every track holds twice, if it has not settled.
    """
    largest = (len(track) - 1) // 4
    candidates = range(_SMALLEST_LAG, largest + 1)
    lag = next((n for n in candidates if squared_displacement(track, n).mean() >= edge**2), largest + 1)
    settled = lag <= largest
    lag = min(lag, largest)
    while settled and _falls(track, lag):
        settled = 2 * lag <= largest
        lag = min(2 * lag, largest)
    slope, error = _mean(_slopes(track, lag, 2 * lag))
    return Growth(slope, error, lag, settled)


def squared_displacement(track: Track, lag: int) -> Floats:
    """Mean over all pairs of times this far apart, for each walker; shape (walker,) [voxel^2]."""
    apart = (track[lag:] - track[:-lag]).astype(np.int64)
    return np.asarray(np.sum(apart * apart, axis=0) / len(apart))


def _slopes(track: Track, first: int, last: int) -> Floats:
    """Least-squares slope over these lags of each walker's squared displacement, shape (walker,)."""
    lags = np.arange(first, last + 1)
    weights = (lags - lags.mean()) / np.sum((lags - lags.mean()) ** 2)
    return np.asarray(sum(w * squared_displacement(track, lag) for w, lag in zip(weights, lags.tolist(), strict=True)))


def _falls(track: Track, lag: int) -> bool:
    middle = lag + lag // 2
    fall, error = _mean(_slopes(track, lag, middle) - _slopes(track, middle, 2 * lag))
    return fall > _SIGNIFICANT * error


def _mean(values: Floats) -> tuple[float, float]:
    """Mean over walkers and its standard error."""
    return float(values.mean()), float(values.std(ddof=1)) / len(values) ** 0.5
