"""Samples averaged in bins of equal width on the logarithm of time, so that each decade counts alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS_PER_DECADE = 16


@dataclass(frozen=True, slots=True)
class Bins:
    """First row of each bin, and how many rows it holds; shape (m,) each."""

    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    def mean(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean of each bin along the last axis: shape (..., n) to (..., m)."""
        return np.asarray(np.add.reduceat(samples, self.starts, axis=-1) / self.counts)


def logarithmic_bins(time: NDArray[np.float64]) -> Bins:
    """Bins of increasing times since a jump [s]; a bin holds one sample at least.

    Parameters
    ----------
    time
        Shape (n,), never decreasing. The bins begin at the first time that is above 0.
    """
    positive = time[time > 0]
    first = float(positive[0]) if len(positive) else 1.0
    decade = np.log10(np.maximum(time, first) / first)
    label = np.floor(BINS_PER_DECADE * decade + 1e-9)
    label[time <= 0] = -1
    starts = np.flatnonzero(np.diff(label, prepend=-2.0) != 0)
    return Bins(starts, np.diff(np.append(starts, len(time))))
