"""The budgets of uncertainties as a picture: the interval of each KPI, and a bar for each quantity that counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ragone.app.pictures.labels import literal
from ragone.schemas import UncertaintyBudget

_BARS = 10
_COLOURS = {
    "sampling": "#1f5f8b",
    "generator": "#6a4c93",
    "voxel": "#3a9188",
    "materials": "#d78700",
    "cell parameters": "#b03a2e",
}
_OTHER, _ALTERNATIVE = "#888888", "black"


def draw_budgets(budgets: Sequence[UncertaintyBudget], path: str | Path) -> None:
    """Draw budgets into a PNG file, a row each.

    Parameters
    ----------
    budgets
        The budgets.
    path
        Of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2 * len(budgets)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(budgets), 2, squeeze=False, width_ratios=[1, 2])
    for (left, right), budget in zip(panels, budgets, strict=True):
        _interval(left, budget)
        _shares(right, budget)
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _interval(axes: Any, budget: UncertaintyBudget) -> None:
    """The interval, the recorded value in it, and the other forms of the model beside it."""
    unit = "-" if budget.unit == "1" else budget.unit
    axes.plot([0], [budget.value], "o", color=_COLOURS["sampling"], label="as recorded")
    if budget.interval_low is not None and budget.interval_high is not None and budget.interval_middle is not None:
        middle = budget.interval_middle
        ends = [[middle - budget.interval_low], [budget.interval_high - middle]]
        axes.errorbar([0], [middle], ends, fmt="_", color=_OTHER, capsize=8, label=f"{budget.confidence:.0%} of draws")
    for place, (name, value) in enumerate(zip(budget.alternative_names, budget.alternative_values, strict=True), 1):
        if value is not None:
            axes.plot([place], [value], "D", mfc="none", color=_ALTERNATIVE, label=literal(name))
    axes.set(
        ylabel=f"{literal(budget.kpi_name)} [{literal(unit)}]", xticks=[], xlim=(-1, len(budget.alternative_names) + 1)
    )
    axes.legend(frameon=False, fontsize=8)


def _shares(axes: Any, budget: UncertaintyBudget) -> None:
    """A bar for each of the largest shares, in the colour of its source, the largest on top."""
    order = [int(place) for place in np.argsort(-budget.shares)[:_BARS] if budget.shares[place] > 0][::-1]
    places = np.arange(len(order))
    colours = [_COLOURS.get(budget.sources[place], _OTHER) for place in order]
    errors = 100 * budget.share_standard_errors[order]
    axes.barh(places, 100 * budget.shares[order], xerr=errors, color=colours, ecolor=_OTHER, capsize=3)
    axes.set_yticks(places, [literal(f"{budget.names[place]}  {budget.effects[place]:+.3g}") for place in order])
    axes.tick_params(axis="y", labelsize=8)
    shares = ", ".join(f"{source} {100 * share:.0f} %" for source, (share, _) in budget.by_source().items())
    axes.set(xlabel="share of the variance [%]", title=literal(shares), xlim=(0, None))
    axes.title.set_fontsize(9)
