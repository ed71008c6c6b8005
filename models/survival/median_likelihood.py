"""Where does the median life lie if it was not reached? The likelihood of a distribution says, as far as can be known.

Which distribution it is nobody knows, and few ends cannot tell. A Weibull and a log-normal life are both admitted, and
of each median the larger likelihood counts, so that the interval holds what either of them allows. Its cut-off is not
that of chi-squared, which is too small where few cells ended and too large where all were stopped at one time: the same
number of cells is drawn again from what was fitted, stopped as these were, and the quantile of their likelihood ratios
is taken. `python -m benchmarks survival_coverage` prints how often the intervals hold the truth.

Beyond what was observed the answer extrapolates: it holds if the distribution goes on as it began.

References
----------
Brazzale, Davison and Reid 2007, Applied Asymptotics, chapter 8 (likelihood ratios of few censored lives); Davison and
Hinkley 1997, Bootstrap Methods and their Application, section 5.4 and problem 7.6 (censored data drawn again).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Floats, Lifetimes
from ragone.models.survival.quantile_profile import Fit, Samples, maximise
from ragone.models.survival.redrawn import redrawn
from ragone.models.survival.regression.families import FAMILIES, Family

USED = ("weibull", "log-normal")
_FEWEST, _MANY = 2, 50  # ends: of one alone the scale is not known; of many chi-squared is right
_DRAWS = 199
_POINTS, _DEEP, _WIDEST = 48, 16.0, 60.0  # of the logarithm of life: how far a quantile is sought beyond the lives


@dataclass(frozen=True)
class LikelihoodInterval:
    """The most likely value of a quantile and its interval; `high` is infinite where nothing bounds it.

    `shares` says how far the lives speak for each distribution: its part of the summed likelihoods [-]. `cut_off` is
    twice the logarithm of the likelihood ratio at the ends.
    """

    value: float
    low: float
    high: float
    shares: dict[str, float]
    cut_off: float


def quantile_by_likelihood(
    lives: Lifetimes, share: float = 0.5, confidence: float = 0.95, *, seed: int = 0
) -> LikelihoodInterval:
    """Find the time by which a share of the population has ended, with its interval, by likelihood.

    Parameters
    ----------
    lives
        Of n subjects, with at least two ends at different times; censored, late or between looks.
    share
        Of the population [-]; one half is the median.
    confidence
        Of the interval [-].
    seed
        Of the samples that are drawn for the cut-off.

    Raises
    ------
    LifetimesError
        If fewer than two ends at different times are known.
    """
    ends = np.unique(lives.lower[lives.observed])
    if len(ends) < _FEWEST:
        raise LifetimesError(
            f"{len(ends)} distinct ends of a life say nothing of how lives scatter: at least {_FEWEST} are needed. Run "
            "more cells, or for longer."
        )
    families = [FAMILIES[name]() for name in USED]
    samples = Samples.of(lives)
    fits = [maximise(samples, family) for family in families]
    values = np.array([fit.value[0] for fit in fits])
    weights = np.exp(values - values.max())
    cut_off = _cut_off(lives, families, fits, share, confidence, seed)
    best = int(values.argmax())
    middle = float(_quantile(families[best], fits[best], share)[0])
    low, high = _ends(samples, families, share, middle, float(values.max()) - cut_off / 2)
    shares = dict(zip(USED, (weights / weights.sum()).tolist(), strict=True))
    return LikelihoodInterval(float(np.exp(middle)), float(np.exp(low)), float(np.exp(high)), shares, cut_off)


def _quantile(family: Family, fit: Fit, share: float) -> Floats:
    return np.asarray((float(np.asarray(family.quantile(np.asarray(share)))) - fit.offset) / fit.slope)


def _cut_off(
    lives: Lifetimes, families: Sequence[Family], fits: Sequence[Fit], share: float, confidence: float, seed: int
) -> float:
    """Return the cut-off of twice the logarithm of the likelihood ratio."""
    from scipy.special import chdtri

    if int(lives.observed.sum()) >= _MANY:
        return float(chdtri(1, 1 - confidence))
    samples, drawn_of = redrawn(lives, families, fits, _DRAWS, seed)
    enough = samples.end_count >= _FEWEST
    quantiles = np.array([_quantile(one, fit, share)[0] for one, fit in zip(families, fits, strict=True)])[drawn_of]
    kept = Samples(*(column[enough] if len(column) > 1 else column for column in vars(samples).values()))
    free = np.max([maximise(kept, family).value for family in families], axis=0)
    held = np.max([maximise(kept, family, quantiles[enough], share).value for family in families], axis=0)
    ratios = np.zeros(len(enough))  # samples with too few ends give a lower bound, which holds the truth
    ratios[enough] = 2 * (free - held)
    place = int(np.ceil(confidence * (len(ratios) + 1))) - 1
    return float(np.sort(ratios)[min(place, len(ratios) - 1)])


def _profile(samples: Samples, families: Sequence[Family], grid: Floats, share: float) -> Floats:
    return np.asarray(np.max([maximise(samples, family, grid, share).value for family in families], axis=0))


def _ends(
    samples: Samples, families: Sequence[Family], share: float, middle: float, level: float
) -> tuple[float, float]:
    """Return the logarithms of the outermost quantiles of which the likelihood is above a level."""
    times = samples.lower[samples.lower > np.log(1e-300)]
    width = max(float(np.ptp(times)), 1e-3)
    low, high = min(float(times.min()), middle) - width, max(float(times.max()), middle) + width
    while True:
        wide = np.unique(np.append(np.linspace(low, high, _POINTS), middle))
        above = np.flatnonzero(_profile(samples, families, wide, share) >= level)
        first, last = int(above[0]), int(above[-1])
        if (last < len(wide) - 1 and first > 0) or high - low > _WIDEST:
            break
        low, high = (low - width if first == 0 else low), (high + 2 * width if last == len(wide) - 1 else high)
        width *= 2
    found = []
    for edge, beyond in ((first, first - 1), (last, last + 1)):
        outside = 0 <= beyond < len(wide)
        found.append(_crossing(samples, families, share, level, wide[edge], wide[beyond]) if outside else None)
    return (-np.inf if found[0] is None else found[0]), (np.inf if found[1] is None else found[1])


def _crossing(
    samples: Samples, families: Sequence[Family], share: float, level: float, inside: float, outside: float
) -> float:
    """Return the place between two at which the likelihood is at a level, by narrowing a grid."""
    for _ in range(4):
        grid = np.linspace(inside, outside, 12)
        below = np.flatnonzero(_profile(samples, families, grid[1:-1], share) < level)
        first = int(below[0]) + 1 if len(below) else len(grid) - 1
        inside, outside = float(grid[first - 1]), float(grid[first])
    return (inside + outside) / 2
