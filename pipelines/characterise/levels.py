"""Which voxels of a volume give the same structure at several voxel sizes?

All, every second and every fourth along each axis. The same part of space has to be filled at every size, in whole
voxels of the solve: edges that are multiples of the longest of these are, else the middle of the volume that has such
edges is. Volumes of fewer voxels have two sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.pipelines.characterise.errors import VolumeError

_STRIDES = ((1, 2, 4), (1, 2))  # voxels along each axis; of the first that leaves two of the solve
_ORDINALS = {1: "1st", 2: "2nd", 4: "4th"}


def strides_within(shape: Sequence[int], coarsening: int) -> tuple[int, ...]:
    """Strides [voxel] along each axis that leave at least two voxels of the solve, of `coarsening` voxels each.

    Raises
    ------
    VolumeError
        If there are not two such strides.
    """
    if coarsening >= 1:
        for strides in _STRIDES:
            if min(shape) >= 2 * strides[-1] * coarsening:
                return strides
    fewest = 2 * _STRIDES[-1][-1] * max(coarsening, 1)
    raise VolumeError(
        f"a volume of {tuple(shape)} voxels cannot be extrapolated with coarsening = {coarsening}: each edge must have "
        f"at least {fewest} voxels, and the coarsening be at least 1. Draw or image it with smaller voxels, take a "
        "smaller coarsening, or measure it as it is (characterise.homogenise)."
    )


def middle_of(labels: Any, multiple: int) -> Any:
    """The largest middle of a volume whose edges are multiples; itself where they are."""
    kept = [length - length % multiple for length in labels.shape]
    first = [(length - inner) // 2 for length, inner in zip(labels.shape, kept, strict=True)]
    return labels[tuple(slice(low, low + inner) for low, inner in zip(first, kept, strict=True))]


def every(labels: Any, stride: int) -> Any:
    """The voxels that remain with a stride along each axis, nearest to the middle of what each stands for."""
    kept = slice(stride // 2, None, stride)
    return np.ascontiguousarray(labels[kept, kept, kept])


def words_of(strides: Sequence[int]) -> str:
    """The strides as words: every 1st, 2nd and 4th."""
    *before, last = (_ORDINALS[stride] for stride in strides)
    return f"every {', '.join(before)} and {last}"


def voxels_of(shape: Sequence[int]) -> str:
    """Voxels along each axis, as 64 x 64 x 64."""
    return " x ".join(map(str, shape))
