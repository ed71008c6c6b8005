"""How long are the straight pieces within a phase? Chords along each axis, from boundary to boundary.

A chord that reaches the outside of the volume is cut: it is left out of the distribution, and counted. Leaving it out
alone would favour short ones, for a long chord seldom lies whole within a line; a whole chord of n voxels in a line of
N therefore weighs 1 / (N - n - 1), the inverse of the number of places where it would be whole. What is as long as the
line is never seen, so the distribution needs lines of many chords.

The mean needs no whole chords: twice the volume fraction over the boundaries per length of line, of all lines. Averaged
over directions that is 4 phi / S_V, with S_V the area against all other phases.

What it does not do: other directions than the three axes; volumes that are periodic are treated as cut. Chords of one
voxel are as much an effect of the grid, where lines graze a surface, as of the material.

References
----------
Torquato and Lu 1993, Phys. Rev. E 47, 2950, doi 10.1103/PhysRevE.47.2950. Miles 1974, in Stochastic Geometry, 202
(weights for what lies whole in a window).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.labelled_volume import AXES, Counts, Floats, Mask, checked_mask
from ragone.pipelines.characterise.geometry.slabs import in_slabs
from ragone.pipelines.compiled import compiled

CHORDS_METHOD = "runs of voxels; cut ones left out, whole ones weighted by 1 / (N - n - 1); mean from all boundaries"


@dataclass(frozen=True, slots=True)
class ChordLengths:
    """Chords of a phase along one axis.

    `probability[i]` is that of a chord of `i + 1` voxels, by number [-]; all zero if no chord is whole. `whole_count`
    chords are in it, `cut_count` are not. `mean_voxels` is over all [voxels]; 0 if no line crosses a boundary.
    """

    probability: Floats
    mean_voxels: float
    whole_count: int
    cut_count: int


def chord_lengths(mask: npt.NDArray[Any], *, axis: int) -> ChordLengths:
    """Lengths of the chords of a phase along an axis.

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the phase is.
    axis
        0, 1 or 2.

    Returns
    -------
    ChordLengths
        Lengths from 1 voxel to two less than the axis has.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume, or has no such axis.
    """
    phase = checked_mask(mask)
    if axis not in range(AXES):
        raise GeometryInputError(f"axis = {axis!r} is none of 0, 1 and 2.")
    line = phase.shape[axis]
    whole, ends = _runs(phase, axis)
    counts = whole[1 : max(line - 1, 1)]
    weights = counts / (line - 1 - np.arange(1, len(counts) + 1))
    boundaries = 2 * int(whole.sum()) + int(ends[1])
    mean = 2 * float(phase.mean()) * (phase.size // line) * (line - 1) / boundaries if boundaries else 0.0
    return ChordLengths(weights / max(weights.sum(), np.finfo(float).tiny), mean, int(whole.sum()), int(ends[1:].sum()))


def _runs(phase: Mask, axis: int) -> tuple[Counts, Counts]:
    """Whole runs by their length, and how many runs have no, one and two ends at the outside."""
    x, y, z = phase.shape
    lines = (phase.transpose(1, 0, 2), phase, phase.reshape(x * y, z, 1))[axis]  # lines along axis 1

    def work(part: slice) -> Counts:
        found = np.zeros((2, phase.shape[axis] + 3), np.int64)
        _count(lines[part], found[0], found[1])
        return found

    whole, ends = np.sum(in_slabs(work, len(lines), phase.size), axis=0)
    return whole, ends[:3]


@compiled()
def _count(lines: Mask, whole: Counts, ends: Counts) -> None:
    """Count the runs of all lines along axis 1, side by side."""
    length, width = lines.shape[1:]
    start = np.empty(width, np.int64)
    for i in range(len(lines)):
        start[:] = -1
        for at in range(length):
            for line in range(width):
                if lines[i, at, line]:
                    if start[line] < 0:
                        start[line] = at
                elif start[line] >= 0:
                    if start[line] > 0:
                        whole[at - start[line]] += 1
                    else:
                        ends[1] += 1
                    start[line] = -1
        for line in range(width):
            if start[line] >= 0:
                ends[1 if start[line] > 0 else 2] += 1
