"""Voxels behind a header: plain, or compressed as a whole. No more is ever decoded than the header announces."""

from __future__ import annotations

import bz2
import math
import zlib
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError
from ragone.pipelines.files.images.reading import Reading

_BLOCK = 1 << 22
_TEXT_BLOCK = 1 << 20
_AGAIN = "Copy or export it again."


class Stream:
    """Decodes a file piece by piece, as much as is asked for.

    Parameters
    ----------
    file
        At the start of the compressed bytes.
    coding
        raw, gzip (zlib too) or bzip2.
    """

    def __init__(self, file: BinaryIO, coding: str) -> None:
        self._file = file
        decoders: dict[str, Callable[[], Any]] = {
            "raw": lambda: None,
            "gzip": lambda: zlib.decompressobj(zlib.MAX_WBITS | 32),
            "bzip2": bz2.BZ2Decompressor,
        }
        self._decoder = decoders[coding]()

    def fill(self, into: memoryview) -> int:
        """Decode until the memory is full or the data end; how many bytes came."""
        place = 0
        while place < len(into) and (got := self._some(min(_BLOCK, len(into) - place))):
            into[place : place + len(got)] = got
            place += len(got)
        return place

    def finish(self) -> None:
        """Decode some of what is left, since the checksum stands at the end."""
        if self._decoder is None:
            return
        left = self.fill(memoryview(bytearray(_BLOCK)))
        if left < _BLOCK and not self._decoder.eof:
            raise EOFError("the compressed bytes have no end")

    def _some(self, most: int) -> bytes:
        if self._decoder is None:
            return self._file.read(most)
        while not self._decoder.eof:
            rest = getattr(self._decoder, "unconsumed_tail", b"")
            hungry = not rest and getattr(self._decoder, "needs_input", True)
            piece = rest or (self._file.read(1 << 16) if hungry else b"")
            got: bytes = self._decoder.decompress(piece, most)
            if got or (hungry and not piece):
                return got
        return b""


def voxels_of(
    stream: Stream, shape: Sequence[int], dtype: npt.DTypeLike, reading: Reading, order: Any = "C"
) -> npt.NDArray[Any]:
    """The voxels that a header announced.

    Raises
    ------
    VolumeBudgetError, VolumeShapeError
        If they are more than is granted, or no volume.
    TruncatedVolumeError, UnreadableVolumeError
        If the data end before, or cannot be decoded.
    """
    reading.budget.require_voxels(shape, dtype, reading.path)
    content = bytearray(math.prod(shape) * np.dtype(dtype).itemsize)
    try:
        found = stream.fill(memoryview(content))
        stream.finish()
    except (zlib.error, OSError, EOFError) as cause:
        raise UnreadableVolumeError(f"the voxels of {reading.path} cannot be decoded: {cause}. {_AGAIN}") from cause
    if found < len(content):
        raise TruncatedVolumeError(
            f"{reading.path} is cut short: {found} of {len(content)} bytes of voxels are there. {_AGAIN}"
        )
    return np.frombuffer(content, dtype).reshape(tuple(shape), order=order)


def text_voxels(
    file: BinaryIO, shape: Sequence[int], dtype: npt.DTypeLike, reading: Reading, order: Any = "C"
) -> npt.NDArray[Any]:
    """Voxels written as numbers with spaces between.

    Raises
    ------
    As `voxels_of`.
    """
    reading.budget.require_voxels(shape, dtype, reading.path)
    found, place, rest = np.empty(math.prod(shape), dtype), 0, b""
    while place < len(found) and (block := file.read(_TEXT_BLOCK)):
        reading.budget.require_time(reading.path)
        text = rest + block
        cut = len(text) if len(block) < _TEXT_BLOCK else max(text.rfind(b" "), text.rfind(b"\n")) + 1
        rest = text[cut:]
        values = text[:cut].split()[: len(found) - place]
        try:
            found[place : place + len(values)] = np.array(values, dtype="S").astype(found.dtype)
        except (ValueError, OverflowError) as cause:
            raise UnreadableVolumeError(f"{reading.path} has a voxel that is no number: {str(cause)[:80]}.") from cause
        place += len(values)
    if place < len(found):
        raise TruncatedVolumeError(f"{reading.path} is cut short: {place} of {len(found)} voxels are there. {_AGAIN}")
    return found.reshape(tuple(shape), order=order)
