"""Which voxels move together? The connected pieces of one phase inside blocks of 4 x 4 x 4 voxels.

Along an axis of far longer voxels each layer of a block has pieces of its own: what conducts far worse is far apart.

A block is the 64 bits of one integer, so that its pieces are found by shifting, and the conductance between two of
them is a count of bits. The pieces are the unknowns of the first coarse level: a block cut by a wall has one on
either side, and an island of carbon-binder is its own, which is what keeps the solver's convergence independent of
the geometry and of the contrast. They also tell which clusters span the volume.

Bit of the voxel (i, j, l) of a block: 16 i + 4 j + l.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.kernel.bits import FIRST_LAYER, WORD, down, up
from ragone.pipelines.characterise.kernel.contacts import conductance_to_ends, connect, in_spanning_clusters
from ragone.pipelines.characterise.kernel.graph import Graph
from ragone.pipelines.characterise.kernel.links import strong_links, sum_to_ends
from ragone.pipelines.characterise.kernel.volume import Conductances, Volume
from ragone.pipelines.compiled import compiled

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The connected pieces of the blocks, numbered block by block.

    Attributes
    ----------
    of_voxel
        Shape of the padded volume: number of the piece, or the number of pieces where nothing conducts.
    masks, phases
        Bits of each piece, and its phase.
    first
        Number of the first piece of each block, in memory order of the blocks, and the number of pieces at the end.
    start, neighbours, conductances
        Compressed rows: the pieces that touch each piece, each once, and the conductance between them [-].
    ground
        Conductance of each piece to the two ends of the volume [-].
    links
        Of a coarsened volume: bits of the voxels that move together with the next one along each axis, by block.
    """

    of_voxel: Integers
    masks: npt.NDArray[np.uint64]
    phases: npt.NDArray[np.uint8]
    first: Integers
    start: Integers
    neighbours: Integers
    conductances: Floats
    ground: Floats
    links: npt.NDArray[np.uint64] | None = None

    @property
    def count(self) -> int:
        """Number of pieces."""
        return len(self.masks)

    def graph(self) -> Graph:
        """The pieces as the first coarse level."""
        return Graph(self.start, self.neighbours, self.conductances, self.ground)


def find_pieces(volume: Volume) -> Pieces:
    """The pieces of a volume and how they touch.

    Between two ends (axis 0 not periodic), clusters that do not join them carry nothing: their voxels become
    insulating, in place. Where the high end is closed, those stay that touch the low one. In a volume that is periodic
    along axis 0 all clusters stay.
    """
    blocks = np.array([-(-length // 4) for length in volume.shape])
    links = None if volume.conductances is None else strong_links(volume.conductances, blocks)
    bits, strong = np.zeros((len(volume.conductivities), *blocks), dtype=WORD), volume.strong_axes()
    _set_bits(volume.phase, bits)
    first = np.zeros(int(np.prod(blocks)) + 1, dtype=np.int32)
    _count(bits, strong, links, first)
    first = np.cumsum(first, dtype=np.int32)
    masks, phases = np.empty(first[-1], dtype=WORD), np.empty(first[-1], dtype=np.uint8)
    _separate(bits, strong, links, first, masks, phases)
    touching = _touching(volume, blocks, first, masks, phases)
    if not volume.periodic[0]:
        keep = in_spanning_clusters(*touching[:2], *_at_ends(volume, blocks, first, masks))
        if not keep.all():
            number = np.concatenate([[0], np.cumsum(keep)]).astype(np.int32)
            first, masks, phases = number[first], masks[keep], phases[keep]
            touching = _kept_rows(*touching, keep, number)
    of_voxel = np.full(volume.phase.shape, len(masks), dtype=np.int32)
    _number(first, masks, blocks, of_voxel)
    if not volume.periodic[0]:
        _keep_numbered(volume.phase, of_voxel, len(masks))
    return Pieces(of_voxel, masks, phases, first, *touching, links)


def _touching(
    volume: Volume,
    blocks: npt.NDArray[np.int64],
    first: Integers,
    masks: npt.NDArray[np.uint64],
    phases: npt.NDArray[np.uint8],
) -> tuple[Integers, Integers, Floats, Floats]:
    """Compressed rows of the pieces that touch each piece, and each piece's conductance to the ends."""
    geometry = (blocks, np.array(volume.shape), np.array(volume.periodic))
    pairs = volume.pair_conductances()
    faces = None if volume.conductances is None else volume.conductances.faces
    counts = np.zeros(len(masks) + 1, dtype=np.int32)
    nothing = np.empty(0, dtype=np.int32), np.empty(0)
    connect(first, masks, phases, *geometry, pairs, volume.weights, faces, counts, *nothing, False)
    start = np.cumsum(counts, dtype=np.int32)
    neighbours, conductances = np.empty(start[-1], dtype=np.int32), np.empty(start[-1])
    connect(first, masks, phases, *geometry, pairs, volume.weights, faces, start, neighbours, conductances, True)
    ground = np.zeros(len(masks))
    if volume.conductances is not None:
        ground = np.sum(_to_ends(volume.conductances, volume.shape[0], blocks, first, masks), axis=0)
    elif not volume.periodic[0]:
        ends = 2 * volume.weights[0] * volume.conductivities
        conductance_to_ends(first, masks, phases, blocks, volume.shape[0], ends, ground)
    return start, neighbours, conductances, ground


def _kept_rows(
    start: Integers,
    neighbours: Integers,
    conductances: Floats,
    ground: Floats,
    keep: npt.NDArray[np.bool_],
    number: Integers,
) -> tuple[Integers, Integers, Floats, Floats]:
    """The rows of the pieces kept, renumbered; they touch none of the others."""
    lengths = np.diff(start)
    edges = np.repeat(keep, lengths)
    new_start = np.concatenate([[0], np.cumsum(lengths[keep])]).astype(np.int32)
    return new_start, number[neighbours[edges]], conductances[edges], ground[keep]


def _at_ends(
    volume: Volume, blocks: npt.NDArray[np.int64], first: Integers, masks: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Masks of the pieces that touch the low end, and of those that touch the high end, or the only one."""
    if volume.conductances is not None:
        low, high = _to_ends(volume.conductances, volume.shape[0], blocks, first, masks) > 0
        return low, high if volume.sources is None else low
    layer = int(blocks[1] * blocks[2])
    low, high = np.zeros((2, len(masks)), dtype=np.bool_)
    low[: first[layer]] = masks[: first[layer]] & FIRST_LAYER[0] != 0
    last = first[-1 - layer]
    high[last:] = masks[last:] >> WORD(16 * ((volume.shape[0] - 1) & 3)) & FIRST_LAYER[0] != 0
    return low, high


def _to_ends(
    given: Conductances,
    length: int,
    blocks: npt.NDArray[np.int64],
    first: Integers,
    masks: npt.NDArray[np.uint64],
) -> Floats:
    """Conductance of each piece of a coarsened volume to the low and to the high end, shape (2, pieces)."""
    sums = np.zeros((2, len(masks)))
    sum_to_ends(first, masks, blocks, length, given.ends, sums)
    return sums


@compiled()
def _linked(seed: np.uint64, mask: np.uint64, along_x: np.uint64, along_y: np.uint64, along_z: np.uint64) -> np.uint64:
    """All voxels of the mask that are connected to the seed by links."""
    grown, more = WORD(0), seed
    while more != grown:
        grown = more
        more |= up(grown & along_x, 0) | (down(grown, 0) & along_x)
        more |= up(grown & along_y, 1) | (down(grown, 1) & along_y)
        more |= up(grown & along_z, 2) | (down(grown, 2) & along_z)
        more &= mask
    return grown


@compiled()
def _grown(seed: np.uint64, mask: np.uint64, strong: npt.NDArray[np.bool_]) -> np.uint64:
    """All voxels of the mask that are connected to the seed along the strong axes."""
    grown, more = WORD(0), seed
    while more != grown:
        grown = more
        for axis in range(3):
            if strong[axis]:
                more |= up(grown, axis) | down(grown, axis)
        more &= mask
    return grown


@compiled(parallel=True)
def _set_bits(phase: npt.NDArray[np.uint8], bits: npt.NDArray[np.uint64]) -> None:
    x, y, z = phase.shape[0] - 2, phase.shape[1] - 2, phase.shape[2] - 2
    for block in prange(bits.shape[1]):
        for i in range(4 * block, min(4 * block + 4, x)):
            for j in range(y):
                row = phase[i + 1, j + 1]
                shift = 16 * (i & 3) + 4 * (j & 3)
                for k in range(z):
                    if row[k + 1]:
                        bits[row[k + 1] - 1, block, j >> 2, k >> 2] |= WORD(1) << WORD(shift + (k & 3))


@compiled(parallel=True)
def _count(bits: npt.NDArray[np.uint64], strong: npt.NDArray[np.bool_], links: Any, first: Integers) -> None:
    """Pieces of each block, into the place after it."""
    y, z = bits.shape[2], bits.shape[3]
    for i in prange(bits.shape[1]):
        for j in range(y):
            for k in range(z):
                count = 0
                for phase in range(bits.shape[0]):
                    left = bits[phase, i, j, k]
                    while left:
                        seed = left & (~left + WORD(1))
                        if links is None:
                            left &= ~_grown(seed, left, strong)
                        else:
                            left &= ~_linked(seed, left, links[0, i, j, k], links[1, i, j, k], links[2, i, j, k])
                        count += 1
                first[(i * y + j) * z + k + 1] = count


@compiled(parallel=True)
def _separate(
    bits: npt.NDArray[np.uint64],
    strong: npt.NDArray[np.bool_],
    links: Any,
    first: Integers,
    masks: npt.NDArray[np.uint64],
    phases: npt.NDArray[np.uint8],
) -> None:
    y, z = bits.shape[2], bits.shape[3]
    for i in prange(bits.shape[1]):
        for j in range(y):
            for k in range(z):
                piece = first[(i * y + j) * z + k]
                for phase in range(bits.shape[0]):
                    left = bits[phase, i, j, k]
                    while left:
                        seed = left & (~left + WORD(1))
                        if links is None:
                            masks[piece] = _grown(seed, left, strong)
                        else:
                            masks[piece] = _linked(seed, left, links[0, i, j, k], links[1, i, j, k], links[2, i, j, k])
                        phases[piece] = phase + 1
                        left &= ~masks[piece]
                        piece += 1


@compiled(parallel=True)
def _number(first: Integers, masks: npt.NDArray[np.uint64], blocks: npt.NDArray[np.int64], of_voxel: Integers) -> None:
    for i in prange(blocks[0]):
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                here = (i * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    for bit in range(64):
                        if masks[piece] >> WORD(bit) & WORD(1):
                            of_voxel[4 * i + 1 + (bit >> 4), 4 * j + 1 + (bit >> 2 & 3), 4 * k + 1 + (bit & 3)] = piece


@compiled(parallel=True)
def _keep_numbered(phase: npt.NDArray[np.uint8], of_voxel: Integers, none: int) -> None:
    for i in prange(phase.shape[0]):
        for j in range(phase.shape[1]):
            for k in range(phase.shape[2]):
                if of_voxel[i, j, k] == none:
                    phase[i, j, k] = 0
