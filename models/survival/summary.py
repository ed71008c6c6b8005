"""A group of lives in numbers, with a sentence on all that cannot be concluded: the rows of a record of survival."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.survival.competing import cumulative_incidence
from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Floats, Lifetimes
from ragone.models.survival.median_life import MedianLife, MedianMethod, median_life
from ragone.models.survival.naive import NaiveEstimate, naive_estimates
from ragone.models.survival.restricted_mean import FEWEST, Estimate, restricted_mean
from ragone.models.survival.sensitivity import restricted_mean_if_stopped_die_sooner

_NARROW = 0.02  # width of an interval between two looks over its end: below, its middle stands for it
_FACTORS = (2.0, 5.0)
_FEW = 10


@dataclass(frozen=True)
class Group:
    """Lives of one group, and those that an estimator without a distribution can take: ends at known times."""

    name: str
    lives: Lifetimes
    timed: Lifetimes | None

    @classmethod
    def of(cls, name: str, lives: Lifetimes) -> Group:
        """Return the group; ends between two looks close to each other are put into their middle."""
        width = np.where(lives.observed, lives.upper - lives.lower, 0.0)
        narrow = bool((width <= _NARROW * np.where(lives.observed, lives.upper, 1.0)).all())
        return cls(name, lives, in_the_middle(lives) if narrow else None)

    def error_is_known(self, horizon: float) -> bool:
        """Whether a cell of several ended before a horizon; else a restricted mean's error would be 0, and wrong."""
        lives = self.timed
        return lives is not None and len(lives) > 1 and bool((lives.observed & (lives.lower < horizon)).any())


def in_the_middle(lives: Lifetimes) -> Lifetimes:
    """Return the lives with each end in the middle between its two looks."""
    middle = np.where(lives.observed, (lives.lower + np.where(lives.observed, lives.upper, 0.0)) / 2, lives.lower)
    return Lifetimes(
        lower=middle,
        upper=np.where(lives.observed, middle, np.inf),
        entry=np.minimum(lives.entry, np.nextafter(middle, 0)),
        subjects=lives.subjects,
        causes=lives.causes,
        unit=lives.unit,
        columns=lives.columns,
        units=lives.units,
    )


def summary(group: Group, horizon: float | None, confidence: float) -> dict[str, Any]:
    """Return counts, median, restricted mean and naive estimates of a group, as plain data; null where unknown."""
    lives = group.timed or group.lives
    median = median_life(lives, confidence)
    mean, doubt = _mean(group, horizon, confidence)
    complete = bool(horizon is not None and lives.observed.all() and lives.lower.max() <= horizon)
    return {
        "name": group.name,
        "subjects": len(lives),
        "events": int(lives.observed.sum()),
        "longest_observation": figure(float(lives.lower.max())),
        "median": _median(median),
        "restricted_mean": None if mean is None else estimate(mean),
        "if_stopped_died_sooner": doubt,
        "naive": [
            {
                "estimator": str(one.estimator),
                "value": figure(one.value),
                "relative": figure(_bias(one, median, mean, complete)),
            }
            for one in naive_estimates(lives)
        ],
    }


def _median(found: MedianLife) -> dict[str, Any]:
    return {
        "value": figure(found.value),
        "low": figure(found.low),
        "high": figure(found.high),
        "method": str(found.method),
        "extrapolated": found.extrapolated,
    }


def _mean(group: Group, horizon: float | None, confidence: float) -> tuple[Estimate | None, list[dict[str, Any]]]:
    """Return the restricted mean of a group, and what it would be if stopped cells died sooner."""
    lives = group.timed
    if horizon is None or lives is None or (horizon > lives.lower.max() and not lives.observed.all()):
        return None, []
    if not group.error_is_known(horizon):
        return None, []
    try:
        mean = restricted_mean(lives, horizon, confidence)
    except LifetimesError:  # the last end is before the last stop, or the like: the curve does not reach the horizon
        return None, []
    if (lives.entry > 0).any():
        return mean, []
    doubt = [(factor, restricted_mean_if_stopped_die_sooner(lives, horizon, factor)) for factor in _FACTORS]
    return mean, [{"factor": factor, "restricted_mean": figure(value)} for factor, value in doubt]


def _bias(one: NaiveEstimate, median: MedianLife, mean: Estimate | None, complete: bool) -> float:
    """Return how far a naive estimate lies from the right one [-]; infinite where that is not known.

    A mean is known if all had ended by the horizon; a mean that is restricted is another quantity.
    """
    right = median.value if one.estimator.is_median else (mean.value if mean is not None and complete else math.inf)
    return one.relative_to(right) if math.isfinite(right) and right > 0 else math.inf


def estimate(found: Estimate) -> dict[str, Any]:
    """Return an estimate as plain data."""
    return {name: figure(value) for name, value in vars(found).items()}


def figure(value: float) -> float | None:
    """Return a number with nine digits; null if it is not finite."""
    return float(f"{value:.9g}") if math.isfinite(value) else None


def shares_by_cause(group: Group, times: Floats, confidence: float) -> list[dict[str, Any]]:
    """Return the share of a group that ended by each cause by some times; empty where there is one cause only."""
    causes = sorted({cause for cause in group.lives.causes if cause})
    if group.timed is None or len(causes) < 2:
        return []
    found = []
    for cause in causes:
        one = cumulative_incidence(group.timed, cause, confidence)
        places = np.searchsorted(one.times, times, side="right")
        columns = {"share": one.share, "standard_error": one.standard_error, "low": one.low, "high": one.high}
        shown = {name: [figure(v) for v in np.append(0.0, c)[places].tolist()] for name, c in columns.items()}
        found.append({"group": group.name, "cause": cause, "times": times.tolist(), **shown})
    return found


def remarks(group: Group, horizon: float | None, confidence: float) -> Iterator[str]:
    """Return what cannot be concluded of a group, and what can, in sentences."""
    lives, named = group.lives, f"group {group.name!r}: " if group.name else ""
    count, ends = len(lives), int(lives.observed.sum())
    longest, unit = float(lives.lower.max()), lives.unit
    if not ends:
        low = median_life(lives, confidence).low
        bound = f"the median is above {low:.6g} {unit} ({confidence:.0%})" if low else "nothing bounds the median"
        yield f"{named}none of {_cells(count)} ended; {bound}, and no upper end can be given."
    elif ends == count > 1:
        yield f"{named}all {count} cells ended, none is censored: mean and median are the ordinary ones."
    if count == 1:
        yield f"{named}one cell says nothing of how lives scatter; no interval is meaningful."
    elif 0 < ends < _FEW:
        known = "1 end carries" if ends == 1 else f"{ends} ends carry"
        yield f"{named}{known} all that is known; intervals are wide for it and rest on few cells."
    found = median_life(group.timed or lives, confidence)
    if found.method is MedianMethod.LIKELIHOOD:
        beyond = f"lies beyond the longest observation, {longest:.6g} {unit}"
        why = beyond if found.extrapolated else "or an end of its interval lies where few or no cells are left"
        yield (f"{named}the median {why}; it is by likelihood and holds if lives are about Weibull or log-normal.")
    elif ends and count > 1 and found.method is MedianMethod.BOUND:
        yield f"{named}ends at one time only say nothing of how lives scatter: of the median a lower bound is left."
    if group.timed is None:
        yield (
            f"{named}ends lie between two looks: the curve is Turnbull's, not unique between looks, and "
            "has no band; restricted mean and tests are left out."
        )
    elif horizon is not None and horizon > longest and ends < count:
        yield f"{named}no cell was observed for {horizon:.6g} {unit}; the mean restricted to it cannot be given."
    elif count < FEWEST:
        yield f"{named}a mean of {_cells(count)} has no interval ({FEWEST} are needed) and is compared with none."
    elif horizon is not None and ends and not group.error_is_known(horizon):
        yield f"{named}no cell ended before {horizon:.6g} {unit}: a mean restricted to it would say nothing."


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
