"""The discrete problem, assembled face by face without any thought for speed and solved directly: what to compare with.

Shares nothing with the kernel: a loop over the voxels, clusters by scipy's graph search, a sparse direct solve. The
energy of the potential is what is returned: a relative error of the solve enters it squared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

Labels = npt.NDArray[np.uint8]
Edge = tuple[int, int, float]

LOW, HIGH = -2, -1  # the two ends, as nodes beside the voxels


def conductivity_of_network(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int = 0,
    voxel_size: Sequence[float] = (1.0, 1.0, 1.0),
    periodic_sides: bool = False,
) -> float:
    """Effective conductivity between two ends half a voxel outside the first and last centres; 0 if nothing joins them.

    Every face is the two half voxels beside it, in series.
    """
    edges = list(_edges(labels, conductivities, axis, voxel_size, periodic_sides))
    count = labels.size + 2
    one, other, conductance = (np.array(column) for column in zip(*edges, strict=True)) if edges else ([], [], [])
    one, other = np.asarray(one, int) % count, np.asarray(other, int) % count  # the ends are the last two
    links = coo_matrix((np.ones(len(one)), (one, other)), shape=(count, count))
    cluster = connected_components(links, directed=False)[1]
    if cluster[LOW] != cluster[HIGH]:
        return 0.0
    laplacian = coo_matrix(
        (
            np.concatenate([conductance, conductance, -conductance, -conductance]),
            (np.concatenate([one, other, one, other]), np.concatenate([one, other, other, one])),
        ),
        shape=(count, count),
    ).tocsc()
    unknown = np.flatnonzero(cluster[:LOW] == cluster[LOW])
    potential = np.zeros(count)
    potential[HIGH] = 1.0
    source = -laplacian[unknown][:, [count + HIGH]].toarray()[:, 0]
    potential[unknown] = spsolve(laplacian[unknown][:, unknown], source)
    energy = float(np.sum(conductance * (potential[one] - potential[other]) ** 2))
    lengths = np.array(labels.shape) * np.array(voxel_size)
    return energy * lengths[axis] ** 2 / float(np.prod(lengths))


def _edges(
    labels: Labels, conductivities: Mapping[int, float], drive: int, voxel_size: Sequence[float], periodic: bool
) -> Iterator[Edge]:
    """Each face with a conductance above zero, and the faces of the ends."""
    number = np.arange(labels.size).reshape(labels.shape)
    for voxel in np.ndindex(labels.shape):
        here = conductivities[int(labels[voxel])]
        for axis in range(3):
            over_length = float(np.prod(voxel_size)) / voxel_size[axis] ** 2  # area over distance of two centres
            if axis == drive and here > 0:
                for end, layer in ((LOW, 0), (HIGH, labels.shape[axis] - 1)):
                    if voxel[axis] == layer:
                        yield int(number[voxel]), end, 2 * here * over_length
            beside = list(voxel)
            beside[axis] += 1
            if beside[axis] == labels.shape[axis]:
                if axis == drive or not periodic:
                    continue
                beside[axis] = 0
            there = conductivities[int(labels[tuple(beside)])]
            if here > 0 and there > 0:
                yield int(number[voxel]), int(number[tuple(beside)]), over_length * 2 / (1 / here + 1 / there)
