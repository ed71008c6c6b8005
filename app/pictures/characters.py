"""Small pictures made of characters: a slice of a microstructure, a curve."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from ragone.app.terminal.printable import one_line
from ragone.schemas import Microstructure

COLOURS = {"pore": "grey11", "active_material": "steel_blue", "carbon_binder": "orange3"}
_SPARE = ("sea_green3", "plum3", "khaki3", "grey70")
_SIGNS = (" ", "▒", "█", "░", "▓")
_WIDEST, _ROWS = 64, 12


def slice_blocks(microstructure: Microstructure, width: int, *, coloured: bool = True) -> Text:
    """The middle slice along the last axis, through-plane from top to bottom, to scale; a character is two points high.

    A point is a voxel or several of the finer edge. Without colours a character shows the upper of its two points.
    """
    plane = microstructure.labels[:, :, microstructure.labels.shape[2] // 2]
    finest = microstructure.voxel_edges_metre[:2].min()
    lengths = plane.shape * microstructure.voxel_edges_metre[:2] / finest
    step = max(1, -(-math.ceil(max(lengths)) // min(_WIDEST, width)))
    rows, columns = (np.arange(0, length, step) * n / length for n, length in zip(plane.shape, lengths, strict=True))
    plane = plane[np.ix_(rows.astype(int), columns.astype(int))]
    if len(plane) % 2:
        plane = np.vstack([plane, plane[-1:]])
    colours = colour_of_label(microstructure)
    signs = dict(zip(colours, itertools.cycle(_SIGNS), strict=False))
    text = Text()
    for upper, lower in zip(plane[::2].tolist(), plane[1::2].tolist(), strict=True):
        for above, below in zip(upper, lower, strict=True):
            style = Style(color=colours[above], bgcolor=colours[below]) if coloured else Style()
            text.append("▀" if coloured else signs[above], style)
        text.append("\n")
    for name, label in microstructure.phase_map().items():
        share = float(np.mean(microstructure.labels == label))
        text.append("█ " if coloured else f"{signs[label]!r} ", Style(color=colours[label]))
        text.append(f"{one_line(name)} {share:.4f}   ")
    return text


def colour_of_label(microstructure: Microstructure) -> dict[int, str]:
    """One colour for each label, the same for the same phase everywhere."""
    spare = iter(_SPARE * len(microstructure.phase_names))
    return {label: COLOURS.get(name) or next(spare) for name, label in microstructure.phase_map().items()}


def curve(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], title: str, width: int) -> Text:
    """A curve over evenly spaced x, with the ends of both axes."""
    columns = max(10, min(_WIDEST, width - 12))
    values = np.interp(np.linspace(x[0], x[-1], columns), x, y)
    low, high = float(values.min()), float(values.max())
    heights = np.round((values - low) / ((high - low) or 1.0) * (_ROWS - 1)).astype(int)
    lines = [title]
    for row in range(_ROWS - 1, -1, -1):
        edge = f"{high:8.3f}" if row == _ROWS - 1 else f"{low:8.3f}" if row == 0 else " " * 8
        lines.append(f"{edge} |" + "".join("•" if height == row else " " for height in heights).rstrip())
    lines.append(f"{'':9}+{'-' * columns}")
    lines.append(f"{'':10}{float(x[0]):<.6g}{float(x[-1]):>{columns - 1}.6g}")
    return Text("\n".join(lines))
