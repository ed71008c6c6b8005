"""How far is each voxel from the particles, and which voxels are the lowest by a score?

The cube is periodic along all axes, or ends in walls along axis 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.manufacture.contacts import Spheroids
from ragone.pipelines.manufacture.particles import Floats, Particles

_Distance = Callable[[Floats, Floats, Floats], Floats]


def surface_distances(
    particles: Particles | Spheroids, edge: int, reach: float, *, walled: bool = False
) -> tuple[Floats, Floats]:
    """Signed distances to the surfaces of the nearest and second nearest particle [voxel].

    Parameters
    ----------
    particles
        Spheres or spheroids, in voxels. The distance to a spheroid is of first order: exact on its surface.
    edge
        Voxels along each axis of the cube.
    reach
        Largest distance resolved [voxel]; what lies farther is set to it.
    walled
        Whether axis 0 ends in walls; else the cube is periodic.

    Returns
    -------
    nearest, second
        Shape (edge, edge, edge) each; negative inside a particle. Distances are taken at voxel centres.
    """
    nearest = np.full((edge, edge, edge), reach)
    second = nearest.copy()
    for centre, extent, distance_at in _bodies(particles):
        along_axes = (
            list(stretches_within(c, e + reach, edge, repeats=axis > 0 or not walled))
            for axis, (c, e) in enumerate(zip(centre, extent, strict=True))
        )
        for stretches in product(*along_axes):
            window, (x, y, z) = zip(*stretches, strict=True)
            distance = distance_at(x, y, z)
            closest, next_closest = nearest[window], second[window]
            np.minimum(next_closest, np.maximum(closest, distance), out=next_closest)
            np.minimum(closest, distance, out=closest)
    return nearest, second


def lowest(score: Floats, count: int) -> npt.NDArray[np.bool_]:
    """Mark the `count` lowest scores, ties in memory order; the same on every machine.

    Parameters
    ----------
    score
        Any shape; +inf where a voxel may not be chosen.
    count
        How many, from 0 to the number of finite scores.
    """
    marked = np.zeros(score.shape, dtype=bool)
    if count == 0:
        return marked
    threshold = np.partition(score, count - 1, axis=None)[count - 1]
    np.less(score, threshold, out=marked)
    tied = np.flatnonzero(score == threshold)[: count - int(np.count_nonzero(marked))]
    marked.reshape(-1)[tied] = True
    return marked


def _bodies(particles: Particles | Spheroids) -> Iterator[tuple[Any, Any, _Distance]]:
    """Centre, half extents along the axes, and distance function of each particle."""
    if isinstance(particles, Particles):
        for centre, radius in zip(particles.centres, particles.radii, strict=True):
            yield centre, (radius, radius, radius), _to_sphere(radius)
        return
    extents = [particles.support(np.tile(unit, (len(particles.along), 1)))[:, k] for k, unit in enumerate(np.eye(3))]
    for number, centre in enumerate(particles.centres):
        axis, along, across = particles.axes[number], particles.along[number], particles.across[number]
        yield centre, tuple(extent[number] for extent in extents), _to_spheroid(axis, along, across)


def _squared(x: Floats, y: Floats, z: Floats) -> Floats:
    return np.asarray((x**2)[:, None, None] + (y**2)[None, :, None] + (z**2)[None, None, :])


def _to_sphere(radius: float) -> _Distance:
    return lambda x, y, z: np.asarray(np.sqrt(_squared(x, y, z)) - radius)


def _to_spheroid(axis: Floats, along: float, across: float) -> _Distance:
    """The level k of the scaled surface through a point, times k - 1, over its gradient: of first order in k - 1."""

    def distance(x: Floats, y: Floats, z: Floats) -> Floats:
        lengthwise = (axis[0] * x)[:, None, None] + (axis[1] * y)[None, :, None] + (axis[2] * z)[None, None, :]
        lengthwise = lengthwise**2
        sideways = np.maximum(_squared(x, y, z) - lengthwise, 0.0)
        level = np.sqrt(lengthwise / along**2 + sideways / across**2)
        gradient = np.sqrt(lengthwise / along**4 + sideways / across**4)
        found = level * (level - 1) / np.maximum(gradient, 1e-12)
        return np.asarray(np.where(gradient > 1e-12, found, -min(along, across)))

    return distance


def stretches_within(centre: float, reach: float, edge: int, *, repeats: bool = True) -> Iterator[tuple[slice, Floats]]:
    """The voxels within reach along one axis, each image of the periodic box at most once, by unbroken stretches.

    Of each stretch where it lies in the box, and how far its voxels are from the centre. An axis that does not repeat
    has one stretch, cut at the ends.
    """
    first = int(np.ceil(centre - 0.5 - reach))
    last = int(np.floor(centre - 0.5 + reach))
    if not repeats:
        first, last = max(first, 0), min(last, edge - 1)
    if last - first + 1 > edge:
        first = int(np.ceil(centre - 0.5 - edge / 2))
        last = first + edge - 1
    while first <= last:
        start = first % edge
        count = min(edge - start, last - first + 1)
        yield slice(start, start + count), np.arange(first, first + count, dtype=np.float64) + 0.5 - centre
        first += count
