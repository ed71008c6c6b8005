"""Which single further evaluation would most change the recommendation? The knowledge gradient.

What is recommended is the evaluated design of the largest mean. One more value moves the means of all of them, along
straight lines in what the value turns out to be, so that the gain expected of it, and the chance that another design
is recommended then, are exact.
"""

from __future__ import annotations

import math
import sys

import numpy as np

from ragone.models.acquisition.space import Floats


def expected_change(means: Floats, slopes: Floats, present: int) -> tuple[float, float]:
    """The expected height of the highest line means + slopes z over the mean of one, and the chance that it is another.

    Parameters
    ----------
    means, slopes
        Shape (n,), in one unit: the present means, and how much each moves with one deviation of the new value.
    present
        Number of the line that is recommended now.

    References
    ----------
    Frazier, Powell and Dayanik, 2009, doi 10.1287/ijoc.1080.0314, algorithm 1 and equation 14.
    """
    lines, borders = _envelope(means, slopes)
    steep = slopes[lines].tolist()
    growth = (
        (after - before) * _excess(abs(border))
        for before, after, border in zip(steep, steep[1:], borders, strict=False)
    )
    ends = [-math.inf, *borders, math.inf]
    kept = (
        _below(high) - _below(low) for line, low, high in zip(lines, ends, ends[1:], strict=False) if line == present
    )
    return float(means.max() - means[present]) + sum(growth), 1.0 - sum(kept)


def knowledge_gradients(means: Floats, covariances: Floats, noise: float, evaluated: int) -> tuple[Floats, Floats]:
    """The gain expected of evaluating each of n points, and the chance that the recommendation changes.

    Parameters
    ----------
    means, covariances
        Shape (n,) and (n, n), larger being better.
    noise
        Variance of a new value.
    evaluated
        The first so many points can be recommended already; the one asked about joins them.
    """
    gains, chances = np.zeros((2, len(means)))
    present = int(means[:evaluated].argmax())
    for number in range(len(means)):
        options = np.arange(evaluated) if number < evaluated else np.append(np.arange(evaluated), number)
        spread = math.sqrt(max(covariances[number, number] + noise, sys.float_info.min))
        slopes = covariances[options, number] / spread
        gains[number], chances[number] = expected_change(means[options], slopes, present)
    return gains, chances


def _envelope(means: Floats, slopes: Floats) -> tuple[list[int], list[float]]:
    """Numbers of the lines that are the largest somewhere, by slope, and where one takes over from the one before."""
    order = np.lexsort((means, slopes))
    distinct = [n for n, after in zip(order, [*order[1:], None], strict=True) if _differs(slopes, n, after)]
    kept: list[int] = []
    borders: list[float] = []
    for number in distinct:
        while kept:
            border = (means[kept[-1]] - means[number]) / (slopes[number] - slopes[kept[-1]])
            if borders and border <= borders[-1]:
                kept.pop()
                borders.pop()
                continue
            borders.append(float(border))
            break
        kept.append(int(number))
    return kept, borders


def _differs(slopes: Floats, number: int, after: int | None) -> bool:
    """Whether the next line in order has another slope: of equal slopes the last, the highest, counts."""
    return after is None or bool(slopes[after] > slopes[number])


def _excess(z: float) -> float:
    """The mean by which a standard normal variable exceeds a value >= 0."""
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) - z * _below(-z)


def _below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
