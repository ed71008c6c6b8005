"""What a campaign concludes of designs some of which were evaluated cheaply."""

from __future__ import annotations

from goal_problems import candidates, goal, kpi

from ragone.models.conclusion import conclude

TRIED = candidates([{"x": 1, "edge": 16}, {"x": 1, "edge": 64}, {"x": 2, "edge": 64}, {"x": 3}])
GOALS = [goal("maximise")]


def test_only_evaluations_at_the_target_are_concluded_from() -> None:
    """The largest value, a cheap one, is recorded and not the best; a candidate that says nothing is at the target."""
    kpis = tuple(map(kpi, (9.0, 3.0, 5.0, 4.0)))
    found = conclude(TRIED, kpis, name="c", definition={}, goals=GOALS, target={"edge": 64})
    assert found.best_candidate_id == TRIED[2].id
    assert found.feasible.tolist() == [0, 1, 1, 1]
    assert found.values == [[9.0], [3.0], [5.0], [4.0]]
    assert found.ending == ""


def test_a_front_is_of_the_target() -> None:
    """A cheap design that beats the others is not of it."""
    goals = [goal("maximise"), goal("maximise", name="power")]
    kpis = tuple(k for a, b in ((9.0, 9.0), (3.0, 5.0), (5.0, 3.0), (2.0, 2.0)) for k in (kpi(a), kpi(b, name="power")))
    found = conclude(TRIED, kpis, name="c", definition={}, goals=goals, target={"edge": 64})
    assert found.front_ids == (TRIED[1].id, TRIED[2].id)


def test_a_campaign_without_an_evaluation_at_the_target_says_so() -> None:
    """It names none, and why."""
    found = conclude(TRIED[:1], (kpi(9.0),), name="c", definition={}, goals=GOALS, target={"edge": 64}, ending="time")
    assert found.best_candidate_id == ""
    assert found.ending.startswith("time; no design was evaluated at the fidelity")
