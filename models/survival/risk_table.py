"""Who was under observation when lives ended: the counts from which every estimator without a distribution is made.

A subject is at risk at a time if it came under observation before and had neither ended nor been stopped before. Ends
at the time of a stop come first: a cell that was stopped at cycle 500 was alive at 500. An end between two looks has
no time; such lives are for Turnbull's estimator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Floats, Lifetimes


@dataclass(frozen=True)
class RiskTable:
    """Counts at k distinct times of an end, in the unit of the lives; shape (k,)."""

    times: Floats
    at_risk: Floats
    deaths: Floats

    @classmethod
    def of(cls, lives: Lifetimes) -> Self:
        """Count the lives, each of which ended at a known time or is censored.

        Raises
        ------
        LifetimesError
            If a life ended between two looks.
        """
        if not lives.exact.all():
            raise LifetimesError(
                f"{int((~lives.exact).sum())} of {len(lives)} lives ended between two looks, so that nobody knows who "
                "was alive at their end. Use Turnbull's estimator, or a distribution."
            )
        times = np.unique(lives.lower[lives.observed])
        return cls(times, at_risk(lives, times), ends_at(lives.lower[lives.observed], times))

    def __len__(self) -> int:
        return len(self.times)


def at_risk(lives: Lifetimes, times: Floats) -> Floats:
    """Return how many subjects are under observation and alive just before each time, shape of `times`."""
    entered = np.searchsorted(np.sort(lives.entry), times, side="left")
    left = np.searchsorted(np.sort(lives.lower), times, side="left")
    return np.asarray(entered - left, dtype=np.float64)


def ends_at(ends: Floats, times: Floats) -> Floats:
    """Return how many ends are at each of the sorted times, shape of `times`."""
    return np.bincount(np.searchsorted(times, ends), minlength=len(times)).astype(np.float64)
