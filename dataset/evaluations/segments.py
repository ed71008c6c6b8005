"""The evaluations as they are kept: immutable files of rows beside the tables, each for a stretch of the table of runs.

They are a view like the tables, and trusted as little: a page sealed with this user's key names each file with its
SHA-256, and what does not match is made anew (`dataset/seal.py`). The table of runs only grows at its end, so that a
file is right at every snapshot that holds all runs up to its own end; it goes when the tables are made anew.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragone.dataset.evaluations.rows import GONE, KEY
from ragone.dataset.files import SMALL_FILE
from ragone.dataset.links import require_own_tables
from ragone.dataset.local_files import read_regular, write_anew
from ragone.dataset.seal import opened, sealed
from ragone.dataset.tables import EVALUATIONS

if TYPE_CHECKING:
    import polars as pl

_PAGE = "segments.json"
_FORMAT = 3  # another number: whatever was written before is made anew
_LARGEST = 2**30  # bytes of a segment
_SMALL, _MANY = 2_000, 16  # so many segments with fewer rows each are put together


@dataclass(frozen=True)
class Segment:
    """A file of rows: its SHA-256, how many runs had been read when it was written, and the last one of them."""

    digest: str
    end: int
    last: str
    rows: int


class Segments:
    """The files of one lake. Writing needs the lock of the tables."""

    def __init__(self, tables_folder: Path) -> None:
        self._folder = tables_folder / EVALUATIONS
        self._held: dict[str, pl.DataFrame] = {}

    def read(self) -> list[Segment]:
        """The segments that this user wrote, oldest first; none if any of them is not as it was written."""
        import polars as pl

        try:
            require_own_tables(self._folder)
            page = opened(json.loads(read_regular(self._folder / _PAGE, SMALL_FILE)))
            if page["format"] != _FORMAT:
                return []
            found = [Segment(**entry) for entry in page["segments"]]
            for segment in found:
                self.frame(segment)
        except (OSError, ValueError, KeyError, TypeError, RecursionError, pl.exceptions.PolarsError):
            return []
        self._held = {segment.digest: self._held[segment.digest] for segment in found}
        return found

    def frame(self, segment: Segment) -> pl.DataFrame:
        """The rows of a segment; ValueError if they are not those that were written."""
        import polars as pl

        if segment.digest not in self._held:
            data = read_regular(self._path(segment.digest), _LARGEST)
            if hashlib.sha256(data).hexdigest() != segment.digest:
                raise ValueError(f"{self._path(segment.digest)} is not as it was written")
            self._held[segment.digest] = pl.read_ipc(io.BytesIO(data))
        return self._held[segment.digest]

    def append(self, segments: Sequence[Segment], frame: pl.DataFrame, end: int, last: str) -> list[Segment]:
        """Write rows after those of some segments, and name all of them; returns them."""
        kept = list(segments)
        small = [segment for segment in kept if segment.rows < _SMALL]
        if len(small) >= _MANY and kept[-_MANY:] == small[-_MANY:]:
            frame = latest([*(self.frame(segment) for segment in kept[-_MANY:]), frame], gone=True)
            kept = kept[:-_MANY]
        kept.append(self._write(frame, end, last))
        self._name(kept)
        return kept

    def release(self) -> None:
        """Keep no rows in memory."""
        self._held.clear()

    def clear(self) -> None:
        """Remove everything: what it was made from is made anew."""
        self._held.clear()
        clear(self._folder.parent)

    def _write(self, frame: pl.DataFrame, end: int, last: str) -> Segment:
        buffer = io.BytesIO()
        frame.write_ipc(buffer, compression="lz4")
        data = buffer.getvalue()
        segment = Segment(hashlib.sha256(data).hexdigest(), end, last, frame.height)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_anew(self._path(segment.digest), data)
        self._held[segment.digest] = frame
        return segment

    def _name(self, segments: Sequence[Segment]) -> None:
        """Put the page in its place, then remove what no page names any more."""
        page = {"format": _FORMAT, "segments": [asdict(segment) for segment in segments]}
        write_anew(self._folder / _PAGE, json.dumps(sealed(page)).encode())
        named = {segment.digest for segment in segments}
        for path in self._folder.glob("*.arrow"):
            if path.stem not in named:
                path.unlink(missing_ok=True)
        self._held = {digest: frame for digest, frame in self._held.items() if digest in named}

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.arrow"


def clear(tables_folder: Path) -> None:
    """Remove the evaluations that are kept beside some tables."""
    folder = tables_folder / EVALUATIONS
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def latest(frames: Sequence[pl.DataFrame], *, gone: bool = False) -> pl.DataFrame:
    """The rows of several frames in one, of each key those in the last frame that has it."""
    import polars as pl

    keys = [frame[KEY] for frame in frames]
    numbered = [frame.select(KEY).unique().with_columns(n=pl.lit(number)) for number, frame in enumerate(frames)]
    newest = pl.concat(numbered).group_by(KEY).agg(pl.col("n").max())
    parts = []
    for number, frame in enumerate(frames):
        mine = newest.filter(pl.col("n") == number)
        part = (
            frame if mine.height == keys[number].n_unique() else frame.filter(keys[number].is_in(mine[KEY].implode()))
        )
        parts.append(part if gone or not part[GONE].any() else part.filter(~pl.col(GONE)))
    return united(parts)


def united(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames one below the other; a column that one of them lacks is null there, one of two types is text."""
    import polars as pl

    types: dict[str, set[pl.DataType]] = {}
    for frame in frames:
        for name, dtype in frame.schema.items():
            types.setdefault(name, set()).add(dtype)
    mixed = {name for name, found in types.items() if len(found - {pl.Null()}) > 1}
    alike = [
        frame.with_columns(pl.col(name).cast(pl.String) for name in frame.columns if name in mixed) for frame in frames
    ]
    return pl.concat(alike, how="diagonal_relaxed", rechunk=False) if alike else pl.DataFrame()
