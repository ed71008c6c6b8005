"""What the optimiser believes of goals, in the units of their KPIs."""

from __future__ import annotations

import numpy as np
import pytest
from goal_problems import goal, kpi

from ragone.models.acquisition.belief import Beliefs
from ragone.schemas import Candidate

SPACE = {"x": {"low": 0.0, "high": 2.0}}
GOALS = [goal("maximise", name="energy"), goal("minimise", name="cost")]


def beliefs(failed: tuple[float, ...] = (), places: tuple[float, ...] = (0.0, 0.4, 0.9, 1.3, 1.6)) -> Beliefs:
    """The beliefs after an energy and a cost at some places, and failures at others."""
    candidates = [Candidate(values={"x": x}) for x in places]
    kpis = [
        kpi(value, 0.01, name=name) for x in places for name, value in (("energy", 3 + x - x**2), ("cost", 50 + 10 * x))
    ]
    broken = [Candidate(values={"x": x}) for x in failed]
    return Beliefs.of(candidates, kpis, broken, space=SPACE, goals=GOALS, seed=0)


def test_the_values_seen_are_believed_in_their_own_units_and_senses() -> None:
    """A KPI that is minimised is predicted as it was measured, not with its sign changed."""
    found = beliefs()
    at = found.space.points([Candidate(values={"x": x}) for x in (0.4, 1.3)])
    means, deviations = found.predict(at)
    assert means[:, 0] == pytest.approx([3.24, 2.61], abs=0.03)
    assert means[:, 1] == pytest.approx([54.0, 63.0], abs=0.3)
    assert (deviations > 0).all()
    assert (deviations < 0.1).all()


def test_the_deviation_grows_away_from_what_was_seen() -> None:
    """Beyond the last candidate less is known than beside it."""
    found = beliefs()
    _, deviations = found.predict(np.array([[0.8], [1.0]]))
    assert (deviations[1] > deviations[0]).all()


def test_success_is_certain_without_a_failure_and_doubtful_beside_one() -> None:
    """The boundary is learned from failures alone."""
    at = np.array([[0.1], [0.98]])
    assert beliefs().chance_of_success(at).tolist() == [1.0, 1.0]
    near, far = beliefs(failed=(1.9, 2.0)).chance_of_success(at)[::-1]
    assert 0.0 < near < 0.5 < far < 1.0


def test_one_candidate_leaves_no_belief() -> None:
    """One value has no spread: there is no surrogate, and nothing is predicted."""
    found = beliefs(places=(0.5,))
    assert found.surrogates == ()
    assert found.predict(np.array([[0.5]]))[0].shape == (1, 0)
