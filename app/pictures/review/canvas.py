"""A picture inside a page: the PNG file, what it shows in words, and the places of the designs that it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OWN, FAINT, SECOND, BEST = "#1f5f8b", "#7a7a7a", "#d78700", "crimson"
_DPI, _COLOURS = 130, 255


@dataclass(frozen=True)
class Spot:
    """A design in a picture, counted from 0: shares of width and height, from left and from top."""

    left: float
    top: float
    design: int


@dataclass(frozen=True)
class Picture:
    """A PNG file, its name without the ending, what is seen in it, and how it was made."""

    name: str
    png: bytes
    alt: str
    caption: str
    spots: tuple[Spot, ...] = ()


def canvas(rows: int, columns: int, size: tuple[float, float], **given: Any) -> tuple[Figure, Any]:
    """A figure that no window system knows of, with axes of shape (rows, columns)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False, **given)


def png_of(figure: Figure) -> bytes:
    """The PNG file of a figure, of few colours so that it is small; the same figure gives the same bytes."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    drawn, file, words = BytesIO(), BytesIO(), PngInfo()
    figure.savefig(drawn, format="png", dpi=_DPI)
    words.add_text("Software", "ragone")
    reduced = Image.open(drawn).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    reduced.save(file, "png", optimize=True, pnginfo=words)
    return file.getvalue()


def spots_of(axes: Axes, points: Iterable[tuple[float, float, int]]) -> list[Spot]:
    """The spots of designs at x and y of some axes, once the figure was drawn; none beyond the axes."""
    found = []
    width, height = axes.figure.bbox.size
    for x, y, design in points:
        left, up = axes.transData.transform((x, y))
        if axes.bbox.contains(left, up):
            found.append(Spot(float(left / width), float(1 - up / height), design))
    return found
