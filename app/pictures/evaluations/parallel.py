"""Parallel coordinates: many columns beside each other, each design a line through its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.app.columns import ColumnError
from ragone.app.pictures.evaluations.values import GREY, MISSING, Numbers, Values, axes_or_new, remark, shaded
from ragone.app.pictures.labels import literal
from ragone.app.tables.answers import number

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

MOST_TEXTS = 10  # of a column
_BELOW = -0.07  # where the crosses of what has no value lie


def parallel(
    evaluations: pl.DataFrame | pl.LazyFrame,
    columns: Sequence[str],
    *,
    colour: str | None = None,
    best: int | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw each design as a line through its values, every column on an axis of its own from lowest to highest.

    Dashed lines are infeasible designs. A line is interrupted where a value is missing, and has a cross there. The
    values of a column of texts are spread evenly.

    Parameters
    ----------
    evaluations
        Rows as `Lake.evaluations` gives them.
    columns
        At least two columns of numbers, or of at most ten different texts, from left to right.
    colour
        Column that colours the lines, usually a KPI; the last one if None.
    best
        Number of the row whose line is thick; none if None.
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
    texts = {name: _texts(values, name) for name in columns}
    table = np.column_stack([_numbers(values, name, texts[name]) for name in columns])
    table[np.isinf(table)] = np.nan
    shades = values.numbers(colour or columns[-1])
    axes = axes_or_new(axes, width=2.2 * len(columns))
    colours = shaded(axes, shades, values.label(colour or columns[-1]))
    for place, (row, shade, feasible) in enumerate(zip(_scaled(table), colours, values.feasible, strict=True)):
        width, order = (3.0, 3.0) if place == best else (1.5, 2.0)
        style: Mapping[str, Any] = {"marker": "o", "ms": 3, "lw": width, "zorder": order, "color": tuple(shade)}
        axes.plot(range(len(columns)), row, "-" if feasible else "--", **style)
        gaps = np.flatnonzero(np.isnan(row))
        axes.plot(gaps, np.full(len(gaps), _BELOW), **{**MISSING, "color": tuple(shade)})
    _scales(axes, [values.label(name) for name in columns], table, list(texts.values()))
    remark(axes, values.missing(np.asarray(~np.isnan(table).any(axis=1))))
    return axes


def _texts(values: Values, name: str) -> list[str]:
    """The different texts of a column in order, none of a column of numbers.

    Raises
    ------
    ColumnError
        If there are too many.
    """
    if name not in values.frame.columns or str(values.frame[name].dtype) != "String":
        return []
    found = sorted(set(values.texts(name)) - {""})
    if len(found) > MOST_TEXTS:
        raise ColumnError(f"{name} has {len(found)} values, more than {MOST_TEXTS}. Filter the rows.")
    return found


def _numbers(values: Values, name: str, texts: Sequence[str]) -> Numbers:
    """The values of a column; of texts their places in order, NaN where there is none."""
    if not texts:
        return values.numbers(name)
    places = {text: float(place) for place, text in enumerate(texts)}
    return np.array([places.get(text, np.nan) for text in values.texts(name)])


def _scaled(table: Numbers) -> Numbers:
    """Every column from 0 to 1, one of a single value at 0.5."""
    low, high = _ends(table)
    width = np.where(high > low, high - low, 1.0)
    return np.where(high > low, (table - low) / width, np.where(np.isnan(table), np.nan, 0.5))


def _ends(table: Numbers) -> tuple[Numbers, Numbers]:
    """The lowest and highest value of each column, NaN of one without values."""
    low, high = np.fmin.reduce(table, axis=0, initial=np.nan), np.fmax.reduce(table, axis=0, initial=np.nan)
    return low, high


def _scales(axes: Axes, labels: Sequence[str], table: Numbers, texts: Sequence[Sequence[str]]) -> None:
    """A vertical line for each column, with its name, and its ends or its texts."""
    for place, (low, high, words) in enumerate(zip(*_ends(table), texts, strict=True)):
        axes.axvline(place, color=GREY, lw=0.8, zorder=0)
        for height, text, way in _marks(low, high, words):
            axes.annotate(
                text, (place, height), (5, 0), textcoords="offset points", va=way, fontsize="small", color=GREY
            )
    axes.set(ylim=(-0.12, 1.08), yticks=[])
    axes.set_xticks(range(len(labels)), [label.replace(" [", "\n[") for label in labels])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)


def _marks(low: float, high: float, texts: Sequence[str]) -> list[tuple[float, str, Any]]:
    """Heights, words and alignments of what stands beside an axis."""
    if texts:
        heights = np.linspace(0.0, 1.0, len(texts)).tolist() if len(texts) > 1 else [0.5]
        return [(height, literal(text), "center") for height, text in zip(heights, texts, strict=True)]
    words = ["no value" if np.isnan(end) else number(float(end)) for end in (low, high)]
    return [(0.0, words[0], "top"), (1.0, words[1], "bottom")]
