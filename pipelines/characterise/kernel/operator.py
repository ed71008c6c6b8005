"""The operator of a volume: diagonal, conductances of faces, and the source that a mean gradient makes.

The potential is the ramp of a unit drop along axis 0 (or another axis, if that is periodic) plus a deviation, which is
what is solved for: it starts at zero, vanishes for straight channels, and keeps single precision for what matters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.kernel.sweeps import Faces, Field
from ragone.pipelines.characterise.kernel.volume import Conductances, Volume
from ragone.pipelines.compiled import compiled

Drive = tuple[float, float, float]

ALONG_FIRST_AXIS: Drive = (1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Operator:
    """Steady conduction in a volume, in one precision.

    Attributes
    ----------
    diagonal
        Padded shape: sum of the conductances of a voxel's faces [-], as small integers where all are one; zero
        insulates.
    weights
        Of the axes [-], three scalars of the precision.
    faces
        None for one conducting phase, else three padded fields.
    ends
        Of a coarsened volume: conductance of the first and the last layer to their end [-], shape (2, y, z).
    """

    volume: Volume
    diagonal: Field
    weights: Any
    faces: Faces
    ends: Any = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Precision of the fields."""
        return np.dtype(type(self.weights[0]))

    def layers(self) -> tuple[Field, Any, Faces]:
        """Diagonal, weights and faces as the sweeps take them: the voxels of each layer in a row."""
        faces = None if self.faces is None else tuple(face.reshape(len(face), -1) for face in self.faces)
        return self.diagonal.reshape(len(self.diagonal), -1), self.weights, faces


def build_operator(volume: Volume, dtype: npt.DTypeLike) -> Operator:
    """The operator of a volume whose padding is filled."""
    weights = tuple(np.dtype(dtype).type(w) for w in volume.weights)
    if volume.conductances is not None:
        return _of_conductances(volume, volume.conductances, weights, dtype)
    alike = len(volume.conductivities) <= 1
    counted = alike and bool(np.all(volume.weights == 1))
    diagonal = np.zeros(volume.phase.shape, dtype=np.uint8 if counted else dtype)
    if alike:
        _diagonal(volume.phase, None, weights, not volume.periodic[0], diagonal)
        return Operator(volume, diagonal, weights, None)
    pairs = volume.pair_conductances().astype(dtype)
    faces = tuple(np.zeros_like(diagonal) for _ in range(3))
    for axis, face in enumerate(faces):
        _face_conductances(volume.phase, pairs * weights[axis], axis, face)
    _diagonal(volume.phase, pairs, weights, not volume.periodic[0], diagonal)
    return Operator(volume, diagonal, weights, faces)


def _of_conductances(volume: Volume, given: Conductances, weights: Any, dtype: npt.DTypeLike) -> Operator:
    """The operator of a coarsened volume; faces of voxels that were found to carry nothing are closed."""
    conducts = volume.phase > 0
    faces, diagonal = [], np.zeros(conducts.shape, dtype)
    for axis, face in enumerate(given.faces):
        faces.append((face * (conducts & np.roll(conducts, -1, axis))).astype(dtype))
        diagonal += faces[-1] + np.roll(faces[-1], 1, axis)
    ends = (given.ends * conducts[[1, -2], 1:-1, 1:-1]).astype(dtype)
    for end, layer in zip(ends, (1, -2), strict=True):
        diagonal[layer, 1:-1, 1:-1] += end
    return Operator(volume, diagonal, weights, tuple(faces), ends)


def residual(operator: Operator, deviation: Field, drive: Drive, out: Field) -> float:
    """Residual of the equation at ramp plus deviation, and the energy of that potential, in double precision.

    Parameters
    ----------
    operator
        Of the volume.
    deviation
        Padded shape; the padding of periodic sides filled.
    drive
        Drop of the ramp across the volume along each axis [-]: only along axis 0 between ends.
    out
        Receives the net flux into each voxel; its sum over face conductances is what a solution has at zero.

    Returns
    -------
    float
        Sum over the faces of conductance times squared difference of potential; less twice that of sources times
        potential, where there are.
    """
    volume = operator.volume
    steps = tuple(drop / length for drop, length in zip(drive, volume.shape, strict=True))
    sums = np.zeros(len(deviation))
    _residual(
        volume.phase,
        deviation,
        operator.faces,
        operator.ends,
        volume.conductivities,
        tuple(volume.weights),
        steps,
        volume.periodic,
        out,
        sums,
    )
    if volume.sources is None:
        return math.fsum(sums)
    out += volume.sources
    return math.fsum(sums) - 2 * float(np.sum(volume.sources * deviation, dtype=np.float64))


@compiled(parallel=True)
def _face_conductances(phase: npt.NDArray[np.uint8], pairs: Field, axis: int, face: Field) -> None:
    """Conductance between each voxel and the next along the axis."""
    di, dj, dk = int(axis == 0), int(axis == 1), int(axis == 2)
    for i in prange(phase.shape[0] - di):
        for j in range(phase.shape[1] - dj):
            here, there, row = phase[i, j], phase[i + di, j + dj], face[i, j]
            for k in range(phase.shape[2] - dk):
                row[k] = pairs[here[k], there[k + dk]]


@compiled(parallel=True)
def _diagonal(phase: npt.NDArray[np.uint8], pairs: Any, weights: Any, ended: bool, diagonal: Field) -> None:
    """Sum of the conductances of each voxel's faces; without `pairs` one phase conducts."""
    x, n = phase.shape[0] - 2, phase.shape[2] - 2
    for i in prange(1, x + 1):
        ends = weights[0] * (2 * (int(i == 1) + int(i == x)) if ended else 0)
        for j in range(1, phase.shape[1] - 1):
            here, row = phase[i, j, 1 : n + 1], diagonal[i, j, 1 : n + 1]
            west, east = phase[i - 1, j, 1 : n + 1], phase[i + 1, j, 1 : n + 1]
            south, north = phase[i, j - 1, 1 : n + 1], phase[i, j + 1, 1 : n + 1]
            below, above = phase[i, j, 0:n], phase[i, j, 2 : n + 2]
            for k in range(n):
                if pairs is None:
                    row[k] = here[k] * (
                        weights[0] * (west[k] + east[k])
                        + weights[1] * (south[k] + north[k])
                        + weights[2] * (below[k] + above[k])
                        + ends
                    )
                else:
                    near = pairs[here[k]]
                    row[k] = (
                        weights[0] * (near[west[k]] + near[east[k]])
                        + weights[1] * (near[south[k]] + near[north[k]])
                        + weights[2] * (near[below[k]] + near[above[k]])
                        + ends * near[here[k]]
                    )


@compiled(parallel=True, fastmath={"reassoc", "contract", "nsz"})
def _residual(
    phase: npt.NDArray[np.uint8],
    x: Field,
    faces: Faces,
    ends: Any,
    conductivities: npt.NDArray[np.float64],
    weights: Any,
    steps: Any,
    periodic: Any,
    out: Field,
    sums: npt.NDArray[np.float64],
) -> None:
    """Net flux into each voxel, and the energy of each layer; each face counts half with either voxel."""
    layers, n = phase.shape[0] - 2, phase.shape[2] - 2
    for i in prange(1, layers + 1):
        flux, net = np.empty(n), np.empty(n)
        total = 0.0
        for j in range(1, phase.shape[1] - 1):
            here, value, row = phase[i, j, 1 : n + 1], x[i, j, 1 : n + 1], out[i, j, 1 : n + 1]
            net[:] = 0
            for axis in range(3):
                for side in range(2):
                    shift = 2 * side - 1
                    di, dj, dk = shift * int(axis == 0), shift * int(axis == 1), shift * int(axis == 2)
                    other = x[i + di, j + dj, 1 + dk : n + 1 + dk]
                    rise, energy = shift * steps[axis], 0.0
                    if faces is None:
                        there = phase[i + di, j + dj, 1 + dk : n + 1 + dk]
                        for k in range(n):
                            drop = np.float64(other[k]) - np.float64(value[k]) + rise
                            flux[k] = weights[axis] * np.float64(here[k]) * np.float64(there[k]) * drop
                            energy += flux[k] * drop
                    else:
                        low = 1 - side
                        face = faces[axis][i + low * di, j + low * dj, 1 + low * dk : n + 1 + low * dk]
                        for k in range(n):
                            drop = np.float64(other[k]) - np.float64(value[k]) + rise
                            flux[k] = np.float64(face[k]) * drop
                            energy += flux[k] * drop
                    total += energy / 2
                    for k in range(n):
                        net[k] += flux[k]
            if not periodic[0] and (i == 1 or i == layers):
                for side in range(2):
                    if i == (layers if side else 1):
                        for k in range(n):
                            if here[k]:
                                drop = (side - 0.5) * steps[0] - np.float64(value[k])
                                if ends is None:
                                    end = 2 * weights[0] * conductivities[here[k] - 1] * drop
                                else:
                                    end = np.float64(ends[side, j - 1, k]) * drop
                                net[k] += end
                                total += end * drop
            for k in range(n):
                row[k] = net[k]
        sums[i] = total
