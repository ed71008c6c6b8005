"""How wide are the pores? The part of them that spheres of each size can fill without crossing a wall.

The opening by spheres (granulometry): a voxel counts at a diameter if it lies in some sphere of that diameter that fits
between the walls. Half of the pore volume lies in spheres of at least the diameter where the curve passes one half.

Limits. Radii are whole voxels, at most `largest_step_count` of them, so widths below about six voxels are coarse and a
sphere comes out up to three voxels too narrow. Where voxels are no cubes, a voxel is the edge of the cube of equal
volume in this, and widths are coarse by the longest edge. Walls outside the volume are unknown: at its faces spheres
may be too wide. It is a size of bodies, not of the throats that a mercury porosimeter sees.

References
----------
Hildebrand and Ruegsegger 1997, J. Microsc. 185, 67, doi 10.1046/j.1365-2818.1997.1340694.x. Serra 1982, Image Analysis
and Mathematical Morphology, chapter 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.distance import FAR, squared_distance
from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.labelled_volume import CUBIC, Edges, Floats, checked_mask
from ragone.pipelines.characterise.geometry.opening import opened_voxels

PORES_METHOD = "opening by inscribed spheres"


@dataclass(frozen=True, slots=True)
class PoreSizes:
    """Diameter [voxels], ascending, and the part of the pores in spheres at least as wide [-]; both of shape (n,)."""

    diameter_voxels: Floats
    fraction_at_least: Floats

    @property
    def median_voxels(self) -> float | None:
        """The diameter that half of the pores reach [voxels]; None if there are none."""
        if not len(self.diameter_voxels):
            return None
        return float(np.interp(0.5, self.fraction_at_least[::-1], self.diameter_voxels[::-1]))


def pore_sizes(mask: npt.NDArray[Any], *, largest_step_count: int = 12, edges: Edges = CUBIC) -> PoreSizes:
    """Widths of a phase by inscribed spheres.

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the pores are.
    largest_step_count
        Of diameters, at least 1; they grow by a constant ratio where not all are taken.
    edges
        Of a voxel along each axis, relative to that of the cube of equal volume.

    Returns
    -------
    PoreSizes
        Empty if there is no pore, or no wall.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume, or there is no step.
    """
    phase = checked_mask(mask)
    if largest_step_count < 1:
        raise GeometryInputError(f"largest_step_count = {largest_step_count}. Give one diameter at least.")
    squares = squared_distance(phase, edges)
    widest = float(squares.max())
    if not 0 < widest < FAR:
        return PoreSizes(np.zeros(0), np.zeros(0))
    radii = np.unique(np.rint(np.geomspace(1, max(np.floor(np.sqrt(widest)), 1), largest_step_count)))
    voxels = np.count_nonzero(phase)
    filled = [opened_voxels(squares, float(radius), edges) / voxels for radius in radii]
    return PoreSizes(2 * radii - 1, np.array(filled))
