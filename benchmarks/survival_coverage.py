"""How often does the interval of the median life hold the truth? Ours by default, and lifelines', on the same lives.

Weibull lives of shape 2.5 and log-normal ones; 20, 50 and 200 cells; 30 and 70 % of them stopped, at random (an
exponential time, whatever the age) or all at one cycle, as a fixed budget does. A repetition in which there is no
interval counts as one that does not hold the truth.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context

import numpy as np

from benchmarks.measure import Line, tell
from ragone.models.survival import Lifetimes
from ragone.models.survival.median_life import MedianMethod, median_life

REPETITIONS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "1000"))
_LOW, _HIGH = 0.93, 0.97
_SHAPE, _SPREAD = 2.5, 0.5
WEIBULL, FIXED = "Weibull 2.5", "at one cycle"


@dataclass(frozen=True)
class Case:
    """A distribution, a number of cells, how they are stopped, and which share of them [-]."""

    distribution: str
    cells: int
    stopped: str
    share: float

    @property
    def median(self) -> float:
        """The true median."""
        return float(np.log(2) ** (1 / _SHAPE)) if self.distribution == WEIBULL else 1.0

    def drawn(self, random: np.random.Generator, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Lives of samples, shape (count, cells)."""
        shape = (count, self.cells)
        if self.distribution == WEIBULL:
            return random.weibull(_SHAPE, shape)
        return np.exp(_SPREAD * random.standard_normal(shape))

    def stops(self, random: np.random.Generator, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Return times at which cells are stopped, shape (count, cells)."""
        from scipy.optimize import brentq

        many = replace(self, cells=400_000).drawn(np.random.default_rng(1), 1)[0]
        if self.stopped == FIXED:
            return np.full((count, self.cells), np.quantile(many, 1 - self.share))
        scale = brentq(lambda one: float(np.mean(-np.expm1(-many / one))) - self.share, 1e-2, 1e3)
        return random.exponential(scale, (count, self.cells))


@dataclass(frozen=True)
class Coverage:
    """Shares of the repetitions in which an interval held the truth, and in which ours was from the curve."""

    case: Case
    ours: float
    lifelines: float
    from_curve: float


def lines() -> list[Line]:
    """A line for each case, and one for all."""
    cases = [Case(*one) for one in product((WEIBULL, "log-normal"), (20, 50, 200), ("at random", FIXED), (0.3, 0.7))]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = []
        for number, one in enumerate(pool.map(covered, cases), start=1):
            tell(f"{number} of {len(cases)}: {line(one).cells()}")
            found.append(one)
    inside = sum(_LOW <= one.ours <= _HIGH for one in found)
    whole = Line("cells of the table inside", f"{inside} of {len(found)}", "", "", "all", inside == len(found))
    return [*map(line, found), whole]


def line(one: Coverage) -> Line:
    """Return what was found for a case; met if within the limits."""
    case = one.case
    error = np.sqrt(one.ours * (1 - one.ours) / REPETITIONS)
    what = f"median's 95 % interval, {case.distribution}, n = {case.cells}, {case.share:.0%} stopped {case.stopped}"
    ours = f"{one.ours:.1%} +- {error:.1%} ({one.from_curve:.0%} from the curve)"
    met = _LOW <= one.ours <= _HIGH
    return Line(what, ours, f"{one.lifelines:.1%} lifelines", "", f"{_LOW:.0%} to {_HIGH:.0%}", met)


def covered(case: Case) -> Coverage:
    """Draw the samples of a case and count the intervals that hold its median."""
    of_case = [case.distribution == WEIBULL, case.cells, case.stopped == FIXED, round(100 * case.share)]
    random = np.random.default_rng([20, *map(int, of_case)])  # else cases of one distribution share their first lives
    lives, stops = case.drawn(random, REPETITIONS), case.stops(random, REPETITIONS)
    truth = case.median
    ours, theirs, curves = [], [], []
    for durations, observed in zip(np.minimum(lives, stops), lives <= stops, strict=True):
        found = median_life(Lifetimes.of_durations(durations, observed))
        ours.append(found.low <= truth <= found.high)
        curves.append(found.method is MedianMethod.CURVE)
        low, high = _of_lifelines(durations, observed)
        theirs.append(low <= truth <= high)
    return Coverage(case, float(np.mean(ours)), float(np.mean(theirs)), float(np.mean(curves)))


def _of_lifelines(durations: np.ndarray, observed: np.ndarray) -> Iterator[float]:
    """Return the ends of the interval that lifelines gives."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = KaplanMeierFitter().fit(durations, observed)
        return iter(median_survival_times(fitted.confidence_interval_).to_numpy().ravel().tolist())
