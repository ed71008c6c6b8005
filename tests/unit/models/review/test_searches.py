"""Random and Sobol search on surrogates, against what a search of known designs reaches."""

from __future__ import annotations

import numpy as np
import pytest
from goal_problems import goal, kpi

from ragone.models.conclusion import conclude
from ragone.models.review import ReviewedTrials, ReviewError, searches_of
from ragone.schemas import Candidate

SPACE = {"x": {"low": 0.0, "high": 2.0}}


def reviewed(goals, responses, places=(0.0, 0.3, 0.7, 1.0, 1.4, 1.7, 2.0), space=SPACE):
    """The trials at some places, whose KPIs are functions of them, with small uncertainties."""
    tried = tuple(Candidate(values={"x": x}) for x in places)
    kpis = [
        [kpi(r(x), 1e-3, name=g["kpi"]) for g, r in zip(goals, responses, strict=True)] if responses else []
        for x in places
    ]
    flat = tuple(one for row in kpis for one in row)
    failed = tuple(number for number, row in enumerate(kpis) if not row)
    found = conclude(tried, flat, name="any", definition={"space": space}, goals=goals, failed_trials=failed)
    return ReviewedTrials.of(found, tried, kpis)


def test_a_search_on_a_line_reaches_what_order_statistics_say():
    """The largest of n uniform numbers exceeds u with probability 1 - u^n; the Sobol sequence is more even."""
    trials = reviewed([goal("maximise")], [lambda x: 10 * x])
    own, (random, sobol) = searches_of(trials, trials.beliefs(), None, repeats=400)
    assert own == pytest.approx([0, 3, 7, 10, 14, 17, 20], abs=0.1)
    counts = np.arange(1, 8)
    for row, level in zip(random.band, (0.05, 0.5, 0.95), strict=True):
        assert row == pytest.approx(20 * level ** (1 / counts), abs=1.3)
    assert (sobol.band[0, 3:] > random.band[0, 3:]).all()
    assert random.as_good == 0.0


def test_what_is_small_is_sought_where_it_is_minimised_and_limits_are_kept():
    """The band falls, and stays above the limit."""
    goals = [goal("minimise", name="cost"), goal("at_least", 0.5, name="range")]
    trials = reviewed(goals, [lambda x: 10 * x, lambda x: x])
    _, found = searches_of(trials, trials.beliefs(), None, repeats=50)
    for search in found:
        last = search.band[:, -1]
        assert ((last > 4.9) & (last < 20)).all()
        known = search.band[1][np.isfinite(search.band[1])]
        assert (np.diff(known) <= 0).all()


def test_hypervolumes_of_searches_are_below_that_of_the_whole_line():
    """Two objectives that oppose each other on a line: the volume under it is never exceeded."""
    goals = [goal("maximise", name="first"), goal("maximise", name="second")]
    trials = reviewed(goals, [lambda x: x, lambda x: 2 - x])
    own, found = searches_of(trials, trials.beliefs(), np.array([0.0, 0.0]), repeats=30)
    whole = 2.0
    assert 1.5 < own[-1] <= whole
    assert all((search.band <= whole + 0.01).all() and (search.band >= 0).all() for search in found)


def test_a_long_campaign_is_searched_less_often():
    """The time stays within bounds; the count is told."""
    trials = reviewed([goal("maximise")], [lambda x: x], places=tuple(np.linspace(0, 2, 80).tolist()))
    _, found = searches_of(trials, trials.beliefs(), None)
    assert [one.repeats for one in found] == [125, 125]


def test_the_same_campaign_gives_the_same_searches():
    """The draws have a seed of their own."""
    trials = reviewed([goal("maximise")], [lambda x: x * (2 - x)])
    first, second = (searches_of(trials, trials.beliefs(), None, repeats=5)[1] for _ in range(2))
    assert all((one.band == other.band).all() for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"places": (1.0,)}, "fewer than two trials"),
        ({"places": (1.0, 1.0), "space": {"x": 1.0}}, "varies nothing"),
        ({"space": {}}, "does not state its space"),
        ({"space": {"x": {"low": "a", "high": []}}}, "no surrogate can be fitted"),
        ({"space": {"y": {"low": 0.0, "high": 1.0}}}, "no surrogate can be fitted"),
    ],
)
def test_the_reason_is_given_where_there_is_no_surrogate(given, reason):
    """Few trials, a space that is fixed, unknown or forged."""
    with pytest.raises(ReviewError, match=reason):
        reviewed([goal("maximise")], [lambda x: 1 + x], **given).beliefs()


def test_a_campaign_of_failures_has_no_surrogate():
    """No value, no belief."""
    with pytest.raises(ReviewError, match="fewer than two trials"):
        reviewed([goal("maximise")], []).beliefs()


def test_a_former_space_is_read_by_names_and_pairs():
    """Earlier versions wrote a range as a pair, and left out the role of a variable."""
    tried = tuple(Candidate(values={"recipe.porosity": x}) for x in (0.3, 0.35, 0.4))
    kpis = [[kpi(100 * x, 0.1)] for x in (0.3, 0.35, 0.4)]
    given = {"definition": {"space": {"porosity": [0.3, 0.4]}}, "goals": [goal("maximise")]}
    found = ReviewedTrials.of(conclude(tried, tuple(k for row in kpis for k in row), name="any", **given), tried, kpis)
    assert list(found.beliefs().space.searched.variables) == ["recipe.porosity"]
