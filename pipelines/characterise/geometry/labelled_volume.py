"""What may be measured: a three-dimensional volume of labels, and the size of its voxels.

Each label gets a bit of a byte, so that what a group of voxels holds is the union of their bits, and counting runs over
bytes. That allows eight phases; more distinct values than that are a grey image, not phases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.schemas.electrode import label_counts

Labels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Edges = tuple[float, float, float]
"""Of a voxel along the three axes, in any unit."""

VoxelSize = float | tuple[float, float, float]
"""Edge of a cubic voxel, or the three edges of an anisotropic one, in the order of the axes [m]."""

AXES = 3
CUBIC: Edges = (1.0, 1.0, 1.0)
MOST_LABELS = 8
_LARGEST_ASPECT = 100  # no direction but the longest edge's is left beyond that


@dataclass(frozen=True, slots=True)
class LabelledVolume:
    """A volume whose voxels hold a bit for their label: `1 << i` for `labels[i]`."""

    bits: Labels
    labels: tuple[int, ...]


def labelled_volume(labels: npt.NDArray[Any]) -> LabelledVolume:
    """The volume with a bit for each label.

    Parameters
    ----------
    labels
        Shape (x, y, z), integers from 0 to 255, at most eight different ones.
    """
    volume = checked_labels(labels)
    present = np.flatnonzero(label_counts(volume))
    if len(present) > MOST_LABELS:
        raise GeometryInputError(
            f"the volume has {len(present)} labels, at most {MOST_LABELS} are phases. Segment it, or merge labels."
        )
    table = np.zeros(256, dtype=np.uint8)
    table[present] = 1 << np.arange(len(present))
    bits = np.empty_like(volume)
    for layer, given in zip(bits, volume, strict=True):
        layer[...] = table[given]  # looking up widens labels to eight bytes: a layer's, not the volume's
    return LabelledVolume(bits, tuple(present.tolist()))


def checked_labels(labels: npt.NDArray[Any]) -> Labels:
    """The volume as C-ordered bytes; GeometryInputError if it is no volume of labels from 0 to 255."""
    given = np.asarray(labels)
    if given.ndim != AXES or given.size == 0:
        raise GeometryInputError(f"labels has shape {given.shape}. Give a volume of three axes, one voxel at least.")
    if given.dtype.kind not in "bui":
        raise GeometryInputError(f"labels has dtype {given.dtype}. Give whole numbers from 0 to 255, one per phase.")
    if given.dtype not in (np.uint8, np.bool_) and (given.min() < 0 or given.max() > 255):
        raise GeometryInputError(f"labels run from {given.min()} to {given.max()}. Renumber them from 0 to 255.")
    return np.ascontiguousarray(given, dtype=np.uint8)


def checked_mask(mask: npt.NDArray[Any]) -> Mask:
    """Return the mask of a phase as booleans; GeometryInputError if it is no volume of them."""
    given = np.asarray(mask)
    if given.ndim != AXES or given.size == 0 or given.dtype != np.bool_:
        raise GeometryInputError(
            f"mask has shape {given.shape} and dtype {given.dtype}. Give a boolean volume of three axes."
        )
    return np.ascontiguousarray(given)


def checked_voxel_size(voxel_size_metre: VoxelSize) -> tuple[float, float, float]:
    """The three edges of a voxel [m]; GeometryInputError unless they are finite, positive, and of like size."""
    given = voxel_size_metre if isinstance(voxel_size_metre, Sequence) else (voxel_size_metre,) * AXES
    edges = tuple(float(edge) for edge in given)
    if len(edges) != AXES or not all(math.isfinite(edge) and edge > 0 for edge in edges):
        raise GeometryInputError(
            f"voxel_size_metre = {voxel_size_metre!r} [m]. Give one positive length, or one for each of three axes."
        )
    if max(edges) > _LARGEST_ASPECT * min(edges):
        raise GeometryInputError(
            f"voxel_size_metre = {voxel_size_metre!r} [m]: edges differ more than {_LARGEST_ASPECT} times. Check units."
        )
    return edges[0], edges[1], edges[2]
