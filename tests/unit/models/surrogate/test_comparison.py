"""A surrogate takes the place of another only by evidence of designs that neither has seen."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from test_training_surrogates import kpi, observations, train

from ragone.models.surrogate.comparison import FEWEST, SIGNIFICANCE, compare_surrogates, compared
from ragone.models.surrogate.errors import SurrogateError
from ragone.schemas import PromotionOutcome


@pytest.fixture(scope="module")
def held_out():
    """Twenty designs that nobody was trained on."""
    return observations(20, seed=9)


def judge(new, old, held_out):
    """The promotion of one over the other."""
    kpis, columns, designs = held_out
    return compare_surrogates(new, old, kpis, columns=columns, designs=designs, seed=1)


def test_the_p_value_is_the_share_of_all_assignments_of_signs():
    """By hand, for seven designs."""
    gains = np.array([3.0, 2.0, -1.0, 4.0, 0.5, 2.0, 1.0])
    found = compared(5 - gains, np.full(7, 5.0), list(range(7)), 1)
    means = [np.dot(signs, gains) for signs in itertools.product((1, -1), repeat=7)]
    assert found.p_value == pytest.approx(np.mean(np.array(means) >= gains.sum() - 1e-9))
    assert (found.challenger, found.incumbent) == pytest.approx(((5 - gains).mean(), 5.0))


def test_many_designs_are_tested_by_draws():
    """A clear gain is found, none is not; the p value is never zero."""
    random = np.random.default_rng(0)
    clear = compared(np.full(40, 1.0), 2 + random.random(40), list(range(40)), 1)
    assert clear.p_value == pytest.approx(1e-4)
    assert not compared(np.full(40, 1.0), np.full(40, 1.0), list(range(40)), 1).is_better


def test_observations_of_one_design_count_once():
    """Thirty repeats of three designs are three designs: too few to tell."""
    found = compared(np.zeros(90), np.ones(90), [n % 3 for n in range(90)], 1)
    assert (found.design_count, found.p_value, found.is_better) == (3, None, False)
    enough = compared(np.zeros(FEWEST), np.ones(FEWEST), list(range(FEWEST)), 1)
    assert enough.p_value == pytest.approx(2.0**-FEWEST)
    assert enough.p_value <= SIGNIFICANCE


def test_the_first_one_is_promoted():
    """For none stood before it; the record says so."""
    found = compare_surrogates(train(*observations()), columns={}, designs=[], seed=1)
    assert (found.promoted, found.outcome, found.p_value) == (True, PromotionOutcome.FIRST, None)


def test_a_better_one_is_promoted_and_a_worse_one_is_not(held_out):
    """Either way with errors and p value, and the ids of what it was judged by."""
    poor, good = train(*observations(8), methods=("mean",)), train(*observations(40, seed=2))
    up, down = judge(good, poor, held_out), judge(poor, good, held_out)
    assert (up.promoted, up.outcome) == (True, PromotionOutcome.BETTER)
    assert up.mean_absolute_error < up.incumbent_mean_absolute_error
    assert up.p_value <= SIGNIFICANCE
    assert (down.promoted, down.outcome) == (False, PromotionOutcome.NOT_BETTER)
    assert down.mean_absolute_error == up.incumbent_mean_absolute_error
    assert up.held_out == tuple(one.id for one in held_out[0])
    assert up.incumbent_id == poor.id


def test_one_that_is_alike_is_not_promoted(held_out):
    """A tie leaves the one in use in its place."""
    one = train(*observations())
    found = judge(replace(one, seed=2), one, held_out)
    assert (found.promoted, found.p_value) == (False, 1.0)


def test_few_held_out_designs_promote_nothing(held_out):
    """However much better it looks."""
    kpis, columns, _ = held_out
    few = (kpis[:5], {n: v[:5] for n, v in columns.items()}, list(range(5)))
    poor, good = train(*observations(8), methods=("mean",)), train(*observations(40, seed=2))
    assert judge(good, poor, few).outcome == PromotionOutcome.TOO_FEW
    none = compare_surrogates(good, poor, (), columns={}, designs=[], seed=1)
    assert (none.promoted, none.outcome) == (False, PromotionOutcome.TOO_FEW)


def test_what_was_trained_on_is_no_judge():
    """Neither by the one nor by the other."""
    data = observations()
    new, old = train(*data), train(*observations(seed=3))
    for pair in ((new, old), (old, new)):
        with pytest.raises(SurrogateError, match=r"40 held-out observations, such as kpi-.* were trained on"):
            judge(*pair, data)


def test_different_targets_are_not_compared(held_out):
    """Nor is one compared by observations of another definition."""
    one = train(*observations())
    with pytest.raises(SurrogateError, match="they cannot be compared"):
        judge(one, replace(one, target_definition="of the stack"), held_out)
    kpis, columns, designs = held_out
    with pytest.raises(SurrogateError, match="defined in 2 ways"):
        judge(one, replace(one, seed=2), ((kpi(5.0, definition="of the stack"), *kpis[1:]), columns, designs))
