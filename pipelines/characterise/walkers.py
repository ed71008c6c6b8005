"""Where do reflecting walkers on the voxels of a phase get to? Displacements at equally spaced times.

A walker ("blind ant") draws one of the six directions at each step, by the share of its axis, and stays where it is if
that voxel does not conduct; the uniform distribution is then stationary. The volume continues beyond each of its faces
as its own mirror image, without end. A walker is followed folded back into the volume: beyond a face lies the image of
the very voxel that it stands on, so to cross a face is to stay, to count the step, and from then on to count that axis
the other way.

All is integer arithmetic, and each walker has a generator of its own: nothing depends on the number of threads.

What it does not do: one conducting phase only, no bulk diffusivity per voxel.

References
----------
Majid, Ben-Avraham, Havlin, Stanley 1984, Phys. Rev. B 30, 1626, doi 10.1103/PhysRevB.30.1626 (blind and myopic ants).
Steele, Lea, Flood 2014, OOPSLA '14, 453, doi 10.1145/2660193.2660195 (SplitMix64).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from ragone.pipelines.compiled import compiled

Integers = npt.NDArray[np.int64]

_CONDUCTS, _BEYOND_FACE = 1, 2  # 0 blocks; what lies beyond a face blocks if the voxel at the face does
_CHUNK = 64  # walkers handed to a thread at once
_INCREMENT = np.uint64(0x9E3779B97F4A7C15)
_FIRST_FACTOR, _SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(33)
_HALF = np.uint64(32)
ALIKE = (1 / 3, 1 / 3, 1 / 3)


def displacements(
    conducts: npt.NDArray[np.bool_],
    shares: Sequence[float] = ALIKE,
    *,
    walker_count: int,
    record_count: int,
    steps_between: int,
    seed: int,
) -> npt.NDArray[np.int32]:
    """Displacement of walkers that start anywhere in the phase, all voxels equally likely.

    Parameters
    ----------
    conducts
        Shape (x, y, z). True where walkers may be; at least one voxel.
    shares
        Of the steps along each of the three axes [-]; they sum to one.
    walker_count
        Independent walkers [-].
    record_count
        Times at which they are seen, after the start [-].
    steps_between
        Steps from one such time to the next [-].
    seed
        Of the PCG64 generator that draws the starts and the seed of each walker's own SplitMix64.

    Returns
    -------
    numpy.ndarray
        Shape (3, record_count + 1, walker_count) [voxel]: along each axis, unfolded; zero at time zero.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    cells = np.pad(conducts, 1, mode="edge").astype(np.uint8) * np.uint8(_BEYOND_FACE)
    cells[1:-1, 1:-1, 1:-1] = conducts
    strides = np.array(cells.strides)
    offsets = np.stack([strides, -strides], axis=1).reshape(-1)
    thresholds = np.ceil(np.cumsum(np.repeat(shares, 2) / 2)[:5] * 2**32).astype(np.uint64)
    voxels = np.flatnonzero(cells == _CONDUCTS)
    starts = voxels[rng.integers(len(voxels), size=walker_count)]
    states = rng.integers(2**64, size=walker_count, dtype=np.uint64)
    records = np.zeros((walker_count, record_count + 1, 3), dtype=np.int32)

    def walk(first: int) -> None:
        part = slice(first, first + _CHUNK)
        _walk(cells.reshape(-1), offsets, thresholds, starts[part], states[part], steps_between, records[part])

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(walk, range(0, walker_count, _CHUNK)))
    return np.ascontiguousarray(records.transpose(2, 1, 0))


@compiled()
def _walk(
    cells: npt.NDArray[np.uint8],
    offsets: Integers,
    thresholds: npt.NDArray[np.uint64],
    starts: Integers,
    states: npt.NDArray[np.uint64],
    steps_between: int,
    records: npt.NDArray[np.int32],
) -> None:
    """Fill the records, shape (walker, time, axis), of walkers on a padded volume, flat.

    Direction 2a leads up axis a, 2a + 1 down; `counted` is what a step there adds to the unfolded coordinate. It is how
    many thresholds the upper half of SplitMix64's output passes, a half that the generator's last mixing step leaves as
    it is.
    """
    counted = np.empty(6, dtype=np.int64)
    moved = np.empty(3, dtype=np.int64)
    for walker in range(len(starts)):
        voxel, state = starts[walker], states[walker]
        moved[:] = 0
        counted[0::2] = 1
        counted[1::2] = -1
        for time in range(1, records.shape[1]):
            for _ in range(steps_between):
                state += _INCREMENT
                bits = (state ^ (state >> _SHIFTS[0])) * _FIRST_FACTOR
                bits = (bits ^ (bits >> _SHIFTS[1])) * _SECOND_FACTOR
                drawn = bits >> _HALF
                direction = 0
                for threshold in thresholds:
                    direction += drawn >= threshold
                ahead = np.int64(cells[voxel + offsets[direction]])
                conducts = ahead & 1  # products instead of branches, which nobody could predict: twice as fast
                moved[direction >> 1] += conducts * counted[direction]
                voxel += conducts * offsets[direction]
                if ahead == _BEYOND_FACE:
                    moved[direction >> 1] += counted[direction]
                    counted[direction] = -counted[direction]
                    counted[direction ^ 1] = -counted[direction ^ 1]
            records[walker, time] = moved
