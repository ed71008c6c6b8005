"""How much charge a decaying current still carries beyond its last sample.

At constant voltage the current decays as a sum of exponentials, or, limited by diffusion into a sheet, as the sum over
odd m of exp(-m^2 t / tau). Candidates with one or two terms, fitted to the taper's rows from any of them to the last,
are averaged (`transient.averaging`); the charge of a term beyond the end is amplitude times tau times its value there.
Assumes that the current decays to nothing: a leakage current has no last charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient import Bins, Family, average, moved_by, noise_level

FASTEST, SLOWEST = 1 / 20, 4.0  # of the taper's length: time constants looked for
TAUS_PER_DECADE = 24  # of models with one term; of the others every second
WINDOW_STRIDE = 4
SLOW_END = 4  # of the grid's time constants: slower ones hardly decay within the taper
REACH = 0.6  # of the grid's step in ln tau: how far a candidate may move
BINS = 60
FEWEST_BINS = 6
DIFFUSION_TERMS = 40
ODD_BEYOND = 3  # terms of diffusion that are left beyond the end
BISECTIONS = 40
INADEQUACY = 2e-3  # of the current: how well so few terms describe a cell


@dataclass(frozen=True, slots=True)
class Remainder:
    """Charge beyond the end and its standard deviation [A s], the window's first time [s], and how it was found.

    `slow_weight` is the share of candidates with a term so slow that its decay is not seen.
    """

    charge: float
    deviation: float
    start: float
    sample_count: int
    weights: dict[str, float]
    slow_weight: float


def remaining_charge(time: NDArray[np.float64], current: NDArray[np.float64], cut_off: float) -> Remainder | None:
    """Charge from the last sample until the current has decayed to a cut-off; None where the rows are too few.

    Parameters
    ----------
    time, current
        Shape (n,) of the taper [s], [A], current counted positive.
    cut_off
        Current at which to stop [A], >= 0 and below the last one.
    """
    if len(time) < FEWEST_BINS or time[-1] <= time[0]:
        return None
    since, length = time - time[0], float(time[-1] - time[0])
    bins = _even_bins(since)
    if len(bins.counts) < FEWEST_BINS:
        return None
    data = bins.mean(current)
    deviation = np.hypot(noise_level(time, current) / np.sqrt(bins.counts), INADEQUACY * np.abs(data))
    decades = np.log10(SLOWEST / FASTEST)
    taus = length * FASTEST * 10 ** np.linspace(0, decades, int(np.ceil(TAUS_PER_DECADE * decades)))
    basis, functional = _terms(since, taus, bins)
    families = _families(taus)
    windows = np.array([[start, len(data)] for start in range(0, len(data) - FEWEST_BINS + 1, WINDOW_STRIDE)])
    positive = np.arange(len(basis)) < 2 * len(taus)
    beyond = _Beyond(taus, length, cut_off)
    found = average(basis, data, deviation, functional, families, windows, positive, beyond)

    def slowness(family: Family, coefficient: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.broadcast_to(_is_slow(family, len(taus)), coefficient.shape[:2])

    slow = average(basis, data, deviation, np.zeros(len(basis)), families, windows, positive, slowness)
    if found is None or slow is None:
        return None
    first = int(bins.starts[found.window[0]])
    return Remainder(
        charge=found.value,
        deviation=float(np.sqrt(found.variance)),
        start=float(time[first]),
        sample_count=len(time) - first,
        weights=_by_name(found.weights),
        slow_weight=slow.value,
    )


def _even_bins(since: NDArray[np.float64]) -> Bins:
    label = np.minimum((since / since[-1] * BINS).astype(int), BINS - 1)
    starts = np.flatnonzero(np.diff(label, prepend=-1) != 0)
    return Bins(starts, np.diff(np.append(starts, len(since))))


def _terms(
    since: NDArray[np.float64], taus: NDArray[np.float64], bins: Bins
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exponentials, diffusion, and the derivatives of both by ln tau: bin means, and charge beyond the end.

    Shape (4 taus, m) and (4 taus,).
    """
    odd = (2 * np.arange(DIFFUSION_TERMS) + 1.0) ** 2
    kinds = [np.ones(1), odd]
    ratio = np.maximum(since / taus[:, None], 1e-4)
    end = since[-1] / taus
    decays = [sum(np.exp(-m * ratio) for m in kind) for kind in kinds]
    decays += [sum(m * ratio * np.exp(-m * ratio) for m in kind) for kind in kinds]
    beyond = [sum(taus / m * np.exp(-m * end) for m in kind) for kind in kinds]
    beyond += [sum((taus / m + since[-1]) * np.exp(-m * end) for m in kind) for kind in kinds]
    return bins.mean(np.concatenate(decays)), np.concatenate(beyond)


def _families(taus: NDArray[np.float64]) -> list[Family]:
    """Families on the grid, and, with derivatives, between its points."""
    count, step = len(taus), float(np.log(taus[1] / taus[0]))
    single = np.arange(count)[:, None]
    pairs = np.array(list(combinations(range(0, count, 2), 2)))
    families = []
    for name, columns, reach in (
        ("one exponential", single, REACH * step),
        ("diffusion", single + count, REACH * step),
        ("two exponentials", pairs, 2 * REACH * step),
        ("exponential and diffusion", pairs + np.array([0, count]), 2 * REACH * step),
    ):
        both = np.concatenate([columns, columns + 2 * count], axis=1)
        families.append(Family(name, columns))
        families.append(Family(f"{name}, between", both, slopes=columns.shape[1], reach=reach))
    triples = np.array(list(combinations(range(0, count, 2), 3)))
    return [*families, Family("three exponentials", triples)]


@dataclass(frozen=True, slots=True)
class _Beyond:
    """The charge of candidates beyond the end of a taper of some length, until the current is at the cut-off."""

    taus: NDArray[np.float64]
    length: float
    cut_off: float

    def __call__(self, family: Family, coefficient: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape (windows, candidates) of coefficients (windows, candidates, k)."""
        count, terms = len(self.taus), family.columns.shape[1] - family.slopes
        columns, height = family.columns[:, :terms], np.maximum(coefficient[..., :terms], 0.0)
        moved = np.clip(moved_by(family, coefficient), -1, 1) if family.slopes else 0.0
        tau = self.taus[columns % count] * np.exp(moved)
        odd = np.arange(1, 2 * ODD_BEYOND, 2) ** 2
        share = np.where((columns >= count)[..., None], 1.0, (odd == 1).astype(float))
        left = height[..., None] * share * np.exp(-odd * self.length / tau[..., None])
        rate = odd / np.broadcast_to(tau[..., None], left.shape)
        wait = self._wait(left, rate) if self.cut_off else np.inf
        return np.asarray(np.sum(left / rate * -np.expm1(-rate * np.asarray(wait)[..., None, None]), axis=(-2, -1)))

    def _wait(self, left: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
        """Time until the current is at the cut-off [s], by bisection."""
        low = np.zeros(left.shape[:2])
        high = np.full(left.shape[:2], 20 * float(self.taus[-1]))
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            above = np.sum(left * np.exp(-rate * middle[..., None, None]), axis=(-2, -1)) > self.cut_off
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return low


def _is_slow(family: Family, count: int) -> NDArray[np.float64]:
    """1 for each candidate with a term at the slow end of the grid, of which hardly any decay is seen."""
    return (family.columns % count >= count - SLOW_END).any(axis=1).astype(float)


def _by_name(weights: dict[str, float]) -> dict[str, float]:
    """Weights of the models, on the grid and between its points together."""
    names = dict.fromkeys(name.removesuffix(", between") for name in weights)
    return {name: weights[name] + weights.get(f"{name}, between", 0.0) for name in names}
