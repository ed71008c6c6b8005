"""A report on fidelity as a picture: errors against noise, two-point correlations, slices, and memorisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ragone.app.pictures.characters import colour_of_label
from ragone.app.pictures.drawing import RGB
from ragone.dataset import Lake
from ragone.flows import FidelityResult
from ragone.schemas import Fidelity, Microstructure
from ragone.schemas.electrode import PHASES

_PERCENT = 100.0
_MICRO = 1e6
_COLOURS = ("#999999", "#1f5f8b", "#d78700", "#3a8f5c", "#8b3a8f", "#b03a2e")
_LEAST = 1e-2  # per cent; the axis of errors is logarithmic
_MOST_SLICES = 6


def draw_fidelity(lake: Lake, result: FidelityResult, path: str | Path) -> None:
    """Draw a report into a PNG file.

    Parameters
    ----------
    lake
        The lake that holds the volumes whose slices are drawn.
    result
        The report.
    path
        Path of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    records = list(result.records.values())
    slices = {name: lake.get(volume_id, Microstructure) for name, volume_id in result.slices.items()}
    figure: Any = Figure(figsize=(15, 13), layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subfigures(2, 1, height_ratios=(3, 1))
    bars, curves = upper.subfigures(1, 2, width_ratios=(3, 2))
    _errors(bars.subplots(), records)
    panels = curves.subplots(len(PHASES) + 1, 1)
    for phase, axes in enumerate(panels[:-1]):
        _two_point(axes, records, phase)
    _similarities(panels[-1], records)
    shown = list(slices.items())[:_MOST_SLICES]
    for axes, (name, volume) in zip(np.atleast_1d(lower.subplots(1, max(len(shown), 1))), shown, strict=False):
        _slice(axes, name, volume)
    figure.savefig(path, format="png", dpi=120, metadata={"Software": "ragone"})


def _errors(axes: Any, records: list[Fidelity]) -> None:
    """Draw a bar for each metric and sample, with ticks at the error that chance alone would give."""
    names = [*records[0].metric_names, *records[0].curve_names]
    places, width = np.arange(len(names)), 0.8 / len(records)
    for number, record in enumerate(records):
        errors = _PERCENT * np.concatenate([record.error, record.curve_error])
        expected = _PERCENT * np.concatenate([record.error_expected, record.curve_error_expected])
        rows = places + (number - (len(records) - 1) / 2) * width
        colour = _COLOURS[number % len(_COLOURS)]
        axes.barh(rows, np.maximum(errors, _LEAST), width, color=colour, label=record.sample)
        axes.plot(np.maximum(expected, _LEAST), rows, "|", color="black", ms=5)
    axes.set_yticks(places, [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    axes.set(xscale="log", xlabel="error [% of the real mean, or points]; ticks: by chance", xlim=(_LEAST, None))
    axes.legend(loc="lower right")


def _two_point(axes: Any, records: list[Fidelity], phase: int) -> None:
    """Draw the two-point correlation of the first condition."""
    distance = records[0].correlation_distance_metre * _MICRO
    axes.plot(distance, records[0].real_two_point_correlation[0, phase], "k", label="real")
    for number, record in enumerate(records):
        line = record.two_point_correlation[0, phase]
        axes.plot(record.correlation_distance_metre * _MICRO, line, "--", color=_COLOURS[number % len(_COLOURS)])
    axes.set(title=f"two-point correlation, {PHASES[phase].replace('_', ' ')}, condition 1", xlabel="distance [um]")


def _similarities(axes: Any, records: list[Fidelity]) -> None:
    axes.set(title="similarity to the closest training volume [-]", xlim=(0, 1))
    samples = [("real", records[0].real_similarity), *((record.sample, record.similarity) for record in records)]
    for row, (_, values) in enumerate(samples):
        axes.plot(values, np.full(len(values), row), "|", color=_COLOURS[(row - 1) % len(_COLOURS)] if row else "black")
    axes.set_yticks(range(len(samples)), [name for name, _ in samples])
    axes.invert_yaxis()


def _slice(axes: Any, name: str, volume: Microstructure) -> None:
    plane = volume.labels[:, :, volume.labels.shape[2] // 2]
    picture = np.zeros((*plane.shape, 3))
    for label, colour in colour_of_label(volume).items():
        picture[plane == label] = [int(RGB[colour][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    size = np.array(plane.shape[::-1]) * volume.voxel_edges_metre[1::-1] * _MICRO
    axes.imshow(picture, extent=(0, size[0], 0, size[1]), origin="lower", interpolation="nearest")
    axes.set(title=name, xlabel="in-plane [um]")
