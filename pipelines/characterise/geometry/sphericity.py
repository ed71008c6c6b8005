"""How round is each particle? The surface of the sphere of its volume over its own.

pi^(1/3) (6 V)^(2/3) / A, with V counted in voxels and A by the Crofton formula with 13 directions: a line leaves the
particle where a voxel is its and the next one is not, whatever that one is. Where particles touch, the cut between them
is surface of both. A sphere has 1.

How good it is, for digitised bodies at random places and directions: spheres are 2 % high at a radius of 3 voxels,
0.7 % at 5, 0.1 % at 12; spheroids of axes 1 : 1 : 2 and 2 : 2 : 1 within 0.4 % above a smaller radius of 5 voxels. A
body with flat faces across the axes keeps the Crofton formula's error of flat surfaces: a cube of 20 voxels is 11 %
high.

References
----------
Wadell 1935, J. Geol. 43, 250, doi 10.1086/624298 (sphericity). Legland, Kieu and Devaux 2007, see `surface_area`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.labelled_volume import AXES, CUBIC, Counts, Edges, Floats
from ragone.pipelines.characterise.geometry.slabs import in_slabs
from ragone.pipelines.characterise.geometry.surface_area import direction_weights
from ragone.pipelines.characterise.geometry.transitions import DIRECTIONS, steps
from ragone.pipelines.compiled import compiled

SPHERICITY_METHOD = "surface of the sphere of equal volume over that by the Crofton formula, 13 directions"


def sphericities(particles: npt.NDArray[Any], edges: Edges = CUBIC) -> tuple[Counts, Floats]:
    """Voxels and sphericity [-] of every particle, both of shape (n,): that of number 1 first.

    A number without voxels has sphericity 0.

    Parameters
    ----------
    particles
        Shape (x, y, z): the number of the particle in each voxel, 0 elsewhere. What touches the outside has no surface
        there, so that its sphericity is too high.
    edges
        Of a voxel along each axis, in any unit.

    Raises
    ------
    GeometryInputError
        If it is no volume of whole numbers.
    """
    if particles.ndim != AXES or particles.dtype.kind not in "iu":
        raise GeometryInputError(
            f"particles has shape {particles.shape} and dtype {particles.dtype}. Give a volume of particle numbers."
        )
    count = int(particles.max(initial=0))

    def borders(part: slice) -> Counts:
        found = np.zeros((1 + len(DIRECTIONS), count + 1), np.int64)
        _count(particles, steps(edges), part.start, part.stop, found)
        return found

    voxels, *crossings = np.sum(in_slabs(borders, len(particles), particles.size), axis=0)[:, 1:]
    areas = _areas(crossings, edges)
    spheres = np.cbrt(np.pi) * np.cbrt(6 * voxels * np.prod(edges)) ** 2
    return voxels, np.asarray(np.divide(spheres, areas, out=np.zeros(count), where=areas > 0))


def _areas(crossings: list[Counts], edges: Edges) -> Floats:
    """Surface of every particle [edge^2]: 2 <P_L> times the volume that the lines of each direction fill."""
    areas = np.zeros(len(crossings[0]))
    lengths = np.linalg.norm(steps(edges) * edges, axis=1) / np.prod(edges)
    for left, weight, length in zip(crossings, direction_weights(edges), lengths, strict=True):
        areas += 2 * weight / length * left
    return areas


@compiled()
def _count(particles: npt.NDArray[Any], directions: Counts, start: int, stop: int, found: Counts) -> None:
    """Voxels of each particle in some layers, and how often a line of each direction leaves or enters it there."""
    layers, rows, columns = particles.shape
    for x in range(start, stop):
        for y in range(rows):
            for z in range(columns):
                found[0, particles[x, y, z]] += 1
            for direction in range(len(directions)):
                dx, dy, dz = directions[direction]
                if x + dx >= layers or not 0 <= y + dy < rows:
                    continue
                here, there = particles[x, y], particles[x + dx, y + dy]
                for z in range(max(0, -dz), columns - max(0, dz)):
                    if here[z] != there[z + dz]:
                        found[1 + direction, here[z]] += 1
                        found[1 + direction, there[z + dz]] += 1
