"""MetaImage: a text header, and voxels behind it (.mha) or in a file beside it (.mhd).

The header lists the axes x, y, z, fastest first; the volume is read as z, y, x.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.beside import beside
from ragone.pipelines.files.images.formats.payload import Stream, text_voxels, voxels_of
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage, medical_spacing

_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4", "MET_UINT": "u4",
    "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}  # fmt: skip
_LONGEST_LINE = 65536


def read_metaimage(reading: Reading) -> StoredImage:
    """Read a MetaImage.

    Raises
    ------
    UnreadableVolumeError, VolumeShapeError
        If the header is none, or of what is not read here.
    """
    with reading.open() as file:
        words = _header(file, reading)
        name = words.get("elementdatafile", "")
        if name.upper() == "LOCAL":
            return _image(words, file, reading)
    with reading.open(beside(name, reading)) as data:
        return _image(words, data, reading)


def _header(file: BinaryIO, reading: Reading) -> dict[str, str]:
    words: dict[str, str] = {}
    while line := file.readline(_LONGEST_LINE):
        reading.budget.require_header(file.tell(), reading.path)
        key, equals, value = line.decode("utf-8", "replace").partition("=")
        if not equals:
            break
        words[key.strip().lower()] = value.strip()
        if "elementdatafile" in words:
            return words
    raise UnreadableVolumeError(f"{reading.path} is not a MetaImage: its header names no ElementDataFile.")


def _image(words: dict[str, str], file: BinaryIO, reading: Reading) -> StoredImage:
    path = reading.path
    kind = _TYPES.get(words.get("elementtype", "").upper())
    if kind is None:
        raise UnreadableVolumeError(f"{path} has the type {words.get('elementtype')!r}. Save it as MET_UCHAR.")
    if words.get("elementnumberofchannels", "1") != "1":
        raise VolumeShapeError(f"{path} has several values for each voxel. Give one label for each.")
    sizes = words.get("dimsize", "").split()
    if not sizes or not all(size.isascii() and size.isdigit() and len(size) < 19 for size in sizes):
        raise VolumeShapeError(f"{path} states DimSize = {words.get('dimsize', '')[:60]}. Edges are whole numbers.")
    big = "true" in (words.get(name, "").lower() for name in ("binarydatabyteordermsb", "elementbyteordermsb"))
    dtype, shape = np.dtype(f"{'>' if big else '<'}{kind}"), tuple(int(size) for size in reversed(sizes))
    _skip(words.get("headersize", "0"), file, int(np.prod(shape)) * dtype.itemsize)
    if words.get("binarydata", "True").lower() == "false":
        voxels = text_voxels(file, shape, dtype, reading)
    else:
        compressed = words.get("compresseddata", "False").lower() == "true"
        voxels = voxels_of(Stream(file, "gzip" if compressed else "raw"), shape, dtype, reading)
    spacing = medical_spacing(_edges(words), "ElementSpacing") if len(shape) == 3 else None
    return StoredImage(voxels, "zyx" if len(shape) == 3 else "", spacing)


def _skip(text: str, file: BinaryIO, size: int) -> None:
    if text == "-1":
        file.seek(-size, 2)
    elif text.isascii() and text.isdigit() and len(text) < 19:
        file.seek(int(text), 1)


def _edges(words: dict[str, str]) -> tuple[float, ...]:
    try:
        edges = [float(x) for x in words.get("elementspacing", words.get("elementsize", "")).split()]
    except ValueError:
        return ()
    return tuple(reversed(edges)) if len(edges) == 3 else ()
