"""How long does a cell live on average up to a horizon? The restricted mean, its variance by Greenwood, differences.

The area under the survivor curve up to the horizon needs no distribution and no median that was reached. Its variance
is that of the estimated area; lifelines' `restricted_mean_survival_time(..., return_variance=True)` gives that of the
shorter of life and horizon of one cell, about as many times too large as there are cells. Of fewer than six cells
Greenwood's variance is far too small, down to 0 of one cell: no interval is given.

References
----------
Klein and Moeschberger 2003, Survival Analysis, section 4.5; Royston and Parmar 2013, doi 10.1186/1471-2288-13-152.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.kaplan_meier import SurvivorCurve, kaplan_meier
from ragone.models.survival.lifetimes import Floats, Lifetimes

FEWEST = 6  # cells of which an interval is given


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error and its interval; NaN, all three, of too few cells."""

    value: float
    standard_error: float
    low: float
    high: float


def restricted_mean(lives: Lifetimes, horizon: float, confidence: float = 0.95) -> Estimate:
    """Estimate the mean of the shorter of life and horizon.

    Parameters
    ----------
    lives
        Of n subjects, each of which ended at a known time or is censored.
    horizon
        In the unit of the lives, > 0; no longer than the longest observation, unless all had ended.
    confidence
        Of the interval, which is symmetric [-].

    Raises
    ------
    LifetimesError
        If the curve does not reach the horizon.
    """
    curve = kaplan_meier(lives, confidence)
    reached = len(curve.survival) > 0 and curve.survival[-1] <= 0
    if not horizon > 0 or (horizon > curve.last and not reached):
        raise LifetimesError(
            f"no cell was observed for {horizon:g} {lives.unit}; the longest was for {curve.last:g}. Restrict the mean "
            "to what was observed."
        )
    times, survival, steps = _up_to(curve, horizon)
    areas = np.cumsum((survival * np.diff(np.append(times, horizon)))[::-1])[::-1]
    error = float(np.sqrt(np.sum(areas[1:] ** 2 * steps))) if len(lives) >= FEWEST else float("nan")
    return symmetric(float(areas[0]), error, confidence)


def _up_to(curve: SurvivorCurve, horizon: float) -> tuple[Floats, Floats, Floats]:
    """Return starts of the steps before the horizon, the share alive in each, and Greenwood's term of all but one."""
    table = curve.table
    kept = table.times < horizon
    deaths, risk = table.deaths[kept], table.at_risk[kept]
    alive = risk - deaths  # where nobody is left no area follows, and the term counts for nothing
    terms = np.where(alive > 0, deaths / (risk * np.where(alive > 0, alive, 1.0)), 0.0)
    return np.append(0.0, table.times[kept]), np.append(1.0, curve.survival[kept]), terms


def difference(one: Estimate, other: Estimate, confidence: float = 0.95) -> Estimate:
    """Return the first less the second, of independent groups."""
    error = float(np.hypot(one.standard_error, other.standard_error))
    return symmetric(one.value - other.value, error, confidence)


def ratio(one: Estimate, other: Estimate, confidence: float = 0.95) -> Estimate:
    """Return the first over the second, of independent groups, with an interval on the logarithmic scale."""
    value = one.value / other.value
    relative = float(np.hypot(one.standard_error / one.value, other.standard_error / other.value))
    factor = float(np.exp(_wide(confidence) * relative))
    return Estimate(value, value * relative, value / factor, value * factor)


def symmetric(value: float, error: float, confidence: float) -> Estimate:
    """Return a value with its normal interval."""
    return Estimate(value, error, value - _wide(confidence) * error, value + _wide(confidence) * error)


def _wide(confidence: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))
