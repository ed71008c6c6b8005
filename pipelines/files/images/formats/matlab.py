"""MATLAB files of version 5 to 7.2: one array of numbers, by its name if there are several."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from ragone.pipelines.files.images.apart import read_apart
from ragone.pipelines.files.images.errors import ManyVolumesError
from ragone.pipelines.files.images.formats.chosen import chosen
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage

_NUMBERS = {
    "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8, "single": 4,
    "double": 8, "logical": 1,
}  # fmt: skip


def read_matlab(reading: Reading) -> StoredImage:
    """Read one array, in a process of its own."""
    return read_apart(__name__, reading)


def decode(file: BinaryIO, reading: Reading) -> StoredImage:
    """One array of an open file.

    Raises
    ------
    ManyVolumesError
        If it holds several volumes, or none of the name chosen.
    """
    import scipy.io

    listed = scipy.io.whosmat(file)
    reading.budget.require_pages(len(listed), reading.path, "arrays")
    arrays = {name: (tuple(shape), kind) for name, shape, kind in listed if kind in _NUMBERS}
    if not arrays:
        kinds = ", ".join(f"{name} ({kind})" for name, _, kind in listed[:20]) or "nothing"
        raise ManyVolumesError(
            f"{reading.path} holds no array of numbers at its top level, but {kinds}. Save the volume as one array."
        )
    name = chosen({name: shape for name, (shape, _) in arrays.items()}, reading)
    shape, kind = arrays[name]
    reading.budget.require_voxels(shape, f"V{_NUMBERS[kind]}", reading.path)
    file.seek(0)
    voxels = scipy.io.loadmat(file, variable_names=[name])[name]
    return StoredImage(np.asarray(voxels), "", None, ("axes are in the order that MATLAB shows",))
