"""Do groups live equally long? The log-rank test and its weighted forms, with strata, trend and late entry.

At each end of a life the ends of a group are compared with its share of the subjects at risk. lifelines' test knows no
late entry and no strata. For groups so small that chi-squared is doubtful, group labels are exchanged at random, which
is right where censoring is alike in the groups.

References
----------
Mantel 1966; Gehan 1965, doi 10.1093/biomet/52.1-2.203; Tarone and Ware 1977, doi 10.1093/biomet/64.1.156; Peto and Peto
1972, doi 10.2307/2344317; Harrington and Fleming 1982, doi 10.1093/biomet/69.3.553.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Floats, Lifetimes
from ragone.models.survival.risk_table import RiskTable, at_risk, ends_at


class Weighting(StrEnum):
    """The weight that an end of a life has in the comparison."""

    LOG_RANK = "1: the log-rank test, sharpest where hazards are proportional"
    GEHAN = "the number at risk: Gehan's and Wilcoxon's, which looks at early ends"
    TARONE_WARE = "the square root of the number at risk: Tarone and Ware's"
    PETO = "about the share alive: Peto and Peto's, which looks at early ends"
    FLEMING_HARRINGTON = "the share alive just before: Harrington and Fleming's with rho 1"


@dataclass(frozen=True)
class LogRank:
    """A test that all groups have one survivor function; ends observed and expected in each, shape (g,)."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    groups: tuple[str, ...]
    observed: Floats
    expected: Floats


def log_rank(
    lives: Lifetimes,
    groups: Sequence[str],
    *,
    weighting: Weighting = Weighting.LOG_RANK,
    strata: Sequence[str] | None = None,
    scores: Sequence[float] | None = None,
) -> LogRank:
    """Test the equality of the survivor functions of groups.

    Parameters
    ----------
    lives
        Of n subjects, each of which ended at a known time or is censored.
    groups
        Of each subject; the groups are in the order of their names.
    weighting
        Of the ends.
    strata
        Of each subject: only subjects of one stratum, such as a batch, are compared.
    scores
        Of each group, in their order: then the test is for a trend with these, with one degree of freedom.

    Raises
    ------
    LifetimesError
        If there is only one group, or nothing can be compared.
    """
    names = tuple(sorted(set(groups)))
    if len(names) < 2:
        raise LifetimesError(f"all lives are of one group, {names[0]!r}: there is nothing to compare it with.")
    labels, layers = np.asarray(groups), np.asarray(strata if strata is not None else [""] * len(lives))
    observed, expected = np.zeros(len(names)), np.zeros(len(names))
    excess, covariance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for layer in np.unique(layers):
        chosen = layers == layer
        counts = _counts(lives.among(chosen), labels[chosen], names)
        part = _compared(*counts, _weights(counts[0], counts[1].sum(axis=0), counts[2].sum(axis=0), weighting))
        observed, expected = observed + counts[2].sum(axis=1), expected + part[0]
        excess, covariance = excess + part[1], covariance + part[2]
    if scores is not None:
        trend = np.asarray(scores, dtype=np.float64)
        excess, covariance = np.array([trend @ excess]), np.array([[trend @ covariance @ trend]])
    statistic, freedom = _chi_squared(excess, covariance)
    if not freedom:
        raise LifetimesError("no life ended while subjects of two groups were at risk: nothing can be compared.")
    return LogRank(statistic, freedom, _tail(statistic, freedom), names, observed, expected)


def _counts(lives: Lifetimes, labels: Any, names: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Return times of ends, subjects at risk and ends of each group; shape (k,), (g, k), (g, k)."""
    times = RiskTable.of(lives).times
    risk, ends = np.zeros((len(names), len(times))), np.zeros((len(names), len(times)))
    for row, name in enumerate(names):
        if (labels == name).any():
            own = lives.among(labels == name)
            risk[row], ends[row] = at_risk(own, times), ends_at(own.lower[own.observed], times)
    return times, risk, ends


def _weights(times: Floats, risk: Floats, ends: Floats, weighting: Weighting) -> Floats:
    if weighting is Weighting.GEHAN:
        return risk
    if weighting is Weighting.TARONE_WARE:
        return np.sqrt(risk)
    if weighting is Weighting.PETO:
        return np.asarray(np.cumprod(1 - ends / (risk + 1)))
    if weighting is Weighting.FLEMING_HARRINGTON:
        return np.asarray(np.append(1.0, np.cumprod(1 - ends / risk)[:-1])[: len(times)])
    return np.ones_like(times)


def _compared(times: Floats, risk: Floats, ends: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return expected ends, weighted excess of ends, and its covariance, by the hypergeometric distribution."""
    total, all_ends = risk.sum(axis=0), ends.sum(axis=0)
    share = risk / total
    expected = share * all_ends
    tied = np.where(total > 1, (total - all_ends) / np.maximum(total - 1, 1), 0.0)
    scale = weights**2 * all_ends * tied
    covariance = np.diag((scale * share).sum(axis=1)) - (scale * share) @ share.T
    return expected.sum(axis=1), (weights * (ends - expected)).sum(axis=1), covariance


def _chi_squared(excess: Floats, covariance: Floats) -> tuple[float, int]:
    """Return the statistic and its degrees of freedom: the rank of the covariance."""
    rank = int(np.linalg.matrix_rank(covariance, tol=1e-10 * max(float(np.trace(covariance)), 1e-300)))
    inverse = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
    return float(excess @ inverse @ excess), rank


def _tail(statistic: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic))


def permuted_p_value(
    lives: Lifetimes,
    groups: Sequence[str],
    *,
    weighting: Weighting = Weighting.LOG_RANK,
    draws: int = 1999,
    seed: int,
) -> float:
    """Return the share of random exchanges of the labels with a statistic as large, the observed one among them."""
    found = log_rank(lives, groups, weighting=weighting).statistic
    random, labels = np.random.Generator(np.random.PCG64(seed)), np.asarray(groups)
    reached = 0
    for _ in range(draws):
        drawn = log_rank(lives, random.permutation(labels).tolist(), weighting=weighting).statistic
        reached += drawn >= found * (1 - 1e-9)
    return (1 + reached) / (1 + draws)
