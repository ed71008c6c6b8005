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

from pipelines.characterise.geometry.errors import GeometryInputError
from pipelines.characterise.geometry.labelled_volume import AXES, Floats
from pipelines.characterise.geometry.surface_area import direction_weights
from pipelines.characterise.geometry.transitions import DIRECTIONS

SPHERICITY_METHOD = "surface of the sphere of equal volume over that by the Crofton formula, 13 directions"
_CUBIC = (1.0, 1.0, 1.0)


def sphericities(particles: npt.NDArray[Any]) -> Floats:
    """Sphericity of every particle [-], shape (n,): that of number 1 first; 0 for a number without voxels.

    Parameters
    ----------
    particles
        Shape (x, y, z): the number of the particle in each voxel, 0 elsewhere. What touches the outside has no surface
        there, so that its sphericity is too high.

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
    volumes = np.bincount(particles.reshape(-1), minlength=count + 1)[1:]
    areas = _areas(particles, count)
    spheres = np.cbrt(np.pi) * np.cbrt(6 * volumes) ** 2
    return np.asarray(np.divide(spheres, areas, out=np.zeros(count), where=areas > 0))


def _areas(particles: npt.NDArray[Any], count: int) -> Floats:
    """Surface of every particle [voxels^2]: 2 <P_L> times the volume that the lines of each direction fill."""
    areas = np.zeros(count + 1)
    lengths = np.linalg.norm(DIRECTIONS, axis=1)
    for direction, weight, length in zip(DIRECTIONS, direction_weights(_CUBIC), lengths, strict=True):
        here, there = _neighbours(particles, direction)
        borders = here != there
        left = np.bincount(here[borders], minlength=count + 1) + np.bincount(there[borders], minlength=count + 1)
        areas += 2 * weight / length * left
    return areas[1:]


def _neighbours(particles: npt.NDArray[Any], direction: npt.NDArray[Any]) -> tuple[Any, Any]:
    """The volume without its rim on one side and on the other: voxels that are one step of a direction apart."""
    steps = [int(step) for step in direction]
    first = tuple(slice(max(-s, 0), n - max(s, 0)) for s, n in zip(steps, particles.shape, strict=True))
    second = tuple(slice(max(s, 0), n - max(-s, 0)) for s, n in zip(steps, particles.shape, strict=True))
    return particles[first], particles[second]
