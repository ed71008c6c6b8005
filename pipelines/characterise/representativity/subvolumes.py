"""What would a smaller cube, or larger voxels, have shown? Cubes cut from a volume, and blocks merged into voxels.

A merged voxel takes the phase that most of its block has; of two equals each gets its turn, from block to block, so
that no phase gains by its label. Merging stands for a coarser image: it loses what is thinner than the new voxel, and
the volume fractions may shift.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.errors import SampleError
from ragone.schemas import Microstructure, stage


@stage("representativity.cut_cube", libraries=("numpy",))
def cut_cube(microstructure: Microstructure, *, edge_voxels: int, corner: tuple[int, ...]) -> Microstructure:
    """A cube out of a volume of cubic voxels.

    Parameters
    ----------
    microstructure
        The volume.
    edge_voxels
        Edge of the cube [voxels].
    corner
        Its first voxel along each of the three axes.

    Raises
    ------
    SampleError
        If the cube does not lie inside.
    AnisotropicVoxelError
        If voxels are no cubes: as many of them along each axis would be no cube either.
    """
    microstructure.require_cubic_voxels("a cube cut from a volume")
    shape = microstructure.labels.shape
    inside = len(corner) == 3 and all(0 <= c <= n - edge_voxels for c, n in zip(corner, shape, strict=True))
    if edge_voxels < 1 or not inside:
        raise SampleError(
            f"a cube of {edge_voxels} voxels at {corner} does not lie inside a volume of shape {shape}. "
            "Choose a smaller cube or another corner."
        )
    window = tuple(slice(c, c + edge_voxels) for c in corner)
    where = ", ".join(map(str, corner))
    return replace(
        microstructure,
        labels=microstructure.labels[window],
        source=f"{microstructure.source}; cube of {edge_voxels} voxels at ({where})",
    )


@stage("representativity.coarsen", libraries=("numpy",))
def coarsen(microstructure: Microstructure, *, factor: int) -> Microstructure:
    """The volume with voxels `factor` times as large.

    Raises
    ------
    SampleError
        If an edge of the volume is not a multiple of the factor.
    """
    labels = microstructure.labels
    if factor < 1 or any(n % factor for n in labels.shape):
        raise SampleError(f"a volume of shape {labels.shape} has no blocks of {factor} voxels. Cut it to a multiple.")
    x, y, z = (n // factor for n in labels.shape)
    phases = microstructure.phase_labels.astype(np.int64)
    blocks = labels.reshape(x, factor, y, factor, z, factor)
    votes = np.stack([(blocks == phase).sum(axis=(1, 3, 5)) for phase in phases])
    odd = np.indices((x, y, z)).sum(axis=0) % 2 == 1
    first, last = np.argmax(votes, axis=0), len(phases) - 1 - np.argmax(votes[::-1], axis=0)
    winner = np.where(odd, first, last)
    return replace(
        microstructure,
        labels=phases[winner].astype(np.uint8),
        voxel_edges_metre=microstructure.voxel_edges_metre * factor,
        source=f"{microstructure.source}; blocks of {factor} voxels merged",
    )


def corners(shape: tuple[int, ...], edge: int, most: int, *, overlapping: bool = False) -> list[tuple[int, int, int]]:
    """First voxels of cubes of an edge, at most so many, spread over the volume; the same at every call.

    The cubes are disjoint, on a centred lattice, so that what is left over is lost evenly on all sides. Overlapping
    ones lose nothing: they lie evenly from side to side, one more where the edge does not divide the volume's.
    """
    starts = [_starts(n, edge, overlapping) for n in shape]
    lattice: npt.NDArray[np.int64] = np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1).reshape(-1, 3)
    chosen = np.sort(np.random.Generator(np.random.PCG64(0)).permutation(len(lattice))[:most])
    return [(int(x), int(y), int(z)) for x, y, z in lattice[chosen]]


def _starts(length: int, edge: int, overlapping: bool) -> npt.NDArray[np.int64]:
    """First voxels along an axis; none if the edge is longer than it."""
    count = length // edge
    if overlapping and count and length % edge:
        return np.arange(count + 1) * (length - edge) // count
    return np.arange(count) * edge + length % edge // 2
