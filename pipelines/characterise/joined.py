"""What if clusters of the best conductor met that voxels keep apart by a gap of one or two of them?

A film thinner than a voxel falls apart into clusters, and whether a bridge as thin as that connects, voxels cannot
show: the conductivity then changes by its whole contrast from one voxel size to the next, and no trend over sizes
announces it. So the gaps are filled where two clusters come as close, and what that changes is how much rests on
contacts that the voxels do not resolve. Two parts of one cluster are not joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
from scipy.ndimage import generate_binary_structure, label, maximum_filter, minimum_filter

from ragone.pipelines.characterise.carriers import Labels
from ragone.schemas.electrode import label_counts

Clusters = npt.NDArray[np.int32]

_BESIDE = generate_binary_structure(3, 2)  # across faces and edges
_SLAB, _HALO = 32, 2  # layers


def with_joined_clusters(labels: Labels, conductivities: Mapping[int, float]) -> Labels:
    """The volume with the clusters of its best conductor joined across gaps of one or two voxels.

    Parameters
    ----------
    labels
        Shape (x, y, z).
    conductivities
        Of every label that occurs [any unit], >= 0.

    Returns
    -------
    Labels
        Shape as given. A voxel takes the best conductor's label where voxels of two of its clusters lie beside it,
        across faces or edges, or where a voxel beside one cluster touches one beside another.
    """
    best = max(np.flatnonzero(label_counts(labels)).tolist(), key=lambda each: conductivities[each])
    clusters, count = label(labels == best)
    joined = labels.copy()
    if conductivities[best] > 0 and count > 1:
        for layers, bridges in _bridges(clusters):
            joined[layers][bridges] = best
    return joined


def _bridges(clusters: Clusters) -> Iterator[tuple[slice, npt.NDArray[np.bool_]]]:
    """Masks of the voxels between clusters, some layers at a time."""
    for first in range(0, len(clusters), _SLAB):
        low, layers = max(first - _HALO, 0), slice(first, first + _SLAB)
        yield layers, _between(clusters[low : first + _SLAB + _HALO])[first - low :][:_SLAB]


def _between(clusters: Clusters) -> npt.NDArray[np.bool_]:
    within = clusters > 0
    highest = maximum_filter(clusters, footprint=_BESIDE, mode="nearest")
    lowest = minimum_filter(np.where(within, clusters, np.iinfo(clusters.dtype).max), footprint=_BESIDE, mode="nearest")
    bridges = lowest < highest
    nearest = np.where(within, clusters, np.where(bridges, 0, highest))
    for axis in range(3):
        here, there = np.moveaxis(nearest, axis, 0), np.moveaxis(bridges, axis, 0)
        meets = (here[1:] != here[:-1]) & (here[1:] > 0) & (here[:-1] > 0)
        there[1:] |= meets
        there[:-1] |= meets
    return np.asarray(bridges & ~within)
