"""How large are the particles, and how round? The phase cut at its necks by a watershed of the distance to its surface.

Each local maximum of the distance is the centre of a particle; maxima closer than `separation_voxels` are one. The size
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
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipelines.characterise.geometry.distance import squared_distance
from pipelines.characterise.geometry.errors import GeometryInputError
from pipelines.characterise.geometry.labelled_volume import AXES, Floats, Mask, checked_mask
from pipelines.characterise.geometry.sphericity import sphericities

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
    mask: npt.NDArray[Any], *, smoothing_voxels: float = 1.0, separation_voxels: int = 4
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
    particles = _particles(phase, smoothing_voxels, separation_voxels)
    boxes = ndimage.find_objects(particles)
    volumes = np.bincount(particles.reshape(-1), minlength=len(boxes) + 1)[1:]
    chances = np.array([_chance_to_lie_whole(box, phase.shape) for box in boxes])
    whole = chances > 0
    diameters = np.cbrt(6 / np.pi * volumes[whole])
    weights = 1 / chances[whole]
    order = np.argsort(diameters, kind="stable")
    roundness = sphericities(particles)[whole]
    share = weights / max(weights.sum(), 1.0)
    return ParticleSizes(diameters[order], share[order], roundness[order], int((~whole).sum()))


def _particles(phase: Mask, smoothing: float, separation: int) -> npt.NDArray[np.int32]:
    """The number of the particle in each voxel of the phase; 0 elsewhere."""
    from skimage.segmentation import watershed  # heavy

    smooth = ndimage.gaussian_filter(np.sqrt(squared_distance(phase)), smoothing)
    highest = ndimage.maximum_filter(smooth, size=2 * separation + 1)
    markers, _ = ndimage.label((smooth == highest) & phase, structure=np.ones((AXES,) * AXES))
    return np.asarray(watershed(-smooth, markers, mask=phase))  # type: ignore[no-untyped-call]


def _chance_to_lie_whole(box: tuple[slice, ...], shape: tuple[int, ...]) -> float:
    """The places where a box of this extent touches no face, over the voxels [-]; 0 if the box itself is cut."""
    chance = 1.0
    for extent, length in zip(box, shape, strict=True):
        size = extent.stop - extent.start
        touches = extent.start == 0 or extent.stop == length
        chance *= 0.0 if touches else (length - size - 1) / length
    return chance
