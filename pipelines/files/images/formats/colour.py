"""Is a picture with several values a pixel one of labels after all? Yes if all its colours are equal: it is grey."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import VolumeShapeError

_MOST_LABELS = 16


def require_grey(
    picture: npt.NDArray[Any], path: Path, *, planes: bool = False, alone: bool = False
) -> npt.NDArray[Any]:
    """The picture with one value a pixel.

    Parameters
    ----------
    picture
        Shape (rows, columns), with the colours first or last if there are any.
    path
        For messages.
    planes
        Whether the colours lie one behind the other.
    alone
        Whether it is the only picture: then planes of few values are slices that their writer took for colours.

    Raises
    ------
    VolumeShapeError
        If the colours differ.
    """
    if picture.ndim != 3:
        return picture
    colours = picture if planes else np.moveaxis(picture, -1, 0)
    is_grey = np.all(colours[: 3 if len(colours) > 2 else 1] == colours[0])
    if planes and alone and not (is_grey and len(colours) > 2) and len(np.unique(picture)) <= _MOST_LABELS:
        return picture
    if not is_grey:
        raise VolumeShapeError(
            f"{path} is a colour image, shape {picture.shape}. Give one label for each voxel: save the segmentation as "
            "grey values or with a palette."
        )
    return np.asarray(colours[0])
