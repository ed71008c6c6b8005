"""The pixels of TIFF pages, decoded one page after the other, each within the size that it states."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.colour import require_grey
from ragone.pipelines.files.images.formats.tiff_pages import (
    COMPRESSION,
    PLANAR,
    ROWS_PER_STRIP,
    TILE_HEIGHT,
    TILE_WIDTH,
    Page,
)
from ragone.pipelines.files.images.reading import Reading

_AGAIN = "Copy or export it again."
_PLAIN = frozenset({1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 50000, 34926})
_PICTURES = {34933: "png", 50002: "jpegxl", 52546: "jpegxl", 34712: "jpeg2k"}
_LOSSY = frozenset({6, 7, 34892, 33003, 33004, 33005})
_NAME = "volume"  # tifffile looks for no other files by it
_LONGEST_MESSAGE = 120


def decoded_stack(file: BinaryIO, pages: list[Page], reading: Reading) -> npt.NDArray[Any]:
    """Pages of one form as one array; a single page has no axis of its own.

    Raises
    ------
    VolumeShapeError
        If the pages differ, or are coloured.
    UnreadableVolumeError, TruncatedVolumeError, VolumeBudgetError
        If they cannot be decoded, are cut short, or too large.
    """
    path = reading.path
    forms = {page.form for page in pages}
    if len(forms) > 1:
        sizes = sorted({" x ".join(map(str, page.shape)) for page in pages})
        what = f"{len(sizes)} sizes ({', '.join(sizes[:6])})" if len(sizes) > 1 else "several types of values"
        raise VolumeShapeError(
            f"{path} holds {len(pages)} images of {what}. Give one volume: slices of one size and type."
        )
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
            f"{path} is compressed in a way that is not read here (TIFF compression {compression}). "
            "Save it uncompressed, or with LZW or deflate."
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
