"""What is to be solved: a labelled volume as conducting phases on a padded grid, with the drive along axis 0.

One layer of insulating voxels surrounds the volume, so that sweeps need no cases at the border; where sides are
periodic, that layer holds copies of the opposite side. Conductivities are relative to the largest, and conductances
of faces to the largest of the three directions, so that single precision holds for any unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.errors import ConductivityError, VolumeError
from ragone.pipelines.compiled import compiled

Labels = npt.NDArray[np.uint8]
Singles = npt.NDArray[np.float32]

INSULATING = 0
LARGEST_PHASE_COUNT = 16
_WEAK = 0.1  # of the best axis' weight: voxels of more than three times the edge


@dataclass(frozen=True, slots=True)
class Conductances:
    """Conductance of every single face, relative [-]: where neither the phases nor the voxels are alike.

    Attributes
    ----------
    faces
        Of each voxel to the next along each axis, three arrays of the padded shape.
    ends
        Of the first and of the last layer to its end, shape (2, y, z).
    """

    faces: tuple[Singles, Singles, Singles]
    ends: Singles


@dataclass(frozen=True, slots=True)
class Volume:
    """Conducting phases of a volume.

    Attributes
    ----------
    phase
        Shape (x + 2, y + 2, z + 2): 0 insulating, else 1 + the position in `conductivities`.
    conductivities
        Of the conducting phases, relative to the largest [-].
    weights
        Face area over distance of centres along each axis, relative to the largest [-].
    periodic
        Whether opposite sides are joined, by axis; axis 0 only for the full tensor.
    scale
        What turns a mean flux per unit drive of the relative problem into a conductivity of the caller's unit.
    conductances
        Of a coarsened volume, which has one phase and no periodic side; None where the phases of two voxels tell them.
    sources
        Flux into each voxel, padded shape, of a volume whose high end is closed; None without.
    """

    phase: npt.NDArray[np.uint8]
    conductivities: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    periodic: tuple[bool, bool, bool]
    scale: float
    conductances: Conductances | None = None
    sources: Singles | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along each axis, without the padding."""
        x, y, z = (length - 2 for length in self.phase.shape)
        return x, y, z

    def strong_axes(self) -> npt.NDArray[np.bool_]:
        """Mask of the axes along which voxels move together; far apart where they conduct worse, shape (3,)."""
        return np.asarray(self.weights >= _WEAK)

    def pair_conductances(self) -> npt.NDArray[np.float64]:
        """Harmonic mean of the conductivities of two phases, shape (phases + 1, phases + 1) [-]; 0: insulating."""
        with np.errstate(divide="ignore"):
            resistances = np.concatenate([[np.inf], 1 / self.conductivities])
        return np.asarray(2 / (resistances[:, None] + resistances[None, :]))


def read_volume(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int,
    voxel_size: Sequence[float],
    periodic: tuple[bool, bool, bool],
) -> Volume:
    """The volume with `axis` brought to the front.

    Parameters
    ----------
    labels
        Shape (x, y, z), integers from 0 to 255.
    conductivities
        Of every label that occurs [any unit], finite, >= 0; zero insulates.
    axis
        Of the drive: 0, 1 or 2.
    voxel_size
        Edges of a voxel along x, y and z [any unit of length], > 0.
    periodic
        Whether opposite sides are joined, by axis of `labels`.

    Raises
    ------
    VolumeError
        If the volume, the axis or the voxel size cannot be used.
    ConductivityError
        If a label has no conductivity, or one that is not finite or negative.
    """
    order, weights = grid_of(labels, axis, voxel_size)
    table, values = _phases(labels, conductivities)
    phase = np.zeros([labels.shape[a] + 2 for a in order], dtype=np.uint8)
    _relabel(labels.transpose(order), table, phase)
    highest = float(values.max(initial=0.0))
    return Volume(
        phase,
        values / highest if highest > 0 else values,
        weights / weights.max(),
        (periodic[order[0]], periodic[order[1]], periodic[order[2]]),
        highest * float(weights.max() / weights[0]),
    )


def wrap(phase: npt.NDArray[np.generic], periodic: tuple[bool, bool, bool]) -> None:
    """Fill the padding of the periodic sides with copies of the opposite ones, in place."""
    for axis, joined in enumerate(periodic):
        if joined:
            view = np.moveaxis(phase, axis, 0)
            view[0], view[-1] = view[-2], view[1]


def grid_of(
    labels: Labels, axis: int, voxel_size: Sequence[float]
) -> tuple[tuple[int, int, int], npt.NDArray[np.float64]]:
    """Axes with that of the drive first, and face area over distance of centres along each [length].

    Raises
    ------
    VolumeError
        If the volume, the axis or the voxel size cannot be used.
    """
    _require_volume(labels, axis, voxel_size)
    second, third = (a for a in range(3) if a != axis)
    sizes = np.array([float(voxel_size[a]) for a in (axis, second, third)])
    return (axis, second, third), np.prod(sizes) / sizes**2


def _require_volume(labels: Labels, axis: int, voxel_size: Sequence[float]) -> None:
    if labels.ndim != 3 or labels.size == 0:
        raise VolumeError(f"the volume has shape {labels.shape}; three axes of at least one voxel are needed.")
    if labels.dtype != np.uint8:
        raise VolumeError(f"labels are {labels.dtype}; uint8 is needed. Convert them, at most 256 phases.")
    if axis not in (0, 1, 2):
        raise VolumeError(f"axis = {axis!r} is not one of 0, 1, 2.")
    if len(voxel_size) != 3 or not all(math.isfinite(size) and size > 0 for size in voxel_size):
        raise VolumeError(f"voxel_size = {tuple(voxel_size)} must be three finite lengths above zero.")


def conductivity_of_labels(labels: Labels, conductivities: Mapping[int, float]) -> npt.NDArray[np.float64]:
    """Conductivity of each of the 256 labels [unit given]; zero for those that do not occur.

    Raises
    ------
    ConductivityError
        If a label that occurs has none, or one that is not finite or negative.
    """
    for label, value in conductivities.items():
        if not (math.isfinite(value) and value >= 0):
            raise ConductivityError(f"the conductivity of label {label} is {value}. Give a finite number >= 0.")
    table = np.zeros(256)
    for label in np.flatnonzero(_occurs(labels)).tolist():
        if label not in conductivities:
            raise ConductivityError(
                f"label {label} has no conductivity; given are labels {sorted(conductivities)}. "
                "Give it one, zero if it insulates."
            )
        table[label] = conductivities[label]
    return table


def _phases(
    labels: Labels, conductivities: Mapping[int, float]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Phase of each label, and the conductivity of each phase; labels that conduct alike are one phase."""
    of_label = conductivity_of_labels(labels, conductivities)
    values = np.unique(of_label[of_label > 0])
    if len(values) > LARGEST_PHASE_COUNT:
        raise ConductivityError(
            f"{len(values)} different conductivities; at most {LARGEST_PHASE_COUNT} are handled. Merge phases."
        )
    table = np.where(of_label > 0, np.searchsorted(values, of_label) + 1, INSULATING).astype(np.uint8)
    return table, values


@compiled()
def _relabel(labels: Labels, table: npt.NDArray[np.uint8], out: npt.NDArray[np.uint8]) -> None:
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            for k in range(labels.shape[2]):
                out[i + 1, j + 1, k + 1] = table[labels[i, j, k]]


@compiled()
def _occurs(labels: Labels) -> npt.NDArray[np.bool_]:
    """Mask of the 256 labels that occur."""
    found = np.zeros(256, dtype=np.bool_)
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            for k in range(labels.shape[2]):
                found[labels[i, j, k]] = True
    return found
