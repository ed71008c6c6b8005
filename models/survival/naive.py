"""What would estimators say that know nothing of censoring, and why are they wrong?

They are given beside the right ones, never in their place: the mean of the dead leaves out those that live longest, and
a stopped cell counted as dead is given less life than it had. None of them reads `entry`, and of an end between two
looks they take the middle, as people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ragone.models.survival.lifetimes import Floats, Lifetimes


class Naive(StrEnum):
    """An estimator of a typical life that is wrong where lives are censored; why it is."""

    MEAN_OF_DEAD = "mean life of the cells that died; it leaves out those that live longest, so that it is too low"
    MEDIAN_OF_DEAD = "median life of the cells that died; it leaves out those that live longest, so that it is too low"
    MEAN_OF_ALL = "mean of all durations, a stopped cell counted as dead; it is too low"
    MEDIAN_OF_ALL = "median of all durations, a stopped cell counted as dead; it is too low"
    EXPOSURE_OVER_DEATHS = (
        "cycles of all cells over the number of deaths; it holds for a hazard that does not change with age, so that "
        "it is too high for cells that wear out and are stopped early"
    )

    @property
    def is_median(self) -> bool:
        """Whether it is compared with a median, not with a mean."""
        return self in (Naive.MEDIAN_OF_DEAD, Naive.MEDIAN_OF_ALL)


@dataclass(frozen=True)
class NaiveEstimate:
    """One naive estimate in the unit of the lives; NaN where no cell died and it rests on the dead."""

    estimator: Naive
    value: float
    subject_count: int

    def relative_to(self, right: float) -> float:
        """The share [-] by which it is above the right value, below it where negative."""
        return self.value / right - 1.0


def naive_estimates(lives: Lifetimes) -> tuple[NaiveEstimate, ...]:
    """Return the estimates of a typical life that ignore censoring, in the order of `Naive`.

    Parameters
    ----------
    lives
        Of n subjects, some of them censored.

    Returns
    -------
    tuple of NaiveEstimate
        In the unit of the lives. Where no life is censored, means and medians are the ordinary ones and right.
    """
    durations = _durations(lives)
    dead = durations[lives.observed]
    exposure = float(durations.sum() / len(dead)) if len(dead) else float("nan")
    return (
        NaiveEstimate(Naive.MEAN_OF_DEAD, _mean(dead), len(dead)),
        NaiveEstimate(Naive.MEDIAN_OF_DEAD, _median(dead), len(dead)),
        NaiveEstimate(Naive.MEAN_OF_ALL, _mean(durations), len(lives)),
        NaiveEstimate(Naive.MEDIAN_OF_ALL, _median(durations), len(lives)),
        NaiveEstimate(Naive.EXPOSURE_OVER_DEATHS, exposure, len(lives)),
    )


def _durations(lives: Lifetimes) -> Floats:
    """The duration of each life: its end, the middle between two looks, or where it was stopped."""
    return np.where(lives.observed, (lives.lower + np.where(lives.observed, lives.upper, 0.0)) / 2, lives.lower)


def _mean(durations: Floats) -> float:
    return float(durations.mean()) if len(durations) else float("nan")


def _median(durations: Floats) -> float:
    return float(np.median(durations)) if len(durations) else float("nan")
