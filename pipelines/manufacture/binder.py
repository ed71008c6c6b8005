"""Which pore voxels does the carbon-binder mixture fill? A score between a film and aggregates.

Adhesion 1 fills the voxels closest to the particles first, those between two particles before others: a film with
bridges at the necks. Adhesion 0 follows a smooth random field alone: aggregates in the pores, wherever the particles
are. Between them the two standardised scores are mixed linearly. A film covers particles, so the area between active
material and pore falls as adhesion rises.

Migration moves carbon-binder from the foil, where axis 0 begins, towards the separator: the voxels that each layer
would have had are multiplied by a factor linear in the depth, and are again those with the best scores of their layer.
What finds no pore in its layer goes to the others.

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
    migration: float = 0.0,
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
    migration
        Relative change of the carbon-binder's share from the middle of axis 0 to its end, in [-1, 1] [-].
    walled
        Whether axis 0 ends in walls; else the cube is periodic.
    """
    mode = ("reflect" if walled else "wrap", "wrap", "wrap")
    noise = gaussian_filter(rng.standard_normal(solid.shape), aggregate_length, mode=mode)
    nearest, second = distances
    pores = ~solid
    film = nearest[pores] + _NECK_WEIGHT * second[pores]
    score = np.full(solid.shape, np.inf)
    score[pores] = adhesion * _standardised(film) + (1 - adhesion) * _standardised(noise[pores])
    filled = lowest(score, count)
    if not migration:
        return filled
    moved = _migrated(filled.sum(axis=(1, 2)), pores.sum(axis=(1, 2)), migration)
    return np.stack([lowest(*layer) for layer in zip(score, moved.tolist(), strict=True)])


def _migrated(counts: npt.NDArray[np.int64], room: npt.NDArray[np.int64], slope: float) -> npt.NDArray[np.int64]:
    """Voxels of each layer, as many in all, multiplied by 1 + slope u with u from -1 to 1; no more than have room."""
    layers = len(counts)
    wanted = counts * (1 + slope * ((2 * np.arange(layers) + 1) / layers - 1))
    full = np.zeros(layers, dtype=bool)
    while True:
        left = counts.sum() - room[full].sum()
        parts = wanted if wanted[~full].sum() > 0 else room
        share = np.where(full, room, parts * (left / (parts[~full].sum() or 1)))
        if not np.any(over := ~full & (share > room)):
            return _rounded(share, room, int(counts.sum()))
        full |= over


def _rounded(share: Floats, room: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int64]:
    """Whole numbers next to the shares that add up to the total: the largest remainders are rounded up."""
    whole = np.minimum(np.floor(share).astype(np.int64), room)
    order = np.argsort(-np.where(whole < room, share - whole, -1.0), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def _standardised(values: Floats) -> Floats:
    """The values with zero mean and unit standard deviation."""
    spread = float(values.std())
    return (values - float(values.mean())) / (spread if spread > 0 else 1.0)
