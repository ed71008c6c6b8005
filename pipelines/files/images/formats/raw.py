"""Bare voxels: shape, type and order come from the user, or from the file's name: ``v_24x32x40_uint8.raw``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.payload import Stream, voxels_of
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage

_SHAPE = re.compile(r"(?<![0-9])([0-9]{1,6}) ?[x×*] ?([0-9]{1,6}) ?[x×*] ?([0-9]{1,6})(?![0-9])")
_LOOSE_SHAPE = re.compile(r"(?<![0-9])([0-9]{1,6})[_,-]([0-9]{1,6})[_,-]([0-9]{1,6})(?![0-9])")
_TYPE = re.compile(r"(?<![a-z])(u?int(?:8|16|32|64)|float(?:32|64)|uchar|ushort|8[-_ ]?bit|16[-_ ]?bit)(?![a-z0-9])")
_WORDS = {"uchar": "uint8", "ushort": "uint16", "8bit": "uint8", "16bit": "uint16"}
_ORDER = re.compile(r"(?<![a-z])(big|little|fortran|c)(?![a-z])")
_EXAMPLE = (
    "--raw '24x32x40 uint8', slowest axis first; add 'fortran' if the first axis is the fastest, 'big' for big-endian"
)


@dataclass(frozen=True, slots=True)
class _Layout:
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    order: str


def read_raw(reading: Reading) -> StoredImage:
    """Read voxels without a header.

    Raises
    ------
    UnreadableVolumeError
        If neither user nor name says what they are, or the file's size contradicts it.
    """
    layout = _layout(reading)
    with reading.open() as file:
        size = file.seek(0, 2)
        wanted = math.prod(layout.shape) * layout.dtype.itemsize
        reading.budget.require_voxels(layout.shape, layout.dtype, reading.path)
        if wanted != size:
            raise UnreadableVolumeError(
                f"{reading.path} has {size} bytes; {' x '.join(map(str, layout.shape))} voxels of {layout.dtype} take "
                f"{wanted}. Say what it holds: {_EXAMPLE}."
            )
        file.seek(0)
        voxels = voxels_of(Stream(file, "raw"), layout.shape, layout.dtype, reading, layout.order)
    said = "as given" if reading.layout else "by its name"
    order = "first axis fastest" if layout.order == "F" else "first axis slowest"
    return StoredImage(voxels, "", None, (f"raw voxels {said}: {layout.dtype}, {order}",))


def _layout(reading: Reading) -> _Layout:
    text = (reading.layout or reading.path.name).lower()
    shape, dtype = _SHAPE.search(text) or _LOOSE_SHAPE.search(text), _TYPE.search(text)
    if not shape or (reading.layout and not dtype):
        raise UnreadableVolumeError(
            f"{reading.path} has no header, and its name does not say what it holds. Say it: {_EXAMPLE}."
            if not reading.layout
            else f"--raw {reading.layout!r} is no layout. Write {_EXAMPLE}."
        )
    edges = tuple(int(edge) for edge in shape.groups())
    kind = re.sub(r"[-_ ]", "", dtype[1]) if dtype else "uint8"
    words = _ORDER.findall(text) if reading.layout else []
    if min(edges) == 0:
        raise VolumeShapeError(f"{reading.path} has shape {edges} and no voxel.")
    form = np.dtype(_WORDS.get(kind, kind)).newbyteorder(">" if "big" in words else "<")
    return _Layout(edges, form, "F" if "fortran" in words else "C")
