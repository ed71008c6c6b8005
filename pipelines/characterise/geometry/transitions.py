"""How often does the label change from one voxel to its neighbour, for each of 13 directions and each pair of phases?

One pass over the volume for each direction to half of the 26 neighbours; the others are the same seen backwards. All
area estimates are sums of these counts. A pass reads the volume twice, nothing but the counts is written.

Where voxels are no cubes, directions to the nearest neighbours crowd around the short edges. One across the axes
then goes as many voxels along the shorter edges as make up its longest one, and is close to that of cubes again.
"""

from __future__ import annotations

import numpy as np

from ragone.pipelines.characterise.geometry.labelled_volume import CUBIC, Counts, Edges, Labels
from ragone.pipelines.characterise.geometry.slabs import in_slabs
from ragone.pipelines.compiled import compiled

DIRECTIONS: Counts = np.array(
    [
        *((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        *((1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1), (0, 1, 1), (0, 1, -1)),
        *((1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)),
    ],
    dtype=np.int64,
)
_LONGEST_SUM = 65535  # of a row, in the 16 bits that let the compiler count many voxels at once


def steps(edges: Edges) -> Counts:
    """Voxels from one point to the next of a line of each direction, shape (13, 3).

    Parameters
    ----------
    edges
        Of a voxel along each axis, in any unit.
    """
    lengths = np.abs(DIRECTIONS) * edges
    return np.asarray(DIRECTIONS * np.rint(lengths.max(axis=1, keepdims=True) / edges).astype(np.int64))


def transitions(bits: Labels, pairs: list[tuple[int, int]], *, periodic: bool, edges: Edges = CUBIC) -> Counts:
    """Pairs of neighbours with one label of a pair each.

    Parameters
    ----------
    bits
        Shape (x, y, z), one bit set in each voxel.
    pairs
        Two bits each.
    periodic
        Whether the last voxel of a line is followed by its first.
    edges
        Of a voxel along each axis, in any unit.

    Returns
    -------
    numpy.ndarray
        Shape (13, number of pairs), in the order of `DIRECTIONS`.
    """
    unions = np.array([a | b for a, b in pairs], dtype=np.uint8)
    directions = steps(edges)

    def work(part: slice) -> Counts:
        counts = np.zeros((len(directions), len(pairs)), dtype=np.int64)
        for direction, (dx, dy, dz) in enumerate(directions.tolist()):
            _count(bits, part.start, part.stop, dx, dy, dz, periodic, unions, counts[direction])
        return counts

    return np.asarray(np.sum(in_slabs(work, len(bits), bits.size), axis=0))


def sites(shape: tuple[int, ...], *, periodic: bool, edges: Edges = CUBIC) -> Counts:
    """Pairs of neighbours that there are in a volume; shape (13,)."""
    extents = np.array(shape, dtype=np.int64) - (0 if periodic else np.abs(steps(edges)))
    return np.asarray(np.prod(np.maximum(extents, 0), axis=-1) * np.ones(13, np.int64))


@compiled()
def _count(
    bits: Labels, start: int, stop: int, dx: int, dy: int, dz: int, periodic: bool, unions: Labels, counts: Counts
) -> None:
    nx, ny, nz = bits.shape
    for x in range(start, stop):
        for y in range(ny):
            inside = x + dx < nx and 0 <= y + dy < ny and abs(dz) < nz
            if not (inside or periodic):
                continue
            here, there = bits[x, y], bits[(x + dx) % nx, (y + dy) % ny]
            ahead = dz % nz
            if periodic or dz >= 0:
                _count_pairs(here[: nz - ahead], there[ahead:], unions, counts)
            if periodic or dz < 0:
                _count_pairs(here[nz - ahead :], there[:ahead], unions, counts)


@compiled()
def _count_pairs(here: Labels, there: Labels, unions: Labels, counts: Counts) -> None:
    """Count the neighbours of two pieces of line that hold one label of a pair each."""
    for pair in range(unions.size):
        union = unions[pair]
        for start in range(0, here.size, _LONGEST_SUM):
            one, other = here[start : start + _LONGEST_SUM], there[start : start + _LONGEST_SUM]
            found = np.uint16(0)
            for z in range(one.size):
                found = np.uint16(found + ((one[z] | other[z]) == union))
            counts[pair] += found
