"""How much may a file ask for? What is granted to one import, checked before anything is decoded.

A header of a few bytes can announce terabytes, and a page can name itself as the next one. So what a file announces is
held against these limits first, and its clock is looked at between pages and chunks.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeBudgetError, VolumeShapeError

MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class Budget:
    """The resources that one import may use.

    Attributes
    ----------
    voxel_bytes
        Decoded voxels [byte].
    file_bytes
        All files together [byte]; twice the voxels unless given.
    header_bytes
        Text and tags that describe the voxels, not counting them [byte].
    pages
        Pages or slices.
    chunks
        Pieces of a volume that are files of their own, or parts of one.
    seconds
        From the first byte to the last voxel [s].
    """

    voxel_bytes: int = 256 * MEGABYTE
    header_bytes: int = 16 * MEGABYTE
    pages: int = 4096
    chunks: int = 1 << 16
    seconds: float = 120.0
    began: float = field(default_factory=time.monotonic)

    @property
    def file_bytes(self) -> int:
        """All files together [byte]."""
        return 2 * self.voxel_bytes

    def require_voxels(self, shape: Sequence[int], dtype: npt.DTypeLike, path: Path) -> None:
        """Raise unless voxels of this shape and type are countable and within the budget.

        Raises
        ------
        VolumeShapeError
            If an edge is no positive whole number.
        UnreadableVolumeError
            If a voxel has no size.
        VolumeBudgetError
            If the voxels take more bytes than are granted.
        """
        if not all(isinstance(n, int | np.integer) and not isinstance(n, bool) and n >= 0 for n in shape):
            raise VolumeShapeError(f"{path} states the shape {tuple(shape)}. Edges are whole numbers of voxels.")
        if len(shape) > 32:
            raise VolumeShapeError(f"{path} states {len(shape)} axes. Give one volume with three.")
        width = np.dtype(dtype).itemsize
        if width == 0:
            raise UnreadableVolumeError(f"{path} states the type {np.dtype(dtype)}, whose values have no bytes.")
        if 0 in shape:
            raise VolumeShapeError(f"{path} has shape {tuple(shape)} and no voxel.")
        wanted = math.prod(int(n) for n in shape) * width
        if wanted > self.voxel_bytes:
            edges = " x ".join(map(str, shape))
            raise VolumeBudgetError(
                f"{path} states {edges} voxels of {width} bytes, {_megabytes(wanted)} decoded; an import decodes up to "
                f"{_megabytes(self.voxel_bytes)}. {_larger(wanted)}"
            )

    def require_pages(self, count: int, path: Path, what: str = "pages") -> None:
        """Raise `VolumeBudgetError` if there are more pages, slices or chunks than are granted."""
        most = self.chunks if what == "chunks" else self.pages
        if count > most:
            raise VolumeBudgetError(
                f"{path} has more than {most} {what}, the most that an import reads. "
                "Save the volume as one .npy, or cut it."
            )

    def require_header(self, size: int, path: Path) -> None:
        """Raise `VolumeBudgetError` if what describes the voxels is longer than is granted."""
        if size > self.header_bytes:
            raise VolumeBudgetError(
                f"{path} describes its voxels in {size:,} bytes; an import reads up to {self.header_bytes:,}. "
                "Export it again."
            )

    def require_files(self, size: int, path: Path) -> None:
        """Raise `VolumeBudgetError` if the files are larger than is granted."""
        if size > self.file_bytes:
            raise VolumeBudgetError(
                f"{path} has {_megabytes(size)}; an import reads files up to {_megabytes(self.file_bytes)}. "
                f"{_larger(size)}"
            )

    def require_time(self, path: Path) -> None:
        """Raise `VolumeBudgetError` if the time is up."""
        if time.monotonic() - self.began > self.seconds:
            raise VolumeBudgetError(
                f"{path} is not read after {self.seconds:g} s, the time that an import has. Save it as .npy."
            )


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"


def _larger(size: int) -> str:
    return f"Crop it, save it as 8-bit labels, or allow more with --largest-size '{-(-size // MEGABYTE)} MB'."
