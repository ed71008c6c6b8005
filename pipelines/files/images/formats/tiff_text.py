"""What do the writers of TIFF files say in the tags and in the description of the first page?

ImageJ, OME-XML and tifffile each have their own words for the number of slices and the size of a voxel; the baseline
tags know only the edges of a pixel.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragone.pipelines.files.images.errors import UnreadableVolumeError
from ragone.pipelines.files.images.formats.tiff_pages import RESOLUTION_UNIT, X_RESOLUTION, Y_RESOLUTION, Page
from ragone.pipelines.files.images.length_units import metres
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing

_UNITS = {2: 0.0254, 3: 0.01}
_PRINTED = 600  # whole numbers of dots an inch up to here are of screens and printers, not of microscopes


@dataclass(frozen=True, slots=True)
class Plane:
    """The source of one slice of an OME volume: file (empty for the same), page, and its number along z."""

    file: str
    page: int
    z: int


def imagej_words(description: str) -> dict[str, str]:
    """Key and value of each line that ImageJ wrote; empty if another program did."""
    if not description.startswith("ImageJ="):
        return {}
    pairs = (line.partition("=") for line in description.splitlines())
    return {key: value for key, equals, value in pairs if equals}


def tifffile_words(description: str) -> dict[str, Any]:
    """Description that tifffile wrote as JSON; empty if another program wrote it."""
    if not description.startswith('{"shape":'):
        return {}
    try:
        words = json.loads(description)
    except (ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}


def ome_pixels(description: str, path: Path) -> ET.Element | None:
    """The first image of OME-XML; None if there is none.

    Raises
    ------
    UnreadableVolumeError
        If it declares entities, which could expand without end.
    """
    if "<OME" not in description[:4096] and ":OME" not in description[:4096]:
        return None
    if "<!DOCTYPE" in description or "<!ENTITY" in description:
        raise UnreadableVolumeError(f"{path} declares entities in its OME-XML, which are never expanded.")
    try:
        root = ET.fromstring(description)
    except (ET.ParseError, RecursionError):
        return None
    return next((element for element in root.iter() if _name(element) == "Pixels"), None)


def ome_planes(pixels: ET.Element, reading: Reading) -> list[Plane]:
    """The slices that OME-XML names, whichever file they are in.

    Raises
    ------
    VolumeBudgetError
        If it names more than are granted.
    """
    planes: list[Plane] = []
    for data in (element for element in pixels if _name(element) == "TiffData"):
        if _number(data, "FirstC", 0) or _number(data, "FirstT", 0):
            continue
        file = next((uuid.get("FileName", "") for uuid in data if _name(uuid) == "UUID"), "")
        page, z = _number(data, "IFD", 0), _number(data, "FirstZ", 0)
        count = _number(data, "PlaneCount", 1 if data.get("IFD") else _number(pixels, "SizeZ", 1))
        reading.budget.require_pages(len(planes) + count, reading.path, "slices")
        planes += [Plane("" if file == reading.path.name else file, page + k, z + k) for k in range(count)]
    return planes


def ome_size(pixels: ET.Element) -> dict[str, int]:
    """Slices, channels and times."""
    return {letter: _number(pixels, f"Size{letter.upper()}", 1) for letter in "zct"}


def spacing_of(page: Page, pixels: ET.Element | None) -> Spacing | None:
    """Edges of the voxels along z, y, x, from whichever words there are."""
    if pixels is not None and (found := _ome_spacing(pixels)):
        return found
    across = page.tags.get(X_RESOLUTION), page.tags.get(Y_RESOLUTION)
    x, y = (_edge(value) for value in across)
    description = page.description
    for words, origin in ((imagej_words(description), "ImageJ"), (tifffile_words(description), "tifffile")):
        unit = metres(str(words.get("unit", "")))
        if unit is not None and not _is_printed(x, unit):
            z = _real(words.get("spacing"))
            edges = tuple(None if edge is None else edge * unit for edge in (z, y, x))
            return Spacing(edges, f"{origin}'s calibration") if any(edges) else None
    return _baseline_spacing(page, y, x)


def _baseline_spacing(page: Page, y: float | None, x: float | None) -> Spacing | None:
    """Edges of a pixel by the baseline tags."""
    unit = _UNITS.get(page.first(RESOLUTION_UNIT, 2))
    if unit is None or not x or not y or _is_printed(x, unit):
        return None
    return Spacing((None, y * unit, x * unit), "the resolution tag")


def _is_printed(edge: float | None, unit: float) -> bool:
    """Whether a pixel is one of a screen or printer: whole numbers of them fill an inch, and the unit is inch or cm."""
    if not edge or unit not in _UNITS.values():
        return False
    dots = 0.0254 / (edge * unit)
    return dots < _PRINTED + 0.5 and abs(dots / max(1, round(dots)) - 1) < 3e-4


def _ome_spacing(pixels: ET.Element) -> Spacing | None:
    edges = []
    for letter in "ZYX":
        size, unit = _real(pixels.get(f"PhysicalSize{letter}")), metres(pixels.get(f"PhysicalSize{letter}Unit", "um"))
        edges.append(size * unit if size and unit else None)
    return Spacing(tuple(edges), "OME PhysicalSize") if any(edges) else None


def _edge(value: tuple[Any, ...] | None) -> float | None:
    """Length of a pixel in the unit of its resolution tag; 1/1 is what writers put there who know nothing."""
    if not value or not isinstance(value[0], tuple) or value[0] == (1, 1):
        return None
    numerator, denominator = value[0]
    return denominator / numerator if numerator > 0 and denominator > 0 else None


def _real(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if 0 < value < float("inf") else None


def _number(element: ET.Element, name: str, default: int) -> int:
    text = element.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
