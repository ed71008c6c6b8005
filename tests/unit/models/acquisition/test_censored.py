"""Censored KPIs in the optimiser: a likelihood that knows that the value is larger than its bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi, kpis_of

from ragone.models.acquisition import (
    suggest_by_expected_improvement,
    suggest_by_feasible_improvement,
    suggest_by_multi_fidelity,
    suggest_by_sobol,
)
from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.censored import fit_to_censored, tobit_scale
from ragone.models.acquisition.expectation_propagation import sites_of
from ragone.models.acquisition.many_points import fit_to_many
from ragone.models.acquisition.observations import observe_at
from ragone.models.conclusion import conclude
from ragone.models.goals import goals_of
from ragone.models.plateau import find_plateau
from ragone.models.surrogate import repeatable
from ragone.models.surrogate.kriging import matern
from ragone.schemas import Candidate, Kpi, KpiOutcome

LINE: dict[str, Any] = {"x": {"low": 0.0, "high": 1.0}}
ONE = [goal("maximise")]


def beyond(bound: float, name: str = "energy_density") -> Kpi:
    """A KPI that is only known to be larger."""
    return Kpi(
        name=name,
        value=None,
        unit="W.h/L",
        outcome=KpiOutcome.CENSORED,
        lower_bound=bound,
        sample_count=1,
        definition="test",
        method="test",
    )


def cut(value: float, budget: float, name: str = "energy_density") -> Kpi:
    """A KPI of a run that ends at its budget."""
    return beyond(budget, name) if value > budget else kpi(value, name=name)


def at(*values: float) -> tuple[Candidate, ...]:
    """Candidates of the line."""
    return candidates([{"x": value} for value in values])


def test_one_site_has_the_moments_of_the_truncated_normal() -> None:
    """Without noise, one bound makes a normal the half of it above: mean and variance as tables have them."""
    value, variance = sites_of(np.zeros(1), np.eye(1), np.zeros(1), np.full(1, 1e-12))
    after = 1 / (1 + 1 / variance)
    assert after == pytest.approx(1 - 2 / np.pi)
    assert after * value / variance == pytest.approx(np.sqrt(2 / np.pi))


def test_sites_agree_with_brute_force() -> None:
    """Two correlated values beyond bounds with noise: moments as by weighted samples, to a few per cent."""
    covariance, means = np.array([[1.0, 0.6], [0.6, 1.0]]), np.array([0.2, -0.3])
    bounds, noise = np.array([0.5, 0.8]), np.array([0.05, 0.1])
    from scipy.stats import norm

    drawn = np.random.default_rng(0).multivariate_normal(means, covariance, 400_000)
    weights = norm.cdf((drawn - bounds) / np.sqrt(noise)).prod(axis=1)
    values, variances = sites_of(means, covariance, bounds, noise)
    after = np.linalg.inv(np.linalg.inv(covariance) + np.diag(1 / variances))
    mean = after @ (np.linalg.solve(covariance, means) + values / variances)
    assert mean == pytest.approx(np.average(drawn, axis=0, weights=weights), abs=0.01)
    assert after == pytest.approx(np.cov(drawn.T, aweights=weights), abs=0.01)


def test_a_bound_far_below_says_nothing() -> None:
    """A value that is surely larger than its bound is left as it was, and one far above moves to the bound."""
    values, variances = sites_of(np.zeros(2), np.eye(2), np.array([-60.0, 30.0]), np.full(2, 1e-6))
    after = values / variances / (1 + 1 / variances)
    assert after == pytest.approx([0.0, 30.0], abs=0.1)


def test_the_scale_is_that_of_the_whole_sample() -> None:
    """Mean and spread of a normal sample, half of which is cut off, are those that were drawn from; a minimum alike."""
    drawn = np.random.default_rng(1).normal(3.0, 2.0, 4000)
    for sign in (1.0, -1.0):
        censored = sign * drawn > sign * 3.0
        scale = tobit_scale(np.where(censored, 3.0, drawn), censored, sign)
        assert scale.centre == pytest.approx(3.0, abs=0.15)
        assert scale.spread == pytest.approx(2.0, abs=0.15)


def test_intervals_hold_where_values_were_cut() -> None:
    """On random surfaces, a third of their values cut: 95 % intervals hold them, those of plugged-in bounds do not.

    Means are nearer to the surface than those of bounds taken as values, and of censored values left out.
    """
    held, plugged = [], []
    errors: dict[str, list[float]] = {"own": [], "plugged": [], "left out": []}
    for seed in range(4):
        random = np.random.default_rng(seed)
        points = random.random((75, 2))
        values = np.linalg.cholesky(matern(points / 0.5, points / 0.5) + 1e-9 * np.eye(75)) @ random.standard_normal(75)
        known, new = points[:25], points[25:]
        budget = np.quantile(values[:25], 0.67)
        censored = values[:25] > budget
        seen = np.where(censored, budget, values[:25])
        with repeatable(seed):
            fitted = {
                "own": fit_to_censored(known, seen, None, censored),
                "plugged": fit_to_many(known, seen, None),
                "left out": fit_to_many(known[~censored], seen[~censored], None),
            }
        for name, process in fitted.items():
            errors[name].append(float(np.sqrt(np.mean((process.predict(new)[0] - values[25:]) ** 2))))
        for name, found in (("own", held), ("plugged", plugged)):
            means, covariances = fitted[name].predict(known[censored])
            found += list(np.abs(means - values[:25][censored]) < 2 * np.sqrt(covariances.diagonal()))
    assert np.mean(held) > 0.85
    assert np.mean(plugged) < 0.5
    assert np.mean(errors["own"]) < 0.8 * min(np.mean(errors["plugged"]), np.mean(errors["left out"]))


def test_a_kpi_to_be_small_is_believed_beyond_its_bound() -> None:
    """A censored KPI is larger than its bound whatever the goal: what is believed of it lies above, in its unit."""
    tried = at(0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    kpis = [cut(1.0 + 3.0 * one.values["x"], 2.5) for one in tried]
    for sense in ("maximise", "minimise"):
        beliefs = Beliefs.of(tried, kpis, (), space=LINE, goals=[goal(sense)], seed=1)
        means = beliefs.predict(beliefs.space.points(tried))[0][:, 0]
        assert (means[3:] > 2.5).all()
        assert means[:3] == pytest.approx([1.0, 1.6, 2.2], abs=0.1)
    assert not beliefs.chance_of_success(np.full((1, 1), 0.9)) < 1  # nothing failed


def test_search_goes_on_beyond_the_budget() -> None:
    """The hill rises beyond where runs are cut: what is suggested lies there, not where values were seen to be best."""
    tried = at(0.05, 0.2, 0.35, 0.5, 0.65)
    kpis = [cut(float(np.sin(2.0 * one.values["x"])), 0.7) for one in tried]
    for engine in (suggest_by_feasible_improvement, suggest_by_expected_improvement):
        found = engine(tried, tuple(kpis), space=LINE, goals=ONE, count=1, seed=2)["0"].values["x"]
        assert found > 0.66
    beliefs = Beliefs.of(tried, kpis, (), space=LINE, goals=ONE, seed=2)
    assert beliefs.predict(np.array([[0.65], [0.8]]))[0].min() > 0.75


def test_a_limit_kept_by_a_bound_is_kept() -> None:
    """A censored KPI keeps a lower limit for certain if its bound does; beyond an upper limit it breaks it."""
    points, limited = np.array([[0.1], [0.5], [0.9]]), [beyond(800.0), beyond(1200.0), kpi(1100.0)]
    for sense, kept in (("at_least", [False, True, True]), ("at_most", [False, False, False])):
        goals = goals_of([goal("maximise"), goal(sense, 1000.0, "limited")])
        rows = [each for one in limited for each in (kpi(1.0), one)]
        seen = observe_at(points, goals, rows)
        assert seen.feasible.tolist() == kept
        assert seen.measured_count == 3


def test_an_unknown_limit_is_a_probability() -> None:
    """Cut below the limit, a life may keep it: where lives rise beyond the budget a design is sought."""
    tried = at(0.0, 0.25, 0.5, 0.75, 1.0)
    goals = [goal("maximise"), goal("at_least", 1000.0, "life")]
    lives = [400.0, 600.0, 800.0, 1000.0, 1200.0]
    rows = tuple(
        each
        for one, life in zip(tried, lives, strict=True)
        for each in (kpi(-one.values["x"]), cut(life, 700.0, "life"))
    )
    found = suggest_by_feasible_improvement(tried, rows, space=LINE, goals=goals, count=1, seed=1)["0"]
    assert found.values["x"] > 0.5
    means, deviations = Beliefs.of(tried, rows, (), space=LINE, goals=goals, seed=1).predict(np.array([[1.0]]))
    assert (1000.0 - means[0, 1]) / deviations[0, 1] < 1.0


def test_nothing_changes_without_censoring() -> None:
    """Where no KPI is censored the process is fitted as ever, to the last bit."""
    tried = at(0.0, 0.3, 0.7, 1.0)
    seen = observe_at(np.array([[0.0], [0.3], [0.7], [1.0]]), goals_of(ONE), kpis_of(tried, [lambda v: v["x"] ** 2]))
    assert seen.responses[0].censored is None


def test_all_censored_is_no_failure() -> None:
    """When every run is cut at one budget, it is still a new design that is suggested, and no boundary is learned."""
    tried = tuple(suggest_by_sobol((), (), space=LINE, goals=ONE, count=4, seed=1).values())
    kpis = tuple(beyond(500.0) for _ in tried)
    found = suggest_by_feasible_improvement(tried, kpis, space=LINE, goals=ONE, count=1, seed=1)["0"]
    assert all(abs(found.values["x"] - one.values["x"]) > 1e-3 for one in tried)
    assert Beliefs.of(tried, kpis, (), space=LINE, goals=ONE, seed=1).boundary is None


def test_cheap_evaluations_are_left_out_where_some_are_censored() -> None:
    """The process over fidelities knows no censoring: what is suggested is at the target, as by it alone."""
    edges = [64, 64, 64, 16, 16, 16]
    tried = candidates([{"x": x, "edge": edge} for x, edge in zip((0.1, 0.5, 0.9, 0.2, 0.4, 0.8), edges, strict=True)])
    kpis = tuple(cut(one.values["x"], 0.7) for one in tried)
    levels = [{"values": {"edge": 64}, "cost": 1.0}, {"values": {"edge": 16}, "cost": 0.01}]
    given: dict[str, Any] = {"space": LINE, "goals": ONE, "count": 1, "seed": 1}
    found = suggest_by_multi_fidelity(tried, kpis, fidelities=levels, **given)["0"]
    alone = suggest_by_feasible_improvement(at(0.1, 0.5, 0.9), kpis[:3], **given)["0"]
    assert found.values == {**alone.values, "edge": 64}


def test_the_best_may_be_one_that_did_not_end() -> None:
    """A censored design is the best if its bound is, also of its plateau; it is not where the KPI is to be small."""
    tried = at(0.1, 0.4, 0.6, 0.9)
    kpis = (kpi(300.0), kpi(450.0), beyond(500.0), kpi(420.0))
    definition = {"space": LINE}
    found = conclude(tried, kpis, name="lives", definition=definition, goals=ONE)
    assert found.best_candidate_id == tried[2].id
    assert found.best_kpi_id == kpis[2].id
    assert find_plateau(found, tried, kpis, seed=1).best_value == 500.0
    small = conclude(tried, kpis, name="lives", definition=definition, goals=[goal("minimise")])
    assert small.best_candidate_id == tried[0].id
    assert small.feasible.tolist() == [1, 1, 0, 1]
