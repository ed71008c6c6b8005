"""What if the cells that were stopped were not like the others? Their remaining life is shortened until it matters.

Every estimator here takes a stopped cell for one of those that ran on. That cannot be checked from the lives alone.
Here the hazard of a cell after its stop is taken to be `factor` times that of the others: 1 gives Kaplan and Meier's
curve back, which distributes each stopped cell over the later ends (Efron 1967); a large factor counts the stopped as
dead.

References
----------
Efron 1967, Proc. 5th Berkeley Symposium 4, 831; Zhao, Ware et al. 2014, doi 10.1080/10543406.2014.920349 (delta
adjustment and tipping points).
"""

from __future__ import annotations

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.kaplan_meier import kaplan_meier
from ragone.models.survival.lifetimes import Floats, Lifetimes

_LARGEST = 1024.0


def survival_if_stopped_die_sooner(lives: Lifetimes, factor: float) -> tuple[Floats, Floats]:
    """Return times of ends, and the share alive after each if a stopped cell's hazard is `factor` times the others'.

    Parameters
    ----------
    lives
        Of n subjects, all under observation from the start, each of which ended at a known time or is censored.
    factor
        Hazard after a stop over that of the cells that ran on [-], >= 0.

    Raises
    ------
    LifetimesError
        If a subject came late under observation.
    """
    if (lives.entry > 0).any():
        raise LifetimesError("some lives came late under observation; what a stop hides is not weighed for these.")
    curve = kaplan_meier(lives)
    times = curve.table.times
    stops = lives.lower[~lives.observed]
    at_stop = np.append(1.0, curve.survival)[np.searchsorted(times, stops, side="right")]
    running = len(lives) - np.searchsorted(np.sort(lives.lower), times, side="right")
    hidden = np.zeros(len(times))
    for place, time in enumerate(times):
        before = (stops <= time) & (at_stop > 0)
        hidden[place] = np.sum((curve.survival[place] / at_stop[before]) ** factor)
    return times, (running + hidden) / len(lives)


def restricted_mean_if_stopped_die_sooner(lives: Lifetimes, horizon: float, factor: float) -> float:
    """Return the mean of the shorter of life and horizon under that assumption, in the unit of the lives."""
    times, survival = survival_if_stopped_die_sooner(lives, factor)
    kept = times < horizon
    edges = np.concatenate([[0.0], times[kept], [horizon]])
    return float(np.append(1.0, survival[kept]) @ np.diff(edges))


def tipping_factor(lives: Lifetimes, horizon: float, limit: float) -> float:
    """Return how many times sooner stopped cells would have to die for the restricted mean to fall to a limit.

    Infinite if even counting them as dead does not do it; 1 if it is there already.
    """
    low, high = 1.0, _LARGEST
    if restricted_mean_if_stopped_die_sooner(lives, horizon, low) <= limit:
        return 1.0
    if restricted_mean_if_stopped_die_sooner(lives, horizon, high) > limit:
        return float("inf")
    while high / low > 1 + 1e-4:
        middle = float(np.sqrt(low * high))
        if restricted_mean_if_stopped_die_sooner(lives, horizon, middle) > limit:
            low = middle
        else:
            high = middle
    return high
