"""What does an imaged electrode look like? A segmented TIFF or NPY file becomes a microstructure.

Assumptions: voxels are cubic; the first axis of the file is through-plane; each voxel holds the label of its phase.
What it does not do: segment grey values, guess voxel sizes from metadata, crop, rotate or resample. It reads a file
and so is no stage.
"""

from __future__ import annotations

import hashlib
import io
import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.imaging.errors import (
    LabelRangeError,
    NotSegmentedError,
    PickledVolumeError,
    TruncatedVolumeError,
    UnreadableVolumeError,
    VolumeNotFoundError,
    VolumeShapeError,
)
from pipelines.imaging.phases import require_phases
from schemas import Microstructure
from schemas.electrode import PHASES, cubic_voxels

_MOST_LABELS = 16
_AGAIN = "Copy or export it again."


def read_volume(
    path: str | Path, *, voxel_size_metre: float, phases: Mapping[str, int], source: str, licence: str
) -> Microstructure:
    """Read a segmented volume.

    Parameters
    ----------
    path
        A ``.tif``, ``.tiff`` or ``.npy`` file, shape (x, y, z), of integers from 0 to 255; x is through-plane.
    voxel_size_metre
        Edge of one cubic voxel [m].
    phases
        Label of each phase: pore, active_material, carbon_binder.
    source, licence
        Title and address of the volume, and its SPDX identifier.

    Returns
    -------
    Microstructure
        With the SHA-256 of the file's bytes.

    Raises
    ------
    VolumeNotFoundError, UnreadableVolumeError, TruncatedVolumeError, PickledVolumeError
        If the file is missing, damaged, cut short, or holds Python objects.
    VolumeShapeError, NotSegmentedError, LabelRangeError
        If it is no volume, or its voxels are no labels.
    PhaseMapError, UnknownFieldError
        If a phase is unknown, or a label in the file is claimed by no phase.
    """
    require_phases(phases)
    path = Path(path)
    content = _content(path)
    voxels = _read_npy(content, path) if path.suffix.lower() == ".npy" else _read_tiff(content, path)
    named = [name for name in PHASES if name in phases]
    return Microstructure(
        labels=_labels(voxels, path),
        voxel_edges_metre=cubic_voxels(voxel_size_metre),
        phase_names=tuple(named),
        phase_labels=np.array([phases[name] for name in named], dtype=np.uint8),
        source=source,
        licence=licence,
        source_sha256=hashlib.sha256(content).hexdigest(),
    )


def _content(path: Path) -> bytes:
    if path.suffix.lower() not in (".tif", ".tiff", ".npy"):
        raise UnreadableVolumeError(f"{path} ends in {path.suffix!r}. Give a segmented .tif, .tiff or .npy file.")
    if not path.is_file():
        raise VolumeNotFoundError(f"there is no file {path}. Check the path.")
    try:
        return path.read_bytes()
    except OSError as cause:
        raise UnreadableVolumeError(f"{path} cannot be read: {cause.strerror}.") from cause


def _labels(voxels: npt.NDArray[Any], path: Path) -> npt.NDArray[np.uint8]:
    """The voxels as labels, or the reason why they are none."""
    if voxels.ndim != 3:
        raise VolumeShapeError(f"{path} has {voxels.ndim} axes {voxels.shape}. Give one volume with three.")
    if voxels.size == 0:
        raise VolumeShapeError(f"{path} has shape {voxels.shape} and no voxel.")
    if voxels.dtype.kind not in "bui":
        raise NotSegmentedError(f"{path} holds {voxels.dtype} values. Give the segmented volume, with integer labels.")
    found = np.unique(voxels)
    if len(found) > _MOST_LABELS:
        raise NotSegmentedError(
            f"{path} has {len(found)} distinct values from {found[0]} to {found[-1]}, so it is grey-scale. "
            "Give the segmented volume, with one label for each phase."
        )
    if found[0] < 0 or found[-1] > 255:
        label = found[0] if found[0] < 0 else found[-1]
        raise LabelRangeError(f"{path} has label {label}, outside [0, 255]. Relabel the phases.")
    return voxels.astype(np.uint8)


def _read_npy(content: bytes, path: Path) -> npt.NDArray[Any]:
    stream = io.BytesIO(content)
    try:
        major = np.lib.format.read_magic(stream)[0]
        read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except ValueError as cause:
        raise _npy_error(content, path) from cause
    if dtype.hasobject:
        raise PickledVolumeError(f"{path} holds Python objects ({dtype}), which are never read. Save integers instead.")
    expected, found = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if found < expected:
        raise TruncatedVolumeError(f"{path} is cut short: {found} of {expected} bytes of voxels are there. {_AGAIN}")
    flat = np.frombuffer(content, dtype, count=math.prod(shape), offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def _npy_error(content: bytes, path: Path) -> UnreadableVolumeError:
    magic = b"\x93NUMPY"
    if content[:6] == magic[: len(content)]:
        return TruncatedVolumeError(f"{path} is cut short: its NPY header is incomplete. {_AGAIN}")
    if content[:1] == b"\x80":
        return PickledVolumeError(f"{path} is a pickle, which is never read. Save the array with numpy.save.")
    return UnreadableVolumeError(f"{path} is not an NPY file. Save the array with numpy.save.")


def _read_tiff(content: bytes, path: Path) -> npt.NDArray[Any]:
    import tifffile

    if len(content) < 8:
        raise TruncatedVolumeError(f"{path} is cut short: it has {len(content)} bytes. {_AGAIN}")
    with _silent(tifffile.logger()) as complaints:
        try:
            with tifffile.TiffFile(io.BytesIO(content)) as file:
                _require_whole(file, len(content), path)
                series = file.series
                voxels = series[0].asarray()
        except UnreadableVolumeError:
            raise
        except Exception as cause:  # tifffile and its codecs raise anything on damaged files
            raise UnreadableVolumeError(f"{path} cannot be read as TIFF: {cause}. {_AGAIN}") from cause
    if complaints:
        raise TruncatedVolumeError(f"{path} is damaged or cut short: {complaints[0]}. {_AGAIN}")
    if len(series) > 1:
        raise VolumeShapeError(f"{path} holds {len(series)} images of different shape. Give one volume.")
    if "S" in series[0].axes:
        raise VolumeShapeError(f"{path} is a colour image, shape {voxels.shape}. Give one label for each voxel.")
    return np.asarray(voxels)


def _require_whole(file: Any, size: int, path: Path) -> None:
    for number, page in enumerate(file.pages):
        ends = (offset + count for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True))
        missing = max(ends, default=0) - size
        if missing > 0:
            raise TruncatedVolumeError(f"{path} is cut short: page {number} lacks {missing} bytes. {_AGAIN}")


@contextmanager
def _silent(logger: logging.Logger) -> Iterator[list[str]]:
    """Keep a library's complaints from the user's terminal, and return them: warnings and worse.

    Also where its logger was switched off, as other libraries do when they set up their own logging: a cut file shows
    in nothing but these complaints.
    """
    complaints: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            complaints.append(record.getMessage())
        return False

    before = logger.disabled, logger.level, logging.root.manager.disable
    logging.disable(logging.NOTSET)
    logger.disabled = False
    logger.setLevel(logging.WARNING)
    logger.addFilter(keep)
    try:
        yield complaints
    finally:
        logger.removeFilter(keep)
        logger.disabled = before[0]
        logger.setLevel(before[1])
        logging.disable(before[2])
