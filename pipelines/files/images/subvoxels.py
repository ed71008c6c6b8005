"""Where within a voxel does a grey value cross the limit between two phases? Voxels split before they are labelled.

A grey value is the mean over its voxel, so that it says how much of the voxel a phase fills, which a label forgets.
Between the centres of voxels grey values are taken as linear, and the parts of a split voxel take the phase of theirs.
A plane of any direction between two phases is then met within a small part of a voxel, and tortuosity factor and area
have less of the voxel's bias (docs/NUMERICS.md).

What it does not do: nothing thinner than a voxel comes back. Between the darkest and the brightest of three phases the
grey values pass through those of the third, which shows as a shell of it; blur of the image alone does that too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import zoom

from ragone.pipelines.files.images.budget import Budget
from ragone.pipelines.files.images.errors import NotSegmentedError, SampleError

_FEWEST_GREY_VALUES = 24
_MOST_PARTS = 8


def split_voxels(grey: npt.NDArray[Any], parts: int, budget: Budget, path: Path) -> npt.NDArray[Any]:
    """Grey values at the centres of the parts of voxels, each split along its three edges.

    Parameters
    ----------
    grey
        Shape (x, y, z), whole numbers.
    parts
        Along each edge of a voxel; 1 leaves the voxels as they are.
    budget
        What the import may use: the parts count as voxels.

    Returns
    -------
    array
        Shape (parts x, parts y, parts z), rounded to whole numbers; beyond the outer centres grey values go on as
        they are there.

    Raises
    ------
    SampleError, NotSegmentedError, VolumeBudgetError
        If the number of parts cannot be used, the values are labels or no whole numbers, or the parts are too many.
    """
    if parts == 1:
        return grey
    if not 1 <= parts <= _MOST_PARTS:
        raise SampleError(f"{parts} parts of a voxel along its edge are outside [1, {_MOST_PARTS}]. Choose 2 to 4.")
    _require_grey(grey, path)
    budget.require_voxels([parts * length for length in grey.shape], np.float32, path)
    between = zoom(grey.astype(np.float32), parts, order=1, mode="nearest", grid_mode=True)
    return np.asarray(np.rint(between).astype(grey.dtype))


def _require_grey(grey: npt.NDArray[Any], path: Path) -> None:
    if grey.dtype.kind not in "iu":
        raise NotSegmentedError(
            f"{path} holds values of type {grey.dtype}; whole numbers are needed to split voxels. Export it as 8 or "
            "16 bit."
        )
    count = len(np.unique(grey))
    if count < _FEWEST_GREY_VALUES:
        raise NotSegmentedError(
            f"{path} holds {count} different values: labels, not grey values, and nothing lies between labels. Leave "
            "the splitting of voxels out."
        )
