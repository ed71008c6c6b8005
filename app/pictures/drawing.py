"""Pictures as PNG files: a slice of a microstructure, a discharge curve, the designs of a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from ragone.app.pictures.characters import colour_of_label
from ragone.app.pictures.cycling import draw_cycling
from ragone.app.pictures.labels import literal
from ragone.schemas import Cycling, Discharge, Measurement, Microstructure, RagoneError, Record

RGB = {"grey11": "#1c1c1c", "steel_blue": "#5f87af", "orange3": "#d78700", "sea_green3": "#5fd787"}
RGB |= {"plum3": "#d787d7", "khaki3": "#d7d75f", "grey70": "#b2b2b2"}


Target = str | Path | IO[bytes]


class PictureError(RagoneError, TypeError):
    """There is no picture of such a record."""


@dataclass(frozen=True)
class Point:
    """One design in a picture: where it lies, and the shade it has; `bound` if y is only known to be larger."""

    x: float
    y: float
    shade: float
    best: bool = False
    bound: bool = False


def draw(record: Record, path: Target) -> None:
    """Draw a record as PNG, into a file named or open.

    Raises
    ------
    PictureError
        If records of its kind have no picture.
    """
    if isinstance(record, Microstructure):
        draw_slice(record, path)
    elif isinstance(record, Discharge) and len(record.test_time_second) > 0:
        draw_curve(record, path)
    elif isinstance(record, Cycling | Measurement) and len(record.test_time_second) > 0:
        draw_cycling(record, path)
    else:
        raise PictureError(f"{record.id} has no picture. A microstructure has one, and so has a curve with samples.")


def draw_slice(microstructure: Microstructure, path: Target) -> None:
    """The middle slice along the last axis, through-plane upwards."""
    figure, axes = _figure()
    plane = microstructure.labels[:, :, microstructure.labels.shape[2] // 2]
    colours = {label: RGB[colour] for label, colour in colour_of_label(microstructure).items()}
    picture = np.zeros((*plane.shape, 3))
    for label, colour in colours.items():
        picture[plane == label] = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    size = np.array(plane.shape[::-1]) * microstructure.voxel_edges_metre[1::-1] * 1e6
    axes.imshow(picture, extent=(0, size[0], 0, size[1]), origin="lower", interpolation="nearest")
    axes.set(xlabel="in-plane [um]", ylabel="through-plane [um]", title=microstructure.id[:30])
    for phase, label in microstructure.phase_map().items():
        axes.plot([], [], "s", color=colours[label], label=literal(phase))
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    _save(figure, path)


def draw_curve(discharge: Discharge, path: Target) -> None:
    """Voltage over time."""
    held = f"{discharge.power_watt:g} W" if discharge.power_watt else f"{discharge.applied_current_ampere:g} A"
    figure, axes = _figure()
    axes.plot(discharge.test_time_second, discharge.voltage_volt)
    axes.set(xlabel="time [s]", ylabel="voltage [V]", title=f"{discharge.id[:30]} at {held}")
    _save(figure, path)


def draw_designs(points: Sequence[Point], *, x: str, y: str, shade: str, title: str, path: Target) -> None:
    """A campaign: an objective against a design parameter, coloured by another; the best is ringed."""
    figure, axes = _figure()
    shades = [p.shade for p in points]
    ends = {"vmin": min(shades, default=0.0), "vmax": max(shades, default=1.0)}
    dots: Any = None
    for kind, marker, label in ((False, "o", None), (True, "^", "at least (censored)")):
        chosen = [p for p in points if p.bound is kind]
        if chosen or dots is None:
            colours: Any = [p.shade for p in chosen]
            at = [p.x for p in chosen], [p.y for p in chosen]
            dots = axes.scatter(*at, c=colours, cmap="viridis", s=45, marker=marker, label=label, **ends)
    figure.colorbar(dots, ax=axes, label=shade)
    best = [p for p in points if p.best]
    axes.plot([p.x for p in best], [p.y for p in best], "o", ms=14, mfc="none", mec="crimson", mew=2, label="best")
    axes.legend(frameon=False)
    axes.set(xlabel=x, ylabel=y, title=title)
    _save(figure, path)


def _figure() -> tuple[Any, Any]:
    """A figure that no window system knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 3.8), layout="constrained")  # so small that its text can be read on a phone
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _save(figure: Any, path: Target) -> None:
    figure.savefig(path, format="png", dpi=180, metadata={"Software": "ragone"})
