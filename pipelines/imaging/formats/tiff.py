"""Stacks of slices as TIFF: the pages of one file, or of the files of one OME set.

Labels are the numbers that the file stores: indices of a palette, grey values where white is zero. Smaller copies
(thumbnails, pyramids) are passed over. Pages written one by one are one volume if they are alike.
"""

from __future__ import annotations

import logging
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from pipelines.imaging.errors import TruncatedVolumeError, UnreadableVolumeError, VolumeShapeError
from pipelines.imaging.formats.colour import require_grey
from pipelines.imaging.formats.tiff_pages import (
    COMPRESSION,
    PHOTOMETRIC,
    PLANAR,
    ROWS_PER_STRIP,
    TILE_HEIGHT,
    TILE_WIDTH,
    Page,
    walk_pages,
)
from pipelines.imaging.formats.tiff_text import (
    Plane,
    imagej_words,
    ome_pixels,
    ome_planes,
    ome_size,
    spacing_of,
    tifffile_words,
)
from pipelines.imaging.reading import Reading
from pipelines.imaging.stored_image import StoredImage

_AGAIN = "Copy or export it again."
_PLAIN = frozenset({1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 50000, 34926})
_PICTURES = {34933: "png", 50002: "jpegxl", 52546: "jpegxl", 34712: "jpeg2k"}
_LOSSY = frozenset({6, 7, 34892, 33003, 33004, 33005})
_KINDS = {1: "u", 2: "i", 3: "f"}
_NAME = "volume"  # tifffile looks for no other files by it
_LONGEST_MESSAGE = 120


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
            planes = ome_planes(pixels, reading.path.name)
            if any(plane.file for plane in planes):
                return StoredImage(_set(planes, size["z"], reading), "zyx", spacing, notes)
            full = _in_order(full, planes)
        voxels = _beyond(file, full[0], reading) if len(full) == 1 else None
        if voxels is None:
            _require_stated(len(full), size[along], reading.path)
            voxels = _stack(file, full, reading)
    axes = f"{along}yx"[-voxels.ndim :] if voxels.ndim <= 3 else ""
    return StoredImage(voxels, axes, spacing if axes == "zyx" else None, notes)


def _size(page: Page, pixels: ET.Element | None) -> dict[str, int]:
    """Slices, channels and times that the writer states."""
    if pixels is not None:
        return ome_size(pixels)
    words = imagej_words(page.description)
    return {"z": _count(words, "slices"), "c": _count(words, "channels"), "t": _count(words, "frames")}


def _require_stated(found: int, stated: int, path: Path) -> None:
    if stated > 1 and found != stated:
        kind = TruncatedVolumeError if found < stated else VolumeShapeError
        raise kind(f"{path} states {stated} slices and has {found} pages. Save the whole volume, and it alone, as one file.")


def _one_axis(size: dict[str, int], path: Path) -> str:
    """The axis along which the pages lie."""
    long = [axis for axis, edge in size.items() if edge > 1] or ["z"]
    if len(long) > 1:
        raise VolumeShapeError(
            f"{path} has more than three axes: {size['z']} slices, {size['c']} channels and {size['t']} times. Give one "
            "volume: export one channel and time; if the channels are the phases, save their argmax."
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


def _set(planes: list[Plane], slices: int, reading: Reading) -> npt.NDArray[Any]:
    """The slices of a volume that is spread over several files beside each other."""
    folder, found = reading.path.parent, {plane.z: plane for plane in planes}
    reading.budget.require_pages(slices, reading.path, "slices")
    names = sorted({plane.file or reading.path.name for plane in planes})
    strange = [name for name in names if Path(name).name != name]
    missing = [name for name in names if name in strange or not (folder / name).is_file()]
    lacking = sorted(set(range(slices)) - set(found))
    if missing or lacking:
        what = f"the files {', '.join(missing)} beside it are missing" if missing else f"no file holds slice {lacking[0]}"
        raise TruncatedVolumeError(
            f"{reading.path} is one of a set of {len(names)} files that hold {slices} slices together; {what}. "
            "Put all files of the set into one folder, or save the whole volume as one file."
        )
    stack: dict[int, npt.NDArray[Any]] = {}
    for name in names:
        path = folder / name
        with reading.open(path) as file:
            pages = walk_pages(file, path, reading.budget)
            wanted = [p for p in planes if (p.file or reading.path.name) == name and p.z < slices]
            absent = [plane.page for plane in wanted if plane.page >= len(pages)]
            if absent:
                raise TruncatedVolumeError(f"{path} is cut short: it has no page {absent[0]}. {_AGAIN}")
            voxels = _stack(file, [pages[plane.page] for plane in wanted], reading)
            stack.update(zip((plane.z for plane in wanted), voxels, strict=True))
    if len({(plane.shape, plane.dtype) for plane in stack.values()}) > 1:
        raise VolumeShapeError(f"the slices of {reading.path} and the files beside it differ in size. {_AGAIN}")
    first = stack[0]
    reading.budget.require_voxels((slices, *first.shape), first.dtype, reading.path)
    return np.stack([stack[z] for z in range(slices)])


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


def _stack(file: BinaryIO, pages: list[Page], reading: Reading) -> npt.NDArray[Any]:
    """Pages of one form as one array."""
    path = reading.path
    forms = {page.form for page in pages}
    if len(forms) > 1:
        sizes = sorted({" x ".join(map(str, page.shape)) for page in pages})
        what = f"{len(sizes)} sizes ({', '.join(sizes[:6])})" if len(sizes) > 1 else "several types of values"
        raise VolumeShapeError(f"{path} holds {len(pages)} images of {what}. Give one volume: slices of one size and type.")
    height, width, samples, bits, _, depth = pages[0].form
    for page in pages:
        _require_readable(page, path)
    edges = (len(pages), *(edge for edge in (depth, height, width, samples) if edge != 1))
    reading.budget.require_voxels(edges, f"V{max(1, -(-bits // 8))}", path)
    _require_segments(pages, path)
    found: npt.NDArray[Any] | None = None
    for number, picture in enumerate(_pictures(file, pages, reading)):
        reading.budget.require_time(path)
        if samples > 1:
            picture = require_grey(picture, path, planes=pages[0].first(PLANAR, 1) == 2, alone=len(pages) == 1)
        if found is None:
            found = np.empty((len(pages), *picture.shape), picture.dtype)
        found[number] = picture
    assert found is not None
    return found[0] if len(pages) == 1 else found


def _require_readable(page: Page, path: Path) -> None:
    compression = page.first(COMPRESSION, 1)
    if compression in _LOSSY:
        raise UnreadableVolumeError(
            f"{path} is compressed as JPEG, which changes labels at the borders of phases. Save it again without loss, "
            "from the segmentation: uncompressed, LZW or deflate."
        )
    if compression not in _PLAIN and compression not in _PICTURES:
        raise UnreadableVolumeError(
            f"{path} is compressed in a way that is not read here (TIFF compression {compression}). Save it uncompressed, "
            "or with LZW or deflate."
        )


def _require_segments(pages: list[Page], path: Path) -> None:
    """Raise unless each page has as many pieces as its edges need: what is missing would be read as zeros."""
    for page in pages:
        rows, columns = page.shape
        high, wide = page.first(TILE_HEIGHT, 0), page.first(TILE_WIDTH, 0)
        tiled = high > 0 and wide > 0
        strip = min(page.first(ROWS_PER_STRIP, rows) or rows, rows) or 1
        pieces = -(-rows // high) * -(-columns // wide) if tiled else -(-rows // strip)
        pieces *= (page.form[2] if page.first(PLANAR, 1) == 2 else 1) * page.form[5] if not tiled else 1
        if len(page.segments) < pieces and not (len(page.segments) == 1 and page.first(COMPRESSION, 1) == 1):
            raise TruncatedVolumeError(
                f"{path} is damaged: page {page.number} has {len(page.segments)} of {pieces} pieces. {_AGAIN}"
            )


def _pictures(file: BinaryIO, pages: list[Page], reading: Reading) -> Iterator[npt.NDArray[Any]]:
    """Each page decoded."""
    import tifffile

    file.seek(0)
    with _silent(tifffile.logger()) as complaints, tifffile.TiffFile(file, name=_NAME, _multifile=False) as container:
        for page in pages:
            codec = _PICTURES.get(page.first(COMPRESSION, 1))
            try:
                picture = _assembled(file, page, codec) if codec else container.pages[page.number].asarray(maxworkers=1)
            except Exception as cause:  # tifffile and its codecs raise anything on damaged files
                raise UnreadableVolumeError(
                    f"page {page.number} of {reading.path} cannot be decoded: {str(cause)[:_LONGEST_MESSAGE]}. "
                    "If other programs open it, save it from there uncompressed; else copy it again."
                ) from cause
            if complaints:
                raise TruncatedVolumeError(
                    f"page {page.number} of {reading.path} is damaged or cut short: "
                    f"{complaints[0][:_LONGEST_MESSAGE]}. {_AGAIN}"
                )
            yield np.asarray(picture)


def _assembled(file: BinaryIO, page: Page, codec: str) -> npt.NDArray[Any]:
    """A page whose pieces are pictures of their own: decoded into arrays of the size that the page states, no other."""
    import imagecodecs

    decode = getattr(imagecodecs, f"{codec}_decode")
    rows, columns, samples, bits, _, _ = page.form
    high, wide = page.first(TILE_HEIGHT, 0), page.first(TILE_WIDTH, 0)
    tiled = high > 0 and wide > 0
    if not tiled:
        high, wide = min(page.first(ROWS_PER_STRIP, rows), rows), columns
    if samples != 1 or bits not in (8, 16):
        raise ValueError(f"{samples} values of {bits} bits a pixel in {codec}")
    found = np.zeros((rows, columns), dtype=f"u{bits // 8}")
    across = -(-columns // wide)
    for number, (offset, count) in enumerate(page.segments):
        top, left = number // across * high, number % across * wide
        piece = np.empty((high if tiled else min(high, rows - top), wide), found.dtype)
        file.seek(offset)
        decode(file.read(count), out=piece)
        found[top : top + high, left : left + wide] = piece[: rows - top, : columns - left]
    return found


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
