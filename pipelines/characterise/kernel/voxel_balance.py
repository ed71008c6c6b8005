"""Balancing a flux inside the pieces: what a voxel has left goes to the next piece, or inwards to its own piece's root.

Between two pieces the correction is given; it is spread over their faces in proportion to the conductances. What then
remains in a voxel is passed from the outside in towards a root, shell by shell, shared by conductance; it sums to zero
over a piece, so that nothing remains at the root.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.kernel.bits import FIRST_LAYER, SHIFT, WORD, around, count_bits, down, lowest_bit, up
from ragone.pipelines.characterise.kernel.contacts import block_beside, facing
from ragone.pipelines.characterise.kernel.links import face_at
from ragone.pipelines.characterise.kernel.sweeps import Field
from ragone.pipelines.compiled import compiled

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

_CENTRE = WORD(0x0000066006600000)  # the inner 2 x 2 x 2 voxels of a block


@compiled(parallel=True)
def sum_over_pieces(
    values: Field, first: Integers, masks: npt.NDArray[np.uint64], blocks: npt.NDArray[np.int64], out: Floats
) -> None:
    """Sum of a field over the voxels of each piece, in double precision."""
    for i in prange(blocks[0]):
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                here = (i * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    total, still = 0.0, masks[piece]
                    while still:
                        bit = lowest_bit(still)
                        still &= still - WORD(1)
                        total += values[4 * i + 1 + (bit >> 4), 4 * j + 1 + (bit >> 2 & 3), 4 * k + 1 + (bit & 3)]
                    out[piece] = total


@compiled(parallel=True)
def balance_voxels(
    left: Field,
    first: Integers,
    masks: npt.NDArray[np.uint64],
    phases: npt.NDArray[np.uint8],
    start: Integers,
    neighbours: Integers,
    drops: Floats,
    to_ends: Floats,
    pairs: Floats,
    weights: Floats,
    faces: Any,
    ends: Any,
    links: Any,
    blocks: npt.NDArray[np.int64],
    shape: npt.NDArray[np.int64],
    periodic: npt.NDArray[np.bool_],
    sums: Floats,
) -> None:
    """Sum over all faces of the squared correction over the conductance, for each layer of blocks.

    A face between two pieces counts with both, half each.
    """
    for layer in prange(blocks[0]):
        remains, ways = np.empty(64), np.empty(64)
        shells = np.empty(64, dtype=np.uint64)
        total = 0.0
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                at = (np.int64(layer), j, k)
                here = (at[0] * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    mask, near = masks[piece], pairs[phases[piece]]
                    own = near[phases[piece]]
                    still = mask
                    while still:
                        bit = lowest_bit(still)
                        still &= still - WORD(1)
                        remains[bit] = left[
                            4 * at[0] + 1 + (bit >> 4), 4 * j + 1 + (bit >> 2 & 3), 4 * k + 1 + (bit & 3)
                        ]
                    for axis in range(3):
                        for side in range(2):
                            for other in range(first[here], first[here + 1]):
                                if other != piece:
                                    touching = mask & (down(masks[other], axis) if side else up(masks[other], axis))
                                    if faces is None:
                                        conductance = weights[axis] * near[phases[other]]
                                        total += _send(
                                            touching, conductance, piece, other, start, neighbours, drops, remains
                                        )
                                    else:
                                        place = _place(other, start[piece], start[piece + 1], neighbours)
                                        if place >= 0:
                                            total += 0.5 * _drop_each(
                                                touching, faces, axis, side, at, drops[place], remains
                                            )
                            there = block_beside(at, axis, side, blocks, periodic)
                            if there < 0:
                                continue
                            for other in range(first[there], first[there + 1]):
                                if other != piece:
                                    touching = facing(mask, masks[other], at, axis, side, blocks, shape)
                                    if faces is None:
                                        conductance = weights[axis] * near[phases[other]]
                                        total += _send(
                                            touching, conductance, piece, other, start, neighbours, drops, remains
                                        )
                                    else:
                                        place = _place(other, start[piece], start[piece + 1], neighbours)
                                        if place >= 0:
                                            total += 0.5 * _drop_each(
                                                touching, faces, axis, side, at, drops[place], remains
                                            )
                    if not periodic[0]:
                        to_end = 2 * weights[0] * own
                        if at[0] == 0:
                            outer = mask & FIRST_LAYER[0]
                            if ends is None:
                                total += _drop(outer, to_end, to_ends[piece], remains)
                            else:
                                total += _drop_to_end(outer, ends, 0, at, to_ends[piece], remains)
                        if at[0] == blocks[0] - 1:
                            outer = mask & (FIRST_LAYER[0] << (SHIFT[0] * WORD((shape[0] - 1) & 3)))
                            if ends is None:
                                total += _drop(outer, to_end, to_ends[piece], remains)
                            else:
                                total += _drop_to_end(outer, ends, 1, at, to_ends[piece], remains)
                    if faces is None:
                        total += _collect(mask, remains, ways, shells, weights) / own
                    else:
                        total += _collect_by_faces(mask, remains, ways, shells, faces, links, at)
        sums[layer] = total


@compiled()
def _send(
    touching: Any,
    conductance: float,
    piece: int,
    other: int,
    start: Integers,
    neighbours: Integers,
    drops: Floats,
    remains: Floats,
) -> Any:
    """Correct the faces towards another piece; return half of their squared correction over conductance."""
    if not touching:
        return 0.0
    place = start[piece]
    while neighbours[place] != other:
        place += 1
    return 0.5 * _drop(touching, conductance, drops[place], remains)


@compiled()
def _drop(voxels: Any, conductance: float, drive: float, remains: Floats) -> Any:
    still, flux = voxels, conductance * drive
    while still:
        remains[lowest_bit(still)] -= flux
        still &= still - WORD(1)
    return count_bits(voxels) * flux * drive


@compiled()
def _place(other: int, start: int, end: int, neighbours: Integers) -> int:
    """Place of a neighbour in a row; -1 where only closed faces lie between."""
    for place in range(start, end):
        if neighbours[place] == other:
            return place
    return -1


@compiled()
def _drop_each(voxels: Any, faces: Any, axis: int, side: int, at: Any, drive: float, remains: Floats) -> float:
    """Correct faces that conduct each as it does; return squared correction over conductance."""
    total, still = 0.0, voxels
    while still:
        bit = np.int64(lowest_bit(still))
        flux = face_at(faces, axis, side, at, bit) * drive
        remains[bit] -= flux
        total += flux * drive
        still &= still - WORD(1)
    return total


@compiled()
def _drop_to_end(voxels: Any, ends: Any, end: int, at: Any, drive: float, remains: Floats) -> float:
    total, still = 0.0, voxels
    while still:
        bit = np.int64(lowest_bit(still))
        flux = ends[end, 4 * at[1] + (bit >> 2 & 3), 4 * at[2] + (bit & 3)] * drive
        remains[bit] -= flux
        total += flux * drive
        still &= still - WORD(1)
    return total


@compiled()
def _collect_by_faces(
    mask: Any, remains: Floats, ways: Floats, shells: npt.NDArray[np.uint64], faces: Any, links: Any, at: Any
) -> float:
    """Pass what remains on to the root along links, shared by their conductances; squared flux over conductance."""
    seed = mask & _CENTRE if mask & _CENTRE else mask
    shells[0] = seed & (~seed + WORD(1))
    reached, count = shells[0], 1
    while reached != mask:
        more = reached
        for axis in range(3):
            link = links[axis, at[0], at[1], at[2]]
            more |= up(reached & link, axis) | (down(reached, axis) & link)
        shells[count] = more & mask & ~reached
        reached |= shells[count]
        count += 1
    total = 0.0
    for shell in range(count - 1, 0, -1):
        outer, inner = shells[shell], shells[shell - 1]
        still = outer
        while still:
            ways[lowest_bit(still)] = 0.0
            still &= still - WORD(1)
        for passing in range(2):  # conductances are summed up, then what remains is passed on
            for axis in range(3):
                link, step = links[axis, at[0], at[1], at[2]], np.int64(SHIFT[axis])
                for side in range(2):  # 0: the inner voxel is the one before
                    still = outer & (up(inner & link, axis) if side == 0 else down(inner, axis) & link)
                    while still:
                        bit = np.int64(lowest_bit(still))
                        conductance = face_at(faces, axis, side, at, bit)
                        if passing:
                            remains[bit - step if side == 0 else bit + step] += ways[bit] * conductance
                        else:
                            ways[bit] += conductance
                        still &= still - WORD(1)
            if not passing:
                still = outer
                while still:
                    bit = np.int64(lowest_bit(still))
                    ways[bit] = remains[bit] / ways[bit]
                    total += ways[bit] * remains[bit]
                    still &= still - WORD(1)
    return total


@compiled()
def _collect(mask: Any, remains: Floats, ways: Floats, shells: npt.NDArray[np.uint64], weights: Floats) -> float:
    """Pass what remains in the voxels of a piece on to its root, shell by shell; returns squared flux over weight."""
    seed = mask & _CENTRE if mask & _CENTRE else mask
    shells[0] = seed & (~seed + WORD(1))
    reached, count = shells[0], 1
    while reached != mask:
        shells[count] = around(reached) & mask & ~reached
        reached |= shells[count]
        count += 1
    total = 0.0
    for shell in range(count - 1, 0, -1):
        inner = shells[shell - 1]
        still = shells[shell]
        while still:
            ways[lowest_bit(still)] = 0.0
            still &= still - WORD(1)
        for axis in range(3):
            for side in range(2):
                still = shells[shell] & (up(inner, axis) if side == 0 else down(inner, axis))
                while still:
                    ways[lowest_bit(still)] += weights[axis]
                    still &= still - WORD(1)
        still = shells[shell]
        while still:
            bit = lowest_bit(still)
            ways[bit] = remains[bit] / ways[bit]
            total += ways[bit] * remains[bit]
            still &= still - WORD(1)
        for axis in range(3):
            step = np.int64(SHIFT[axis])
            for side in range(2):
                still = shells[shell] & (up(inner, axis) if side == 0 else down(inner, axis))
                while still:
                    bit = lowest_bit(still)
                    remains[bit - step if side == 0 else bit + step] += ways[bit] * weights[axis]
                    still &= still - WORD(1)
    return total
