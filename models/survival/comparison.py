"""Do the groups differ, by how much, and would they if the cells that were stopped were not like the others?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.log_rank import LogRank, Weighting, log_rank, permuted_p_value
from ragone.models.survival.restricted_mean import Estimate, difference, ratio, restricted_mean
from ragone.models.survival.sensitivity import tipping_factor
from ragone.models.survival.summary import Group, estimate, figure

_TESTS = (Weighting.LOG_RANK, Weighting.GEHAN, Weighting.PETO)
_FEW_ENDS = 20  # below, chi-squared is doubtful and labels are exchanged at random as well


def compare_groups(
    groups: Sequence[Group], horizon: float | None, confidence: float, seed: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Compare groups by tests of all, and by the restricted mean of each with the first.

    Parameters
    ----------
    groups
        In order; those without known ends are left out.
    horizon
        Of the restricted means; none are compared if None.
    confidence
        Of the intervals [-].
    seed
        Of the exchanges of labels.

    Returns
    -------
    list of dict
        Plain data: tests, then differences.
    list of str
        What could not be compared, and why.
    """
    usable = [group for group in groups if group.timed is not None]
    if len(usable) < 2:
        return [], []
    lives, labels = _joined(usable)
    try:
        rows = [_test(log_rank(lives, labels, weighting=one), one) for one in _TESTS]
    except LifetimesError as cause:
        return [], [str(cause)]
    if int(lives.observed.sum()) < _FEW_ENDS:
        rows[0]["permuted_p_value"] = figure(permuted_p_value(lives, labels, seed=seed))
    return rows + (list(_differences(usable, horizon, confidence)) if horizon is not None else []), []


def _joined(groups: Sequence[Group]) -> tuple[Lifetimes, list[str]]:
    parts = [group.timed for group in groups if group.timed is not None]
    joined = Lifetimes(
        lower=np.concatenate([one.lower for one in parts]),
        upper=np.concatenate([one.upper for one in parts]),
        entry=np.concatenate([one.entry for one in parts]),
        subjects=tuple(name for one in parts for name in one.subjects),
        causes=tuple(cause for one in parts for cause in one.causes),
        unit=parts[0].unit,
    )
    return joined, [group.name for group, one in zip(groups, parts, strict=True) for _ in range(len(one))]


def _test(found: LogRank, weighting: Weighting) -> dict[str, Any]:
    return {
        "test": weighting.name.lower(),
        "weight": str(weighting),
        "statistic": figure(found.statistic),
        "degrees_of_freedom": found.degrees_of_freedom,
        "p_value": figure(found.p_value),
        "groups": list(found.groups),
        "observed": [figure(one) for one in found.observed.tolist()],
        "expected": [figure(one) for one in found.expected.tolist()],
    }


def _differences(groups: Sequence[Group], horizon: float, confidence: float) -> Iterator[dict[str, Any]]:
    """Each group's restricted mean less that of the first, as far as both reach the horizon and have an error."""
    means = [_mean(group, horizon, confidence) for group in groups]
    for group, mean in zip(groups[1:], means[1:], strict=True):
        if mean is None or means[0] is None or not any(one.error_is_known(horizon) for one in (groups[0], group)):
            continue
        gap = difference(mean, means[0], confidence)
        if math.isnan(gap.standard_error):
            continue
        yield {
            "difference_of": group.name,
            "from": groups[0].name,
            "horizon": figure(horizon),
            "difference": estimate(gap),
            "ratio": estimate(ratio(mean, means[0], confidence)),
            "tipping_factor": _tipping(groups[0], group, horizon, gap, means[0].value, mean.value),
        }


def _mean(group: Group, horizon: float, confidence: float) -> Estimate | None:
    if group.timed is None or len(group.lives) < 2:
        return None
    try:
        return restricted_mean(group.timed, horizon, confidence)
    except LifetimesError:
        return None


def _tipping(first: Group, other: Group, horizon: float, gap: Estimate, one: float, two: float) -> float | None:
    """Return how many times sooner the stopped cells of the longer-lived group must die for no difference to be left.

    Null if the difference is within its interval already, or if even counting them as dead leaves one.
    """
    if gap.low <= 0 <= gap.high:
        return None
    longer, limit = (other, two - gap.low) if gap.value > 0 else (first, one + gap.high)
    if longer.timed is None or (longer.timed.entry > 0).any():
        return None
    return figure(tipping_factor(longer.timed, horizon, limit))
