"""Sweeps over the voxels: the operator of steady conduction, relaxation, and transfer to and from the pieces.

The operator is the finite-volume one of every voxel-based homogenisation: the flux through a face is its conductance
times the difference of the two potentials, and the operator sums the fluxes out of a voxel. Nothing is assembled. In
one conducting phase the conductance of a face is the weight of its axis where both voxels conduct; potentials are zero
in insulating voxels, so that no mask is needed. With several phases the conductances of the faces are stored.

Every array has one layer of padding around the volume; where sides are periodic, sweeps read copies of the opposite
side there (`wrap`). Sums run along a row in the precision of the fields, then in double over the rows of a layer, then
over the layers in order, so that they do not depend on the number of threads.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import prange

Field = npt.NDArray[Any]  # float32 or float64, padded shape
Faces = Any  # None, or three fields: conductance towards the next voxel along each axis

_FAST = {"reassoc", "contract", "nsz", "arcp"}
_COMPILED = numba.njit(cache=True, fastmath=_FAST)
_PARALLEL = numba.njit(cache=True, fastmath=_FAST, parallel=True)


@_COMPILED
def _pull(x: Field, weights: Any, faces: Faces, i: int, j: int, out: Field) -> None:
    """Sum over the faces of conductance times the neighbour's value, along one row."""
    n = x.shape[2] - 2
    west, east = x[i - 1, j, 1 : n + 1], x[i + 1, j, 1 : n + 1]
    south, north = x[i, j - 1, 1 : n + 1], x[i, j + 1, 1 : n + 1]
    below, above = x[i, j, 0:n], x[i, j, 2 : n + 2]
    if faces is None:
        for k in range(n):
            out[k] = (
                weights[0] * (west[k] + east[k]) + weights[1] * (south[k] + north[k]) + weights[2] * (below[k] + above[k])
            )
    else:
        to_west, to_east = faces[0][i - 1, j, 1 : n + 1], faces[0][i, j, 1 : n + 1]
        to_south, to_north = faces[1][i, j - 1, 1 : n + 1], faces[1][i, j, 1 : n + 1]
        to_below, to_above = faces[2][i, j, 0:n], faces[2][i, j, 1 : n + 1]
        for k in range(n):
            out[k] = to_west[k] * west[k] + to_east[k] * east[k]
        for k in range(n):
            out[k] += to_south[k] * south[k] + to_north[k] * north[k]
        for k in range(n):
            out[k] += to_below[k] * below[k] + to_above[k] * above[k]


@_PARALLEL
def multiply(x: Field, diagonal: Field, weights: Any, faces: Faces, out: Field, sums: npt.NDArray[np.float64]) -> None:
    """Apply the operator: out = A x. `sums` receives x . out of each layer."""
    n = x.shape[2] - 2
    for i in prange(1, x.shape[0] - 1):
        pulled = np.empty(n, x.dtype)
        total = 0.0
        for j in range(1, x.shape[1] - 1):
            _pull(x, weights, faces, i, j, pulled)
            value, weight, row = x[i, j, 1 : n + 1], diagonal[i, j, 1 : n + 1], out[i, j, 1 : n + 1]
            along = x.dtype.type(0)
            for k in range(n):
                flow = weight[k] * value[k] - pulled[k] if weight[k] > 0 else x.dtype.type(0)
                row[k] = flow
                along += flow * value[k]
            total += along
        sums[i] = total


@_PARALLEL
def relax(
    x: Field,
    right: Field,
    diagonal: Field,
    weights: Any,
    faces: Faces,
    factor: Any,
    out: Field,
    sums: npt.NDArray[np.float64],
) -> None:
    """One damped Jacobi step: out = x + factor D^-1 (right - A x). `sums` receives right . out of each layer."""
    n = x.shape[2] - 2
    for i in prange(1, x.shape[0] - 1):
        pulled = np.empty(n, x.dtype)
        total = 0.0
        for j in range(1, x.shape[1] - 1):
            _pull(x, weights, faces, i, j, pulled)
            value, source = x[i, j, 1 : n + 1], right[i, j, 1 : n + 1]
            weight, row = diagonal[i, j, 1 : n + 1], out[i, j, 1 : n + 1]
            along = x.dtype.type(0)
            for k in range(n):
                target = (source[k] + pulled[k]) / weight[k] if weight[k] > 0 else x.dtype.type(0)
                moved = value[k] + factor * (target - value[k])
                row[k] = moved
                along += moved * source[k]
            total += along
        sums[i] = total


@_PARALLEL
def relax_from_zero(right: Field, diagonal: Field, factor: Any, out: Field) -> None:
    """The first damped Jacobi step, from zero: out = factor D^-1 right."""
    n = right.shape[2]
    for i in prange(1, right.shape[0] - 1):
        for j in range(1, right.shape[1] - 1):
            source, weight, row = right[i, j], diagonal[i, j], out[i, j]
            for k in range(n):
                row[k] = factor * source[k] / weight[k] if weight[k] > 0 else right.dtype.type(0)


@_PARALLEL
def restrict_residual(
    x: Field,
    right: Field,
    diagonal: Field,
    weights: Any,
    faces: Faces,
    first: npt.NDArray[np.int32],
    masks: npt.NDArray[np.uint64],
    out: Field,
) -> None:
    """Sum of right - A x over the voxels of each piece.

    The rows of a line of blocks are added up column by column; only blocks of several pieces are taken apart.
    """
    n = x.shape[2] - 2
    across, along = (x.shape[1] + 1) // 4, (n + 3) // 4
    for block in prange((x.shape[0] + 1) // 4):
        pulled = np.empty(n, x.dtype)
        rows, columns = np.zeros((16, 4 * along), x.dtype), np.zeros(4 * along, x.dtype)
        for line in range(across):
            columns[:] = 0
            for row in range(16):
                i, j = 4 * block + (row >> 2) + 1, 4 * line + (row & 3) + 1
                if i > x.shape[0] - 2 or j > x.shape[1] - 2:
                    continue
                _pull(x, weights, faces, i, j, pulled)
                value, source = x[i, j, 1 : n + 1], right[i, j, 1 : n + 1]
                weight, kept = diagonal[i, j, 1 : n + 1], rows[row]
                for k in range(n):
                    kept[k] = pulled[k] + source[k] - weight[k] * value[k] if weight[k] > 0 else x.dtype.type(0)
                for k in range(n):
                    columns[k] += kept[k]
            here = (block * across + line) * along
            for k in range(along):
                low, high = first[here + k], first[here + k + 1]
                if high == low + 1:
                    out[low] = columns[4 * k] + columns[4 * k + 1] + columns[4 * k + 2] + columns[4 * k + 3]
                    continue
                for piece in range(low, high):
                    total = x.dtype.type(0)
                    for bit in range(64):
                        if masks[piece] >> np.uint64(bit) & np.uint64(1):
                            total += rows[bit >> 2, 4 * k + (bit & 3)]
                    out[piece] = total


@_PARALLEL
def add_pieces(x: Field, of_voxel: npt.NDArray[np.int32], correction: Field) -> None:
    """Add to every voxel the value of its piece, in place; the last entry, zero, is for insulating voxels."""
    n = x.shape[2]
    for i in prange(1, x.shape[0] - 1):
        for j in range(1, x.shape[1] - 1):
            row, piece = x[i, j], of_voxel[i, j]
            for k in range(n):
                row[k] += correction[np.uint32(piece[k])]


@_PARALLEL
def advance(x: Field, direction: Field, right: Field, image: Field, length: Any) -> None:
    """A step of the conjugate gradients, in place: x += length direction, right -= length image."""
    n = x.shape[2]
    for i in prange(1, x.shape[0] - 1):
        for j in range(1, x.shape[1] - 1):
            value, step, source, flow = x[i, j], direction[i, j], right[i, j], image[i, j]
            for k in range(n):
                value[k] += length * step[k]
            for k in range(n):
                source[k] -= length * flow[k]


@_PARALLEL
def turn(direction: Field, step: Field, share: Any) -> None:
    """The next direction, in place: direction = step + share direction."""
    n = step.shape[2]
    for i in prange(1, step.shape[0] - 1):
        for j in range(1, step.shape[1] - 1):
            along, fresh = direction[i, j], step[i, j]
            for k in range(n):
                along[k] = fresh[k] + share * along[k]
