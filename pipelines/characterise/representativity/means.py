"""What are the means of several samples, and how far may any combination of them be off?

A sample is all volume elements of one size. Volume elements that were cut from one larger volume form a group: their
errors are alike, and alike across sizes, which is what makes a comparison of sizes within one volume sharp. The
covariance of the means is therefore taken over group means (cluster-robust); a group of its own for each volume element
gives the ordinary variance.

What it does not do: a group count of one has no variance; such a sample is taken as exact, the comparison is then
conditional on that volume.

References
----------
Cameron and Miller 2015, J. Human Resources 50, 317, doi 10.3368/jhr.50.2.317 (clusters). The degrees of freedom of a
combination are those of its smallest sample, which errs on the safe side of Satterthwaite 1946, doi 10.2307/3002019.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from ragone.pipelines.characterise.representativity.metrics import Floats


@dataclass(frozen=True)
class Sample:
    """Volume elements of one size: values, shape (n,), and the number of the group that each belongs to, shape (n,)."""

    values: Floats
    groups: npt.NDArray[np.int64]

    @cached_property
    def group_means(self) -> dict[int, float]:
        """Mean of each group."""
        return {int(g): float(self.values[self.groups == g].mean()) for g in np.unique(self.groups)}

    @property
    def mean(self) -> float:
        """Mean of the group means."""
        return math.fsum(self.group_means.values()) / len(self.group_means)

    @property
    def scatter(self) -> float:
        """Standard deviation of single volume elements over the mean [-]; 0 for a single one."""
        return float(self.values.std(ddof=1)) / abs(self.mean) if len(self.values) > 1 else 0.0


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error and degrees of freedom."""

    value: float
    standard_error: float
    freedom: int

    def interval(self, confidence: float) -> tuple[float, float]:
        """Two-sided, by Student's t."""
        half = quantile(self.freedom, confidence) * self.standard_error
        return self.value - half, self.value + half


def quantile(freedom: int, confidence: float) -> float:
    """Two-sided quantile of Student's t."""
    return float(stdtrit(freedom, 0.5 + confidence / 2))


class Means:
    """Means of samples with their covariance."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.values = np.array([sample.mean for sample in samples])
        self.covariance = np.array([[_covariance(a, b) for b in samples] for a in samples])
        self._freedom = np.array([max(len(sample.group_means) - 1, 1) for sample in samples])

    @property
    def standard_errors(self) -> Floats:
        """Shape (k,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def combined(self, weights: Floats) -> Estimate:
        """A linear combination of the means; weights of shape (k,)."""
        variance = max(float(weights @ self.covariance @ weights), 0.0)
        matters = (weights != 0) & (np.diag(self.covariance) > 0)
        freedom = int(self._freedom[matters].min()) if matters.any() else 1
        return Estimate(float(weights @ self.values), math.sqrt(variance), freedom)

    def ratio(self, weights: Floats, reference: Floats) -> Estimate:
        """Relative difference of one linear combination of the means from another, to first order."""
        against = float(reference @ self.values)
        relative = float(weights @ self.values) / against
        error = self.combined((weights - relative * reference) / against)
        return Estimate(relative - 1, error.standard_error, error.freedom)


def _covariance(first: Sample, second: Sample) -> float:
    """Covariance of the means of two samples, by the deviations of the groups that they share."""
    a, b = first.group_means, second.group_means
    if min(len(a), len(b)) < 2:
        return 0.0
    together = math.fsum((a[g] - first.mean) * (b[g] - second.mean) for g in a.keys() & b.keys())
    return together / math.sqrt(len(a) * (len(a) - 1) * len(b) * (len(b) - 1))
