"""Which share of the cells is alive after so many cycles? Kaplan and Meier's estimator, and Nelson and Aalen's.

Nothing is assumed of the distribution, and everything of censoring: a cell that is stopped must have no other outlook
than those that run on. The band is pointwise, on the scale log(-log S), so that it stays between 0 and 1. Late
entry is respected.

References
----------
Kaplan and Meier 1958, doi 10.2307/2281868; Greenwood 1926 (variance); Kalbfleisch and Prentice 1980, section 1.3 (the
band); Aalen 1978, doi 10.1214/aos/1176344247; Brookmeyer and Crowley 1982, doi 10.2307/2530286 (quantiles).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.survival.lifetimes import Floats, Lifetimes
from ragone.models.survival.risk_table import RiskTable


@dataclass(frozen=True)
class SurvivorCurve:
    """A right-continuous step function: at and after each of k times the share alive, its standard error and band.

    `last` is the longest time under observation; the curve says nothing beyond it unless it has reached 0.
    """

    table: RiskTable
    survival: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    confidence: float
    last: float

    def at(self, times: Floats) -> Floats:
        """Return the share alive at some times; NaN beyond the last observation."""
        found = np.concatenate([[1.0], self.survival])[np.searchsorted(self.table.times, times, side="right")]
        ended = len(self.survival) > 0 and self.survival[-1] <= 0
        return np.where((times > self.last) & (not ended), np.nan, found)

    def quantile(self, share: float) -> tuple[float, float, float]:
        """Return the time at which a share has ended, and its interval from the band; infinite where not reached."""
        value, low, high = (first_below(self, one, share) for one in (self.survival, self.low, self.high))
        return value, low, high


def first_below(curve: SurvivorCurve, survival: Floats, share: float) -> float:
    """Return the first time at which a curve is at most 1 - share; the middle of a step that lies exactly there."""
    level, times = 1 - share, curve.table.times
    reached = np.flatnonzero(survival <= level + 1e-12)
    if not len(reached):
        return float("inf")
    first = int(reached[0])
    below = np.flatnonzero(survival < level - 1e-12)
    if abs(survival[first] - level) <= 1e-12 and len(below):  # as R does
        return float((times[first] + times[below[0]]) / 2)
    return float(times[first])


def kaplan_meier(lives: Lifetimes, confidence: float = 0.95) -> SurvivorCurve:
    """Estimate the survivor function of lives that ended at known times or are censored.

    Parameters
    ----------
    lives
        Of n subjects; `entry` is respected.
    confidence
        Of the pointwise band [-].

    Raises
    ------
    LifetimesError
        If a life ended between two looks.
    """
    table = RiskTable.of(lives)
    survival = np.asarray(np.cumprod(1 - table.deaths / table.at_risk), dtype=np.float64)
    relative = np.asarray(np.sqrt(greenwood(table)))
    low, high = log_log_band(survival, relative, confidence)
    error = np.where(survival > 0, survival * np.where(np.isfinite(relative), relative, 0.0), 0.0)
    return SurvivorCurve(table, survival, error, low, high, confidence, float(lives.lower.max()))


def greenwood(table: RiskTable) -> Floats:
    """Return Greenwood's sum at each time: the squared relative standard error of the share alive [-]."""
    alive = table.at_risk - table.deaths
    with np.errstate(divide="ignore"):
        return np.asarray(np.cumsum(table.deaths / (table.at_risk * alive)))


def log_log_band(survival: Floats, relative: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the band of survivors on the scale log(-log S); where S is 0 there is none, and it is 0 itself."""
    from scipy.special import ndtri

    inside = (survival > 0) & (survival < 1)
    logarithm = np.log(np.where(inside, survival, 0.5))
    spread = np.where(inside, ndtri((1 + confidence) / 2) * np.where(inside, relative, 0.0) / logarithm, 0.0)
    low = np.where(inside, np.exp(logarithm * np.exp(-spread)), survival)
    return low, np.where(inside, np.exp(logarithm * np.exp(spread)), survival)


def nelson_aalen(lives: Lifetimes) -> tuple[Floats, Floats, Floats]:
    """Return the times of ends, the cumulative hazard [-] after each, and its standard error; shape (k,) each."""
    table = RiskTable.of(lives)
    hazard = np.cumsum(table.deaths / table.at_risk)
    return table.times, hazard, np.sqrt(np.cumsum(table.deaths / table.at_risk**2))
