"""The resistance at zero time: what a step response tends to as it is followed back to the jump.

The answer of a cell to a step of current is R(t) = R_0 + p(t): the ohmic resistance and a polarisation that starts at
zero and grows, as a sum of relaxations R_k (1 - exp(-t / tau_k)) with R_k >= 0 and, by diffusion, as the square root of
time. Candidates hold up to two relaxations with any tau from the time resolution upwards, with or without the root,
over every window that begins at the first settled sample; they are averaged (`transient.averaging`). What is faster
than the first sample cannot be separated from the ohmic resistance, and counts as such.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient import Average, Bins, Family, Jump, average, logarithmic_bins

DECADES = 1.5  # from the pace of the first samples to the end of the longest window
TAUS_PER_DECADE = 8
SHORTEST_RELAXATION = 1e-4  # s: faster than that a cell's impedance is ohmic or inductive
INADEQUACY = 2e-3  # of the polarisation: no cell is better described by so few terms
RISE_POINTS = 5  # across the gap in which the jump took place
FEWEST_BINS = 5
DEVIATIONS = 3.0  # by which the first row may lie below what the later ones lead back to


@dataclass(frozen=True, slots=True)
class ZeroTime:
    """Resistance [ohm] with its variance, the window's last time after the jump [s], and the shares of the models.

    `without_first` is what the rows after the first say [ohm], where they disagree with it.
    """

    value: float
    variance: float
    window_end: float
    sample_count: int
    weights: dict[str, float]
    reduced_chi_square: float
    without_first: float | None = None


def extrapolate(jump: Jump) -> ZeroTime | None:
    """The answer of a jump at zero time; None where the samples are too few.

    The time of the jump is spread evenly over the gap in which it took place. Where the first row lies lower than what
    the rows after it lead back to, it was read on the way, or something relaxes that is faster than they are: the mean
    of both, as uncertain as they differ.
    """
    found = _from_first(jump)
    if found is None or len(jump.time) <= FEWEST_BINS:
        return found
    later = _from_first(replace(jump, time=jump.time[1:], answer=jump.answer[1:]))
    apart = 0.0 if later is None else later.value - found.value
    if later is None or apart <= DEVIATIONS * np.sqrt(later.variance + found.variance):
        return found
    return replace(
        found,
        value=found.value + apart / 2,
        variance=(found.variance + later.variance) / 2 + (apart / 2) ** 2,
        without_first=later.value,
    )


def _from_first(jump: Jump) -> ZeroTime | None:
    """The same, of a jump whose rows are all trusted."""
    since = jump.time - jump.rise
    bins = logarithmic_bins(since + jump.half_gap)
    if len(since) < FEWEST_BINS:
        return None
    pace = max(jump.resolution, float(np.median(np.diff(jump.time[:FEWEST_BINS]))))
    bins = _first(bins, int(np.sum(since[bins.starts] <= 10**DECADES * pace)))
    if len(bins.counts) < FEWEST_BINS:
        return None
    since = since[: bins.starts[-1] + bins.counts[-1]]
    first = float(jump.answer[0])
    answer = bins.mean(jump.answer[: len(since)] - first)
    drift = jump.slope_deviation * bins.mean(np.maximum(since, 0.0))
    parts = [jump.deviation / np.sqrt(bins.counts), INADEQUACY * (answer - answer[0]), drift]
    deviation = np.linalg.norm(np.stack(parts), axis=0)
    averages = [_averaged(since, shift, jump, bins, answer, deviation) for shift in _shifts(jump)]
    return _combined([a for a in averages if a is not None], first, since, bins, jump)


def _first(bins: Bins, count: int) -> Bins:
    return Bins(bins.starts[:count], bins.counts[:count])


def _shifts(jump: Jump) -> NDArray[np.float64]:
    """Shifts of the jump to earlier than the middle of its gap [s]."""
    if jump.half_gap == 0:
        return np.zeros(1)
    return jump.half_gap * (2 * np.arange(RISE_POINTS) + 1 - RISE_POINTS) / RISE_POINTS


def _averaged(
    since: NDArray[np.float64],
    shift: float,
    jump: Jump,
    bins: Bins,
    answer: NDArray[np.float64],
    deviation: NDArray[np.float64],
) -> Average | None:
    time = np.maximum(since + shift, 0.0)
    shortest = max(jump.resolution, SHORTEST_RELAXATION)
    decades = np.log10(max(10 * float(time[-1]) / shortest, 10.0))
    taus = shortest * 10 ** np.linspace(0, decades, int(np.ceil(TAUS_PER_DECADE * decades)) + 1)
    columns = [np.ones_like(time), np.sqrt(time), *(-np.expm1(-time / taus[:, None]))]
    basis = bins.mean(np.stack(columns))
    count = len(bins.counts)
    windows = np.array([[0, stop] for stop in range(FEWEST_BINS, count + 1)])
    functional = np.zeros(len(basis))
    functional[0] = 1.0
    return average(basis, answer, deviation, functional, _families(len(taus)), windows, functional == 0)


def _families(count: int) -> tuple[Family, ...]:
    """Column 0 is the ohmic resistance, 1 the root of time, the rest the relaxations."""
    one = [[k] for k in range(2, count + 2)]
    two = [list(pair) for pair in combinations(range(2, count + 2), 2)]
    return (
        Family("constant", np.array([[0]])),
        Family("root of time", np.array([[0, 1]])),
        Family("one relaxation", np.array([[0, *k] for k in one])),
        Family("one relaxation and root of time", np.array([[0, 1, *k] for k in one])),
        Family("two relaxations", np.array([[0, *k] for k in two])),
        Family("two relaxations and root of time", np.array([[0, 1, *k] for k in two])),
    )


def _combined(
    averages: list[Average], first: float, since: NDArray[np.float64], bins: Bins, jump: Jump
) -> ZeroTime | None:
    if not averages:
        return None
    evidence = np.array([a.log_evidence for a in averages])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    values = np.array([a.value for a in averages])
    mean = float(weights @ values)
    variance = float(weights @ (np.array([a.variance for a in averages]) + (values - mean) ** 2))
    best = averages[int(np.argmax(weights))]
    stop = best.window[1] - 1
    last_row = int(bins.starts[stop] + bins.counts[stop]) - 1
    names = averages[0].weights
    return ZeroTime(
        value=first + mean,
        variance=variance + jump.shared_deviation**2,
        window_end=float(since[last_row]),
        sample_count=last_row + 1,
        weights={n: float(sum(w * a.weights[n] for w, a in zip(weights, averages, strict=True))) for n in names},
        reduced_chi_square=best.chi_square / max(best.data_count - 2, 1),
    )
