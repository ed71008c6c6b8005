"""How far is each voxel from the particles, and which voxels are the lowest by a score? Periodic along all axes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from pipelines.manufacture.particles import Floats, Particles


def surface_distances(particles: Particles, edge: int, reach: float) -> tuple[Floats, Floats]:
    """Signed distances to the surfaces of the nearest and second nearest particle [voxel].

    Parameters
    ----------
    particles
        Centres and radii [voxel].
    edge
        Voxels along each axis of the periodic cube.
    reach
        Largest distance resolved [voxel]; what lies farther is set to it.

    Returns
    -------
    nearest, second
        Shape (edge, edge, edge) each; negative inside a particle. Distances are taken at voxel centres.
    """
    nearest = np.full((edge, edge, edge), reach)
    second = nearest.copy()
    for centre, radius in zip(particles.centres, particles.radii, strict=True):
        for stretches in product(*(list(_stretches(c, radius + reach, edge)) for c in centre)):
            window, (x, y, z) = zip(*stretches, strict=True)
            squared = (x**2)[:, None, None] + (y**2)[None, :, None] + (z**2)[None, None, :]
            distance = np.sqrt(squared) - radius
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


def _stretches(centre: float, reach: float, edge: int) -> Iterator[tuple[slice, Floats]]:
    """The voxels within reach along one axis, each image of the periodic box at most once, by unbroken stretches.

    Of each stretch where it lies in the box, and how far its voxels are from the centre.
    """
    first = int(np.ceil(centre - 0.5 - reach))
    last = int(np.floor(centre - 0.5 + reach))
    if last - first + 1 > edge:
        first = int(np.ceil(centre - 0.5 - edge / 2))
        last = first + edge - 1
    while first <= last:
        start = first % edge
        count = min(edge - start, last - first + 1)
        yield slice(start, start + count), np.arange(first, first + count, dtype=np.float64) + 0.5 - centre
        first += count
