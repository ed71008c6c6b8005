"""NIfTI: a binary header of fixed size, and voxels behind it (.nii, .nii.gz) or beside it (.img). Axes are x, y, z."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.beside import beside
from ragone.pipelines.files.images.formats.payload import Stream, voxels_of
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing, StoredImage, medical_spacing

_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8"}
_UNITS = {1: 1.0, 2: 1e-3, 3: 1e-6}
_SIZES = {348: 1, 540: 2}


@dataclass(frozen=True, slots=True)
class _Header:
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    edges: tuple[float, ...]
    unit: float | None
    offset: int
    is_scaled: bool
    is_single: bool
    size: int


def read_nifti(reading: Reading) -> StoredImage:
    """Read a NIfTI volume of version 1 or 2.

    Raises
    ------
    TruncatedVolumeError, UnreadableVolumeError, VolumeShapeError
        If it is cut short, of a type that is not read here, or no volume.
    """
    path = reading.path
    with reading.open() as file:
        coding = "gzip" if file.read(2) == b"\x1f\x8b" else "raw"
        file.seek(0)
        stream = Stream(file, coding)
        start = bytearray(540)
        found = stream.fill(memoryview(start))
        if found < 348:
            raise TruncatedVolumeError(f"{path} is cut short: {found} of 348 bytes of its header are there.")
        header = _header(bytes(start[:found]), reading)
        if header.is_single:
            _skip(stream, header.offset - found, start, header, reading)
            return _image(_resumed(stream, start[header.offset : found]), header, reading)
    name = path.name.removesuffix(".gz").removesuffix(".hdr") + ".img"
    with reading.open(beside(name, reading)) as data:
        return _image(Stream(data, "raw"), header, reading)


class _resumed(Stream):  # noqa: N801 - a stream that begins with bytes already decoded
    def __init__(self, stream: Stream, begun: bytearray) -> None:
        self._stream, self._begun = stream, bytes(begun)

    def fill(self, into: memoryview) -> int:
        first = min(len(into), len(self._begun))
        into[:first] = self._begun[:first]
        return first + self._stream.fill(into[first:])

    def finish(self) -> None:
        self._stream.finish()


def _skip(stream: Stream, count: int, start: bytearray, header: _Header, reading: Reading) -> None:
    if header.offset < min(header.size, 348):
        raise UnreadableVolumeError(f"{reading.path} says that its voxels begin inside its header. Export it again.")
    reading.budget.require_header(count, reading.path)
    if count > 0:
        stream.fill(memoryview(bytearray(count)))


def _header(start: bytes, reading: Reading) -> _Header:
    path = reading.path
    order = next((o for o in "<>" if struct.unpack_from(f"{o}i", start)[0] in _SIZES), "")
    if not order:
        raise UnreadableVolumeError(f"{path} is not a NIfTI file. Export it again.")
    version = _SIZES[struct.unpack_from(f"{order}i", start)[0]]
    if version == 2 and len(start) < 540:
        raise TruncatedVolumeError(f"{path} is cut short: {len(start)} of 540 bytes of its header are there.")
    if version == 1:
        dims, kind = struct.unpack_from(f"{order}8h", start, 40), struct.unpack_from(f"{order}h", start, 70)[0]
        edges, offset = struct.unpack_from(f"{order}8f", start, 76), struct.unpack_from(f"{order}f", start, 108)[0]
        scale, units, magic = struct.unpack_from(f"{order}2f", start, 112), start[123], start[344:347]
    else:
        dims, kind = struct.unpack_from(f"{order}8q", start, 16), struct.unpack_from(f"{order}h", start, 12)[0]
        edges, offset = struct.unpack_from(f"{order}8d", start, 104), struct.unpack_from(f"{order}q", start, 168)[0]
        scale, units = struct.unpack_from(f"{order}2d", start, 176), struct.unpack_from(f"{order}i", start, 500)[0]
        magic = start[4:7]
    if kind not in _TYPES:
        raise UnreadableVolumeError(f"{path} has NIfTI type {kind}, which holds no labels. Save it as uint8.")
    count = dims[0]
    if not 1 <= count <= 7 or any(edge < 1 for edge in dims[1 : count + 1]):
        raise VolumeShapeError(f"{path} states the shape {dims[1 : max(1, min(count, 7)) + 1]}. Edges are above 0.")
    if not 0 <= offset < 2**40:
        raise UnreadableVolumeError(f"{path} says that its voxels begin at byte {offset}. Export it again.")
    return _Header(
        shape=tuple(reversed(dims[1 : count + 1])),
        dtype=np.dtype(order + _TYPES[kind]),
        edges=tuple(reversed(edges[1 : count + 1])),
        unit=_UNITS.get(units & 7),
        offset=int(offset),
        is_scaled=scale[0] not in (0.0, 1.0) or (scale[0] == 1.0 and scale[1] != 0.0),
        is_single=magic in (b"n+1", b"n+2"),
        size=348 if version == 1 else 540,
    )


def _image(stream: Stream, header: _Header, reading: Reading) -> StoredImage:
    if header.is_scaled:
        raise UnreadableVolumeError(f"{reading.path} scales its values, so they are no labels. Save them unscaled.")
    voxels = voxels_of(stream, header.shape, header.dtype, reading)
    spacing = None
    if header.unit and all(0 < edge < float("inf") for edge in header.edges):
        spacing = Spacing(tuple(edge * header.unit for edge in header.edges), "the NIfTI pixdim")
        if header.unit == 1e-3 and max(header.edges) >= 0.005:  # millimetres are written by default, meant or not
            spacing = medical_spacing(header.edges, "the NIfTI pixdim")
    elif all(edge > 0 for edge in header.edges):
        spacing = medical_spacing(header.edges, "the NIfTI pixdim")
    axes = "tzyx"[-voxels.ndim :] if voxels.ndim <= 4 else ""
    return StoredImage(voxels, axes, spacing)
