"""NRRD: a text header, and voxels behind it or in a file beside it.

The header lists axes fastest first. Where it names a space, they are x, y, z, and the volume is read as z, y, x; else
it is read in the order listed, as pynrrd writes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.beside import beside
from ragone.pipelines.files.images.formats.payload import Stream, text_voxels, voxels_of
from ragone.pipelines.files.images.length_units import metres
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing, StoredImage, medical_spacing

_TYPES = {
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(("short", "short int", "signed short", "signed short int", "int16", "int16_t"), "i2"),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    **dict.fromkeys(("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"), "i8"),
    **dict.fromkeys(("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"), "u8"),
    "float": "f4",
    "double": "f8",
}
_CODINGS = {"raw": "raw", "gzip": "gzip", "gz": "gzip", "bzip2": "bzip2", "bz2": "bzip2"}
_PLACES = ("domain", "space", "none", "???")
_TEXT = ("txt", "text", "ascii")
_LONGEST_LINE = 65536


def read_nrrd(reading: Reading) -> StoredImage:
    """Read a NRRD volume.

    Raises
    ------
    UnreadableVolumeError, VolumeShapeError
        If the header is none, or of what is not read here.
    """
    with reading.open() as file:
        words = _header(file, reading)
        name = words.get("data file") or words.get("datafile")
        if name is None:
            return _image(words, file, reading)
    with reading.open(beside(name, reading)) as data:
        return _image(words, data, reading)


def _header(file: BinaryIO, reading: Reading) -> dict[str, str]:
    if not file.readline(16).startswith(b"NRRD"):
        raise UnreadableVolumeError(f"{reading.path} is not a NRRD file. Export it again.")
    words = {}
    while line := file.readline(_LONGEST_LINE).strip():
        reading.budget.require_header(file.tell(), reading.path)
        key, colon, value = line.decode("utf-8", "replace").partition(": ")
        if colon and not line.startswith(b"#"):
            words[key.strip().lower()] = value.strip()
    return words


def _image(words: dict[str, str], file: BinaryIO, reading: Reading) -> StoredImage:
    path = reading.path
    kind = _TYPES.get(words.get("type", "").lower())
    coding = words.get("encoding", "").lower()
    if kind is None or (coding not in _CODINGS and coding not in _TEXT):
        what = f"type {words.get('type')!r}" if kind is None else f"encoding {coding!r}"
        raise UnreadableVolumeError(f"{path} has the {what}, which is not read here. Save it as uint8, raw or gzip.")
    _require_scalars(words, path)
    sizes = _whole(words.get("sizes", ""), path)
    dtype = np.dtype(("<" if words.get("endian", "little").lower() == "little" else ">") + kind)
    for _ in range(min(10_000, _whole(words.get("line skip", words.get("lineskip", "0")), path)[0])):
        file.readline(_LONGEST_LINE)
    stream = _stream(words, file, int(np.prod(sizes)) * dtype.itemsize, reading)
    named = "space" in words or "space directions" in words
    shape = tuple(reversed(sizes)) if named else sizes
    if coding in _TEXT:
        voxels = text_voxels(file, shape, dtype, reading, "C" if named else "F")
    else:
        voxels = voxels_of(stream, shape, dtype, reading, "C" if named else "F")
    spacing = _spacing(words, len(sizes), reversed_=named)
    notes = () if named else ("axes are in the order that the NRRD header lists them",)
    return StoredImage(voxels, "zyx" if named and len(sizes) == 3 else "", spacing, notes)


def _require_scalars(words: dict[str, str], path: Path) -> None:
    """Raise if an axis counts colours or components."""
    odd = [kind for kind in words.get("kinds", "").lower().split() if kind not in _PLACES]
    if odd:
        raise VolumeShapeError(f"{path} has an axis of the kind {odd[0]!r}. Give one label for each voxel.")


def _stream(words: dict[str, str], file: BinaryIO, size: int, reading: Reading) -> Stream:
    """The bytes of the voxels: what is skipped of compressed ones is skipped when they are decoded."""
    coding = _CODINGS.get(words["encoding"].lower(), "raw")
    skip = words.get("byte skip", words.get("byteskip", "0"))
    if skip == "-1" and coding == "raw":
        file.seek(max(0, file.seek(0, 2) - size))
        return Stream(file, coding)
    if skip == "-1" and reading.path.suffix.lower() == ".nhdr":
        raise UnreadableVolumeError(
            f"{reading.path} counts its voxels from the end of compressed bytes. Save it as .nrrd."
        )
    count = 0 if skip == "-1" else _whole(skip, reading.path)[0]
    if coding == "raw":
        file.seek(count, 1)
        return Stream(file, coding)
    reading.budget.require_header(count, reading.path)
    stream = Stream(file, coding)
    stream.fill(memoryview(bytearray(count)))
    return stream


def _whole(text: str, path: Path) -> tuple[int, ...]:
    parts = text.split()
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise VolumeShapeError(f"{path} has {text[:60]!r} in its header where whole numbers are needed.")
    return tuple(int(part) for part in parts)


def _spacing(words: dict[str, str], axes: int, *, reversed_: bool) -> Spacing | None:
    edges = _edges(words)
    if len(edges) != axes or not all(0 < edge < np.inf for edge in edges):
        return None
    units = [metres(unit) for unit in words.get("units", words.get("space units", "")).replace('"', " ").split()]
    turn = slice(None, None, -1) if reversed_ else slice(None)
    if len(units) == axes and all(units):
        return Spacing(tuple(e * (u or 0) for e, u in zip(edges, units, strict=True))[turn], "the NRRD spacing")
    return medical_spacing(tuple(edges)[turn], "the NRRD spacing")


def _edges(words: dict[str, str]) -> list[float]:
    """Edges in the order of the header, from spacings or the lengths of the space directions."""
    try:
        if "spacings" in words:
            return [float(part) for part in words["spacings"].split()]
        vectors = [v.strip("() ") for v in words.get("space directions", "").replace(") ", ")|").split("|")]
        return [float(np.linalg.norm([float(x) for x in v.split(",")])) for v in vectors if v and v != "none"]
    except ValueError:
        return []
