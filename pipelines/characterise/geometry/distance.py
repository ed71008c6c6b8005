"""How far is each voxel of a phase from the next voxel of another? Exact squared Euclidean distance between centres.

One pass along each axis, over the lower envelope of the parabolas that the pass before left: work in proportion to the
voxels. In voxels, so cubic ones only. What lies outside the volume is unknown and ends no distance.

References
----------
Felzenszwalb and Huttenlocher 2012, Theory of Computing 8, 415, doi 10.4086/toc.2012.v008a019.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.characterise.geometry.labelled_volume import AXES, Floats, checked_mask
from pipelines.compiled import compiled

FAR = 1e12
"""Squared distance at least, in a volume that holds nothing else."""


def squared_distance(mask: npt.NDArray[Any]) -> Floats:
    """Squared distance to the nearest voxel outside the phase [voxels^2].

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the phase is.

    Returns
    -------
    numpy.ndarray
        Shape (x, y, z), whole numbers; 0 outside the phase, `FAR` or more if all is phase.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume.
    """
    squares = np.where(checked_mask(mask), FAR, 0.0)
    for axis in range(AXES):
        lines = np.ascontiguousarray(np.moveaxis(squares, axis, -1))
        _lower_envelopes(lines.reshape(-1, lines.shape[-1]))
        squares = np.moveaxis(lines, -1, axis)
    return np.ascontiguousarray(squares)


@compiled()
def _lower_envelopes(rows: Floats) -> None:
    """Replace each value by the least of all values of its row plus the squared distance to them."""
    count = rows.shape[1]
    apex, start = np.zeros(count, np.int64), np.empty(count + 1)
    for row in rows:
        values = row.copy()
        last = 0
        apex[0], start[0], start[1] = 0, -np.inf, np.inf
        for new in range(1, count):
            while True:
                old = apex[last]
                meet = (values[new] - values[old] + (new - old) * (new + old)) / (2.0 * (new - old))
                if meet > start[last]:
                    break
                last -= 1
            last += 1
            apex[last], start[last], start[last + 1] = new, meet, np.inf
        piece = 0
        for at in range(count):
            while start[piece + 1] < at:
                piece += 1
            row[at] = values[apex[piece]] + (at - apex[piece]) ** 2
