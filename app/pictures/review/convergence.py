"""What a campaign had reached after each design, beside what random and Sobol search reach on its surrogates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragone.app.pictures.labels import literal
from ragone.app.pictures.review.canvas import BEST, FAINT, OWN, SECOND, Picture, canvas, png_of, spots_of
from ragone.app.tables.answers import kpi_text
from ragone.models.review import Floats, Progress, ReviewedTrials, Search

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLES = (
    (":", {"color": FAINT}, {"facecolor": "none", "edgecolor": FAINT, "hatch": "//", "alpha": 0.5}),
    ("-.", {"color": SECOND}, {"color": SECOND, "alpha": 0.2}),
)
_STATED = "what the study calls better than"
_INFERRED = "a tenth of the front's extent beyond its worst ends, where the study states none"


def draw_progress(
    trials: ReviewedTrials, progress: Progress, believed: Floats | None = None, searches: Sequence[Search] = ()
) -> Picture:
    """Draw the best feasible value, or the hypervolume, over the number of designs.

    Parameters
    ----------
    trials
        Of the campaign.
    progress
        What it had reached after each of them.
    believed
        The same by the surrogates, shape (trials,).
    searches
        On the surrogates.
    """
    figure, grid = canvas(1, 1, (6.4, 4.2))
    axes, counts = grid[0, 0], np.arange(1.0, len(trials.candidates) + 1)
    for search, (line, colour, fill) in zip(searches, _STYLES, strict=False):
        low, median, high = search.band
        axes.fill_between(counts, low, high, lw=0, step="post", **fill)
        axes.step(counts, median, line, where="post", label=f"{search.name} search, on the surrogate", **colour)
    if believed is not None:
        axes.step(counts, believed, "--", where="post", color=OWN, lw=1, label="this campaign, by the surrogate")
    several = progress.reference is not None
    points = [] if several else _values(axes, trials)
    _reached(axes, progress, counts)
    _named(axes, trials, several)
    if several:
        points = [(number + 1.0, reached, number) for number, reached in enumerate(progress.reached.tolist())]
    png = png_of(figure)
    kept = [point for point in points if np.isfinite(point[1])]
    text, caption = _words(trials, progress, believed, searches)
    return Picture("hypervolume" if several else "convergence", png, text, caption, tuple(spots_of(axes, kept)))


def _values(axes: Axes, trials: ReviewedTrials) -> list[tuple[float, float, int]]:
    """Draw each value with its standard uncertainty: hollow where it is not feasible, a cross where there is none.

    A bound has an arrow.
    """
    counts = np.arange(1, len(trials.candidates) + 1)
    values, deviations = trials.values[:, trials.aims[0]], trials.deviations[:, trials.aims[0]]
    known = np.isfinite(values)
    for chosen, face, words in ((trials.feasible, OWN, "feasible"), (known & ~trials.feasible, "none", "infeasible")):
        if chosen.any():
            axes.errorbar(
                counts[chosen], values[chosen], deviations[chosen], fmt="o", ms=4, mfc=face, mec=OWN, ecolor=OWN,
                elinewidth=1, label=f"{words} design",
            )  # fmt: skip
    cut = np.array([trials.is_bound(number, trials.aims[0]) for number in range(len(counts))], dtype=bool)
    if cut.any():
        axes.plot(counts[cut], values[cut], "^", ms=9, mfc="none", mec=OWN, label="at least (censored)")
    if not known.all():
        without = counts[~known]
        heights = np.zeros(len(without))
        axes.plot(
            without, heights, "x", color=BEST, transform=axes.get_xaxis_transform(), clip_on=False, label="no value"
        )
    return list(zip(counts.tolist(), values.tolist(), range(len(values)), strict=True))


def _reached(axes: Axes, progress: Progress, counts: Floats) -> None:
    low, high = progress.reached - progress.deviations, progress.reached + progress.deviations
    axes.fill_between(counts, low, high, color=OWN, alpha=0.25, lw=0, step="post")
    words = "hypervolume" if progress.reference is not None else "best feasible"
    axes.step(counts, progress.reached, where="post", color=OWN, lw=2, label=f"this campaign, {words}")


def _named(axes: Axes, trials: ReviewedTrials, several: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set(xlabel="designs evaluated", ylabel=_quantity(trials, several), xlim=(0.5, len(trials.candidates) + 0.7))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, fontsize="small", loc="best")


def _quantity(trials: ReviewedTrials, several: bool) -> str:
    units = [trials.units[place] for place in trials.aims]
    if several:
        return literal(f"hypervolume [{' · '.join(units)}]")
    return literal(f"{trials.goals[trials.aims[0]].kpi.replace('_', ' ')} [{units[0]}]")


def _words(
    trials: ReviewedTrials, progress: Progress, believed: Floats | None, searches: Sequence[Search]
) -> tuple[str, str]:
    """The words on what is seen, and on how it was made."""
    what = "Best feasible value so far" if progress.reference is None else "Hypervolume of the front so far"
    count = len(trials.candidates)
    seen = [f"{what} over the number of designs: {_last(trials, progress)} after {count}"]
    seen += [f"{one.name} search on the surrogate reaches a median of {_figures(one.band[1, -1])}" for one in searches]
    alt = f"{'; '.join(seen)}."
    scale = "Bars and the dark band are one standard uncertainty."
    if progress.reference is not None:
        stated = all(trials.goals[place].reference is not None for place in trials.aims)
        rule = _STATED if stated else _INFERRED
        scale = f"The reference point is {_point(trials, progress.reference)}: {rule}."
    compared = [] if believed is None or not searches else [_comparison(searches, believed[-1])]
    return alt, " ".join([alt, scale, *compared])


def _last(trials: ReviewedTrials, progress: Progress) -> str:
    if progress.reference is None:
        return f"{kpi_text(trials.kpis[progress.trials[-1]][trials.aims[0]])} (design {progress.trials[-1] + 1})"
    return f"{_figures(progress.reached[-1])} {' · '.join(trials.units[place] for place in trials.aims)}"


def _point(trials: ReviewedTrials, reference: Floats) -> str:
    return ", ".join(
        f"{trials.goals[place].kpi.replace('_', ' ')} {_figures(value)} {trials.units[place]}"
        for place, value in zip(trials.aims, reference.tolist(), strict=True)
    )


def _comparison(searches: Sequence[Search], believed: float) -> str:
    """The way in which the searches were made, and how often they were as good."""
    shares = " and ".join(f"{_share(one)} of the {one.repeats} {one.name} searches" for one in searches)
    return (
        "The searches draw designs from the whole space and value them by the means of the campaign's own surrogates, "
        "without errors and with limits kept: median and 5th to 95th percentile; no such design was evaluated. "
        f"Valued alike, the campaign's own designs (dashed) reach {_figures(believed)}, and {shares} came as far."
    )


def _share(search: Search) -> str:
    return f"{100 * search.as_good:.2g} %" if search.as_good else "none"


def _figures(value: float) -> str:
    return "nothing feasible" if np.isnan(value) else f"{value:.4g}"
