"""How large are the particles, and how round? The phase cut at its necks by a watershed of the distance to its surface.

Each local maximum of the distance is the centre of a particle; maxima closer than `separation_voxels` are one. Lengths
are in voxels; of anisotropic ones, in edges of the cube of equal volume. The size
is the diameter of the sphere of equal volume. A particle that touches the outside of the volume is cut: it is left out
and counted; the others weigh the inverse of the number of places where one of their extent lies whole in the volume.

Limits. The cut of touching particles is a decision, not a measurement: elongated or cracked particles fall into several
pieces, small ones that overlap much become one, and the number depends on smoothing and separation. Below a diameter of
about 6 voxels a particle may have no maximum of its own: it joins its neighbour, or is left out where it touches none.
In a volume of a few particle diameters nearly all are cut.

References
----------
Gostick 2017, Phys. Rev. E 96, 023307, doi 10.1103/PhysRevE.96.023307 (markers from a smoothed distance). Miles 1974, in
Stochastic Geometry, 202 (weights for what lies whole in a window).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ragone.pipelines.characterise.geometry.distance import squared_distance
from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.flooding import Numbers, flood
from ragone.pipelines.characterise.geometry.labelled_volume import AXES, CUBIC, Edges, Floats, Mask, checked_mask
from ragone.pipelines.characterise.geometry.slabs import in_slabs
from ragone.pipelines.characterise.geometry.sphericity import sphericities

PARTICLES_METHOD = "watershed of the smoothed distance to the surface, diameter of the sphere of equal volume"


@dataclass(frozen=True, slots=True)
class ParticleSizes:
    """Whole particles: diameter [voxels], ascending, weight [-] and sphericity [-], all of shape (n,).

    The weights sum to one.
    """

    diameter_voxels: Floats
    weight: Floats
    sphericity: Floats
    cut_count: int


def particle_sizes(
    mask: npt.NDArray[Any], *, smoothing_voxels: float = 1.0, separation_voxels: int = 4, edges: Edges = CUBIC
) -> ParticleSizes:
    """Sizes of the particles of a phase.

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the phase is.
    smoothing_voxels
        Standard deviation of the Gaussian that smooths the distance before maxima are sought [voxels], >= 0.
    separation_voxels
        Along each axis, the distance within which there is only one maximum [voxels], >= 1.
    edges
        Of a voxel along each axis, relative to that of the cube of equal volume.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume, or a length is out of its range.
    """
    phase = checked_mask(mask)
    if not (smoothing_voxels >= 0 and separation_voxels >= 1):
        raise GeometryInputError(
            f"smoothing_voxels = {smoothing_voxels} and separation_voxels = {separation_voxels}. "
            "Give at least 0 and 1 voxels."
        )
    particles = _particles(phase, smoothing_voxels, separation_voxels, edges)
    boxes = ndimage.find_objects(particles)
    volumes, roundness = sphericities(particles, edges)
    chances = np.array([_chance_to_lie_whole(box, phase.shape) for box in boxes])
    whole = chances > 0
    diameters = np.cbrt(6 / np.pi * volumes[whole])
    weights = 1 / chances[whole]
    order = np.argsort(diameters, kind="stable")
    share = weights / max(weights.sum(), 1.0)
    return ParticleSizes(diameters[order], share[order], roundness[whole][order], int((~whole).sum()))


def _particles(phase: Mask, smoothing: float, separation: int, edges: Edges) -> Numbers:
    """The number of the particle in each voxel of the phase; 0 elsewhere."""
    smooth = squared_distance(phase, edges)
    np.sqrt(smooth, out=smooth)
    highest = _maxima(_smoothed(smooth, smoothing, edges), separation, edges) & phase
    numbers, _ = ndimage.label(highest, structure=np.ones((AXES,) * AXES), output=np.int32)
    flood(smooth, numbers, phase)
    return np.asarray(numbers)


def _smoothed(values: Floats, smoothing: float, edges: Edges) -> Floats:
    """The values, smoothed in place along one axis after another."""
    for axis, edge in enumerate(edges):
        if smoothing > 0:
            _in_place(partial(ndimage.gaussian_filter1d, sigma=smoothing / edge), values, axis)
    return values


def _maxima(values: Floats, separation: int, edges: Edges) -> Mask:
    """Mask of values that are the highest within the separation along each axis."""
    highest = values.copy()
    for axis, edge in enumerate(edges):
        _in_place(partial(ndimage.maximum_filter1d, size=2 * max(1, round(separation / edge)) + 1), highest, axis)
    return np.asarray(values == highest)


def _in_place(kernel: Any, values: Floats, axis: int) -> None:
    """Filter the values along an axis, in slabs along another."""
    lines = values.transpose(1, 0, 2) if axis == 0 else values

    def work(part: slice) -> None:
        kernel(lines[part], axis=axis or 1, output=lines[part])

    in_slabs(work, len(lines), values.size)


def _chance_to_lie_whole(box: tuple[slice, ...], shape: tuple[int, ...]) -> float:
    """The places where a box of this extent touches no face, over the voxels [-]; 0 if the box itself is cut."""
    chance = 1.0
    for extent, length in zip(box, shape, strict=True):
        size = extent.stop - extent.start
        touches = extent.start == 0 or extent.stop == length
        chance *= 0.0 if touches else (length - size - 1) / length
    return chance
