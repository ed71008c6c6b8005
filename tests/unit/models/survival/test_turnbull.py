"""Turnbull's estimator: published shares, the optimum, and the ordinary estimators as limits."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.kaplan_meier import kaplan_meier
from ragone.models.survival.turnbull import turnbull

# Months to cosmetic deterioration of the breast, radiotherapy alone: Finkelstein and Wolfe 1985, table 4; 99 is none.
_BREAST = (
    "45-99 6-10 0-7 46-99 46-99 7-16 17-99 7-14 37-44 0-8 4-11 15-99 11-15 22-99 46-99 46-99 25-37 46-99 26-40 46-99 "
    "27-34 36-44 46-99 36-48 37-99 40-99 17-25 46-99 11-18 38-99 5-12 37-99 0-5 18-99 24-99 36-99 5-11 19-35 17-25 "
    "24-99 32-99 33-99 19-26 37-99 34-99 36-99"
)


def _lives(low, high, entry=0.0) -> Lifetimes:
    low, high = np.asarray(low, float), np.asarray(high, float)
    names = tuple(str(number) for number in range(len(low)))
    causes = tuple("x" if np.isfinite(one) else "" for one in high)
    return Lifetimes(lower=low, upper=high, entry=np.full(len(low), entry), subjects=names, causes=causes)


def test_breast_cosmesis_has_the_published_curve():
    """Klein and Moeschberger 2003, section 5.2: intervals and shares alive after them."""
    pairs = [tuple(map(float, one.split("-"))) for one in _BREAST.split()]
    found = turnbull(_lives([low for low, _ in pairs], [np.inf if high == 99 else high for _, high in pairs]))
    intervals = list(zip(found.first.tolist(), found.last.tolist(), strict=True))
    assert intervals == [(4, 5), (6, 7), (7, 8), (11, 12), (24, 25), (33, 34), (38, 40), (46, 48)]
    published = [0.954, 0.920, 0.832, 0.761, 0.668, 0.586, 0.467, 0.0]
    np.testing.assert_allclose(found.survival, published, atol=1.5e-3)
    assert found.gap < 1e-6


def test_known_ends_give_kaplan_and_meiers_curve():
    """Ends at known times and stops alone."""
    random = np.random.default_rng(2)
    ends, stops = random.integers(1, 20, 80).astype(float), random.integers(1, 25, 80).astype(float)
    times, ended = np.minimum(ends, stops), ends <= stops
    curve = kaplan_meier(Lifetimes.of_durations(times, ended))
    found = turnbull(_lives(times, np.where(ended, times, np.inf)))
    known = found.first == found.last
    assert found.first[known].tolist() == curve.table.times.tolist()
    np.testing.assert_allclose(found.survival[known], curve.survival, atol=1e-6)


def test_the_median_is_an_interval():
    """Half have ended somewhere between two looks; nothing says where."""
    assert turnbull(_lives([0, 10, 10, 20], [10, 20, 20, np.inf])).quantile(0.5) == (10.0, 20.0)


def test_late_entry_is_refused():
    """It would change the likelihood."""
    with pytest.raises(LifetimesError, match="late"):
        turnbull(_lives([2.0], [3.0], entry=1.0))
