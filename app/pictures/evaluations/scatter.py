"""Two quantities of every design, with their uncertainties, and the front of those that no other design beats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ragone.app.columns import ColumnError
from ragone.app.pictures.evaluations.values import GREY, MISSING, Mask, Numbers, Values, axes_or_new, remark, shaded
from ragone.app.pictures.labels import literal

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

Sense = Literal["maximise", "minimise"]

_SIGNS = {"maximise": 1.0, "minimise": -1.0}
_BEST = "crimson"
_CATEGORIES = 10  # colours that can be told apart


def scatter(
    evaluations: pl.DataFrame | pl.LazyFrame,
    x: str,
    y: str,
    *,
    colour: str | None = None,
    front: tuple[Sense, Sense] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw one column over another, a point for each design, with bars of one standard uncertainty.

    Hollow points are infeasible designs. A design of which one of the two values is known lies as a cross on that
    axis; the title counts what has no value.

    Parameters
    ----------
    evaluations
        Rows as `Lake.evaluations` gives them.
    x, y
        Columns of numbers.
    colour
        Column that colours the points: of numbers, or of at most ten different texts, such as `campaign`.
    front
        Whether x and y are to be large or small, ``("maximise", "minimise")``: the feasible designs that no other
        feasible one beats in both are ringed. Uncertainties are not considered.
    axes
        Where to draw; a new figure if None.

    Returns
    -------
    matplotlib.axes.Axes
        Its `figure` has `savefig`.

    Raises
    ------
    ColumnError
        If a column is not there or cannot be drawn.
    """
    values, axes = Values(evaluations), axes_or_new(axes)
    across, up = values.numbers(x), values.numbers(y)
    drawn = np.isfinite(across) & np.isfinite(up)
    bars = values.spreads(x)[drawn], values.spreads(y)[drawn]
    axes.errorbar(across[drawn], up[drawn], bars[1], bars[0], fmt="none", ecolor=GREY, elinewidth=1, zorder=1)
    uncoloured = _points(axes, values, across, up, drawn, colour)
    lone_x, lone_y = np.isfinite(across) & ~drawn, np.isfinite(up) & ~drawn
    axes.plot(across[lone_x], np.zeros(lone_x.sum()), transform=axes.get_xaxis_transform(), **MISSING)
    axes.plot(np.zeros(lone_y.sum()), up[lone_y], transform=axes.get_yaxis_transform(), **MISSING)
    if front:
        _front(axes, across, up, drawn & values.feasible, front)
    axes.set(xlabel=values.label(x), ylabel=values.label(y))
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize="small")
    remark(axes, values.missing(drawn), uncoloured)
    return axes


def _points(axes: Axes, values: Values, x: Numbers, y: Numbers, drawn: Mask, colour: str | None) -> str:
    """Draw the points, and say how many have no colour."""
    if colour is None:
        _marks(axes, values, x, y, drawn, "C0")
        return ""
    if colour in values.frame.columns and not values.frame[colour].dtype.is_numeric():
        names = values.texts(colour)
        found = list(dict.fromkeys(names))
        if len(found) > _CATEGORIES:
            raise ColumnError(f"{colour} has {len(found)} values, more than {_CATEGORIES} colours. Filter the rows.")
        for number, name in enumerate(found):
            chosen = drawn & np.array([one == name for one in names])
            _marks(axes, values, x, y, chosen, f"C{number}", literal(name) or "none")
        return ""
    shades, words = values.numbers(colour), values.label(colour)
    edges = shaded(axes, shades, words)
    faces = np.where(values.feasible[:, None], edges, 0.0)
    axes.scatter(x[drawn], y[drawn], s=36, zorder=2).set(facecolors=faces[drawn], edgecolors=edges[drawn])
    without = int((drawn & ~np.isfinite(shades)).sum())
    return f"{without} without {words} (grey)" if without else ""


def _marks(axes: Axes, values: Values, x: Numbers, y: Numbers, chosen: Mask, colour: Any, label: str = "") -> None:
    feasible, hollow = chosen & values.feasible, chosen & ~values.feasible
    axes.plot(x[feasible], y[feasible], "o", color=colour, ms=6, label=label)
    axes.plot(x[hollow], y[hollow], "o", mfc="none", mec=colour, ms=6)


def _front(axes: Axes, x: Numbers, y: Numbers, chosen: Mask, senses: tuple[Sense, Sense]) -> None:
    """Ring the designs that no other beats in both, and join them."""
    places = np.flatnonzero(chosen)
    signed = np.column_stack([_SIGNS[senses[0]] * x[places], _SIGNS[senses[1]] * y[places]])
    best = places[_unbeaten(signed)]
    best = best[np.argsort(x[best], kind="stable")]
    axes.plot(x[best], y[best], "o--", ms=12, mfc="none", mec=_BEST, color=_BEST, lw=1, label=f"front: {len(best)}")


def _unbeaten(points: Numbers) -> list[int]:
    """Rows of points, shape (n, 2), that no other one is at least equal to in both, and larger in one."""
    found: list[int] = []
    for row in np.lexsort((-points[:, 1], -points[:, 0])).tolist():  # none is beaten by a later one
        if not found or points[row, 1] > points[found[-1], 1] or (points[row] == points[found[-1]]).all():
            found.append(row)
    return found
