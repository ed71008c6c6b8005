"""Sweeps over the voxels: the operator of steady conduction, relaxation, and transfer to and from the pieces.

The operator is the finite-volume one of every voxel-based homogenisation: the flux through a face is its conductance
times the difference of the two potentials, and the operator sums the fluxes out of a voxel. Nothing is assembled. In
one conducting phase the conductance of a face is the weight of its axis where both voxels conduct; potentials are zero
in insulating voxels, so that no mask is needed. With several phases the conductances of the faces are stored.

A sweep is limited by what it reads and writes. So both relaxation steps before the coarse levels, with the residual
after them, are one sweep, and so are the correction and both steps after: each step follows two layers behind the
one before, on layers that stay in the cache. Sweeps run in slabs, whose outermost layers are done twice.

Fields are handed over with shape (layers, voxels of a layer), both with one voxel of padding on every side; where
sides are periodic, sweeps read copies of the opposite side there. A layer is one long loop: what is computed in the
padding of its rows is thrown away by the zero diagonal. Sums run along
rows in the precision of the fields, then in double over the rows of a layer, then over the layers in order, so that
they do not depend on the number of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.compiled import compiled

Field = npt.NDArray[Any]  # float32 or float64, shape (x + 2, (y + 2) (z + 2))
Faces = Any  # None, or three fields: conductance towards the next voxel along each axis

_SLAB = 32  # layers, a multiple of the four of a block
_SCRATCH_LAYERS = 8
_FAST = {"reassoc", "contract", "nsz", "arcp"}
_COMPILED = compiled(fastmath=_FAST, error_model="numpy")
_PARALLEL = compiled(fastmath=_FAST, error_model="numpy", parallel=True)


def make_scratch(layers: int, size: int, dtype: npt.DTypeLike) -> Field:
    """Memory for the sweeps: for each slab the layers in flight; padded numbers of layers, of voxels in one."""
    return np.zeros((-(-(layers - 2) // _SLAB), _SCRATCH_LAYERS, size), dtype=dtype)


@_PARALLEL
def multiply(
    x: Field,
    diagonal: Field,
    weights: Any,
    faces: Faces,
    width: int,
    scratch: Field,
    out: Field,
    sums: npt.NDArray[np.float64],
) -> None:
    """Apply the operator: out = A x. `sums` receives x . out of each layer; `width` is the length of a padded row."""
    layers = x.shape[0] - 2
    for slab in prange((layers + _SLAB - 1) // _SLAB):
        pulled = scratch[slab, 0]
        for i in range(_SLAB * slab + 1, min(_SLAB * slab + _SLAB, layers) + 1):
            _pull(x[i - 1], x[i], x[i + 1], weights, faces, i, width, pulled)
            value, weight = _inner(x[i], width), _inner(diagonal[i], width)
            row, pull = _inner(out[i], width), _inner(pulled, width)
            for m in range(len(row)):
                flow = x.dtype.type(weight[m]) * value[m] - pull[m]
                row[m] = flow if weight[m] > 0 else x.dtype.type(0)
            sums[i] = _dot(x[i], out[i], width)


@_PARALLEL
def smooth_and_restrict(
    right: Field,
    diagonal: Field,
    weights: Any,
    faces: Faces,
    factors: Any,
    width: int,
    periodic: Any,
    of_voxel: npt.NDArray[np.int32],
    first: npt.NDArray[np.int32],
    scratch: Field,
    out: Field,
    restricted: Field,
) -> None:
    """Two damped Jacobi steps from zero towards A out = right, and the sum of what is left over each piece.

    `restricted` comes as zeros. What is left in a line of blocks is added up column by column; only blocks of several
    pieces are taken apart.
    """
    layers, size = right.shape[0] - 2, right.shape[1]
    lines, along = (size // width + 1) // 4, (width + 1) // 4
    for slab in prange((layers + _SLAB - 1) // _SLAB):
        low, high = _SLAB * slab + 1, min(_SLAB * slab + _SLAB, layers)
        once, twice, left = scratch[slab, 0:3], scratch[slab, 3:6], scratch[slab, 6]
        columns = scratch[slab, 7, : 4 * lines * along].reshape((lines, 4 * along))
        columns[:] = 0
        for layer in range(low - 2, high + 3):
            _begin(right, diagonal, factors[0], _inside(layer, layers, periodic), width, periodic, once[layer % 3])
            before, here, after = once[(layer - 2) % 3], once[(layer - 1) % 3], once[layer % 3]
            if layer > low - 1:
                i, done = _inside(layer - 1, layers, periodic), twice[(layer - 1) % 3]
                _relax(before, here, after, right, diagonal, weights, faces, factors[1], i, width, periodic, left, done)
                if low <= layer - 1 <= high:
                    out[i] = done
            i = layer - 2
            if i < low:
                continue
            before, here, after = twice[(i - 1) % 3], twice[i % 3], twice[(i + 1) % 3]
            _pull(before, here, after, weights, faces, i, width, left)
            _leave(_inner(here, width), _inner(right[i], width), _inner(diagonal[i], width), _inner(left, width))
            block = ((i - 1) >> 2) * lines * along
            _add_up(left, width, of_voxel[i], first[block : block + lines * along + 1], columns, restricted)
            if i % 4 == 0 or i == layers:
                _store_single(first[block : block + lines * along + 1], columns, restricted)


@_PARALLEL
def correct_and_smooth(
    x: Field,
    right: Field,
    diagonal: Field,
    weights: Any,
    faces: Faces,
    factors: Any,
    width: int,
    periodic: Any,
    of_voxel: npt.NDArray[np.int32],
    correction: Field,
    scratch: Field,
    out: Field,
    sums: npt.NDArray[np.float64],
) -> None:
    """Add to x the value of each voxel's piece, then two damped Jacobi steps towards A out = right.

    The last entry of `correction`, zero, is for insulating voxels. `sums` receives right . out of each layer.
    """
    layers = right.shape[0] - 2
    for slab in prange((layers + _SLAB - 1) // _SLAB):
        low, high = _SLAB * slab + 1, min(_SLAB * slab + _SLAB, layers)
        corrected, once, pulled = scratch[slab, 0:3], scratch[slab, 3:6], scratch[slab, 6]
        for layer in range(low - 2, high + 3):
            _correct(x, of_voxel, correction, _inside(layer, layers, periodic), width, periodic, corrected[layer % 3])
            before, here, after = corrected[(layer - 2) % 3], corrected[(layer - 1) % 3], corrected[layer % 3]
            if layer > low - 1:
                i, done = _inside(layer - 1, layers, periodic), once[(layer - 1) % 3]
                _relax(
                    before, here, after, right, diagonal, weights, faces, factors[1], i, width, periodic, pulled, done
                )
            i = layer - 2
            if i < low:
                continue
            before, here, after = once[(i - 1) % 3], once[i % 3], once[(i + 1) % 3]
            _relax(before, here, after, right, diagonal, weights, faces, factors[0], i, width, periodic, pulled, out[i])
            sums[i] = _dot(right[i], out[i], width)


@_PARALLEL
def advance(x: Field, direction: Field, right: Field, image: Field, length: Any) -> None:
    """A step of the conjugate gradients, in place: x += length direction, right -= length image."""
    for i in prange(1, x.shape[0] - 1):
        value, step, source, flow = x[i], direction[i], right[i], image[i]
        for m in range(len(value)):
            value[m] += length * step[m]
            source[m] -= length * flow[m]


@_PARALLEL
def turn(direction: Field, step: Field, share: Any) -> None:
    """The next direction, in place: direction = step + share direction."""
    for i in prange(1, step.shape[0] - 1):
        along, fresh = direction[i], step[i]
        for m in range(len(along)):
            along[m] = fresh[m] + share * along[m]


@_COMPILED
def _inside(layer: int, layers: int, periodic: Any) -> int:
    """The layer, brought into the volume if its ends are joined; 0 for one outside."""
    if periodic[0]:
        return (layer - 1) % layers + 1
    return layer if 1 <= layer <= layers else 0


@_COMPILED
def _dot(first: Field, second: Field, width: int) -> float:
    """Sum of products over a layer, rows in the precision of the fields."""
    total = 0.0
    for start in range(width, len(first) - width, width):
        one, other = first[start : start + width], second[start : start + width]
        part = first.dtype.type(0)
        for m in range(width):
            part += one[m] * other[m]
        total += part
    return total


@_COMPILED
def _pull(low: Field, mid: Field, high: Field, weights: Any, faces: Faces, i: int, width: int, out: Field) -> None:
    """Sum over the faces of conductance times the neighbour's value, in the layer `mid`, number i."""
    size = len(mid)
    inner, target = mid[width : size - width], out[width : size - width]
    west, east = low[width : size - width], high[width : size - width]
    south, north = mid[: size - 2 * width], mid[2 * width :]
    below, above = mid[width - 1 : size - width - 1], mid[width + 1 : size - width + 1]
    if faces is None:
        for m in range(len(inner)):
            along = weights[0] * (west[m] + east[m])
            target[m] = along + weights[1] * (south[m] + north[m]) + weights[2] * (below[m] + above[m])
    else:
        to_west, to_east = faces[0][i - 1, width : size - width], faces[0][i, width : size - width]
        to_south, to_north = faces[1][i, : size - 2 * width], faces[1][i, width : size - width]
        to_below, to_above = faces[2][i, width - 1 : size - width - 1], faces[2][i, width : size - width]
        for m in range(len(inner)):
            target[m] = to_west[m] * west[m] + to_east[m] * east[m]
        for m in range(len(inner)):
            target[m] += to_south[m] * south[m] + to_north[m] * north[m]
        for m in range(len(inner)):
            target[m] += to_below[m] * below[m] + to_above[m] * above[m]


@_COMPILED
def _inner(layer: Field, width: int) -> Field:
    """A layer without its first and last row."""
    return layer[width : len(layer) - width]


@_COMPILED
def _leave(value: Field, source: Field, weight: Field, left: Field) -> None:
    """Write the residual of the equation in place of what was pulled."""
    for m in range(len(left)):
        rest = left[m] + source[m] - left.dtype.type(weight[m]) * value[m]
        left[m] = rest if weight[m] > 0 else left.dtype.type(0)


@_COMPILED
def _begin(right: Field, diagonal: Field, factor: Any, i: int, width: int, periodic: Any, out: Field) -> None:
    """The first damped Jacobi step, from zero, in one layer."""
    if i == 0:
        out[:] = 0
        return
    source, weight, row = _inner(right[i], width), _inner(diagonal[i], width), _inner(out, width)
    for m in range(len(row)):
        moved = factor * source[m] / right.dtype.type(weight[m])
        row[m] = moved if weight[m] > 0 else right.dtype.type(0)
    _wrap_layer(out, width, periodic)


@_COMPILED
def _correct(
    x: Field, of_voxel: npt.NDArray[np.int32], correction: Field, i: int, width: int, periodic: Any, out: Field
) -> None:
    if i == 0:
        out[:] = 0
        return
    value, piece, row = _inner(x[i], width), _inner(of_voxel[i], width), _inner(out, width)
    for m in range(len(row)):
        row[m] = value[m] + correction[np.uint32(piece[m])]
    _wrap_layer(out, width, periodic)


@_COMPILED
def _relax(
    low: Field,
    mid: Field,
    high: Field,
    right: Field,
    diagonal: Field,
    weights: Any,
    faces: Faces,
    factor: Any,
    i: int,
    width: int,
    periodic: Any,
    pulled: Field,
    out: Field,
) -> None:
    """One damped Jacobi step in layer i, whose values are `mid`."""
    if i == 0:
        out[:] = 0
        return
    _pull(low, mid, high, weights, faces, i, width, pulled)
    source, weight, value = _inner(right[i], width), _inner(diagonal[i], width), _inner(mid, width)
    row, pull = _inner(out, width), _inner(pulled, width)
    for m in range(len(row)):
        target = (source[m] + pull[m]) / right.dtype.type(weight[m])
        moved = value[m] + factor * (target - value[m])
        row[m] = moved if weight[m] > 0 else right.dtype.type(0)
    _wrap_layer(out, width, periodic)


@_COMPILED
def _wrap_layer(layer: Field, width: int, periodic: Any) -> None:
    """Fill the padding of a layer at its periodic sides."""
    size = len(layer)
    if periodic[1]:
        layer[:width], layer[size - width :] = layer[size - 2 * width : size - width], layer[width : 2 * width]
    if periodic[2]:
        for start in range(0, size, width):
            layer[start], layer[start + width - 1] = layer[start + width - 2], layer[start + 1]


@_COMPILED
def _add_up(
    left: Field,
    width: int,
    of_voxel: npt.NDArray[np.int32],
    first: npt.NDArray[np.int32],
    columns: Field,
    restricted: Field,
) -> None:
    """Add a layer to the columns of its blocks; where a block has several pieces, to these at once."""
    lines, along = columns.shape[0], columns.shape[1] // 4
    rows = len(left) // width - 2
    for line in range(lines):
        column = columns[line]
        for j in range(4 * line + 1, min(4 * line + 5, rows + 1)):
            row = left[j * width + 1 : (j + 1) * width - 1]
            for k in range(len(row)):
                column[k] += row[k]
        for block in range(along):
            if first[line * along + block + 1] > first[line * along + block] + 1:
                for j in range(4 * line + 1, min(4 * line + 5, rows + 1)):
                    for k in range(4 * block + 1, min(4 * block + 5, width - 1)):
                        restricted[of_voxel[j * width + k]] += left[j * width + k]


@_COMPILED
def _store_single(first: npt.NDArray[np.int32], columns: Field, restricted: Field) -> None:
    """Store the columns of blocks of one piece, and start anew."""
    lines, along = columns.shape[0], columns.shape[1] // 4
    for line in range(lines):
        for block in range(along):
            place = line * along + block
            if first[place + 1] == first[place] + 1:
                column = columns[line, 4 * block : 4 * block + 4]
                restricted[first[place]] = column[0] + column[1] + column[2] + column[3]
    columns[:] = 0
