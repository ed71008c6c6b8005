"""All designs of a campaign beside each other: what was varied, and what came out."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.app.pictures.evaluations import parallel
from ragone.app.pictures.evaluations.parallel import MOST_TEXTS
from ragone.app.pictures.review.canvas import Picture, canvas, png_of, spots_of
from ragone.app.tables.designs import Quantity, quantities
from ragone.models.review import ReviewedTrials

if TYPE_CHECKING:
    import polars as pl

_MOST_COLUMNS, _LONGEST = 10, 24
_WIDE = 13  # characters of a line below an axis


def draw_parallel(trials: ReviewedTrials, best: int | None) -> Iterator[Picture]:
    """Draw what varies between the designs and their KPIs, coloured by the first objective; nothing if nothing varies.

    Parameters
    ----------
    trials
        Of a campaign.
    best
        Number of the design whose line is thick; none if None.
    """
    frame, columns, left_out = _frame(trials)
    if len(columns) < 2:
        return
    figure, grid = canvas(1, 1, (max(6.4, 1.25 * len(columns)), 4.2))
    axes = grid[0, 0]
    aim = trials.goals[trials.aims[0]].kpi
    parallel(frame, columns, colour=aim, best=best, axes=axes)
    names = [fill(label.get_text().replace("\n", " "), _WIDE) for label in axes.get_xticklabels()]
    axes.set_xticks(range(len(names)), names, fontsize="small")
    png = png_of(figure)
    lines = [line for line in axes.get_lines() if line.get_marker() == "o"]
    points = [
        (place, float(height), number)
        for number, line in enumerate(lines)
        for place, height in enumerate(line.get_ydata())
        if np.isfinite(height)
    ]
    yield Picture("parallel", png, *_words(trials, columns, best, left_out), tuple(spots_of(axes, points)))


def _frame(trials: ReviewedTrials) -> tuple[pl.DataFrame, list[str], int]:
    """A row for each design, the columns that are drawn, and how many are left out."""
    import polars as pl

    varied = _varied(trials)
    goals = {goal.kpi: place for place, goal in reversed(list(enumerate(trials.goals)))}
    goals = dict(sorted(goals.items(), key=lambda item: item[1]))
    kept = list(varied)[: max(_MOST_COLUMNS - len(goals), 1)]
    outcomes = [_outcome(trials, number) for number in range(len(trials.candidates))]
    data: dict[str, Any] = {"feasible": trials.feasible.tolist(), "outcome": outcomes}
    for name in kept:
        quantity, values = varied[name]
        data |= {name: values, f"{name}_unit": [quantity.unit] * len(values)}
    for kpi, place in goals.items():
        numbers = [None if np.isnan(value) else value for value in trials.values[:, place].tolist()]
        data |= {kpi: pl.Series(numbers, dtype=pl.Float64), _unit_name(kpi): [trials.units[place]] * len(numbers)}
    return pl.DataFrame(data, strict=False), [*kept, *goals], len(varied) - len(kept)


def _varied(trials: ReviewedTrials) -> dict[str, tuple[Quantity, list[Any]]]:
    """Values that are not the same in all designs, by name: numbers in people's unit, anything else as text."""
    paths = sorted({path for one in trials.candidates for path in one.values})
    found = {}
    for path, known in quantities(paths).items():
        values = [one.values.get(path) for one in trials.candidates]
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        shown = [known.number(value) if numbers else str(value)[:_LONGEST] for value in values]
        if len(set(shown)) > 1 and (numbers or len(set(shown)) <= MOST_TEXTS):
            found[known.name.replace(" ", "_")] = (known, shown)
    return found


def _unit_name(kpi: str) -> str:
    name, of, role = kpi.partition(" of ")
    return f"{name}_unit{of}{role}"


def _outcome(trials: ReviewedTrials, number: int) -> str:
    if not trials.kpis[number]:
        return "failed"
    return "measured" if np.isfinite(trials.values[number]).all() else "infeasible"


def _words(trials: ReviewedTrials, columns: list[str], best: int | None, left_out: int) -> tuple[str, str]:
    names = ", ".join(name.replace("_", " ") for name in columns)
    thick = "" if best is None else f"; the line of design {best + 1} is thick"
    count = len(trials.candidates)
    alt = f"Parallel coordinates of {count} designs: {names}{thick}."
    further = f" {left_out} further variables are left out." if left_out else ""
    return alt, (
        f"Every design is a line through its values, each axis from the lowest to the highest: {names}{thick}. Dashed "
        f"lines are infeasible designs; crosses stand where there is no value.{further}"
    )
