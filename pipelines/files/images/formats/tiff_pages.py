"""Which pages does a TIFF file have? A walk along the chain of its directories that cannot be held up.

Every directory, every value of a tag and every piece of the image lies inside the file, or the file is cut short; no
directory comes twice; and all is counted against the budget before a pixel is decoded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ragone.pipelines.files.images.budget import Budget
from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION = 256, 257, 258, 259, 262, 270
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS = 273, 277, 278, 279
X_RESOLUTION, Y_RESOLUTION, PLANAR, RESOLUTION_UNIT, PREDICTOR = 282, 283, 284, 296, 317
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT, KIND, DEPTH = 322, 323, 324, 325, 339, 254, 32997

_NEEDED = frozenset({
    WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS,
    X_RESOLUTION, Y_RESOLUTION, PLANAR, RESOLUTION_UNIT, PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS,
    SAMPLE_FORMAT, KIND, DEPTH,
})  # fmt: skip
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_REDUCED = 1
_AGAIN = "Copy or export it again."


@dataclass(frozen=True, slots=True)
class Page:
    """One directory of a TIFF file: its number and the tags that matter."""

    number: int
    tags: dict[int, tuple[Any, ...]] = field(repr=False)

    def first(self, tag: int, default: int) -> int:
        """The first value of a tag."""
        values = self.tags.get(tag)
        return int(values[0]) if values else default

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.first(HEIGHT, 0), self.first(WIDTH, 0)

    @property
    def form(self) -> tuple[Any, ...]:
        """Properties that all pages of one volume have in common: edges, samples, their bits and kind."""
        bits = self.tags.get(BITS, (1,))
        return (*self.shape, self.first(SAMPLES, 1), bits[0], self.first(SAMPLE_FORMAT, 1), self.first(DEPTH, 1))

    @property
    def is_reduced(self) -> bool:
        """Whether it is a smaller copy of another page: a thumbnail."""
        return bool(self.first(KIND, 0) & _REDUCED)

    @property
    def segments(self) -> list[tuple[int, int]]:
        """Offset and length of each strip or tile."""
        tiled = TILE_OFFSETS in self.tags
        offsets = self.tags.get(TILE_OFFSETS if tiled else STRIP_OFFSETS, ())
        counts = self.tags.get(TILE_COUNTS if tiled else STRIP_COUNTS, ())
        return list(zip(offsets, counts, strict=False))

    @property
    def description(self) -> str:
        """Free text of the writer."""
        raw = self.tags.get(DESCRIPTION, (b"",))[0]
        text = raw.split(b"\0")[0] if isinstance(raw, bytes) else b""
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            return text.decode("latin-1")  # older programs write their micrometres so


def walk_pages(file: BinaryIO, path: Path, budget: Budget) -> list[Page]:
    """All pages, in the order of the file.

    Raises
    ------
    TruncatedVolumeError
        If something lies beyond the end of the file.
    UnreadableVolumeError
        If it is no TIFF file, or its pages go round in a circle.
    VolumeBudgetError
        If there are too many pages, or their tags are too long.
    """
    walk = _Walk(file, path, budget)
    pages = [Page(number, tags) for number, tags in enumerate(walk.directories())]
    if not pages:
        raise TruncatedVolumeError(f"{path} is cut short: it has no page. {_AGAIN}")
    for page in pages:
        ends = [offset + count for offset, count in page.segments]
        if not ends:
            raise UnreadableVolumeError(f"{path} has a page {page.number} without pixels. {_AGAIN}")
        walk.require_inside(0, max(ends), f"page {page.number}")
    return pages


class _Walk:
    def __init__(self, file: BinaryIO, path: Path, budget: Budget) -> None:
        self.file, self.path, self.budget = file, path, budget
        self.size = file.seek(0, 2)
        self.tag_bytes = 0
        start = self.bytes_at(0, min(16, self.size), "its header")
        if len(start) < 8:
            raise TruncatedVolumeError(f"{path} is cut short: it has {len(start)} bytes. {_AGAIN}")
        self.order = {b"II": "<", b"MM": ">"}.get(start[:2], "")
        version = struct.unpack_from(f"{self.order or '<'}H", start, 2)[0]
        if not self.order or version not in (42, 43):
            raise UnreadableVolumeError(f"{path} is named like a TIFF image but does not begin like one. {_AGAIN}")
        self.is_big = version == 43
        place = 8 if self.is_big else 4
        if len(start) < 16 and self.is_big:
            raise TruncatedVolumeError(f"{path} is cut short: it has {len(start)} bytes. {_AGAIN}")
        self.begin = struct.unpack_from(self.order + ("Q" if self.is_big else "I"), start, place)[0]

    def directories(self) -> Iterator[dict[int, tuple[Any, ...]]]:
        place, known = self.begin, set[int]()
        while place:
            if place in known:
                raise UnreadableVolumeError(
                    f"{self.path} is damaged: after page {len(known) - 1} its pages begin again. {_AGAIN}"
                )
            known.add(place)
            self.budget.require_pages(len(known), self.path)
            self.budget.require_time(self.path)
            tags, place = self.directory(place, f"page {len(known) - 1}")
            yield tags

    def directory(self, place: int, what: str) -> tuple[dict[int, tuple[Any, ...]], int]:
        """The tags of one directory, and where the next one is."""
        head, entry, step = ("Q", "HHQ8s", 20) if self.is_big else ("H", "HHI4s", 12)
        width = struct.calcsize(f"={head}")
        (count,) = struct.unpack(self.order + head, self.bytes_at(place, width, what))
        self.budget.require_header(self.tag_bytes + count * step, self.path)
        block = self.bytes_at(place + width, count * step, what)
        following = "Q" if self.is_big else "I"
        behind = self.bytes_at(place + width + count * step, struct.calcsize(f"={following}"), what)
        tags: dict[int, tuple[Any, ...]] = {}
        for tag, kind, number, inline in struct.iter_unpack(f"{self.order}{entry}", block):
            values = self.values(tag, kind, number, inline, what)
            if values is not None:
                tags.setdefault(tag, values)
        return tags, struct.unpack(self.order + following, behind)[0]

    def values(self, tag: int, kind: int, number: int, inline: bytes, what: str) -> tuple[Any, ...] | None:
        length = _SIZES.get(kind, 0) * number
        self.tag_bytes += length
        self.budget.require_header(self.tag_bytes, self.path)
        place = 0
        if length > len(inline):
            (place,) = struct.unpack(self.order + ("Q" if self.is_big else "I"), inline)
            self.require_inside(place, place + length, what)
        if tag not in _NEEDED:
            return None
        raw = self.bytes_at(place, length, what) if place else inline[:length]
        if kind in (2, 7) or tag == DESCRIPTION:
            return (raw,)
        if kind in (5, 10):
            pairs = struct.unpack(f"{self.order}{2 * number}{'I' if kind == 5 else 'i'}", raw)
            return tuple(zip(pairs[::2], pairs[1::2], strict=True))
        return struct.unpack(f"{self.order}{number}{_LETTERS[kind]}", raw) if kind in _LETTERS else None

    def bytes_at(self, place: int, length: int, what: str) -> bytes:
        self.require_inside(place, place + length, what)
        self.file.seek(place)
        return self.file.read(length)

    def require_inside(self, place: int, end: int, what: str) -> None:
        if end > self.size:
            raise TruncatedVolumeError(
                f"{self.path} is cut short: {what} lacks {end - max(place, self.size)} bytes. {_AGAIN}"
            )
