"""The numbers of evaluations that a picture is drawn from, and a word on those that cannot be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ragone.app.columns import ColumnError, label, spread_of, unit
from ragone.app.pictures.labels import literal

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

GREY = "#888888"
MISSING: Mapping[str, Any] = {
    "marker": "x",
    "color": GREY,
    "ls": "none",
    "clip_on": False,
}  # of a design without a value


class Values:
    """Evaluations, a row each, and what is asked of their columns."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame) -> None:
        self.frame = frame.lazy().collect()

    def __len__(self) -> int:
        return self.frame.height

    def numbers(self, name: str) -> Numbers:
        """Return the values of a column, shape (rows,); NaN where there is none.

        Raises
        ------
        ColumnError
            If there is no such column, it holds no numbers, or its values have several units.
        """
        unit(self.frame, name)
        column = self.frame[name]
        if not column.dtype.is_numeric() and column.null_count() < len(self):
            raise ColumnError(f"{name} holds {column.dtype}, no numbers. Choose a column of numbers.")
        return np.array([np.nan if value is None else value for value in column.to_list()], np.float64)

    def spreads(self, name: str) -> Numbers:
        """Return the standard uncertainties of a column, shape (rows,); 0 where they are not known."""
        column = spread_of(self.frame, name)
        return np.zeros(len(self)) if column is None else np.nan_to_num(self.numbers(column), posinf=0.0)

    def texts(self, name: str) -> list[str]:
        """Return the values of a column as text; empty where there is none, or no such column."""
        known = self.frame[name].to_list() if name in self.frame.columns else [None] * len(self)
        return ["" if value is None else str(value) for value in known]

    @property
    def feasible(self) -> Mask:
        """Whether nothing says that a design is infeasible or failed, shape (rows,)."""
        met = self.texts("feasible")
        return np.array([word != "False" for word in met], bool)

    def label(self, name: str) -> str:
        """Return the words on an axis, with the unit."""
        return literal(label(self.frame, name))

    def missing(self, drawn: Mask) -> str:
        """Say how many designs are not drawn, and their outcomes; empty if all are."""
        outcomes = [text for text, there in zip(self.texts("outcome"), drawn, strict=True) if not there]
        counts = ", ".join(f"{count} {text}" for text, count in sorted(Counter(outcomes).items()) if text)
        if not outcomes:
            return ""
        return f"{len(outcomes)} of {len(self)} designs without a value (×)" + (
            f": {literal(counts)}" if counts else ""
        )


def axes_or_new(axes: Axes | None, width: float = 7.0, height: float = 4.5) -> Axes:
    """Return the axes to draw into: those given, or those of a new figure, which a notebook shows by itself."""
    if axes is not None:
        return axes
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def remark(axes: Axes, *texts: str) -> None:
    """Write above a picture what it does not show."""
    axes.set_title("; ".join(filter(None, texts)), loc="left", fontsize="small", color=GREY)


def shaded(axes: Axes, shades: Numbers, words: str) -> Numbers:
    """Return a colour for each value, shape (rows, 4), grey where there is none; draw the scale beside the picture."""
    from matplotlib import cm, colors

    known = np.isfinite(shades)
    colours = np.tile(colors.to_rgba(GREY), (len(shades), 1))
    if known.any():
        scale = cm.ScalarMappable(colors.Normalize(shades[known].min(), shades[known].max()), "viridis")
        axes.figure.colorbar(scale, ax=axes, label=words)
        colours[known] = scale.to_rgba(shades[known])
    return colours
