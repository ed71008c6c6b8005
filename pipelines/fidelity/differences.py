"""How far do the numbers of two samples of volumes lie apart, compared with the scatter between seeds?

Volumes are sorted by condition (the recipe they were made of). Of each condition the means of both samples are
compared; the scatter within conditions, pooled over all of them, is the measure of chance. The error of a metric is the
root mean square over the conditions of the difference over the real mean (or of the difference itself, where the
metric is absolute). `chance` is the share of random deals of the volumes of each condition to the two samples that lead
to an error as large: exact whatever the distribution, and never below one over the number of deals. Errors below
`INDIFFERENCE` count as none: metrics that are imposed scatter by a voxel.

What it does not do: no correction for the number of metrics compared; judge against a chance of a thousandth.

References
----------
Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses, section 3 (deals within blocks).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.pipelines.fidelity.metrics import Floats

INDIFFERENCE = 1e-3
_ROUNDING = 1e-9
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Moments:
    """Per condition and metric, shape (conditions, metrics): mean, variance, and number of volumes that have it."""

    mean: Floats
    variance: Floats
    count: Places

    def standard_error(self) -> Floats:
        """Return the standard error of the mean; 0 where there is one volume or none."""
        return np.asarray(np.sqrt(self.variance / np.maximum(self.count, 1)))


@dataclass(frozen=True, slots=True)
class Differences:
    """Differences per metric, shape (metrics,); spreads are standard deviations, on the same scale."""

    error: Floats
    error_expected: Floats
    bias: Floats
    bias_standard_error: Floats
    chance: Floats
    real_spread: Floats
    spread: Floats
    spread_ratio_relative_standard_error: Floats


def moments(numbers: Floats, conditions: Places, condition_count: int) -> Moments:
    """Return the moments of each condition; means and variances are 0 where no volume has the metric.

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


def differences(
    real: Floats,
    sample: Floats,
    real_conditions: Places,
    conditions: Places,
    absolute: Flags,
    *,
    repeats: int,
    seed: int,
) -> Differences:
    """Compare a sample with the real one, metric by metric.

    Parameters
    ----------
    real, sample
        Numbers of all volumes, shape (volumes, metrics), NaN where there is none.
    real_conditions, conditions
        Shape (volumes,): which condition each volume belongs to.
    absolute
        Shape (metrics,): where differences are not divided by the real mean.
    repeats
        Number of random deals.
    seed
        Seed of the deals.
    """
    count = int(max(real_conditions.max(), conditions.max())) + 1
    first, second = moments(real, real_conditions, count), moments(sample, conditions, count)
    scale = np.where(absolute[None, :] | (first.mean == 0), 1.0, np.abs(first.mean))
    apart, both = _apart(first, second, scale)
    compared = np.maximum(both.sum(axis=0), 1)
    real_variance, real_freedom = _pooled(first, scale)
    variance, freedom = _pooled(second, scale)
    within = (real_freedom * real_variance + freedom * variance) / np.maximum(real_freedom + freedom, 1)
    each = np.where(both, 1 / np.maximum(first.count, 1) + 1 / np.maximum(second.count, 1), 0.0) * within
    error = _root_mean_square(apart, compared)
    volumes, places = np.concatenate([real, sample]), np.concatenate([real_conditions, conditions])
    dealt = _dealt(volumes, places, len(real), scale, repeats, seed)
    return Differences(
        error=error,
        error_expected=np.sqrt(each.sum(axis=0) / compared),
        bias=apart.sum(axis=0) / compared,
        bias_standard_error=np.sqrt(each.sum(axis=0)) / compared,
        chance=np.where(error > INDIFFERENCE, (1 + (dealt >= error - _ROUNDING).sum(axis=0)) / (1 + repeats), 1.0),
        real_spread=np.sqrt(real_variance),
        spread=np.sqrt(variance),
        spread_ratio_relative_standard_error=np.sqrt(0.5 / np.maximum(real_freedom, 1) + 0.5 / np.maximum(freedom, 1)),
    )


def _apart(first: Moments, second: Moments, scale: Floats) -> tuple[Floats, Flags]:
    """Return differences of means, and where both samples have the metric."""
    both = (first.count > 0) & (second.count > 0)
    return np.where(both, (second.mean - first.mean) / scale, 0.0), both


def _root_mean_square(apart: Floats, compared: Places) -> Floats:
    return np.asarray(np.sqrt((apart**2).sum(axis=0) / compared))


def _dealt(volumes: Floats, places: Places, first: int, scale: Floats, repeats: int, seed: int) -> Floats:
    """Return errors of random deals, shape (repeats, metrics), with as many volumes of a condition in each sample."""
    random = np.random.Generator(np.random.PCG64(seed))
    groups = [np.flatnonzero(places == number) for number in range(len(scale))]
    found = np.zeros((repeats, volumes.shape[1]))
    for repeat in range(repeats):
        order = np.arange(len(volumes))
        for group in groups:
            order[group] = random.permutation(group)
        means = [_means(volumes[order[half]], places[half], len(scale)) for half in (slice(first), slice(first, None))]
        both = np.isfinite(means[0]) & np.isfinite(means[1])
        apart = np.where(both, (means[1] - means[0]) / scale, 0.0)
        found[repeat] = _root_mean_square(apart, np.maximum(both.sum(axis=0), 1))
    return found


def _means(numbers: Floats, conditions: Places, count: int) -> Floats:
    """Return the mean of each condition; NaN where no volume has the metric."""
    member = (conditions[None, :] == np.arange(count)[:, None]).astype(np.float64)
    known = np.isfinite(numbers)
    with np.errstate(invalid="ignore"):
        return np.asarray((member @ np.where(known, numbers, 0.0)) / (member @ known.astype(np.float64)))


def _pooled(sample: Moments, scale: Floats) -> tuple[Floats, Places]:
    """Return the variance within conditions, on the scale, and its degrees of freedom; per metric."""
    freedom = np.maximum(sample.count - 1, 0)
    freedoms = freedom.sum(axis=0)
    pooled = (freedom * sample.variance / scale**2).sum(axis=0) / np.maximum(freedoms, 1)
    return np.where(pooled > _ROUNDING**2, pooled, 0.0), freedoms
