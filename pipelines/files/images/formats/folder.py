"""A folder of slices: one picture each, in the order in which a person counts them (2 before 10)."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.colour import require_grey
from ragone.pipelines.files.images.formats.npy import read_npy
from ragone.pipelines.files.images.formats.tiff import read_tiff
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage

_PICTURES = (".tif", ".tiff", ".png", ".bmp", ".npy")
_LOSSY = (".jpg", ".jpeg", ".jp2")
_AGAIN = "Export the slices again, one size for all."


def read_folder(reading: Reading) -> StoredImage:
    """Stack the slices of a folder along a first axis.

    Raises
    ------
    UnreadableVolumeError
        If it holds no slices, or pictures of several kinds.
    VolumeShapeError
        If the slices differ in size or are coloured.
    """
    paths, suffix = _slices(reading)
    _require_no_gap(paths, reading.path)
    read = {".npy": read_npy, ".tif": read_tiff, ".tiff": read_tiff}.get(suffix, _read_picture)
    first = read(replace(reading, path=paths[0]))
    shape, dtype = first.voxels.shape, first.voxels.dtype
    if len(paths) == 1 and len(shape) == 3:
        return first
    if len(shape) != 2:
        raise VolumeShapeError(
            f"{paths[0]} is no slice: its shape is {shape}. Give one file, or a folder of slices with two axes each."
        )
    reading.budget.require_voxels((len(paths), *shape), dtype, reading.path)
    voxels = np.empty((len(paths), *shape), dtype)
    for number, path in enumerate(paths):
        reading.budget.require_time(reading.path)
        voxels[number] = _alike(first if number == 0 else read(replace(reading, path=path)), first, path, paths[0])
    order = f"{len(paths)} slices, {paths[0].name} to {paths[-1].name}, in the order of the numbers in their names"
    flat = first.spacing and replace(first.spacing, edges=(None, *first.spacing.edges))
    return StoredImage(voxels, "zyx", flat, (*first.notes, order))


def _slices(reading: Reading) -> tuple[list[Path], str]:
    folder = reading.path
    names = sorted((p for p in folder.iterdir() if not p.name.startswith(".")), key=_natural)
    kinds = Counter(".tif" if p.suffix.lower() == ".tiff" else p.suffix.lower() for p in names)
    found = [kind for kind in _PICTURES if kinds.get(kind)]
    if any(kinds.get(kind) for kind in _LOSSY) and not found:
        raise UnreadableVolumeError(
            f"{folder} holds slices as JPEG, which changes labels at the borders of phases. Export them as TIFF or PNG."
        )
    if len(found) != 1:
        what = f"slices of several kinds ({', '.join(found)})" if found else "no slices"
        raise UnreadableVolumeError(
            f"{folder} is a folder with {what}. Give a folder with the slices of one volume as .tif, .png, .bmp or "
            ".npy, a Zarr folder, or one file."
        )
    paths = [p for p in names if p.suffix.lower() in ((".tif", ".tiff") if found[0] == ".tif" else (found[0],))]
    reading.budget.require_pages(len(paths), folder, "slices")
    return paths, found[0]


def _natural(path: Path) -> list[tuple[int, str]]:
    """Numbers in a name count as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]{1,18})", path.name)]


def _require_no_gap(paths: list[Path], folder: Path) -> None:
    """Raise if the last numbers of the names leave one out: a slice is missing then."""
    numbers = [re.findall(r"[0-9]{1,18}", path.stem) for path in paths]
    if not all(numbers):
        return
    last = sorted(int(found[-1]) for found in numbers)
    steps = {after - before for before, after in itertools.pairwise(last)}
    if len(steps) > 1 and 0 not in steps and min(steps) > 0 and max(steps) == 2 * min(steps):
        gap = next(before for before, after in itertools.pairwise(last) if after - before != min(steps))
        raise UnreadableVolumeError(
            f"{folder} lacks the slice after number {gap}. Put it there, or number the slices anew if it never was."
        )


def _alike(image: StoredImage, first: StoredImage, path: Path, other: Path) -> npt.NDArray[Any]:
    if image.voxels.shape != first.voxels.shape or image.voxels.dtype != first.voxels.dtype:
        raise VolumeShapeError(
            f"{path} is a slice of {image.voxels.shape} {image.voxels.dtype}, {other.name} one of {first.voxels.shape} "
            f"{first.voxels.dtype}. {_AGAIN}"
        )
    return image.voxels


def _read_picture(reading: Reading) -> StoredImage:
    """A PNG or BMP; labels are the indices of a palette."""
    from PIL import Image

    with reading.open() as file, Image.open(file, formats=("PNG", "BMP")) as picture:
        width, height = picture.size
        reading.budget.require_voxels((height, width, len(picture.getbands())), np.uint16, reading.path)
        notes = ("the image has a palette: its indices are the labels",) if picture.mode == "P" else ()
        voxels = np.asarray(picture)
    return StoredImage(require_grey(voxels, reading.path), "yx", None, notes)
