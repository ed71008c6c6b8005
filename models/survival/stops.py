"""When are cells stopped? Kaplan and Meier's estimator with ends and stops exchanged.

Ends come before stops at one time: what ended then is not at risk of being stopped any more. A cell whose end lies
between two looks is at risk until the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from ragone.models.survival.lifetimes import Floats, Lifetimes


@dataclass(frozen=True)
class Stops:
    """Times of stops, shape (k,), and the share that would not have been stopped until after each, if none ended."""

    times: Floats
    share: Floats

    @classmethod
    def of(cls, lives: Lifetimes) -> Self:
        """Estimate the distribution of stops of some lives; `entry` is respected."""
        last = np.where(lives.observed, lives.upper, lives.lower)
        times = np.unique(last[~lives.observed])
        stopped = np.array([np.sum(~lives.observed & (last == time)) for time in times], np.float64)
        at_risk = np.array(
            [np.sum((lives.entry < time) & ((last > time) | (~lives.observed & (last == time)))) for time in times],
            np.float64,
        )
        # who came under observation and was stopped at one time was at risk of nothing but that stop
        return cls(times, np.asarray(np.cumprod(1 - stopped / np.maximum(at_risk, stopped)), np.float64))

    def never_before(self, times: Floats) -> Floats:
        """Return the share that would not have been stopped before each time, G(t-); shape of `times`."""
        return np.append(1.0, self.share)[np.searchsorted(self.times, times, side="left")]

    def drawn(self, shares: Floats) -> Floats:
        """Return the first time at which the share has fallen to each of some values; infinite where it never does."""
        return np.append(self.times, np.inf)[np.searchsorted(-self.share, -shares, side="left")]
