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
                                    conductance = weights[axis] * near[phases[other]]
                                    total += _send(
                                        touching, conductance, piece, other, start, neighbours, drops, remains
                                    )
                            there = block_beside(at, axis, side, blocks, periodic)
                            if there < 0:
                                continue
                            for other in range(first[there], first[there + 1]):
                                if other != piece:
                                    touching = facing(mask, masks[other], at, axis, side, blocks, shape)
                                    conductance = weights[axis] * near[phases[other]]
                                    total += _send(
                                        touching, conductance, piece, other, start, neighbours, drops, remains
                                    )
                    if not periodic[0]:
                        ends = 2 * weights[0] * own
                        if at[0] == 0:
                            total += _drop(mask & FIRST_LAYER[0], ends, to_ends[piece], remains)
                        if at[0] == blocks[0] - 1:
                            last = FIRST_LAYER[0] << (SHIFT[0] * WORD((shape[0] - 1) & 3))
                            total += _drop(mask & last, ends, to_ends[piece], remains)
                    total += _collect(mask, remains, ways, shells, weights) / own
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
