"""A volume that is spread over several OME-TIFF files beside each other: all of them, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import TruncatedVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.tiff_decode import decoded_stack
from ragone.pipelines.files.images.formats.tiff_pages import walk_pages
from ragone.pipelines.files.images.formats.tiff_text import Plane
from ragone.pipelines.files.images.reading import Reading


def ome_set(planes: list[Plane], slices: int, reading: Reading) -> npt.NDArray[Any]:
    """The slices of the volume, shape (slices, rows, columns).

    Parameters
    ----------
    planes
        Which page of which file each slice is.
    slices
        How many there are.
    reading
        Of any file of the set.

    Raises
    ------
    TruncatedVolumeError
        If a file, page or slice of the set is missing.
    VolumeShapeError
        If the slices differ in size.
    """
    reading.budget.require_pages(slices, reading.path, "slices")
    names = sorted({plane.file or reading.path.name for plane in planes})
    _require_complete(planes, names, slices, reading)
    stack: npt.NDArray[Any] | None = None
    for name in names:
        wanted = [plane for plane in planes if (plane.file or reading.path.name) == name and plane.z < slices]
        voxels = _pages(name, wanted, reading)
        if stack is None:
            reading.budget.require_voxels((slices, *voxels.shape[1:]), voxels.dtype, reading.path)
            stack = np.empty((slices, *voxels.shape[1:]), voxels.dtype)
        if voxels.shape[1:] != stack.shape[1:] or voxels.dtype != stack.dtype:
            raise VolumeShapeError(f"{name} differs in size from the other files of {reading.path}. Export them again.")
        stack[[plane.z for plane in wanted]] = voxels
    assert stack is not None
    return stack


def _require_complete(planes: list[Plane], names: list[str], slices: int, reading: Reading) -> None:
    folder = reading.path.parent
    missing = [name for name in names if Path(name).name != name or not (folder / name).is_file()]
    lacking = sorted(set(range(slices)) - {plane.z for plane in planes})
    if missing or lacking:
        what = (
            f"the files {', '.join(missing)} beside it are missing" if missing else f"no file holds slice {lacking[0]}"
        )
        raise TruncatedVolumeError(
            f"{reading.path} is one of a set of {len(names)} files that hold {slices} slices together; {what}. "
            "Put all files of the set into one folder, or save the whole volume as one file."
        )


def _pages(name: str, wanted: list[Plane], reading: Reading) -> npt.NDArray[Any]:
    path = reading.path.parent / name
    with reading.open(path) as file:
        pages = walk_pages(file, path, reading.budget)
        absent = [plane.page for plane in wanted if plane.page >= len(pages)]
        if absent:
            raise TruncatedVolumeError(f"{path} is cut short: it has no page {absent[0]}. Copy or export it again.")
        voxels = decoded_stack(file, [pages[plane.page] for plane in wanted], reading)
    return voxels.reshape(len(wanted), *voxels.shape[-2:])
