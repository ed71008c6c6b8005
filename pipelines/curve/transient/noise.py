"""How much a signal scatters from sample to sample, whatever smooth course it takes.

Each sample is compared with the straight line between its two neighbours; for white noise on a smooth signal the
deviations, scaled by the spacing, have the noise's own standard deviation. The median makes jumps and sharp bends
harmless. Noise that is correlated over many samples (mains hum sampled fast, thermal drift) is not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NORMAL_MEDIAN = 0.6744897501960817  # median absolute deviation of the standard normal distribution
SMALLEST_RELATIVE = 1e-6  # of the signal: what a solver, or six digits in a file, leaves open
GRID_TOLERANCE = 0.05  # of a digit
FEW_ROWS = 16  # fewer do not tell the noise well
FEWEST_LEVELS = 4  # fewer do not tell the digit
DITHER = 0.4  # of a digit: noise above makes rounding white; that of rounding alone is 0.29
LARGEST_STEP = 0.01  # of the signal: a coarser grid is one of set points, not of rounding


def noise_level(time: NDArray[np.float64], signal: NDArray[np.float64]) -> float:
    """Standard deviation of white noise on a smooth signal, in the signal's unit, > 0 unless the signal is 0.

    Parameters
    ----------
    time, signal
        Shape (n,); samples at equal times are compared by their mean.

    Returns
    -------
    float
        Not below the rounding of the samples nor `SMALLEST_RELATIVE` of the signal.
    """
    floor = max(_rounding(signal), SMALLEST_RELATIVE * float(np.abs(signal).max(initial=0.0)))
    if len(signal) < 5:
        return floor
    before, after = np.diff(time)[:-1], np.diff(time)[1:]
    span = before + after
    share = np.divide(before, span, out=np.full_like(span, 0.5), where=span > 0)
    deviation = signal[1:-1] - (1 - share) * signal[:-2] - share * signal[2:]
    scaled = np.abs(deviation) / np.sqrt(1 + share**2 + (1 - share) ** 2)
    return max(floor, float(np.median(scaled)) / NORMAL_MEDIAN)


def _rounding(signal: NDArray[np.float64]) -> float:
    """Standard deviation of rounding to a grid, if small differences between samples are all multiples of one."""
    differences = np.abs(np.diff(signal))
    apart = differences[differences > SMALLEST_RELATIVE * np.abs(signal).max(initial=0.0)]
    if len(apart) < 5 or apart.min() > LARGEST_STEP * np.abs(signal).max():
        return 0.0
    multiples = apart[apart < 50 * apart.min()] / apart.min()
    on_grid = len(multiples) >= 5 and np.all(np.abs(multiples - np.round(multiples)) < 0.01 * multiples)
    straight = multiples.max() < 1.5 and len(apart) > 0.7 * len(differences)  # a ramp has equal differences as well
    return float(apart.min()) / np.sqrt(12.0) if on_grid and not straight else 0.0


def shared_rounding(signal: NDArray[np.float64], noise: float) -> float:
    """Standard deviation of the rounding that neighbouring samples have in common, in the signal's unit.

    A digit coarser than the noise rounds neighbouring samples alike, and no mean over them takes that away.
    """
    levels = np.unique(signal)
    if len(levels) < FEWEST_LEVELS:
        return 0.0
    apart = np.diff(levels)
    digit = float(apart.min())
    on_grid = np.abs(apart / digit - np.round(apart / digit)).max() < GRID_TOLERANCE
    return digit / np.sqrt(12.0) if on_grid and noise < DITHER * digit else 0.0


def noise_beside(
    time: NDArray[np.float64], signal: NDArray[np.float64], before: slice, after: slice
) -> tuple[float, float]:
    """Noise of a signal before and after a jump; of a side with few rows it is the other's, if that is larger."""
    levels = [noise_level(time[rows], signal[rows]) for rows in (before, after)]
    counts = [rows.stop - rows.start for rows in (before, after)]
    if min(counts) < FEW_ROWS <= max(counts):
        few = int(np.argmin(counts))
        levels[few] = max(levels)
    return levels[0], levels[1]
