"""A design of a front, chosen by a rule."""

from __future__ import annotations

import pytest
from goal_problems import goal, kpi

from ragone.models.conclusion import conclude
from ragone.models.review import ChoiceError, ReviewedTrials, chosen_of
from ragone.schemas import Candidate

GOALS = [goal("maximise", name="energy"), goal("minimise", name="cost")]
# (energy, cost): ends in 0 and 3; 1 is the farthest beyond the line between them, 2 the nearest to (100, 0)
FRONT = [(0.0, 0.0), (40.0, 1.0), (68.0, 4.0), (100.0, 10.0)]


def reviewed(rows, goals=GOALS):
    """The trials of a campaign whose KPIs have these values."""
    kpis = [[kpi(v, 1.0, name=g["kpi"]) for v, g in zip(row, goals, strict=True)] for row in rows]
    tried = tuple(Candidate(values={"x": float(number)}) for number in range(len(rows)))
    flat = tuple(one for row in kpis for one in row)
    return ReviewedTrials.of(conclude(tried, flat, name="any", definition={}, goals=goals), tried, kpis)


def test_the_ideal_and_the_knee_by_hand():
    """Scaled to the front: sums 1.3 and 1.28 decide for the knee, distances 0.608 and 0.512 for the ideal."""
    trials = reviewed(FRONT)
    assert chosen_of(trials, [0, 1, 2, 3], "knee").number == 1
    assert chosen_of(trials, [0, 1, 2, 3], "ideal").number == 2
    assert "nearest to the best of all objectives" in chosen_of(trials, [0, 1, 2, 3]).reason


def test_units_do_not_matter():
    """A cost in cents gives the same choice."""
    trials = reviewed([(energy, 100 * cost) for energy, cost in FRONT])
    assert [chosen_of(trials, [0, 1, 2, 3], rule).number for rule in ("knee", "ideal")] == [1, 2]


def test_a_front_of_one_and_an_objective_without_extent():
    """There is nothing to scale by, and still a choice."""
    assert chosen_of(reviewed(FRONT), [2]).number == 2
    assert chosen_of(reviewed([(1.0, 5.0), (1.0, 5.0)]), [0, 1], "knee").number == 0


def test_a_design_by_its_number():
    """Counted from 1, as on the page."""
    assert chosen_of(reviewed(FRONT), [1, 3], "4").number == 3


@pytest.mark.parametrize("rule", ["3", "0", "-1", "knees", "", "²"])
def test_what_is_no_design_of_the_front_is_refused(rule):
    """The designs and rules there are stand in the message."""
    with pytest.raises(ChoiceError, match=r"is no design of the front. Name 2, 4, or a rule: ideal or knee"):
        chosen_of(reviewed(FRONT), [1, 3], rule)
