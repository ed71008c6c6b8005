"""Blocks of 4 x 4 x 4 voxels as the 64 bits of an integer: bit 16 i + 4 j + k is the voxel (i, j, k).

Moving by one voxel along an axis is a shift; what would leave the block is masked off.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ragone.pipelines.compiled import compiled

WORD = np.uint64
FIRST_LAYER = np.array([0x000000000000FFFF, 0x000F000F000F000F, 0x1111111111111111], dtype=WORD)
NOT_LAST_LAYER = np.array([0x0000FFFFFFFFFFFF, 0x0FFF0FFF0FFF0FFF, 0x7777777777777777], dtype=WORD)
SHIFT = np.array([16, 4, 1], dtype=WORD)


def _ctpop(context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


def _cttz(context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


# How many bits of a word are set; and the position of its lowest set bit, of a word that is not zero.
count_bits: Any = intrinsic(_ctpop)
lowest_bit: Any = intrinsic(_cttz)


@compiled(inline="always")
def up(mask: Any, axis: Any) -> Any:
    """All voxels moved by one towards the last layer."""
    return (mask & NOT_LAST_LAYER[axis]) << SHIFT[axis]


@compiled(inline="always")
def down(mask: Any, axis: Any) -> Any:
    """All voxels moved by one towards the first layer."""
    return (mask >> SHIFT[axis]) & NOT_LAST_LAYER[axis]


@compiled(inline="always")
def around(mask: Any) -> Any:
    """The voxels and their neighbours inside the block."""
    return mask | up(mask, 0) | down(mask, 0) | up(mask, 1) | down(mask, 1) | up(mask, 2) | down(mask, 2)
