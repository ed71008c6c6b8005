"""What the R package survival prints of classic lives, in its own tests: curves, medians, tests, interval censoring.

The lives and the figures are those of tests/ovarian.Rout.save, difftest.Rout.save, turnbull.Rout.save and
cancer.Rout.save; of `ovarian` the printed table is the data, too.
"""

from __future__ import annotations

import numpy as np
import pytest
from lifelines.datasets import load_lung

from ragone.models.survival import Lifetimes
from ragone.models.survival.kaplan_meier import kaplan_meier
from ragone.models.survival.log_rank import log_rank
from ragone.models.survival.turnbull import turnbull

_OVARIAN_ENDS = [59, 115, 156, 268, 329, 353, 365, 431, 464, 475, 563, 638]
_OVARIAN_STOPS = [377, 421, 448, 477, 744, 769, 770, 803, 855, 1040, 1106, 1129, 1206, 1227]
_MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
_NOT_MAINTAINED = ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
_DUMMY = ([1, 2, 2, 3, 3, 3, 4], [0] * 7)


def test_the_curve_of_ovarian():
    """Survival and Greenwood's standard error after each of twelve ends."""
    lives = Lifetimes.of_durations([*_OVARIAN_ENDS, *_OVARIAN_STOPS], [1] * 12 + [0] * 14)
    curve = kaplan_meier(lives)
    printed = [0.962, 0.923, 0.885, 0.846, 0.808, 0.769, 0.731, 0.688, 0.642, 0.596, 0.546, 0.497]
    errors = [0.0377, 0.0523, 0.0627, 0.0708, 0.0773, 0.0826, 0.0870, 0.0919, 0.0965, 0.0999, 0.1032, 0.1051]
    kept = np.searchsorted(curve.table.times, _OVARIAN_ENDS)
    np.testing.assert_array_equal(curve.survival[kept].round(3), printed)
    np.testing.assert_array_equal(curve.standard_error[kept].round(4), errors)


@pytest.mark.parametrize("parts", [(_MAINTAINED, _NOT_MAINTAINED), (_DUMMY, _MAINTAINED, _NOT_MAINTAINED)])
def test_the_log_rank_test_of_aml(parts):
    """Chi-squared 3.4, p 0.07, one degree of freedom; a group whose cells all left before the first end adds none."""
    times, ended = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    names = [str(number) for number, part in enumerate(parts) for _ in part[0]]
    found = log_rank(Lifetimes.of_durations(times.astype(float), ended), names)
    assert (round(found.statistic, 1), round(found.p_value, 2), found.degrees_of_freedom) == (3.4, 0.07, 1)
    assert found.observed[-2:].tolist() == [7.0, 11.0]
    assert found.expected[-2:].round(2).tolist() == [10.69, 7.31]


def test_turnbulls_own_lives():
    """Known ends, stops and ends before a look, each of 1 to 4 years: 0.538, 0.295, 0.210, 0.095."""
    counts = [(12, 3, 2), (6, 2, 4), (2, 0, 2), (3, 3, 5)]
    rows = [
        one
        for year, (ended, stopped, before) in enumerate(counts, start=1)
        for one in [(year, year)] * ended + [(year, np.inf)] * stopped + [(0, year)] * before
    ]
    lower, upper = np.array(rows, dtype=float).T
    count = len(rows)
    lives = Lifetimes(lower, upper, np.zeros(count), ("",) * count, ("",) * count)
    found = turnbull(lives)
    assert found.last[:4].tolist() == [1, 2, 3, 4]
    assert found.survival[:4].round(3).tolist() == [0.538, 0.295, 0.210, 0.095]


def test_medians_of_lung_by_performance():
    """394, 306, 199 and 118 days, of 63, 113, 50 and 1 patients."""
    frame = load_lung().dropna(subset=["ph.ecog"])
    for score, count, ends, median in ((0, 63, 37, 394), (1, 113, 82, 306), (2, 50, 44, 199), (3, 1, 1, 118)):
        part = frame[frame["ph.ecog"] == score]
        ended = part["status"].to_numpy()
        assert (len(part), int(ended.sum())) == (count, ends)
        lives = Lifetimes.of_durations(part["time"].to_numpy(float), ended)
        assert kaplan_meier(lives).quantile(0.5)[0] == median
