"""How far do the numbers of two samples of volumes lie apart, beyond what seeds make of them, and how do they scatter?

Volumes are sorted by condition (the recipe they were made of). Of each condition the means of both samples are
compared; the scatter within conditions, pooled over all of them, is the measure of chance. The error of a metric is the
root mean square over the conditions of the difference over the real mean (or of the difference itself, where the
metric is absolute). `chance` is the probability of differences as large if both samples came from one distribution: of
an F test of the mean squared difference against the pooled variance. Differences below `INDIFFERENCE` are not told
apart from none: metrics that are imposed scatter by a voxel.

What it does not do: no correction for the number of metrics looked at; judge against a chance of a thousandth.

References
----------
Scheffe 1959, The Analysis of Variance, section 2 (the F ratio of several means against the variance within).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.fidelity.metrics import Floats

INDIFFERENCE = 1e-3
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Moments:
    """Per condition and metric, shape (conditions, metrics): mean, variance, and number of volumes that have it."""

    mean: Floats
    variance: Floats
    count: Places

    def standard_error(self) -> Floats:
        """Of the mean; 0 where there is one volume or none."""
        return np.asarray(np.sqrt(self.variance / np.maximum(self.count, 1)))


@dataclass(frozen=True, slots=True)
class Differences:
    """Per metric, shape (metrics,); see the module's docstring. Spreads are standard deviations, on the same scale."""

    error: Floats
    error_expected: Floats
    bias: Floats
    bias_standard_error: Floats
    chance: Floats
    real_spread: Floats
    spread: Floats
    spread_ratio_relative_standard_error: Floats


def moments(numbers: Floats, conditions: Places, condition_count: int) -> Moments:
    """Moments of each condition; means and variances are 0 where no volume has the metric.

    Parameters
    ----------
    numbers
        Shape (volumes, metrics), NaN where there is none.
    conditions
        Shape (volumes,): which condition each volume belongs to, from 0.
    condition_count
        At least 1.
    """
    shape = (condition_count, numbers.shape[1])
    mean, variance, count = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64)
    known = np.isfinite(numbers)
    for number in range(condition_count):
        rows = conditions == number
        kept, values = known[rows], np.where(known[rows], numbers[rows], 0.0)
        count[number] = kept.sum(axis=0)
        mean[number] = values.sum(axis=0) / np.maximum(count[number], 1)
        deviations = np.where(kept, values - mean[number], 0.0)
        variance[number] = (deviations**2).sum(axis=0) / np.maximum(count[number] - 1, 1)
    return Moments(mean, variance, count)


def differences(real: Moments, sample: Moments, absolute: np.ndarray[Any, np.dtype[np.bool_]]) -> Differences:
    """How far a sample lies from the real one, metric by metric.

    Parameters
    ----------
    real, sample
        Of the same conditions and metrics.
    absolute
        Shape (metrics,): where differences are not divided by the real mean.
    """
    scale = np.where(absolute[None, :] | (real.mean == 0), 1.0, np.abs(real.mean))
    both = (real.count > 0) & (sample.count > 0)
    compared = np.maximum(both.sum(axis=0), 1)
    apart = np.where(both, (sample.mean - real.mean) / scale, 0.0)
    real_variance, real_freedom = _pooled(real, scale)
    variance, freedom = _pooled(sample, scale)
    freedoms = real_freedom + freedom
    within = (real_freedom * real_variance + freedom * variance) / np.maximum(freedoms, 1)
    each = 1 / np.maximum(real.count, 1) + 1 / np.maximum(sample.count, 1)
    expected = np.sqrt((np.where(both, each, 0.0) * within).sum(axis=0) / compared)
    error_of_bias = np.sqrt((np.where(both, each, 0.0) * within).sum(axis=0)) / compared
    return Differences(
        error=np.sqrt((apart**2).sum(axis=0) / compared),
        error_expected=expected,
        bias=apart.sum(axis=0) / compared,
        bias_standard_error=error_of_bias,
        chance=_chance(apart, each, within, both, freedoms),
        real_spread=np.sqrt(real_variance),
        spread=np.sqrt(variance),
        spread_ratio_relative_standard_error=np.sqrt(0.5 / np.maximum(real_freedom, 1) + 0.5 / np.maximum(freedom, 1)),
    )


def _pooled(sample: Moments, scale: Floats) -> tuple[Floats, Places]:
    """The variance within conditions, each on the scale, and its degrees of freedom; per metric."""
    freedom = np.maximum(sample.count - 1, 0)
    total = (freedom * sample.variance / scale**2).sum(axis=0)
    freedoms = freedom.sum(axis=0)
    return total / np.maximum(freedoms, 1), freedoms


def _chance(apart: Floats, each: Floats, within: Floats, both: Any, freedoms: Places) -> Floats:
    """Of differences as large without a cause; 1 where the scatter is not known."""
    from scipy import stats  # heavy

    variance = each * within[None, :] + INDIFFERENCE**2
    ratio = np.where(both, apart**2 / variance, 0.0).sum(axis=0) / np.maximum(both.sum(axis=0), 1)
    found = stats.f.sf(ratio, np.maximum(both.sum(axis=0), 1), np.maximum(freedoms, 1))
    return np.where((freedoms > 0) & both.any(axis=0), found, 1.0)
