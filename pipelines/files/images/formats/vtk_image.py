"""VTK ImageData as XML (.vti): one array of cells or points, as text, base64 or raw bytes, plain or deflated."""

from __future__ import annotations

import binascii
import io
import math
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import (
    TruncatedVolumeError,
    UnreadableVolumeError,
    VolumeBudgetError,
    VolumeShapeError,
)
from ragone.pipelines.files.images.formats.chosen import chosen
from ragone.pipelines.files.images.formats.payload import text_voxels
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage, medical_spacing

_TYPES = {
    "Int8": "i1", "UInt8": "u1", "Int16": "i2", "UInt16": "u2", "Int32": "i4", "UInt32": "u4", "Int64": "i8",
    "UInt64": "u8", "Float32": "f4", "Float64": "f8",
}  # fmt: skip
_MOST_BLOCKS = 1 << 20
_MOST_ELEMENTS = 1000
_FED = 1 << 16
_MARK = b"<AppendedData"
_TEXT_SHARE = 4  # of the bytes that voxels may take: a document of text is in memory in several forms


@dataclass(frozen=True, slots=True)
class _Document:
    root: ET.Element
    appended: bytes
    is_base64: bool
    order: str
    head: str
    is_deflated: bool


def read_vti(reading: Reading) -> StoredImage:
    """Read one array of an image.

    Raises
    ------
    UnreadableVolumeError, VolumeShapeError
        If it is no image, or of a kind that is not read here.
    """
    document = _document(reading)
    image = document.root.find("ImageData")
    pieces = [] if image is None else image.findall("Piece")
    if image is None or len(pieces) != 1:
        raise UnreadableVolumeError(f"{reading.path} holds {len(pieces)} pieces of an image. Save it as one.")
    arrays = {}
    for group, more in (("CellData", 0), ("PointData", 1)):
        shape = _shape(pieces[0].get("Extent", ""), more, reading)
        for array in pieces[0].findall(f"{group}/DataArray"):
            if array.get("NumberOfComponents", "1") == "1":
                arrays[f"{group}/{array.get('Name', '')}"] = shape, array
    if not arrays:
        raise UnreadableVolumeError(f"{reading.path} holds no array with one value for each voxel.")
    shape, array = arrays[chosen({name: shape for name, (shape, _) in arrays.items()}, reading)]
    return StoredImage(_voxels(array, shape, document, reading), "zyx", medical_spacing(_spacing(image), "the Spacing"))


def _document(reading: Reading) -> _Document:
    path = reading.path
    with reading.open() as file:
        text, place = _text(file, reading)
        file.seek(place)
        attributes, _, data = file.read(reading.budget.voxel_bytes * 2).partition(b">")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise UnreadableVolumeError(f"{path} declares entities, which are never expanded.")
    parser = ET.XMLParser(target=_FewElements())
    try:
        for start in range(0, len(text), _FED):  # it goes on to the end of what it is fed, whatever it meets
            parser.feed(text[start : start + _FED])
        root = parser.close()
    except (ET.ParseError, RecursionError, ValueError) as cause:
        raise UnreadableVolumeError(f"{path} is no VTK image, or cut short: {cause}. Export it again.") from cause
    if root.tag != "VTKFile" or root.get("type") != "ImageData":
        raise UnreadableVolumeError(f"{path} holds {root.get('type') or root.tag}, not ImageData. Save it as an image.")
    compressor = root.get("compressor", "")
    if compressor not in ("", "vtkZLibDataCompressor"):
        raise UnreadableVolumeError(f"{path} is compressed with {compressor}. Save it uncompressed or with zlib.")
    order = ">" if root.get("byte_order") == "BigEndian" else "<"
    head = order + ("Q" if root.get("header_type") == "UInt64" else "I")
    return _Document(root, data[data.find(b"_") + 1 :], b"base64" in attributes, order, head, bool(compressor))


class _FewElements(ET.TreeBuilder):
    """Builds the tree of a document, but of no more than some elements: each takes far more memory than its text."""

    _count = 0

    def start(self, tag: Any, attrs: Any, /) -> ET.Element:
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise ValueError(f"it has more than {_MOST_ELEMENTS} elements")
        return super().start(tag, attrs)


def _text(file: BinaryIO, reading: Reading) -> tuple[bytes, int]:
    """The document without its appended data, and where these begin."""
    longest = reading.budget.voxel_bytes // _TEXT_SHARE
    text = file.read(longest + 1)
    place = text.find(_MARK)
    if place >= 0:
        return text[:place] + b"</VTKFile>", place + len(_MARK)
    if len(text) > longest:
        raise VolumeBudgetError(
            f"{reading.path} writes its voxels as text; an import reads up to {longest:,} bytes of it. Save the image "
            "with appended raw data."
        )
    return text, len(text)


def _shape(extent: str, more: int, reading: Reading) -> tuple[int, ...]:
    parts = extent.split()
    if len(parts) != 6 or not all(part.lstrip("-").isdigit() and len(part) < 10 for part in parts):
        raise VolumeShapeError(f"{reading.path} states the extent {extent[:60]!r}, which is none.")
    ends = [int(part) for part in parts]
    return tuple(ends[k + 1] - ends[k] + more for k in (4, 2, 0))


def _spacing(image: ET.Element) -> tuple[float, ...]:
    try:
        edges = [float(part) for part in image.get("Spacing", "").split()]
    except ValueError:
        return ()
    return tuple(reversed(edges)) if len(edges) == 3 else ()


def _voxels(array: ET.Element, shape: tuple[int, ...], document: _Document, reading: Reading) -> npt.NDArray[Any]:
    kind = _TYPES.get(array.get("type", ""))
    if kind is None:
        raise UnreadableVolumeError(f"{reading.path} holds {array.get('type')!r} values. Save it as UInt8.")
    dtype = np.dtype(document.order + kind)
    reading.budget.require_voxels(shape, dtype, reading.path)
    if array.get("format") == "ascii":
        return text_voxels(io.BytesIO((array.text or "").encode()), shape, dtype, reading)
    try:
        content = b"".join(_bytes(array, document, math.prod(shape) * dtype.itemsize))
    except (binascii.Error, zlib.error, struct.error, ValueError) as cause:
        raise UnreadableVolumeError(
            f"the voxels of {reading.path} cannot be decoded: {cause}. Export it again."
        ) from cause
    wanted = math.prod(shape) * dtype.itemsize
    if len(content) < wanted:
        raise TruncatedVolumeError(
            f"{reading.path} is cut short: {len(content)} of {wanted} bytes of voxels are there. Export it again."
        )
    return np.frombuffer(content, dtype, count=math.prod(shape)).reshape(shape)


def _bytes(array: ET.Element, document: _Document, wanted: int) -> Iterator[bytes]:
    """The decoded pieces of an array, never more than wanted altogether."""
    if array.get("format") == "appended":
        content = document.appended[int(array.get("offset", "0")) :]
        coded = document.is_base64
        content = content.partition(b"<")[0] if coded else content
    else:
        content, coded = (array.text or "").strip().encode("ascii"), True
    width = struct.calcsize(document.head)
    if not document.is_deflated:
        data = _joined(content, width, wanted) if coded else content
        yield data[width : width + wanted]
        return
    first = _plain(content, 3 * width, coded)
    count, size, last = struct.unpack(f"{document.head[0]}3{document.head[1]}", first)
    if count > _MOST_BLOCKS:
        raise ValueError(f"{count} blocks")
    length = (3 + count) * width
    lengths = struct.unpack(f"{document.head[0]}{count}{document.head[1]}", _plain(content, length, coded)[3 * width :])
    data = binascii.a2b_base64(content[4 * -(-length // 3) :]) if coded else content[length:]
    place = 0
    for number, piece in enumerate(lengths):
        most = min(last if number == count - 1 and last else size, wanted)
        decoder = zlib.decompressobj()
        block = decoder.decompress(data[place : place + piece], max(1, most))
        decoder.decompress(decoder.unconsumed_tail, 1)  # on to the checksum at the end
        if not decoder.eof:
            raise ValueError(f"block {number} has no end")
        yield block
        place, wanted = place + piece, wanted - len(block)
        if wanted <= 0:
            return


def _joined(content: bytes, width: int, wanted: int) -> bytes:
    """Length and data of a plain array, which some writers encode together, and some one after the other."""
    head = 4 * -(-width // 3)
    if not content[:head].endswith(b"="):
        return binascii.a2b_base64(content[: 4 * -(-(wanted + width) // 3)])
    return binascii.a2b_base64(content[:head]) + binascii.a2b_base64(content[head : head + 4 * -(-wanted // 3)])


def _plain(content: bytes, length: int, coded: bool) -> bytes:
    """The first bytes, decoded."""
    return binascii.a2b_base64(content[: 4 * -(-length // 3)])[:length] if coded else content[:length]
