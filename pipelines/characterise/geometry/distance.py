"""How far is each voxel of a phase from the next voxel of another? Exact squared Euclidean distance between centres.

One pass along each axis, over the lower envelope of the parabolas that the pass before left: work in proportion to the
voxels. For cubic voxels the squares are whole numbers. What lies outside the volume is unknown and ends no distance.

References
----------
Felzenszwalb and Huttenlocher 2012, Theory of Computing 8, 415, doi 10.4086/toc.2012.v008a019.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.labelled_volume import CUBIC, Counts, Edges, Floats, Mask, checked_mask
from ragone.pipelines.characterise.geometry.slabs import in_slabs
from ragone.pipelines.compiled import compiled

FAR = 1e12
"""Squared distance at least, in a volume that holds nothing else."""

_STRIP = 8  # lines side by side: a cache line of their values


def squared_distance(mask: npt.NDArray[Any], edges: Edges = CUBIC) -> Floats:
    """Squared distance to the nearest voxel outside the phase, in the unit of the edges squared.

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the phase is.
    edges
        Of a voxel along each axis, in any unit. Of cubic voxels the unit is their edge.

    Returns
    -------
    numpy.ndarray
        Shape (x, y, z), whole numbers for cubic voxels; 0 outside the phase, `FAR` or more if all is phase.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume.
    """
    phase = checked_mask(mask)
    squares = np.empty(phase.shape)
    x, y, z = (edge**2 for edge in edges)
    in_slabs(lambda part: _along_lines(phase[part], z, squares[part]), len(phase), phase.size)
    in_slabs(lambda part: _across_lines(squares[part], y), len(phase), phase.size)
    turned = squares.transpose(1, 0, 2)
    in_slabs(lambda part: _across_lines(turned[part], x), len(turned), phase.size)
    return squares


@compiled()
def _along_lines(phase: Mask, scale: float, squares: Floats) -> None:
    """Squared distance to the nearest voxel outside the phase in the same line along the last axis."""
    count = phase.shape[2]
    for i in range(phase.shape[0]):
        for j in range(phase.shape[1]):
            line, square = phase[i, j], squares[i, j]
            last = -1
            for at in range(count):
                last = last if line[at] else at
                square[at] = FAR if last < 0 else scale * (at - last) ** 2
            last = -1
            for at in range(count - 1, -1, -1):
                last = last if line[at] else at
                if last >= 0:
                    square[at] = min(square[at], scale * (last - at) ** 2)


@compiled()
def _across_lines(squares: Floats, scale: float) -> None:
    """Replace each value by the least of all of its line along axis 1 plus the squared distance to them."""
    count, width = squares.shape[1:]
    strip, values = np.empty((_STRIP, count)), np.empty(count)
    apex, start = np.zeros(count, np.int64), np.empty(count + 1)
    for i in range(squares.shape[0]):
        for first in range(0, width, _STRIP):
            lines = min(_STRIP, width - first)
            for at in range(count):
                for line in range(lines):
                    strip[line, at] = squares[i, at, first + line]
            for line in range(lines):
                _lower_envelope(strip[line], scale, values, apex, start)
            for at in range(count):
                for line in range(lines):
                    squares[i, at, first + line] = strip[line, at]


@compiled()
def _lower_envelope(row: Floats, scale: float, values: Floats, apex: Counts, start: Floats) -> None:
    """Replace each value by the least of all values of its row plus the squared distance to them."""
    count = row.size
    values[:] = row
    last = 0
    apex[0], start[0], start[1] = 0, -np.inf, np.inf
    for new in range(1, count):
        while True:
            old = apex[last]
            reach = scale * (new - old)
            meet = (values[new] - values[old] + reach * (new + old)) / (2.0 * reach)
            if meet > start[last]:
                break
            last -= 1
        last += 1
        apex[last], start[last], start[last + 1] = new, meet, np.inf
    piece = 0
    for at in range(count):
        while start[piece + 1] < at:
            piece += 1
        row[at] = values[apex[piece]] + scale * (at - apex[piece]) ** 2
