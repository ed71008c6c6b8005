"""How far does a phase remember itself? The probability that two points at a distance both lie in it.

S2(r) = P(x and x + r in the phase), from the autocorrelation by fast Fourier transforms, averaged over all directions.
S2(0) is the volume fraction; at distances beyond all structure it is its square; its slope at zero is -S_V / 4, with
S_V the area of the phase against all others (Debye). Unless the volume is periodic, only pairs inside it count, and the
number of pairs differs with the distance: no wrapping, no padding in the estimate.

The counts of pairs are whole numbers and rounded to them, so that equal volumes give equal results on any machine.

What it does not do: cubic voxels only; the distance is binned to one voxel, so the slope needs several of them.

References
----------
Debye, Anderson and Brumberger 1957, J. Appl. Phys. 28, 679, doi 10.1063/1.1722830. Torquato 2002, Random Heterogeneous
Materials, sections 2.2 and 12.4, doi 10.1007/978-1-4757-6355-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import fft

from pipelines.characterise.geometry.errors import GeometryInputError
from pipelines.characterise.geometry.labelled_volume import Floats, checked_mask


@dataclass(frozen=True, slots=True)
class TwoPointCorrelation:
    """Probability [-] at each distance [voxels]; both of shape (n,), the first distance is zero."""

    distance_voxels: Floats
    probability: Floats


def two_point_correlation(
    mask: npt.NDArray[Any], *, largest_distance_voxels: int, periodic: bool = False
) -> TwoPointCorrelation:
    """Two-point correlation of a phase, averaged over all directions.

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the phase is.
    largest_distance_voxels
        At least 1; where half of the longest edge is shorter, that is the end.
    periodic
        Whether opposite faces of the volume touch.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume, or the distance is below one voxel.
    """
    phase = checked_mask(mask)
    if largest_distance_voxels < 1:
        raise GeometryInputError(f"largest_distance_voxels = {largest_distance_voxels}. Give one voxel at least.")
    reach = min(largest_distance_voxels, max(phase.shape) // 2)
    reaches = [min(reach, length // 2 if periodic else length - 1) for length in phase.shape]
    lags = [np.arange(-r, r + 1) for r in reaches]
    pairs = _pairs(phase, reaches, lags, periodic)
    possible = _possible_pairs(phase.shape, lags, periodic)
    squares = _squared_length(lags)
    distance = np.sqrt(squares)
    bins = np.floor(distance + 0.5).astype(np.int64)
    sums = [np.bincount(bins, weights, reach + 1)[: reach + 1] for weights in (pairs, possible, possible * distance)]
    return TwoPointCorrelation(sums[2] / sums[1], sums[0] / sums[1])


def _pairs(
    phase: npt.NDArray[np.bool_], reaches: list[int], lags: list[npt.NDArray[np.int64]], periodic: bool
) -> Floats:
    """Pairs of voxels of the phase at each lag; flat."""
    padding = [0 if periodic else reach for reach in reaches]
    shape = [n if periodic else fft.next_fast_len(n + p, real=True) for n, p in zip(phase.shape, padding, strict=True)]
    spectrum = fft.rfftn(phase.astype(np.float64), shape)
    spectrum *= spectrum.conj()
    counts = fft.irfftn(spectrum, shape)
    return np.asarray(np.rint(counts[np.ix_(*lags)]).reshape(-1))


def _possible_pairs(shape: tuple[int, ...], lags: list[npt.NDArray[np.int64]], periodic: bool) -> Floats:
    """Pairs of voxels of the volume at each lag; flat."""
    x, y, z = (np.full(len(lag), n) if periodic else n - np.abs(lag) for n, lag in zip(shape, lags, strict=True))
    return np.asarray(np.multiply.outer(np.multiply.outer(x, y), z).reshape(-1), dtype=np.float64)


def _squared_length(lags: list[npt.NDArray[np.int64]]) -> Floats:
    x, y, z = (lag.astype(np.float64) ** 2 for lag in lags)
    return np.asarray(np.add.outer(np.add.outer(x, y), z).reshape(-1))
