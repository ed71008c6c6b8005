"""Survivor curves by group with their bands, the stops as ticks, and below them how many cells are still at risk.

More than four bands cannot be told apart and are left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ragone.app.pictures.labels import literal
from ragone.schemas import Survival

_COLOURS = ("#1f5f8b", "#d78700", "#3a9188", "#b03a2e", "#6a4c93", "#888888", "#c2703d", "#2f4f2f")
_LINES = ("-", "--", ":", "-.")  # for each round of colours
_BANDS, _ROW = 4, 0.28  # groups of which bands can be told apart; inches of a row of counts


def draw_survival(found: Survival, path: str | Path) -> None:
    """Draw an analysis of lives into a PNG file.

    Parameters
    ----------
    found
        The analysis.
    path
        Of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    below = 0.5 + _ROW * len(found.group_names)
    figure = Figure(figsize=(7.2, 4.2 + below), layout="constrained")
    FigureCanvasAgg(figure)
    curves, counts = figure.subplots(2, 1, sharex=True, height_ratios=[4.2, below])
    last = float(max([*found.stop_times.tolist(), *found.step_times.tolist()], default=1.0))
    for number, name in enumerate(found.group_names):
        _curve(curves, found, number, name)
    curves.axhline(0.5, color="#bbbbbb", lw=0.8, ls=":")
    curves.set(ylim=(0, 1.03), xlim=(0, last * 1.02), ylabel="share of cells alive [-]")
    curves.legend(frameon=False, fontsize=8)
    _counts(counts, found, [time for time in curves.get_xticks().tolist() if 0 <= time <= last])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a name in letters that the font lacks: boxes are drawn
        figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _curve(axes: Any, found: Survival, number: int, name: str) -> None:
    """Steps from 1 at the start to the last observation, the band, and a tick at each stop."""
    colour, own = _COLOURS[number % len(_COLOURS)], found.step_groups == number
    stops = found.stop_times[found.stop_groups == number]
    end = max([*found.step_times[own].tolist(), *stops.tolist()], default=0.0)
    times = np.concatenate([[0.0], found.step_times[own], [end]])
    columns = [np.concatenate([[1.0], one[own]]) for one in (found.step_survival, found.step_low, found.step_high)]
    middle, low, high = (np.append(one, one[-1]) for one in columns)
    line = _LINES[number // len(_COLOURS) % len(_LINES)]
    axes.step(times, middle, where="post", color=colour, ls=line, label=literal(name or "all cells"))
    if len(found.group_names) <= _BANDS:
        axes.fill_between(times, low, high, step="post", color=colour, alpha=0.15, lw=0)
    at_stops = middle[np.searchsorted(times[:-1], stops, side="right") - 1]
    axes.plot(stops, at_stops, "|", color=colour, ms=7)


def _counts(axes: Any, found: Survival, times: Sequence[float]) -> None:
    """A row for each group: how many of its cells are still under observation at the marks of the axis."""
    for number, name in enumerate(found.group_names):
        row = len(found.group_names) - 1 - number
        for time in times:
            axes.text(time, row, str(_at_risk(found, number, time)), ha="center", va="center", fontsize=8)
        place = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
        axes.text(-0.06, row, literal(name or "all"), fontsize=8, **place)
    axes.set(ylim=(-0.6, len(found.group_names) - 0.4), yticks=[], xlabel=f"life [{literal(found.unit)}]")
    axes.set_title("cells at risk", fontsize=8, loc="left")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _at_risk(found: Survival, number: int, time: float) -> int:
    """Cells that had neither ended nor been stopped before a time."""
    steps, stops = found.step_groups == number, found.stop_groups == number
    ended = round(float(found.step_deaths[steps & (found.step_times < time)].sum()))
    return int(found.groups[number]["subjects"] - ended - int(np.sum(found.stop_times[stops] < time)))
