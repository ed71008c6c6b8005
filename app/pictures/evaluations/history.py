"""Campaigns over their trials: what each trial reached, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.app.columns import ColumnError
from ragone.app.pictures.evaluations.values import MISSING, Mask, Values, axes_or_new, remark
from ragone.app.pictures.labels import literal
from ragone.app.tables.answers import short

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes


def history(evaluations: pl.DataFrame | pl.LazyFrame, *, axes: Axes | None = None) -> Axes:
    """Draw the objective of every trial of some campaigns, with its standard uncertainty, and the best feasible so far.

    Hollow points are infeasible trials, crosses on the axis those without a value.

    Parameters
    ----------
    evaluations
        Rows as `Lake.evaluations` gives them, of campaigns with the same first objective. Rows without a campaign
        are no trials, and are counted.
    axes
        Where to draw; a new figure if None.

    Raises
    ------
    ColumnError
        If the campaigns have several objectives, or there is none.
    """
    from matplotlib.ticker import MaxNLocator

    given = Values(evaluations)
    ids = given.texts("campaign_id")
    of_campaigns = Values(given.frame.filter(np.array([name != "" for name in ids], bool)))
    objective, sense = _only(of_campaigns, "objective"), _only(of_campaigns, "objective_sense")
    axes, drawn = axes_or_new(axes), np.isfinite(of_campaigns.numbers("objective_value"))
    names = dict(zip(of_campaigns.texts("campaign_id"), of_campaigns.texts("campaign"), strict=True))
    for number, (name, title) in enumerate(names.items()):
        own = Values(of_campaigns.frame.filter(campaign_id=name).sort("trial"))
        known = list(names.values()).count(title) == 1
        _draw(axes, own, objective, sense, f"C{number % 10}", literal(title if known else f"{title} {short(name)}"))
    axes.set(xlabel="trial", ylabel=of_campaigns.label("objective_value"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, fontsize="small")
    lost = len(given) - len(of_campaigns)
    remark(axes, of_campaigns.missing(drawn), f"{lost} rows of no campaign" if lost else "")
    return axes


def _only(values: Values, column: str) -> str:
    found = sorted(set(values.texts(column)) - {""})
    if len(found) != 1:
        raise ColumnError(
            f"{column} is {' and '.join(map(repr, found)) or 'nowhere given'}: campaigns of one are drawn together. "
            f"Filter the rows by {column}."
        )
    return found[0]


def _draw(axes: Axes, own: Values, objective: str, sense: str, colour: str, label: str) -> None:
    trial, value, feasible = own.numbers("trial"), own.numbers("objective_value"), own.feasible
    known = objective in own.frame.columns
    spread = own.spreads(objective) if known else np.zeros(len(own))
    drawn = np.isfinite(value)
    axes.errorbar(trial[drawn], value[drawn], spread[drawn], ecolor=colour, elinewidth=1, fmt="none")
    axes.plot(trial[drawn & feasible], value[drawn & feasible], "o", color=colour, ms=5)
    axes.plot(trial[drawn & ~feasible], value[drawn & ~feasible], "o", mfc="none", mec=colour, ms=5)
    crosses = {**MISSING, "color": colour}
    axes.plot(trial[~drawn], np.zeros((~drawn).sum()), transform=axes.get_xaxis_transform(), **crosses)
    axes.step(trial, _best_so_far(value, drawn & feasible, sense), where="post", color=colour, label=f"{label}, best")


def _best_so_far(value: Any, counts: Mask, sense: str) -> Any:
    """The best of the feasible values up to each trial, NaN before the first."""
    best = np.fmin.accumulate if sense == "minimise" else np.fmax.accumulate
    return best(np.where(counts, value, np.nan))
