"""How far does a phase remember itself? The probability that two points at a distance both lie in it.

S2(r) = P(x and x + r in the phase), from the autocorrelation by fast Fourier transforms, averaged over all directions.
S2(0) is the volume fraction; at distances beyond all structure it is its square; its slope at zero is -S_V / 4, with
S_V the area of the phase against all others (Debye). Unless the volume is periodic, only pairs inside it count, and the
number of pairs differs with the distance: no wrapping, no padding in the estimate.

The counts of pairs are whole numbers and rounded to them, so that equal volumes give equal results on any machine. Only
near lags are wanted: the far ones are dropped after the transform back along each axis, and half of them is a mirror
image.

What it does not do: the distance is binned to one voxel (of anisotropic ones, to the edge of the cube of equal volume),
so the slope needs several of them.

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

from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.labelled_volume import CUBIC, Edges, Floats, Mask, checked_mask
from ragone.pipelines.characterise.geometry.slabs import thread_count

_SLAB = 16  # layers or rows that are transformed together


@dataclass(frozen=True, slots=True)
class TwoPointCorrelation:
    """Probability [-] at each distance [voxels]; both of shape (n,), the first distance is zero."""

    distance_voxels: Floats
    probability: Floats


def two_point_correlation(
    mask: npt.NDArray[Any], *, largest_distance_voxels: int, periodic: bool = False, edges: Edges = CUBIC
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
    edges
        Of a voxel along each axis, relative to that of the cube of equal volume.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume, or the distance is below one voxel.
    """
    phase = checked_mask(mask)
    if largest_distance_voxels < 1:
        raise GeometryInputError(f"largest_distance_voxels = {largest_distance_voxels}. Give one voxel at least.")
    lengths = [length * edge for length, edge in zip(phase.shape, edges, strict=True)]
    reach = min(largest_distance_voxels, int(max(lengths) / 2))
    limits = [length // 2 if periodic else length - 1 for length in phase.shape]
    reaches = [min(int((reach + 0.5) / edge), limit) for edge, limit in zip(edges, limits, strict=True)]
    lags = [np.arange(-r, r + 1) for r in reaches]
    pairs = _pairs(phase, reaches, periodic)
    possible = _possible_pairs(phase.shape, lags, periodic)
    distance = np.sqrt(_squared_length(lags, edges))
    bins = np.maximum(np.floor(distance + 0.5).astype(np.int64), distance > 0)  # distance zero has its own
    sums = [np.bincount(bins, weights, reach + 1)[: reach + 1] for weights in (pairs, possible, possible * distance)]
    return TwoPointCorrelation(sums[2] / sums[1], sums[0] / sums[1])


def _pairs(phase: Mask, reaches: list[int], periodic: bool) -> Floats:
    """Pairs of voxels of the phase at each lag; flat."""
    x, y, z = (
        n if periodic else fft.next_fast_len(n + reach, real=True)
        for n, reach in zip(phase.shape, reaches, strict=True)
    )
    near = [np.arange(-reach, reach + 1) for reach in reaches]
    workers = thread_count(phase.size)
    spectrum = np.empty((len(phase), y, z // 2 + 1), np.complex128)
    for first in range(0, len(phase), _SLAB):
        slab = fft.rfft(phase[first : first + _SLAB].astype(np.float64), z, workers=workers)
        spectrum[first : first + _SLAB] = fft.fft(slab, y, axis=1, workers=workers, overwrite_x=True)
    power = np.empty((reaches[0] + 1, *spectrum.shape[1:]), np.complex128)
    for first in range(0, y, _SLAB):
        columns = fft.fft(spectrum[:, first : first + _SLAB], x, axis=0, workers=workers)
        columns *= columns.conj()
        power[:, first : first + _SLAB] = fft.ifft(columns, axis=0, workers=workers, overwrite_x=True)[: len(power)]
    half = fft.irfft(fft.ifft(power, axis=1, workers=workers)[:, near[1]], z, workers=workers)[:, :, near[2]]
    return np.asarray(np.rint(np.concatenate([half[:0:-1, ::-1, ::-1], half]).reshape(-1)))


def _possible_pairs(shape: tuple[int, ...], lags: list[npt.NDArray[np.int64]], periodic: bool) -> Floats:
    """Pairs of voxels of the volume at each lag; flat."""
    x, y, z = (np.full(len(lag), n) if periodic else n - np.abs(lag) for n, lag in zip(shape, lags, strict=True))
    return np.asarray(np.multiply.outer(np.multiply.outer(x, y), z).reshape(-1), dtype=np.float64)


def _squared_length(lags: list[npt.NDArray[np.int64]], edges: Edges) -> Floats:
    x, y, z = ((lag * edge) ** 2 for lag, edge in zip(lags, edges, strict=True))
    return np.asarray(np.add.outer(np.add.outer(x, y), z).reshape(-1))
