"""Which pieces touch, and how well do they conduct to each other? Counts of bits, times the conductance of a face."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.kernel.bits import FIRST_LAYER, SHIFT, WORD, count_bits, down, up
from ragone.pipelines.characterise.kernel.links import sum_of_faces
from ragone.pipelines.compiled import compiled

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

_MOST_NEIGHBOURS = 256  # of a piece: 16 on each face, and the others in its block


@compiled()
def block_beside(at: Any, axis: int, side: int, blocks: Any, periodic: Any) -> Any:
    """Number of the block that follows (side 1) or precedes (side 0) along an axis; -1 if there is none."""
    to = at[axis] + (1 if side == 1 else -1)
    if to < 0 or to == blocks[axis]:
        if not periodic[axis]:
            return -1
        to = 0 if side == 1 else blocks[axis] - 1
    i, j, k = to if axis == 0 else at[0], to if axis == 1 else at[1], to if axis == 2 else at[2]
    return (i * blocks[1] + j) * blocks[2] + k


@compiled()
def facing(mask: Any, other: Any, at: Any, axis: int, side: int, blocks: Any, shape: Any) -> Any:
    """The voxels of a piece that touch another piece, in the block that follows or precedes along an axis."""
    lower = at[axis] if side == 1 else (at[axis] - 1 if at[axis] > 0 else blocks[axis] - 1)
    last = SHIFT[axis] * WORD(min(4, shape[axis] - 4 * lower) - 1)
    if side == 1:
        return ((mask >> last) & other & FIRST_LAYER[axis]) << last
    return mask & (other >> last) & FIRST_LAYER[axis]


@compiled(parallel=True)
def connect(
    first: Integers,
    masks: npt.NDArray[np.uint64],
    phases: npt.NDArray[np.uint8],
    blocks: npt.NDArray[np.int64],
    shape: npt.NDArray[np.int64],
    periodic: npt.NDArray[np.bool_],
    pairs: Floats,
    weights: Floats,
    faces: Any,
    start: Integers,
    neighbours: Integers,
    conductances: Floats,
    fill: bool,
) -> None:
    """Rows of the pieces: counted into the place after each, or filled in."""
    for layer in prange(blocks[0]):
        found, sums = np.empty(_MOST_NEIGHBOURS, dtype=np.int32), np.empty(_MOST_NEIGHBOURS)
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                at = (np.int64(layer), j, k)
                here = (at[0] * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    mask, near, count = masks[piece], pairs[phases[piece]], 0
                    for axis in range(3):
                        for side in range(2):
                            for other in range(first[here], first[here + 1]):
                                if other != piece:
                                    touching = mask & (down(masks[other], axis) if side else up(masks[other], axis))
                                    if faces is None:
                                        conductance = weights[axis] * near[phases[other]] * count_bits(touching)
                                    else:
                                        conductance = sum_of_faces(touching, faces, axis, side, at)
                                    count = _note(found, sums, count, other, conductance)
                            there = block_beside(at, axis, side, blocks, periodic)
                            if there < 0:
                                continue
                            for other in range(first[there], first[there + 1]):
                                if other != piece:
                                    touching = facing(mask, masks[other], at, axis, side, blocks, shape)
                                    if faces is None:
                                        conductance = weights[axis] * near[phases[other]] * count_bits(touching)
                                    else:
                                        conductance = sum_of_faces(touching, faces, axis, side, at)
                                    count = _note(found, sums, count, other, conductance)
                    if fill:
                        neighbours[start[piece] : start[piece + 1]] = found[:count]
                        conductances[start[piece] : start[piece + 1]] = sums[:count]
                    else:
                        start[piece + 1] = count


@compiled()
def _note(found: Integers, sums: Floats, count: int, other: int, conductance: float) -> int:
    """Add a conductance to the neighbour's, which may be new; returns the number of neighbours."""
    if conductance == 0:
        return count
    place = 0
    while place < count and found[place] != other:
        place += 1
    if place == count:
        found[place], sums[place] = other, 0.0
        count += 1
    sums[place] += conductance
    return count


@compiled()
def conductance_to_ends(
    first: Integers,
    masks: npt.NDArray[np.uint64],
    phases: npt.NDArray[np.uint8],
    blocks: npt.NDArray[np.int64],
    length: int,
    conductances: Floats,
    ground: Floats,
) -> None:
    """Conductance to the ends: voxel faces of the first and the last layer, half a voxel each."""
    layer = blocks[1] * blocks[2]
    for piece in range(first[layer]):
        ground[piece] += conductances[phases[piece] - 1] * count_bits(masks[piece] & FIRST_LAYER[0])
    shift = WORD(16 * ((length - 1) & 3))
    for piece in range(first[(blocks[0] - 1) * layer], first[blocks[0] * layer]):
        ground[piece] += conductances[phases[piece] - 1] * count_bits((masks[piece] >> shift) & FIRST_LAYER[0])


@compiled()
def in_spanning_clusters(
    start: Integers, neighbours: Integers, low: npt.NDArray[np.bool_], high: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Mask of the pieces that belong to clusters that touch both ends."""
    count = len(low)
    cluster = np.full(count, -1, dtype=np.int32)
    queue = np.empty(count, dtype=np.int32)
    keep = np.zeros(count, dtype=np.bool_)
    for seed in range(count):
        if cluster[seed] >= 0:
            continue
        cluster[seed] = seed
        queue[0] = seed
        done, known = 0, 1
        touches_low, touches_high = False, False
        while done < known:
            piece = queue[done]
            done += 1
            touches_low |= low[piece]
            touches_high |= high[piece]
            for place in range(start[piece], start[piece + 1]):
                other = neighbours[place]
                if cluster[other] < 0:
                    cluster[other] = seed
                    queue[known] = other
                    known += 1
        if touches_low and touches_high:
            for place in range(known):
                keep[queue[place]] = True
    return keep
