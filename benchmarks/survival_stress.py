"""How often does the interval of the median life hold the truth where lives are neither Weibull nor log-normal?

Truths that the likelihood was not made for: gamma, log-logistic, Weibull lives of shape 1 and 6, and two batches of
which one lives twice as long. Nothing was tuned on them, and nothing is met or missed: the figures say what to expect.
Half of the cells are stopped, at random or at one cycle. Lifelines' intervals stand beside.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context

import numpy as np

from benchmarks.measure import Line, tell
from benchmarks.survival_coverage import FIXED, Case, Coverage, covered, line

_Drawn = Callable[[np.random.Generator, tuple[int, int]], np.ndarray[tuple[int, int], np.dtype[np.float64]]]
_SHARE = 0.5


def _two_batches(
    random: np.random.Generator, shape: tuple[int, int]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.where(random.random(shape) < 0.5, 1.0, 2.0) * random.weibull(6.0, shape)


_TRUTHS: dict[str, _Drawn] = {
    "gamma 4": lambda random, shape: random.gamma(4.0, size=shape),
    "log-logistic 4": lambda random, shape: np.exp(random.logistic(0.0, 0.25, shape)),
    "Weibull 1": lambda random, shape: random.weibull(1.0, shape),
    "Weibull 6": lambda random, shape: random.weibull(6.0, shape),
    "two batches": _two_batches,
}


@dataclass(frozen=True)
class _Stress(Case):
    """A case with another truth."""

    @property
    def median(self) -> float:
        """The true median, of two million lives."""
        return float(np.median(_TRUTHS[self.distribution](np.random.default_rng(2), (1, 2_000_000))))

    def drawn(self, random: np.random.Generator, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Lives of samples, shape (count, cells)."""
        return _TRUTHS[self.distribution](random, (count, self.cells))


def lines() -> list[Line]:
    """A line for each case."""
    cases = [_Stress(*one, _SHARE) for one in product(_TRUTHS, (20, 50), ("at random", FIXED))]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found: list[Line] = []
        for one in pool.map(covered, cases):
            found.append(_said(one))
            tell(f"{len(found)} of {len(cases)}: {found[-1].cells()}")
    return found


def _said(one: Coverage) -> Line:
    return replace(line(one), goal="", met=None)
