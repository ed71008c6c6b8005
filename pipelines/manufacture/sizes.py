"""Which radii do the particles of one packing have? Drawn from the recipe's law, to fill an exact volume.

Particles of one kind, whose law is that of their number, are drawn one by one (`particles.draw_radii`). Wide laws, by
volume, and two kinds would come out differently from packing to packing that way, for a few large particles hold most
of the volume: of these one radius is drawn in each of as many equally likely intervals as there are particles.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from ragone.pipelines.manufacture.particles import LARGEST_RADIUS, Floats, draw_radii, median_radius_in_box
from ragone.pipelines.manufacture.resolution import require_resolved
from ragone.pipelines.manufacture.spheroids import longest_semi_axis
from ragone.schemas import Recipe
from ragone.schemas.particle_sizes import SizeLaw, size_laws
from ragone.schemas.recipe import SizeWeight


def draw_particle_radii(
    rng: np.random.Generator, recipe: Recipe, volume: float, *, edge: int, voxel_size: float
) -> tuple[Floats, float]:
    """Radii of the spheres of equal volume, and the median of the first kind as drawn.

    Parameters
    ----------
    rng
        Source of chance.
    recipe
        Sizes and shape enter.
    volume
        That the particles fill together [voxel^3].
    edge
        Of the cube [voxel]; where the longest semi-axis is above a quarter of it all radii are lowered.
    voxel_size
        [m].

    Returns
    -------
    radii, median
        Shape (n,) [voxel], rounded, so that the last bit of an exponential moves no particle; [voxel].

    Raises
    ------
    BoundsError
        If the voxels do not show a particle of median size.
    MissingFieldError
        If a second kind has a share and no radius.
    """
    laws, spread = size_laws(recipe), recipe.particle_radius_spread
    longest = longest_semi_axis(recipe.particle_shape, recipe.particle_aspect_ratio)
    wanted = recipe.median_particle_radius_metre / voxel_size
    second = recipe.second_particle_radius_metre if recipe.second_particle_share else None
    require_resolved(edge, voxel_size, wanted if second is None else min(wanted, second / voxel_size))
    if second is None and recipe.particle_size_weight is SizeWeight.NUMBER:
        median = median_radius_in_box(wanted, spread, edge, longest)
        return draw_radii(rng, median, spread, volume), median
    lowered = min(1.0, LARGEST_RADIUS * edge * voxel_size / longest / max(law.largest for law in laws))
    scale = lowered / voxel_size
    radii = np.concatenate([_drawn_by_intervals(rng, law, volume * law.share / scale**3) for law in laws])
    filled = 4 / 3 * np.pi * float(np.cumsum(radii**3)[-1])
    return np.round(radii * (volume / filled) ** (1 / 3), 9), wanted * lowered


def _drawn_by_intervals(rng: np.random.Generator, law: SizeLaw, volume: float) -> Floats:
    """Radii [m] of as many particles as fill the volume [m^3] in the mean, one in each equally likely interval."""
    sizes, counts = law.radii()
    mean = 4 / 3 * np.pi * float(np.sum(counts * sizes**3) / np.sum(counts))
    count = max(1, round(volume / mean))
    low, high = ndtr(law.deviations)
    chances = low + (high - low) * (np.arange(count) + rng.random(count)) / count
    return np.asarray(law.median * np.exp(law.spread * np.round(ndtri(chances), 9)))
