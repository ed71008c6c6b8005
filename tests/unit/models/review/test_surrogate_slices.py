"""Slices of surrogates: along one variable, the others held."""

from __future__ import annotations

import numpy as np
import pytest
from goal_problems import goal, kpi

from ragone.models.acquisition.belief import Beliefs
from ragone.models.review import slices_of
from ragone.schemas import Candidate

SPACE = {
    "recipe.porosity": {"low": 0.2, "high": 0.4},
    "cell.layers": {"low": 1, "high": 4, "whole": True},
    "cell.housing": {"choices": ["pouch", "prism", "coin"]},
}
GOALS = [goal("minimise", name="cost")]


def cost(candidate):
    """A cost that rises with each variable."""
    values = candidate.values
    return 100 + 50 * values["recipe.porosity"] + 2 * values["cell.layers"] + 5 * (values["cell.housing"] == "coin")


@pytest.fixture(scope="module")
def problem():
    """The beliefs of a cost, and the candidates behind them."""
    random = np.random.default_rng(0)
    tried = tuple(
        Candidate(
            values={
                "recipe.porosity": float(random.uniform(0.2, 0.4)),
                "cell.layers": int(random.integers(1, 5)),
                "cell.housing": str(random.choice(["pouch", "prism", "coin"])),
            }
        )
        for _ in range(30)
    )
    kpis = tuple(kpi(cost(one), 0.01, name="cost") for one in tried)
    return Beliefs.of(tried, kpis, (), space=SPACE, goals=GOALS, seed=0), tried


def test_every_value_of_each_variable_is_predicted_with_the_others_held(problem):
    """Numbers over their range, whole numbers and options one by one, in the KPI's unit and its own sense."""
    beliefs, tried = problem
    centre = tried[3]
    found = {one.path: one for one in slices_of(beliefs, centre, tried)}
    assert list(found) == ["cell.housing", "cell.layers", "recipe.porosity"]
    assert found["cell.housing"].values == ("pouch", "prism", "coin")
    assert found["cell.layers"].values == (1, 2, 3, 4)
    assert found["recipe.porosity"].values[::60] == pytest.approx((0.2, 0.4))
    assert [one.discrete for one in found.values()] == [True, True, False]
    for path, one in found.items():
        expected = [cost(Candidate(values={**centre.values, path: value})) for value in one.values]
        assert one.means[:, 0] == pytest.approx(expected, abs=1.0)
        assert (one.deviations > 0).all()


def test_the_nearness_of_a_trial_is_one_on_the_slice_and_falls_with_the_other_variables(problem):
    """Only what is held counts, not where along the slice a trial lies."""
    beliefs, tried = problem
    centre = tried[0]
    along = Candidate(values={**centre.values, "recipe.porosity": 0.21})
    porosity = centre.values["recipe.porosity"]
    away = [Candidate(values={**along.values, "cell.layers": n}) for n in (1, 2, 3, 4)]
    nearness = slices_of(beliefs, centre, [centre, along, *away])[2].nearness[:, 0]
    assert porosity != 0.21
    assert nearness[:2] == pytest.approx([1.0, 1.0])
    ordered = sorted(range(4), key=lambda n: abs(n + 1 - centre.values["cell.layers"]))
    falls = [nearness[2 + n] for n in ordered]
    assert falls[0] == pytest.approx(1.0)
    assert falls[-1] < falls[1] < 1.0


def test_the_mean_at_the_centre_is_the_beliefs_own(problem):
    """The same surrogate, not another fit."""
    beliefs, tried = problem
    mean, deviation = beliefs.predict(beliefs.space.points([tried[5]]))
    one = slices_of(beliefs, tried[5], tried)[1]
    place = one.values.index(tried[5].values["cell.layers"])
    assert one.means[place] == pytest.approx(mean[0], rel=1e-9)
    assert one.deviations[place] == pytest.approx(deviation[0], rel=1e-6)
