"""Stacks of slices as TIFF: the pages of one file, or of the files of one OME set.

Labels are the numbers that the file stores: indices of a palette, grey values where white is zero. Smaller copies
(thumbnails, pyramids) are passed over. Pages written one by one are one volume if they are alike.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import TruncatedVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.ome_set import ome_set
from ragone.pipelines.files.images.formats.tiff_decode import decoded_stack
from ragone.pipelines.files.images.formats.tiff_pages import COMPRESSION, PHOTOMETRIC, Page, walk_pages
from ragone.pipelines.files.images.formats.tiff_text import (
    Plane,
    imagej_words,
    ome_pixels,
    ome_planes,
    ome_size,
    spacing_of,
    tifffile_words,
)
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing, StoredImage

_AGAIN = "Copy or export it again."
_KINDS = {1: "u", 2: "i", 3: "f"}


def read_tiff(reading: Reading) -> StoredImage:
    """Read the volume of a TIFF file.

    Raises
    ------
    TruncatedVolumeError
        If the file ends before its pages do, or files of its set are missing.
    UnreadableVolumeError, VolumeBudgetError
        If it is damaged, compressed in a way that is not read, or too large.
    VolumeShapeError
        If its pages differ, are coloured, or are several volumes.
    """
    with reading.open() as file:
        pages = walk_pages(file, reading.path, reading.budget)
        full = [page for page in pages if not page.is_reduced] or pages
        pixels = ome_pixels(full[0].description, reading.path)
        size = _size(full[0], pixels)
        along = _one_axis(size, reading.path)
        notes = _notes(full)
        spacing = spacing_of(full[0], pixels)
        if pixels is not None and along == "z":
            planes = ome_planes(pixels, reading)
            if any(plane.file for plane in planes):
                return StoredImage(ome_set(planes, size["z"], reading), "zyx", spacing, notes)
            full = _in_order(full, planes)
        voxels = _beyond(file, full[0], reading) if len(full) == 1 else None
        if voxels is None:
            _require_stated(len(full), size[along], reading.path)
            voxels = decoded_stack(file, full, reading)
    axes = f"{along}yx"[-voxels.ndim :] if voxels.ndim <= 3 else ""
    return StoredImage(voxels, axes, _along(spacing, axes), notes)


def _along(spacing: Spacing | None, axes: str) -> Spacing | None:
    """The spacing along the axes that there are."""
    if spacing is None or axes not in ("zyx", "yx"):
        return None
    edges = spacing.edges[-len(axes) :]
    return replace(spacing, edges=edges) if any(edges) else None


def _size(page: Page, pixels: ET.Element | None) -> dict[str, int]:
    """Slices, channels and times that the writer states."""
    if pixels is not None:
        return ome_size(pixels)
    words = imagej_words(page.description)
    return {"z": _count(words, "slices"), "c": _count(words, "channels"), "t": _count(words, "frames")}


def _require_stated(found: int, stated: int, path: Path) -> None:
    if stated > 1 and found != stated:
        kind = TruncatedVolumeError if found < stated else VolumeShapeError
        raise kind(
            f"{path} states {stated} slices and has {found} pages. Save the whole volume, and it alone, as one file."
        )


def _one_axis(size: dict[str, int], path: Path) -> str:
    """The axis along which the pages lie."""
    long = [axis for axis, edge in size.items() if edge > 1] or ["z"]
    if len(long) > 1:
        raise VolumeShapeError(
            f"{path} has more than three axes: {size['z']} slices, {size['c']} channels and {size['t']} times. "
            "Give one volume: export one channel and time; if the channels are the phases, save their argmax."
        )
    return long[0]


def _notes(pages: list[Page]) -> tuple[str, ...]:
    kinds = {page.first(PHOTOMETRIC, 1) for page in pages}
    notes = []
    if 3 in kinds:
        notes.append("the image has a palette: its indices are the labels")
    if len(kinds & {0, 1}) == 2:
        white = sum(page.first(PHOTOMETRIC, 1) == 0 for page in pages)
        notes.append(f"{white} of {len(pages)} pages show zero as white, the others as black: stored values are labels")
    return tuple(notes)


def _count(words: dict[str, str], key: str) -> int:
    text = words.get(key, "1").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _in_order(pages: list[Page], planes: list[Plane]) -> list[Page]:
    """The pages of one OME file along z, where it says which is which."""
    found = {plane.z: plane.page for plane in planes}
    if sorted(found) == list(range(len(pages))) and sorted(found.values()) == [page.number for page in pages]:
        numbered = {page.number: page for page in pages}
        return [numbered[found[z]] for z in range(len(pages))]
    return pages


def _beyond(file: BinaryIO, page: Page, reading: Reading) -> npt.NDArray[Any] | None:
    """Slices behind a single page, which have no pages of their own: large stacks of ImageJ, and of tifffile."""
    slices = _count(imagej_words(page.description), "images")
    shape = tifffile_words(page.description).get("shape", ())
    if slices == 1 and isinstance(shape, list) and len(shape) >= 3 and tuple(shape[-2:]) == page.shape:
        edges = [edge for edge in shape[:-2] if edge != 1]
        slices = edges[0] if len(edges) == 1 and type(edges[0]) is int else 1
    bits, kind = page.form[3], page.form[4]
    if slices <= 1 or page.first(COMPRESSION, 1) != 1 or page.form[2] != 1 or page.form[5] != 1 or bits % 8:
        return None
    file.seek(0)
    dtype = np.dtype(f"{'<' if file.read(2) == b'II' else '>'}{_KINDS.get(kind, 'u')}{bits // 8}")
    reading.budget.require_pages(slices, reading.path, "slices")
    reading.budget.require_voxels((slices, *page.shape), dtype, reading.path)
    wanted = slices * page.shape[0] * page.shape[1] * dtype.itemsize
    file.seek(page.segments[0][0])
    content = file.read(wanted)
    if len(content) < wanted:
        raise TruncatedVolumeError(
            f"{reading.path} is cut short: {len(content)} of {wanted} bytes of its {slices} slices are there. {_AGAIN}"
        )
    return np.frombuffer(content, dtype).reshape(slices, *page.shape)
