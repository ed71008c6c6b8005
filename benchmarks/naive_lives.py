"""By how much are estimates of a typical life wrong that ignore censoring?

Lives of Weibull and log-normal distributions, stopped at random or at one fixed cycle, 30 or 70 % of them: what naive
means and medians tend to, as shares of the true mean and median. Large samples, so that only the bias is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.measure import Line, stated, tell
from ragone.models.survival import Lifetimes, naive_estimates
from ragone.models.survival.lifetimes import Floats

_COUNT = 400_000
_DRAWERS: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "Weibull 2.5": lambda rng, count: 1000 * rng.weibull(2.5, count),
    "log-normal 0.4": lambda rng, count: 1000 * np.exp(0.4 * rng.standard_normal(count)),
}


def lines() -> list[Line]:
    """A line for each distribution, way of stopping and share of stopped cells."""
    tell(f"{_COUNT:,} lives in each of eight cases")
    return list(_lines())


def _lines() -> Iterator[Line]:
    for name, draw in _DRAWERS.items():
        rng = np.random.default_rng(1)
        truth = draw(rng, _COUNT)
        right = {False: float(truth.mean()), True: float(np.median(truth))}
        for share in (0.3, 0.7):
            fixed = np.full(_COUNT, np.quantile(truth, 1 - share))
            for way, stops in (("fixed end", fixed), ("random", _random_stops(truth, share, rng))):
                lives = Lifetimes.of_durations(np.minimum(truth, stops), truth <= stops)
                biases = [
                    f"{one.relative_to(right[one.estimator.is_median]):+.0%} {one.estimator.name.lower()}"
                    for one in naive_estimates(lives)
                ]
                yield stated(f"{name}, {share:.0%} stopped, {way}", ", ".join(biases))


def _random_stops(truth: Floats, share: float, rng: np.random.Generator) -> Floats:
    """Times of an exponential distribution before which that share of the lives does not end."""
    unit = rng.exponential(1.0, len(truth))
    low, high = 1.0, 1e6
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if (truth > middle * unit).mean() > share else (low, middle)
    return np.asarray(low * unit)
