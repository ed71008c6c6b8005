"""Lives as columns: what is refused, and what records become."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival import Lifetimes, LifetimesError


def test_durations_become_exact_or_censored_lives():
    """An event ends where it was seen; a censored life has no end."""
    lives = Lifetimes.of_durations([3.0, 5.0], [True, False])
    assert lives.upper.tolist() == [3.0, np.inf]
    assert lives.observed.tolist() == [True, False]
    assert lives.exact.all()


def test_records_become_lives(example):
    """Covariates with units become numbers, texts stay, and what ended a life is kept."""
    dead = example("cycle_life")
    alive = example("cycle_life", outcome="censored: the budget of cycles was spent", upper=None, lower=900.0)
    lives = Lifetimes.of_records([dead, alive])
    assert lives.lower.tolist() == [811.0, 900.0]
    assert lives.causes == ("capacity", "")
    assert lives.columns["rate"].tolist() == [5.4, 5.4]
    assert lives.units == {"rate": "1/h"}
    assert lives.columns["policy"].tolist() == ["5.4C(60%)-3C"] * 2


def test_cells_that_never_started_are_left_out(example):
    """No cycle done is no life of length zero."""
    never = example("cycle_life", outcome="no cycle could be done", upper=None, lower=0.0)
    assert len(Lifetimes.of_records([never, example("cycle_life")])) == 1


@pytest.mark.parametrize(
    ("durations", "observed", "said"),
    [
        ([], [], "no lives"),
        ([3.0, 0.0], [1, 1], "'2' .*0 or less"),
        ([3.0, -2.0], [1, 1], "'2'"),
        ([3.0, np.nan], [1, 1], "not a number"),
        ([3.0, 4.0], [1, 2], "true or false"),
        ([3.0, 4.0], ["dead", "alive"], "true or false"),
    ],
)
def test_impossible_lives_are_refused(durations, observed, said):
    """The error names the subject and what is wrong with it."""
    with pytest.raises(LifetimesError, match=said):
        Lifetimes.of_durations(durations, observed)


def test_mixed_units_and_contradictions_are_refused(example):
    """Cycles and days are not added, nor lives whose outcome and end disagree."""
    with pytest.raises(LifetimesError, match="2 units: cycle; day"):
        Lifetimes.of_records([example("cycle_life"), example("cycle_life", unit="day")])
    with pytest.raises(LifetimesError, match="An event has an upper end"):
        Lifetimes.of_records([example("cycle_life", upper=None)])
