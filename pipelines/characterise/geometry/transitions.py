"""How often does the label change from one voxel to its neighbour, for each of 13 directions and each pair of phases?

One pass over the volume for each direction to half of the 26 neighbours; the others are the same seen backwards. All
area estimates are sums of these counts. A pass reads the volume twice, nothing but the counts is written.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.characterise.geometry.labelled_volume import Labels
from pipelines.compiled import compiled

Counts = npt.NDArray[np.int64]

DIRECTIONS: Counts = np.array(
    [
        *((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        *((1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1), (0, 1, 1), (0, 1, -1)),
        *((1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)),
    ],
    dtype=np.int64,
)
_LONGEST_SUM = 65535  # of a row, in the 16 bits that let the compiler count many voxels at once


def transitions(bits: Labels, pairs: list[tuple[int, int]], *, periodic: bool) -> Counts:
    """Pairs of neighbours with one label of a pair each.

    Parameters
    ----------
    bits
        Shape (x, y, z), one bit set in each voxel.
    pairs
        Two bits each.
    periodic
        Whether the last voxel of a line is followed by its first.

    Returns
    -------
    numpy.ndarray
        Shape (13, number of pairs), in the order of `DIRECTIONS`.
    """
    unions = np.array([a | b for a, b in pairs], dtype=np.uint8)
    counts = np.zeros((len(DIRECTIONS), len(pairs)), dtype=np.int64)
    for direction, (dx, dy, dz) in enumerate(DIRECTIONS.tolist()):
        _count(bits, dx, dy, dz, periodic, unions, counts[direction])
    return counts


def sites(shape: tuple[int, ...], *, periodic: bool) -> Counts:
    """Pairs of neighbours that there are in a volume; shape (13,)."""
    extents = np.array(shape, dtype=np.int64)
    return np.asarray(np.prod(extents - (0 if periodic else np.abs(DIRECTIONS)), axis=-1) * np.ones(13, np.int64))


@compiled()
def _count(bits: Labels, dx: int, dy: int, dz: int, periodic: bool, unions: Labels, counts: Counts) -> None:
    nx, ny = bits.shape[:2]
    for x in range(nx):
        for y in range(ny):
            inside = x + dx < nx and 0 <= y + dy < ny
            if not (inside or periodic):
                continue
            here, there = bits[x, y], bits[(x + dx) % nx, (y + dy + ny) % ny]
            last, first = here[-1] | there[0], here[0] | there[-1]
            if dz > 0:
                here, there = here[:-1], there[1:]
            elif dz < 0:
                here, there = here[1:], there[:-1]
            for pair in range(unions.size):
                union = unions[pair]
                for start in range(0, here.size, _LONGEST_SUM):
                    one, other = here[start : start + _LONGEST_SUM], there[start : start + _LONGEST_SUM]
                    found = np.uint16(0)
                    for z in range(one.size):
                        found = np.uint16(found + ((one[z] | other[z]) == union))
                    counts[pair] += found
                if periodic and dz != 0:
                    counts[pair] += (last if dz > 0 else first) == union
