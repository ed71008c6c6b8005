"""Parallel coordinates: many columns beside each other, each design a line through its values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragone.app.columns import ColumnError
from ragone.app.pictures.evaluations.values import GREY, MISSING, Numbers, Values, axes_or_new, remark, shaded
from ragone.app.tables.answers import number

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

_BELOW = -0.07  # where the crosses of what has no value lie


def parallel(
    evaluations: pl.DataFrame | pl.LazyFrame,
    columns: Sequence[str],
    *,
    colour: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw each design as a line through its values, every column on an axis of its own from lowest to highest.

    Dashed lines are infeasible designs. A line is interrupted where a value is missing, and has a cross there.

    Parameters
    ----------
    evaluations
        Rows as `Lake.evaluations` gives them.
    columns
        At least two columns of numbers, from left to right.
    colour
        Column that colours the lines, usually a KPI; the last one if None.
    axes
        Where to draw; a new figure if None.

    Raises
    ------
    ColumnError
        If a column is not there or cannot be drawn, or there are less than two.
    """
    if len(columns) < 2:
        raise ColumnError(f"parallel coordinates need two columns or more, not {list(columns)}.")
    values = Values(evaluations)
    table = np.column_stack([values.numbers(name) for name in columns])
    table[np.isinf(table)] = np.nan
    shades = values.numbers(colour or columns[-1])
    axes = axes_or_new(axes, width=2.2 * len(columns))
    colours = shaded(axes, shades, values.label(colour or columns[-1]))
    for row, shade, feasible in zip(_scaled(table), colours, values.feasible, strict=True):
        axes.plot(range(len(columns)), row, "-" if feasible else "--", marker="o", ms=3, color=tuple(shade))
        gaps = np.flatnonzero(np.isnan(row))
        axes.plot(gaps, np.full(len(gaps), _BELOW), **{**MISSING, "color": tuple(shade)})
    _scales(axes, [values.label(name) for name in columns], table)
    remark(axes, values.missing(np.asarray(~np.isnan(table).any(axis=1))))
    return axes


def _scaled(table: Numbers) -> Numbers:
    """Every column from 0 to 1, one of a single value at 0.5."""
    low, high = _ends(table)
    width = np.where(high > low, high - low, 1.0)
    return np.where(high > low, (table - low) / width, np.where(np.isnan(table), np.nan, 0.5))


def _ends(table: Numbers) -> tuple[Numbers, Numbers]:
    """The lowest and highest value of each column, NaN of one without values."""
    low, high = np.fmin.reduce(table, axis=0, initial=np.nan), np.fmax.reduce(table, axis=0, initial=np.nan)
    return low, high


def _scales(axes: Axes, labels: Sequence[str], table: Numbers) -> None:
    """A vertical line for each column, with its name and its ends."""
    for place, (low, high) in enumerate(zip(*_ends(table), strict=True)):
        axes.axvline(place, color=GREY, lw=0.8, zorder=0)
        for height, end, way in ((0.0, low, "top"), (1.0, high, "bottom")):
            text = "no value" if np.isnan(end) else number(float(end))
            axes.annotate(
                text, (place, height), (5, 0), textcoords="offset points", va=way, fontsize="small", color=GREY
            )
    axes.set(ylim=(-0.12, 1.08), yticks=[])
    axes.set_xticks(range(len(labels)), [label.replace(" [", "\n[") for label in labels])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
