"""Differences between two columns, a panel for each quantity that may explain them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragone.app.columns import ColumnError, unit
from ragone.app.pictures.evaluations.values import GREY, Values, remark

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes


def residuals(
    evaluations: pl.DataFrame | pl.LazyFrame, value: str, reference: str, by: Sequence[str]
) -> tuple[Axes, ...]:
    """Draw a column less another one over each of some columns, with bars of one standard uncertainty.

    The uncertainties of both, as far as they are known, are taken for independent.

    Parameters
    ----------
    evaluations
        Rows as `Lake.evaluations` gives them, with a column for the reference: a prediction, a fit, another KPI.
    value, reference
        Columns of numbers in one unit.
    by
        Columns of numbers, a panel each.

    Returns
    -------
    tuple[matplotlib.axes.Axes, ...]
        One for each panel.

    Raises
    ------
    ColumnError
        If a column is not there or cannot be drawn, or the two have different units.
    """
    from matplotlib import pyplot

    values = Values(evaluations)
    units = [unit(values.frame, name) for name in (value, reference)]
    if all(units) and units[0] != units[1]:
        raise ColumnError(f"{value} is in {units[0]} and {reference} in {units[1]}. Bring both to one unit.")
    difference = values.numbers(value) - values.numbers(reference)
    spread = np.hypot(values.spreads(value), values.spreads(reference))
    across = [values.numbers(name) for name in by]
    if not by:
        raise ColumnError("by names no column. Name one for each panel.")
    _, panels = pyplot.subplots(
        1, len(by), figsize=(3.6 * len(by) + 0.6, 3.6), sharey=True, squeeze=False, layout="constrained"
    )
    for axes, name, places in zip(panels[0], by, across, strict=True):
        drawn = np.isfinite(difference) & np.isfinite(places)
        axes.axhline(0.0, color=GREY, lw=0.8)
        axes.errorbar(places[drawn], difference[drawn], yerr=spread[drawn], fmt="o", ms=5, elinewidth=1)
        axes.set_xlabel(values.label(name))
        remark(axes, values.missing(drawn).replace(" (×)", ""))
    panels[0][0].set_ylabel(f"{values.label(value)}\nless {values.label(reference)}")
    return tuple(panels[0])
