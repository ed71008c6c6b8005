"""Which share is alive if cells were only looked at now and then? Turnbull's estimator for ends between two looks.

The likelihood says how much of the population ended in each innermost interval, a start of one interval that is
followed by the end of another, and nothing of where in it: the curve is not unique there. The shares are found by
self-consistency (EM), and accelerated by squared steps; Gentleman and Geyer's condition says when they are the best.

References
----------
Turnbull 1976, doi 10.1111/j.2517-6161.1976.tb01597.x; Gentleman and Geyer 1994, doi 10.1093/biomet/81.3.618; Varadhan
and Roland 2008, doi 10.1111/j.1467-9469.2007.00585.x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Floats, Lifetimes

_ROUNDS, _CLOSE, _NOTHING = 20_000, 1e-9, 1e-7


@dataclass(frozen=True)
class TurnbullCurve:
    """Shares of the population that ended in each of k innermost intervals; `last` of one may be infinite; shape (k,).

    `gap` is how far the shares may be from the best, by the condition of optimality: 0 is best [-].
    """

    first: Floats
    last: Floats
    share: Floats
    gap: float

    @property
    def survival(self) -> Floats:
        """Share alive after each interval."""
        return np.asarray(np.clip(1 - np.cumsum(self.share), 0.0, 1.0))

    def quantile(self, share: float) -> tuple[float, float]:
        """Return the interval in which a share of the population has ended: its place there is not known."""
        reached = np.flatnonzero(np.cumsum(self.share) >= share - 1e-9)
        if not len(reached):
            return float("inf"), float("inf")
        return float(self.first[reached[0]]), float(self.last[reached[0]])


def turnbull(lives: Lifetimes) -> TurnbullCurve:
    """Estimate the distribution of lives that ended between two looks, at known times, or not while observed.

    Parameters
    ----------
    lives
        Of n subjects. An end is in (lower, upper], or at a known time; late entry is refused.

    Raises
    ------
    LifetimesError
        If a subject came under observation after the start.
    """
    if (lives.entry > 0).any():
        raise LifetimesError("some lives came late under observation; Turnbull's estimator here takes none of these.")
    first, last = _innermost(lives)
    exact = lives.lower == lives.upper
    inside = (first[None, :] >= lives.lower[:, None]) & (last[None, :] <= lives.upper[:, None])
    point = first == last
    on_end = (first[None, :] == lives.lower[:, None]) & point[None, :] & ~exact[:, None]
    holds = (inside & ~on_end).astype(np.float64)
    share = _best(holds)
    gap = float(np.max((holds / (holds @ share)[:, None]).mean(axis=0)) - 1)
    kept = share > _NOTHING
    return TurnbullCurve(first[kept], last[kept], share[kept] / share[kept].sum(), max(gap, 0.0))


def _innermost(lives: Lifetimes) -> tuple[Floats, Floats]:
    """Return the innermost intervals: a start that is followed by an end, no other start between."""
    exact = lives.lower == lives.upper
    starts = [(t, 0 if e else 2, 0) for t, e in zip(lives.lower.tolist(), exact.tolist(), strict=True)]
    ends = [(t, 1, 1) for t in lives.upper.tolist()]
    events = sorted(set(starts + ends))  # at one time: a known end begins, then intervals end, then others begin
    pairs = [(a[0], b[0]) for a, b in pairwise(events) if (a[2], b[2]) == (0, 1)]
    found = np.array(pairs, dtype=np.float64)
    return found[:, 0], found[:, 1]


def _best(holds: Floats) -> Floats:
    """Return the shares that make the likelihood largest."""

    def once(share: Floats) -> Floats:
        return np.asarray(share * (holds / (holds @ share)[:, None]).mean(axis=0))

    share = np.full(holds.shape[1], 1 / holds.shape[1])
    for _ in range(_ROUNDS):
        moved = _squared_step(once, share)
        if float(np.abs(moved - share).max()) < _CLOSE:
            return moved
        share = moved
    return share


def _squared_step(once: Callable[[Floats], Floats], share: Floats) -> Floats:
    """Return what a long step between three iterates gives, or the third where the long step leaves the simplex."""
    one = once(share)
    two = once(one)
    change, bend = one - share, two - 2 * one + share
    length = float(np.linalg.norm(bend))
    if length < 1e-14:
        return two
    step = max(float(np.linalg.norm(change)) / length, 1.0)
    leap = share + 2 * step * change + step**2 * bend
    return once(leap / leap.sum()) if (leap > 0).all() else two
