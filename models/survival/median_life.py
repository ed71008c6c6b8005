"""The median life with the interval that is right for the lives at hand, and how it was found.

Where the survivor curve and its band fall below one half while enough cells are at risk, nothing need be assumed of
the distribution. Where few are left after stops, the log-log interval is too short (it holds 92 % in place of 95 % for
20 cells of which 70 % were stopped at random), and where the band does not fall so far, the usual interval has no end,
or excludes the truth (lifelines gives (inf, inf)); then the likelihood of a distribution is taken and said so. The
span of fewer than six cells holds the median too seldom even if all ended (of two, in half of all cases), and is not
taken either. With fewer than two ends only a lower bound is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ragone.models.survival.kaplan_meier import kaplan_meier
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.median_likelihood import quantile_by_likelihood
from ragone.models.survival.risk_table import at_risk

_HALF = 0.5
_ENOUGH = 12  # cells at risk at the median: with fewer, and some stopped before, its log-log interval is too short


class MedianMethod(StrEnum):
    """The way in which a median and its interval were found."""

    CURVE = "Kaplan-Meier, interval from its log-log band"
    LIKELIHOOD = "likelihood of a Weibull and a log-normal life, as far as the lives speak for each"
    BOUND = "lower bound only: too few ends were seen"


@dataclass(frozen=True)
class MedianLife:
    """A median in the unit of the lives; infinite, as is `high`, where nothing bounds it.

    `extrapolated` is true where it lies beyond the longest observation, so that it rests on the distribution alone.
    """

    value: float
    low: float
    high: float
    method: MedianMethod
    extrapolated: bool = False


def median_life(lives: Lifetimes, confidence: float = 0.95) -> MedianLife:
    """Estimate the median life and its interval.

    Parameters
    ----------
    lives
        Of n subjects, censored, late in entering and between two looks as may be.
    confidence
        Of the interval [-].
    """
    if lives.exact.all() and len(lives) >= _fewest(confidence):
        value, low, high = kaplan_meier(lives, confidence).quantile(_HALF)
        stopped_before = bool((~lives.observed & (lives.lower < high)).any())
        if math.isfinite(high) and (not stopped_before or at_risk(lives, np.array([value]))[0] >= _ENOUGH):
            return MedianLife(value, low, high, MedianMethod.CURVE)
    if len(np.unique(lives.lower[lives.observed])) > 1:
        found = quantile_by_likelihood(lives, _HALF, confidence)
        beyond = bool(found.value > lives.lower.max())
        return MedianLife(found.value, found.low, found.high, MedianMethod.LIKELIHOOD, beyond)
    return MedianLife(math.inf, _lower_bound(lives, confidence), math.inf, MedianMethod.BOUND)


def _lower_bound(lives: Lifetimes, confidence: float) -> float:
    """Return the time to which so many cells lived, none dead before, that half of them would not by chance."""
    enough = _fewest(confidence)
    reached = np.sort(lives.lower[lives.entry == 0])[::-1]
    first_end = lives.lower[lives.observed].min(initial=np.inf)
    return float(min(reached[enough - 1], first_end)) if len(reached) >= enough else 0.0


def _fewest(confidence: float) -> int:
    """Return of how many cells the span holds the median: all lie on one side of it in 2 of 2^n cases."""
    return math.ceil(math.log2(2 / (1 - confidence)))
