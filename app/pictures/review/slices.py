"""The surrogates along each variable through one design, and the trials near them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.app.pictures.labels import literal
from ragone.app.pictures.review.canvas import BEST, OWN, SECOND, Picture, Spot, canvas, png_of, spots_of
from ragone.app.tables.designs import Quantity, quantities
from ragone.models.review import ReviewedTrials, Slice

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_PANELS, _COLUMNS, _IN_PAIRS = 12, 3, (2, 4)
_INTERVAL = 1.96  # standard deviations either side that hold 95 % of a normal distribution
_NEAR = 0.5  # least correlation of a trial that is drawn


def draw_slices(trials: ReviewedTrials, slices: Sequence[Slice], design: int) -> Iterator[Picture]:
    """Draw a picture for each goal, a panel for each variable.

    Parameters
    ----------
    trials
        Of the campaign.
    slices
        Through one of them.
    design
        Its number, from 0.
    """
    shown = slices[:_MOST_PANELS]
    known = quantities([one.path for one in shown])
    seen = set()
    for place, goal in enumerate(trials.goals):
        if goal.kpi not in seen:
            yield _picture(trials, shown, known, design, place, len(slices) - len(shown))
        seen.add(goal.kpi)


def _picture(
    trials: ReviewedTrials, slices: Sequence[Slice], known: dict[str, Quantity], design: int, place: int, left_out: int
) -> Picture:
    columns = 2 if len(slices) in _IN_PAIRS else min(_COLUMNS, len(slices))
    rows = -(-len(slices) // columns)
    figure, grid = canvas(rows, columns, (2.6 * columns + 0.6, 2.6 * rows + 0.3), sharey=True)
    drawn = [
        (axes, _panel(axes, trials, one, known[one.path], design, place))
        for axes, one in zip(grid.flat, slices, strict=False)
    ]
    for axes in grid.flat[len(slices) :]:
        axes.set_visible(False)
    goal, unit = trials.goals[place], trials.units[place]
    for axes in grid[:, 0]:
        axes.set_ylabel(literal(f"{goal.kpi.replace('_', ' ')} [{unit}]"))
    png = png_of(figure)
    spots: list[Spot] = [spot for axes, points in drawn for spot in spots_of(axes, points)]
    words = f"{goal.kpi.replace('_', ' ')} [{unit}]"
    swings = f"The surrogate's mean varies by {_swings(slices, known, place)}."
    alt = f"Slices of the surrogate of {words} through design {design + 1}, a panel for each variable. {swings}"
    caption = (
        f"{words[:1].upper()}{words[1:]} by the surrogate along each variable, the others held at those of design "
        f"{design + 1} (ringed): mean and 95 % interval, without the error of a measurement. Trials are drawn where "
        f"the surrogate sees a correlation of {_NEAR:g} or more between them and the slice, fainter where it is "
        f"smaller; hollow ones are infeasible. {swings}"
    )
    further = f" {left_out} further variables are left out." if left_out else ""
    return Picture(f"slices-{place + 1}", png, alt, caption + further, tuple(spots))


def _panel(
    axes: Axes, trials: ReviewedTrials, one: Slice, known: Quantity, design: int, place: int
) -> list[tuple[float, float, int]]:
    """Draw one slice; gives x, y and number of each trial drawn."""
    mean, width = one.means[:, place], _INTERVAL * one.deviations[:, place]
    across = _across(one.values, known)
    if one.discrete:
        axes.errorbar(across, mean, width, fmt="_", ms=10, color=OWN, capsize=3, lw=1)
    else:
        axes.fill_between(across, mean - width, mean + width, color=OWN, alpha=0.2, lw=0)
        axes.plot(across, mean, color=OWN)
    limit = trials.goals[place].limit
    if limit is not None:
        axes.axhline(limit, color=SECOND, ls="--", lw=1)
    points = [
        (x, float(trials.values[number, place]), number)
        for number, x in _places(trials, one, known)
        if np.isfinite(trials.values[number, place]) and one.nearness[number, place] >= _NEAR
    ]
    for x, y, number in points:
        _point(axes, x, y, trials, number, place, one.nearness[number, place], number == design)
    axes.set_xlabel(literal(f"{known.name} [{known.unit}]" if known.unit else known.name))
    if not all(map(_is_number, one.values)):
        axes.set_xticks(across, [literal(str(value)) for value in one.values], rotation=30 if len(across) > 3 else 0)
        axes.set_xlim(-0.5, len(across) - 0.5)
    return points


def _point(
    axes: Axes, x: float, y: float, trials: ReviewedTrials, number: int, place: int, near: float, best: bool
) -> None:
    face, alpha = OWN if trials.feasible[number] else "none", 0.25 + 0.75 * (near - _NEAR) / (1 - _NEAR)
    spread = trials.deviations[number, place]
    mark = "^" if trials.is_bound(number, place) else "o"
    axes.errorbar(x, y, spread, fmt=mark, ms=4, mfc=face, mec=OWN, ecolor=OWN, alpha=min(alpha, 1.0))
    if best:
        axes.plot(x, y, "o", ms=11, mfc="none", mec=BEST, mew=1.5)


def _across(values: Sequence[Any], known: Quantity) -> list[float]:
    """Places of values on an axis: numbers in people's unit, options by their order."""
    if all(map(_is_number, values)):
        return [known.number(value) for value in values]
    return [float(number) for number in range(len(values))]


def _places(trials: ReviewedTrials, one: Slice, known: Quantity) -> Iterator[tuple[int, float]]:
    """The number of each trial with a place on the axis of a slice, and the place."""
    numbers = all(map(_is_number, one.values))
    for number, candidate in enumerate(trials.candidates):
        value = candidate.values.get(one.path)
        if numbers and _is_number(value):
            yield number, known.number(value)
        elif not numbers and value in one.values:
            yield number, float(one.values.index(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _swings(slices: Sequence[Slice], known: dict[str, Quantity], place: int) -> str:
    """The difference between the largest and the smallest mean of each slice, the largest first."""
    found = {known[one.path].name: float(np.ptp(one.means[:, place])) for one in slices}
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{swing:.3g} along {name}" for name, swing in ordered)
