"""Have enough volume elements of a design been measured? Sequential sampling to a relative target at a confidence.

After n volume elements the mean's interval is t s / sqrt(n), with t the quantile of Student's distribution for n - 1
degrees of freedom. Stopping as soon as it is narrow enough stops most readily where s happens to be small, so that the
mean lies within the target less often than promised. Simons' remedy is to take a fixed number of volume elements more
than the rule asks for; here two, which brings the coverage back to the confidence for normal values whatever their
scatter (tested by simulation, at 90, 95 and 99 %). Skewed values are covered less, as they are by a fixed number of
volume elements.

Which volume elements are measured depends on the values of those before alone, in the order of their numbers. The next
batch is what the scatter so far asks for, at least a quarter of the volume elements that there are, so that workers are
kept busy, and at most as many again. Volume elements that do not percolate are finite values (see `metrics`): they
widen the interval. If no volume element conducts there is no relative error: sampling stops, the target unmet.

References
----------
Chow and Robbins 1965, Ann. Math. Stat. 36, 457, doi 10.1214/aoms/1177700156. Simons 1968, Ann. Math. Stat. 39, 1946,
doi 10.1214/aoms/1177698024.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ragone.pipelines.characterise.representativity.metrics import Floats, linearised
from ragone.schemas import Transport

MORE = 2
LEAST = 3


@dataclass(frozen=True)
class Target:
    """The goal of a sample: half the interval of the mean over the mean, at a confidence, in `most` volume elements.

    At least `LEAST` volume elements are needed for the rule to have anything to go by.
    """

    metric: str
    relative: float
    confidence: float
    least: int
    most: int


def volume_elements_wanted(transports: Sequence[Transport], target: Target) -> int:
    """Number of volume elements that there should be next; the present one if no more are needed, or useful."""
    count = len(transports)
    if count < target.least:
        return target.least
    asked = float(_required_count(linearised(transports, target.metric)[None, :], target)[0])
    if not math.isfinite(asked) or asked <= count:
        return count
    return max(count, min(max(math.ceil(asked), count + math.ceil(count / 4)), 2 * count, target.most))


def is_met(transports: Sequence[Transport], target: Target) -> bool:
    """Whether so many volume elements are enough."""
    if len(transports) < target.least:
        return False
    return bool(_required_count(linearised(transports, target.metric)[None, :], target)[0] <= len(transports))


def _required_count(values: Floats, target: Target) -> Floats:
    """Number of volume elements that the scatter asks for, for samples of shape (samples, n); inf for no mean."""
    count = values.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = values.std(axis=1, ddof=1) / np.abs(values.mean(axis=1))
    half = stdtrit(count - 1, 0.5 + target.confidence / 2) * scatter / target.relative
    return np.where(np.isfinite(half), half**2 + MORE, np.inf)
