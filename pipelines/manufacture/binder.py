"""Which pore voxels does the carbon-binder mixture fill? A score between a film and aggregates.

Adhesion 1 fills the voxels closest to the particles first, those between two particles before others: a film with
bridges at the necks. Adhesion 0 follows a smooth random field alone: aggregates in the pores, wherever the particles
are. Between them the two standardised scores are mixed linearly. A film covers particles, so the area between active
material and pore falls as adhesion rises.

Voxels are filled whatever they hold: nanopores are counted in `composition`. Between walls the random field is mirrored
at the ends of axis 0, and the walls themselves attract no film.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from ragone.pipelines.manufacture.particles import Floats
from ragone.pipelines.manufacture.voxels import lowest

_NECK_WEIGHT = 0.25


def place_carbon_binder(
    rng: np.random.Generator,
    solid: npt.NDArray[np.bool_],
    distances: tuple[Floats, Floats],
    *,
    count: int,
    adhesion: float,
    aggregate_length: float,
    walled: bool = False,
) -> npt.NDArray[np.bool_]:
    """Voxels of the carbon-binder, exactly `count` of them.

    Parameters
    ----------
    rng
        Source of the random field.
    solid
        Shape (x, y, z). True where particles are.
    distances
        To the nearest and second nearest particle [voxel], from `surface_distances`.
    count
        Voxels to fill; no more than there are pores.
    adhesion
        0 for aggregates, 1 for a film with bridges [-].
    aggregate_length
        Standard deviation of the filter that smooths the random field [voxel].
    walled
        Whether axis 0 ends in walls; else the cube is periodic.
    """
    mode = ("reflect" if walled else "wrap", "wrap", "wrap")
    noise = gaussian_filter(rng.standard_normal(solid.shape), aggregate_length, mode=mode)
    nearest, second = distances
    pores = ~solid
    film = nearest[pores] + _NECK_WEIGHT * second[pores]
    filled = np.zeros_like(solid)
    filled[pores] = lowest(adhesion * _standardised(film) + (1 - adhesion) * _standardised(noise[pores]), count)
    return filled


def _standardised(values: Floats) -> Floats:
    """The values with zero mean and unit standard deviation."""
    spread = float(values.std())
    return (values - float(values.mean())) / (spread if spread > 0 else 1.0)
