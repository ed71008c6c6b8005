"""Arrays as NumPy saves them: one (.npy), or several in an archive (.npz). Nothing is ever unpickled."""

from __future__ import annotations

import ast
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import (
    PickledVolumeError,
    TruncatedVolumeError,
    UnreadableVolumeError,
    VolumeShapeError,
)
from ragone.pipelines.files.images.formats.chosen import chosen
from ragone.pipelines.files.images.formats.payload import Stream, voxels_of
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # as NumPy itself reads: a longer one of structured types is no volume
_DIRECTORY_END = 1 << 17  # bytes at the end of an archive that hold where its directory is
_AGAIN = "Copy or export it again."


@dataclass(frozen=True, slots=True)
class _Header:
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool


def read_npy(reading: Reading) -> StoredImage:
    """Read one array.

    Raises
    ------
    TruncatedVolumeError, PickledVolumeError, UnreadableVolumeError, VolumeShapeError
        If it is cut short, holds Python objects, or its header is no header of voxels.
    """
    with reading.open() as file:
        return StoredImage(_array(file, reading))


def read_npz(reading: Reading) -> StoredImage:
    """Read the one array of an archive that is a volume, or the one that was named."""
    with reading.open() as file:
        _require_short_directory(file, reading)
        try:
            with zipfile.ZipFile(file) as archive:
                return _member(archive, reading)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as cause:
            raise UnreadableVolumeError(f"{reading.path} cannot be read as NPZ: {cause}. {_AGAIN}") from cause


def _require_short_directory(file: BinaryIO, reading: Reading) -> None:
    """Look at the size of an archive's directory before it is read: it may have millions of entries."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _DIRECTORY_END))
    tail = file.read()
    for mark, form, place in ((b"PK\5\6", "<I", 12), (b"PK\6\6", "<Q", 40)):
        at = tail.rfind(mark)
        if at >= 0 and at + place + struct.calcsize(form) <= len(tail):
            (length,) = struct.unpack_from(form, tail, at + place)
            if length != 0xFFFFFFFF:
                reading.budget.require_header(length, reading.path)
    file.seek(0)


def _member(archive: zipfile.ZipFile, reading: Reading) -> StoredImage:
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    reading.budget.require_pages(len(members), reading.path, "arrays")
    if not members:
        raise UnreadableVolumeError(
            f"{reading.path} is an archive without arrays of NumPy. Unpack it, and give what is in it."
        )
    shapes = {}
    for info in members:
        with archive.open(info) as file:
            shapes[info.filename.removesuffix(".npy")] = _header_or_none(file, reading)
    volumes = {name: header.shape for name, header in shapes.items() if header}
    name = chosen(volumes, reading)
    with archive.open(f"{name}.npy") as file:
        return StoredImage(_array(file, reading))


def _header_or_none(file: Any, reading: Reading) -> _Header | None:
    """The header of a member, or None if it is no plain array; the one that is chosen says why."""
    try:
        return _header(file, reading.path)
    except (UnreadableVolumeError, VolumeShapeError):
        return _Header((), np.dtype("O"), False) if reading.inside else None


def _array(file: Any, reading: Reading) -> npt.NDArray[Any]:
    header, path = _header(file, reading.path), reading.path
    if header.dtype.hasobject:
        raise PickledVolumeError(
            f"{path} holds Python objects ({header.dtype}), which are never read. Save integers instead."
        )
    order = "F" if header.fortran else "C"
    return voxels_of(Stream(file, "raw"), header.shape, header.dtype, reading, order)


def _header(file: Any, path: Path) -> _Header:
    """Shape, type and order; checked here, since NumPy takes any number for an edge."""
    start = file.read(8)
    if len(start) < 8 or start[:6] != _MAGIC:
        raise _no_npy(start, path)
    width = 2 if start[6] == 1 else 4
    size = file.read(width)
    length = struct.unpack("<H" if width == 2 else "<I", size)[0] if len(size) == width else 0
    if length > _LONGEST_HEADER:
        raise UnreadableVolumeError(f"{path} has a header of {length:,} bytes; an array of voxels needs below 200.")
    text = file.read(length)
    if len(size) < width or len(text) < length:
        raise TruncatedVolumeError(f"{path} is cut short: its NPY header is incomplete. {_AGAIN}")
    try:
        header = ast.literal_eval(text.decode("latin1" if start[6] < 3 else "utf-8").strip())
        shape, dtype = header["shape"], np.lib.format.descr_to_dtype(header["descr"])
    except Exception as cause:  # a damaged header may be any text
        raise UnreadableVolumeError(f"{path} has an NPY header that is none: {cause}. {_AGAIN}") from cause
    if not isinstance(shape, tuple) or not all(type(edge) is int and edge >= 0 for edge in shape):
        raise VolumeShapeError(f"{path} states the shape {shape!r:.80}. Edges are whole numbers of voxels. {_AGAIN}")
    return _Header(shape, dtype, bool(header.get("fortran_order")))


def _no_npy(start: bytes, path: Path) -> UnreadableVolumeError:
    if start[:6] == _MAGIC[: len(start)]:
        return TruncatedVolumeError(f"{path} is cut short: its NPY header is incomplete. {_AGAIN}")
    if start[:1] == b"\x80":
        return PickledVolumeError(f"{path} is a pickle, which is never read. Save the array with numpy.save.")
    return UnreadableVolumeError(f"{path} is not an NPY file. Save the array with numpy.save.")
