"""Conductances of single faces, where each has its own: which voxels move together, and what joins two pieces.

Voxels of a block are one piece where they are joined by faces that conduct well for either of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.kernel.bits import SHIFT, WORD, lowest_bit
from ragone.pipelines.characterise.kernel.volume import Conductances
from ragone.pipelines.compiled import compiled

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int32]

_STRONG = 0.04  # of the conductances of all faces of either voxel; one of six equal ones is 0.17


def strong_links(given: Conductances, blocks: npt.NDArray[np.int64]) -> Words:
    """Bits of the voxels that move together with the next one in their block along each axis, shape (3, x, y, z)."""
    links = np.zeros((3, *blocks), WORD)
    along_x, along_y, along_z = given.faces
    _links(along_x, along_y, along_z, links)
    return links


@compiled(parallel=True)
def _links(along_x: Any, along_y: Any, along_z: Any, links: Words) -> None:
    x, y, z = along_x.shape[0] - 2, along_x.shape[1] - 2, along_x.shape[2] - 2
    for block in prange(links.shape[1]):
        for i in range(4 * block + 1, min(4 * block + 4, x) + 1):
            for j in range(1, y + 1):
                for k in range(1, z + 1):
                    bit = WORD(1) << WORD(16 * ((i - 1) & 3) + 4 * ((j - 1) & 3) + ((k - 1) & 3))
                    at = block, (j - 1) >> 2, (k - 1) >> 2
                    here = _STRONG * _all_faces(along_x, along_y, along_z, i, j, k)
                    for axis in range(3):
                        di, dj, dk = int(axis == 0), int(axis == 1), int(axis == 2)
                        face = along_x[i, j, k] if axis == 0 else along_y[i, j, k] if axis == 1 else along_z[i, j, k]
                        there = _STRONG * _all_faces(along_x, along_y, along_z, i + di, j + dj, k + dk)
                        if face > 0 and face >= here and face >= there:
                            links[axis, at[0], at[1], at[2]] |= bit


@compiled(inline="always")
def _all_faces(along_x: Any, along_y: Any, along_z: Any, i: int, j: int, k: int) -> Any:
    total = along_x[i - 1, j, k] + along_x[i, j, k] + along_y[i, j - 1, k] + along_y[i, j, k]
    return total + along_z[i, j, k - 1] + along_z[i, j, k]


@compiled()
def face_at(faces: Any, axis: int, side: int, at: Any, bit: Any) -> float:
    """Conductance of the face of a voxel of block `at` towards the next (side 1) or the one before along an axis."""
    i, j, k = 4 * at[0] + 1 + (bit >> 4), 4 * at[1] + 1 + (bit >> 2 & 3), 4 * at[2] + 1 + (bit & 3)
    if side == 0:
        if axis == 0:
            i -= 1
        elif axis == 1:
            j -= 1
        else:
            k -= 1
    return np.float64(faces[axis][i, j, k])


@compiled()
def sum_of_faces(voxels: Any, faces: Any, axis: int, side: int, at: Any) -> float:
    """Sum of the conductances of the faces of some voxels of a block."""
    total, still = 0.0, voxels
    while still:
        total += face_at(faces, axis, side, at, np.int64(lowest_bit(still)))
        still &= still - WORD(1)
    return total


@compiled()
def sum_to_ends(
    first: Integers, masks: Words, blocks: npt.NDArray[np.int64], length: int, ends: Any, sums: npt.NDArray[np.float64]
) -> None:
    """Add the conductance of each piece to the low and the high end."""
    for end in range(2):
        layer = 0 if end == 0 else blocks[0] - 1
        shift = WORD(0) if end == 0 else SHIFT[0] * WORD((length - 1) & 3)
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                here = (layer * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    still = (masks[piece] >> shift) & WORD(0xFFFF)
                    while still:
                        bit = np.int64(lowest_bit(still))
                        sums[end, piece] += ends[end, 4 * j + (bit >> 2 & 3), 4 * k + (bit & 3)]
                        still &= still - WORD(1)
