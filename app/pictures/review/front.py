"""The front: designs that no other beats in every objective, the one that was chosen, and all others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ragone.app.pictures.labels import literal
from ragone.app.pictures.review.canvas import BEST, FAINT, OWN, Picture, canvas, png_of, spots_of
from ragone.app.tables.answers import kpi_text
from ragone.models.review import Chosen, Floats, ReviewedTrials

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS, _LISTED = 2, 12


def draw_front(trials: ReviewedTrials, front: Sequence[int], chosen: Chosen, reference: Floats | None) -> Picture:
    """Draw every pair of objectives.

    Parameters
    ----------
    trials
        Of a campaign with several objectives.
    front
        Numbers of those on the front.
    chosen
        One of them.
    reference
        The point that the hypervolume is measured from, shape (objectives,), in the KPIs' units.
    """
    pairs = list(combinations(range(len(trials.aims)), 2))
    columns = min(_COLUMNS, len(pairs))
    rows = -(-len(pairs) // columns)
    size = (6.4, 4.4) if len(pairs) == 1 else (4.2 * columns, 3.6 * rows)
    figure, grid = canvas(rows, columns, size)
    for axes, pair in zip(grid.flat, pairs, strict=False):
        _panel(axes, trials, pair, front, chosen.number, reference)
    for axes in grid.flat[len(pairs) :]:
        axes.set_visible(False)
    grid[0, 0].legend(frameon=False, fontsize="small")
    png = png_of(figure)
    spots = [
        spot
        for axes, pair in zip(grid.flat, pairs, strict=False)
        for spot in spots_of(axes, _points(trials, pair, range(len(trials.candidates))))
    ]
    return Picture("front", png, *_words(trials, front, chosen), tuple(spots))


def _panel(
    axes: Axes,
    trials: ReviewedTrials,
    pair: tuple[int, int],
    front: Sequence[int],
    chosen: int,
    reference: Floats | None,
) -> None:
    across, up = (trials.aims[one] for one in pair)
    others = [number for number in range(len(trials.candidates)) if number not in front]
    feasible = [number for number in others if trials.feasible[number]]
    infeasible = [number for number in others if not trials.feasible[number]]
    groups = (
        (feasible, FAINT, FAINT, "feasible"),
        (infeasible, "none", FAINT, "infeasible"),
        (front, OWN, OWN, "front"),
    )
    for numbers, face, edge, words in groups:
        x, y = trials.values[numbers][:, [across, up]].T
        dx, dy = trials.deviations[numbers][:, [across, up]].T
        if np.isfinite(x * y).any():
            axes.errorbar(x, y, dy, dx, fmt="o", ms=5, mfc=face, mec=edge, ecolor=edge, elinewidth=1, label=words)
    if len(trials.aims) == 2:
        _stairs(axes, trials, front)
    axes.plot(*trials.values[chosen][[across, up]], "o", ms=13, mfc="none", mec=BEST, mew=2, label="chosen")
    if reference is not None:
        axes.plot(*reference[list(pair)], "+", ms=10, color="black", label="reference point")
    for place, name in ((across, "x"), (up, "y")):
        goal = trials.goals[place]
        words = f"{goal.kpi.replace('_', ' ')} [{trials.units[place]}], {goal.sense}"
        axes.set(**{f"{name}label": literal(words)})


def _stairs(axes: Axes, trials: ReviewedTrials, front: Sequence[int]) -> None:
    """Draw the edge of what the front dominates."""
    first, second = trials.aims
    ordered = sorted(front, key=lambda number: trials.signs[0] * trials.values[number, first])
    x, y = trials.values[ordered][:, [first, second]].T
    axes.step(x, y, where="pre", color=OWN, lw=1, zorder=0)


def _points(trials: ReviewedTrials, pair: tuple[int, int], numbers: Sequence[int]) -> list[tuple[float, float, int]]:
    across, up = (trials.aims[one] for one in pair)
    found = [(float(trials.values[number, across]), float(trials.values[number, up]), number) for number in numbers]
    return [point for point in found if np.isfinite(point[:2]).all()]


def _words(trials: ReviewedTrials, front: Sequence[int], chosen: Chosen) -> tuple[str, str]:
    """The words on what is seen, and on how the design was chosen."""
    listed = "; ".join(_design(trials, number) for number in front[:_LISTED])
    more = f" and {len(front) - _LISTED} more" if len(front) > _LISTED else ""
    names = " and ".join(trials.goals[place].kpi.replace("_", " ") for place in trials.aims)
    alt = f"Scatter plot of {names}, with the front of {len(front)} designs: {listed}{more}."
    caption = (
        f"The front of {len(front)} designs that no other feasible one beats in every objective, by measured values; "
        f"bars are one standard uncertainty. Chosen (ringed): {_design(trials, chosen.number)}; {chosen.reason}."
    )
    return alt, caption


def _design(trials: ReviewedTrials, number: int) -> str:
    return f"design {number + 1} ({', '.join(kpi_text(trials.kpis[number][place]) for place in trials.aims)})"
