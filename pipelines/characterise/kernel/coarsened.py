"""A finely labelled volume solved on voxels several times as long: faces conduct as the fine voxels between let them.

Between the centres of two coarse voxels lie layers of fine voxels. The voxels of a layer conduct side by side, the
layers one after another: an arithmetic mean, and a sum of resistances. Half a coarse voxel lies between an end of the
volume and the centres next to it. With a factor of one that is the harmonic mean of two voxels, as in any volume.

What is finer than a coarse voxel and slanted leaks: where every layer has an open voxel the face is open, whether these
are connected or not. Walls and bridges thinner than a coarse voxel need a smaller factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.errors import VolumeError
from ragone.pipelines.characterise.kernel.volume import (
    Conductances,
    Labels,
    Singles,
    Volume,
    conductivity_of_labels,
    grid_of,
)
from ragone.pipelines.compiled import compiled


def read_coarsened_volume(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int,
    voxel_size: Sequence[float],
    factor: int,
) -> Volume:
    """The volume with `axis` brought to the front, on voxels of `factor` times the edge; no side is periodic.

    Parameters
    ----------
    labels
        Shape (x, y, z), uint8, each length a multiple of the factor.
    conductivities
        Of every label that occurs [any unit], finite, >= 0; zero insulates.
    axis
        Of the drive: 0, 1 or 2.
    voxel_size
        Edges of a fine voxel along x, y and z [any unit of length], > 0.
    factor
        Fine voxels along the edge of a coarse one, >= 1.

    Raises
    ------
    VolumeError, ConductivityError
        As `read_volume`, and if the factor does not divide a length.
    """
    order, weights = grid_of(labels, axis, voxel_size)
    if factor < 1 or any(length % factor for length in labels.shape):
        divisors = [n for n in range(1, min(labels.shape) + 1) if not any(length % n for length in labels.shape)]
        raise VolumeError(
            f"voxels of {factor} times the edge do not fill a volume of {labels.shape} voxels; "
            f"{', '.join(map(str, divisors))} times do. Choose one, or cut the volume."
        )
    table = conductivity_of_labels(labels, conductivities)
    highest = float(table.max(initial=0.0))
    relative = table / highest if highest > 0 else table
    turned = labels.transpose(order)
    shape = [length // factor for length in turned.shape]
    unit = weights / weights.max()
    faces = tuple(np.zeros([length + 2 for length in shape], np.float32) for _ in range(3))
    ends = np.zeros((2, *shape[1:]), np.float32)
    for along, face in enumerate(faces):
        first = (along, *(a for a in range(3) if a != along))
        _faces(turned.transpose(first), relative, factor, unit[along], face.transpose(first), ends, along == 0)
    phase = np.zeros(faces[0].shape, np.uint8)
    _conducting(faces[0], faces[1], faces[2], ends, phase)
    scale = highest * float(weights.max() / weights[0])
    conductances = Conductances((faces[0], faces[1], faces[2]), ends)
    return Volume(phase, np.ones(1), unit, (False, False, False), scale, conductances)


@compiled(parallel=True)
def _faces(
    labels: Labels,
    conductivity: npt.NDArray[np.float64],
    factor: int,
    weight: float,
    face: Singles,
    ends: Singles,
    ended: bool,
) -> None:
    """Conductance of each coarse voxel to the next along the first axis of `labels`, and to the ends.

    A layer of fine voxels is halved by the centre of a coarse voxel where the factor is odd.
    """
    layers, middle = labels.shape[0] // factor, factor // 2
    for j in prange(labels.shape[1] // factor):
        for k in range(labels.shape[2] // factor):
            before = 0.0  # resistance since the last centre, or the end
            for i in range(layers):
                first, second = 0.0, 0.0
                for layer in range(factor):
                    total = 0.0
                    for line in range(j * factor, (j + 1) * factor):
                        for voxel in range(k * factor, (k + 1) * factor):
                            total += conductivity[labels[i * factor + layer, line, voxel]]
                    resistance = factor / total if total > 0 else np.inf
                    if layer < middle:
                        first += resistance
                    elif layer == middle and factor % 2 == 1:
                        first += resistance / 2
                        second += resistance / 2
                    else:
                        second += resistance
                whole = weight / (before + first)
                if i > 0:
                    face[i, j + 1, k + 1] = whole
                elif ended:
                    ends[0, j, k] = whole
                before = second
            if ended:
                ends[1, j, k] = weight / before


@compiled(parallel=True)
def _conducting(
    along_x: Singles, along_y: Singles, along_z: Singles, ends: Singles, phase: npt.NDArray[np.uint8]
) -> None:
    """Mark the voxels with an open face."""
    layers = phase.shape[0] - 2
    for i in prange(1, layers + 1):
        for j in range(1, phase.shape[1] - 1):
            for k in range(1, phase.shape[2] - 1):
                open_faces = along_x[i - 1, j, k] + along_x[i, j, k] + along_y[i, j - 1, k] + along_y[i, j, k]
                open_faces += along_z[i, j, k - 1] + along_z[i, j, k]
                if i == 1:
                    open_faces += ends[0, j - 1, k - 1]
                if i == layers:
                    open_faces += ends[1, j - 1, k - 1]
                phase[i, j, k] = 1 if open_faces > 0 else 0
