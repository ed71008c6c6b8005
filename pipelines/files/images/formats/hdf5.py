"""HDF5, and MATLAB 7.3, which is HDF5: one dataset of a file, by its path if there are several."""

from __future__ import annotations

import math
import re
from typing import Any, BinaryIO

import numpy as np

from ragone.pipelines.files.images.apart import read_apart
from ragone.pipelines.files.images.errors import ManyVolumesError, UnreadableVolumeError
from ragone.pipelines.files.images.formats.chosen import chosen
from ragone.pipelines.files.images.length_units import metres
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing, StoredImage

_NAMES = re.compile(
    r"(?:element|voxel|pixel)[_ ]?(?:size|spacing)s?(?:[_ ](um|nm|mm|m))?|spacing|resolution", re.IGNORECASE
)
_UNIT_NAMES = ("unit", "units", "length_unit")


def read_hdf5(reading: Reading) -> StoredImage:
    """Read one dataset, in a process of its own."""
    return read_apart(__name__, reading)


def decode(file: BinaryIO, reading: Reading) -> StoredImage:
    """One dataset of an open file.

    Raises
    ------
    ManyVolumesError
        If it holds several volumes, or none at the path chosen.
    UnreadableVolumeError
        If the dataset lies in another file, or is compressed in a way that HDF5 itself does not know.
    """
    import h5py

    with h5py.File(file, "r") as container:
        shapes: dict[str, tuple[int, ...]] = {}

        def note(name: str, node: Any) -> None:
            reading.budget.require_pages(len(shapes) + 1, reading.path, "datasets")
            if isinstance(node, h5py.Dataset) and node.shape and node.dtype.kind in "buif":
                shapes[name] = tuple(node.shape)

        container.visititems(note)
        if not shapes and not reading.inside:
            raise ManyVolumesError(f"{reading.path} holds no dataset of numbers. Save the volume as one.")
        dataset = container[chosen(shapes, reading)]
        return _image(dataset, reading)


def _image(dataset: Any, reading: Reading) -> StoredImage:
    where = f"{reading.path}:{dataset.name}"
    if dataset.external or dataset.is_virtual:
        raise UnreadableVolumeError(f"{where} takes its voxels from other files, which are not opened. Save it whole.")
    reading.budget.require_voxels(dataset.shape, dataset.dtype, reading.path)
    if dataset.chunks:
        reading.budget.require_voxels(dataset.chunks, dataset.dtype, reading.path)
        counts = [-(-edge // size) for edge, size in zip(dataset.shape, dataset.chunks, strict=True)]
        reading.budget.require_pages(math.prod(counts), reading.path, "chunks")
    try:
        voxels = dataset[()]
    except OSError as cause:
        raise UnreadableVolumeError(
            f"{where} cannot be decoded: {str(cause)[:120]}. Save it again without compression, or with gzip."
        ) from cause
    if "MATLAB_class" in dataset.attrs:
        return StoredImage(voxels.transpose(), "", None, ("axes are in the order that MATLAB shows",))
    return StoredImage(voxels, "", _spacing(dataset))


def _spacing(dataset: Any) -> Spacing | None:
    """The edges that an attribute states: ``element_size_um`` of ilastik and Fiji, or ``voxel_size`` with a unit."""
    for name in dataset.attrs:
        match = _NAMES.fullmatch(name)
        edges = np.ravel(dataset.attrs[name]) if match else np.empty(0)
        if not match or edges.dtype.kind not in "iuf" or len(edges) not in (1, dataset.ndim) or not np.all(edges > 0):
            continue
        words = [match[1] or "", *(str(dataset.attrs[unit]) for unit in _UNIT_NAMES if unit in dataset.attrs)]
        unit = next((found for word in words if (found := metres(word.strip("b'")))), None)
        values = tuple(float(edge) * (unit or 1.0) for edge in np.broadcast_to(edges, dataset.ndim))
        return Spacing(values, f"attribute {name}", has_unit=unit is not None)
    return None
