"""Suggestions that learn from earlier campaigns: weights, exact posteriors, guards, and the first candidates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from goal_problems import candidates, goal, kpis_of
from source_problems import learned

from ragone.models.acquisition import suggest_by_feasible_improvement, suggest_by_sobol
from ragone.models.acquisition.cokriging import Cokriged, cokriged
from ragone.models.acquisition.ranking import misrankings, ranking_weights, scale_over, weights_by_loss
from ragone.models.acquisition.sources import Source
from ragone.models.acquisition.space import UnitCube
from ragone.models.goals import goals_of
from ragone.models.surrogate import GaussianProcess, fit_gaussian_process, repeatable
from ragone.schemas import Candidate

SQUARE: dict[str, Any] = {"recipe.x": {"low": 0.0, "high": 1.0}, "recipe.y": {"low": 0.0, "high": 1.0}}
ONE = [goal("maximise", name="kpi_0")]
GOAL = goals_of(ONE)[0]
TOP = np.array([0.3, 0.6])


def hill(values: dict[str, Any]) -> float:
    """A hill with its top, 10, at (0.3, 0.6)."""
    return 10 * float(np.exp(-4 * ((values["recipe.x"] - 0.3) ** 2 + (values["recipe.y"] - 0.6) ** 2)))


def related(values: dict[str, Any]) -> float:
    """The hill at half the height, on a slope."""
    return 0.5 * hill(values) + 3 + 0.3 * values["recipe.x"]


def opposite(values: dict[str, Any]) -> float:
    """The hill turned about."""
    return -hill(values)


def source_of(response: Any, **changes: Any) -> Source:
    """The source that has learned a response."""
    return Source.of(learned(response, SQUARE, target="kpi_0", **changes), GOAL, UnitCube.of(SQUARE), {})


def own_of(count: int, response: Any = hill, noise: float = 1e-4) -> tuple[np.ndarray[Any, Any], GaussianProcess]:
    """Even points and the process of what was measured there."""
    even = tuple(suggest_by_sobol((), (), space=SQUARE, goals=ONE, count=count, seed=7).values())
    points = UnitCube.of(SQUARE).points(even)
    values = np.array([response(dict(one.values)) for one in even])
    with repeatable(0):
        return points, fit_gaussian_process(points, values, np.full(count, noise**2))


def test_misrankings_are_counted_over_all_pairs() -> None:
    """As a count of the ordered pairs, one by one."""
    random = np.random.default_rng(0)
    draws, values = random.standard_normal((5, 6)), random.standard_normal(6)
    counted = [
        sum((draw[j] > draw[k]) != (values[j] > values[k]) for j in range(6) for k in range(6)) for draw in draws
    ]
    assert misrankings(draws, values).tolist() == counted
    assert misrankings(values[None] * 2 + 5, values).tolist() == [0.0]


def test_a_source_no_better_than_the_own_process_has_no_weight() -> None:
    """A share counts only as far as the source beats the own process; equals and what is lost go to the latter."""
    losses = np.array([[1.0, 4.0, 4.0, 2.0], [9.0, 9.0, 1.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
    assert weights_by_loss(losses) == pytest.approx([0.25 * 0.25, 0.25 * 0.25, 1 - 0.125])
    assert weights_by_loss(np.array([[5.0, 5.0], [5.0, 5.0]])).tolist() == [0.0, 1.0]


def test_ranking_weighs_a_related_source_and_not_an_opposite_one() -> None:
    """Few own values of a hill: the related source outweighs the own process, the opposite one has nothing."""
    points, own = own_of(6)
    with repeatable(0):
        weights = ranking_weights(points, own, [source_of(related), source_of(opposite)], 0)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] > 0.5
    assert weights[1] == 0


def test_a_source_is_brought_to_the_own_values() -> None:
    """Standardised over the own candidates it has mean 0 and deviation 1, whatever its units were."""
    points, _ = own_of(6)
    source = source_of(related)
    scale = scale_over(source, points)
    with torch.no_grad():
        values = scale.standardised(source.moments(torch.from_numpy(points))[0].numpy())
    assert (values.mean(), values.std(ddof=1)) == pytest.approx((0, 1))


def by_hand(model: Cokriged, at: np.ndarray[Any, Any], kept: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Mean and covariance at points, from some of the own values, by the textbook's formula."""
    theta, points = model.theta.numpy(), model.points.numpy()
    both = np.vstack([points[kept], at])
    scaled = both / np.exp(theta[:2])
    reach = np.sqrt(5) * np.linalg.norm(scaled[:, None] - scaled[None], axis=-1)
    covariance = 1 + np.exp(2 * theta[2]) * (1 + reach + reach**2 / 3) * np.exp(-reach)
    mean = np.zeros(len(both))
    for number, source in enumerate(model.sources):
        with torch.no_grad():
            means, known = (each.numpy() for each in source.moments(torch.from_numpy(both)))
        height = (means - model.centres[number]) / model.spread
        mean += height / len(model.sources)
        covariance += np.exp(2 * theta[3 + number]) * np.outer(height, height)
        covariance += known / (model.spread * len(model.sources)) ** 2
    n, noise = int(kept.sum()), model._noise(model.theta).numpy()[np.ix_(kept, kept)]
    gain = covariance[n:, :n] @ np.linalg.inv(covariance[:n, :n] + noise)
    values = model.values.numpy()[kept]
    return mean[n:] + gain @ (values - mean[:n]), covariance[n:, n:] - gain @ covariance[:n, n:]


@pytest.mark.parametrize("known", [True, False])
def test_the_tasks_posterior_is_the_exact_one(known: bool) -> None:
    """Means, covariances, and the density of each value left out, are those of dense linear algebra."""
    points, own = own_of(7)
    if not known:
        with repeatable(0):
            own = fit_gaussian_process(points, own.differentiable.train_targets.numpy(), None)
    with repeatable(0):
        model = cokriged(own, [source_of(related), source_of(lambda v: v["recipe.y"])])
    assert isinstance(model, Cokriged)
    at, every = np.random.default_rng(1).random((3, 2)), np.ones(7, dtype=bool)
    with torch.no_grad():
        posterior = model.posterior(torch.from_numpy(at))
    mean, covariance = by_hand(model, at, every)
    assert posterior.mean.squeeze(-1).numpy() == pytest.approx(mean, abs=1e-6)
    assert posterior.covariance_matrix.numpy() == pytest.approx(covariance + 1e-6 * np.eye(3), abs=1e-6)
    densities = []
    for number in range(7):
        kept = np.arange(7) != number
        mean, covariance = by_hand(model, points[[number]], kept)
        variance = covariance[0, 0] + model._noise(model.theta).numpy()[number, number]
        densities.append(-0.5 * (np.log(2 * np.pi * variance) + (model.values[number] - mean[0]) ** 2 / variance))
    assert model.density() == pytest.approx(float(np.mean(densities)), abs=1e-6)


def test_the_slope_of_a_source_is_found() -> None:
    """A source at half the height has a slope of nearly 2, one turned about of nearly -1."""
    _, own = own_of(9)
    with repeatable(0):
        for response, slope in ((lambda v: 0.5 * hill(v), 2.0), (opposite, -1.0)):
            model = cokriged(own, [source_of(response)])
            assert model.slopes() == pytest.approx([slope], abs=0.2)


def test_a_source_that_says_nothing_is_left_out() -> None:
    """Values that a source of something else only blurs are expected by the own process alone, or by the other one."""
    _, own = own_of(10)
    rough = source_of(lambda v: 40 * float(np.sin(25 * v["recipe.x"]) * np.cos(23 * v["recipe.y"])), count=64)
    with repeatable(0):
        assert cokriged(own, [rough]) is own.differentiable
        assert [one.id for one in cokriged(own, [rough, source_of(related)]).sources] == [source_of(related).id]


@pytest.mark.parametrize("transfer", ["multi_task", "ranking"])
@pytest.mark.parametrize("method", ["gaussian_process", "quadratic"])
def test_a_related_campaign_leads_to_the_top(transfer: str, method: str) -> None:
    """Three values in a corner: what is suggested lies near the top that the source knows, by any method."""
    rows = [{"recipe.x": x, "recipe.y": y} for x, y in ((0.8, 0.1), (0.95, 0.3), (0.7, 0.25))]
    tried = candidates(rows)
    given: dict[str, Any] = {"space": SQUARE, "goals": ONE, "count": 1, "seed": 5, "transfer": transfer}
    sources = (learned(related, SQUARE, target="kpi_0", method=method),)
    found = suggest_by_feasible_improvement(tried, kpis_of(tried, [hill]), sources=sources, **given)["0"]
    assert hill(dict(found.values)) > 7.5


@pytest.mark.parametrize("transfer", ["multi_task", "ranking"])
def test_limits_failures_tolerances_and_pending_candidates_count_as_ever(transfer: str) -> None:
    """With a source of one goal of two, a failure, a pending candidate and a tolerance, distinct ones are suggested."""
    goals = [goal("maximise", name="kpi_0"), goal("at_most", 0.5, name="kpi_1")]
    tried = tuple(suggest_by_sobol((), (), space=SQUARE, goals=goals, count=6, seed=2).values())
    kpis = kpis_of(tried, [hill, lambda v: v["recipe.y"]])
    failed, pending = (
        candidates([{"recipe.x": 0.05, "recipe.y": 0.4}]),
        candidates([{"recipe.x": 0.3, "recipe.y": 0.5}]),
    )
    given: dict[str, Any] = {"space": SQUARE, "goals": goals, "count": 2, "seed": 5, "transfer": transfer}
    sources = (learned(related, SQUARE, target="kpi_0"),)
    asked = {"sources": sources, "tolerances": {"recipe.x": 0.02}, **given}
    found = suggest_by_feasible_improvement(tried, kpis, failed, pending, **asked)
    again = suggest_by_feasible_improvement(tried, kpis, failed, pending, **asked)
    rows = [one.values for one in found.values()]
    assert rows == [one.values for one in again.values()]
    assert rows[0] != rows[1]
    assert all(row["recipe.y"] < 0.6 for row in rows)


def first(sources: Any, count: int, tried: tuple[Candidate, ...] = (), **changes: Any) -> np.ndarray[Any, Any]:
    """The first candidates of a campaign, shape (count, 2)."""
    given: dict[str, Any] = {"space": SQUARE, "goals": ONE, "count": count, "seed": 5} | changes
    found = suggest_by_feasible_improvement(tried, kpis_of(tried, [hill]), sources=sources, **given)
    return np.array([[one.values["recipe.x"], one.values["recipe.y"]] for one in found.values()])


def test_the_first_candidates_are_the_favourites_of_each_source_in_turn() -> None:
    """One source's best, then the other's, then another place; a limit keeps them on its side."""
    there = learned(lambda v: -((v["recipe.x"] - 0.9) ** 2) - (v["recipe.y"] - 0.1) ** 2, SQUARE, target="kpi_0")
    here = learned(related, SQUARE, target="kpi_0")
    found = first((here, there), 3)
    assert np.abs(found[0] - TOP).max() < 0.1
    assert np.abs(found[1] - [0.9, 0.1]).max() < 0.1
    assert np.abs(found[2] - found[0]).max() > 0.1
    limited = [*ONE, goal("at_most", 0.4, name="kpi_1")]
    low = learned(lambda v: v["recipe.y"], SQUARE, target="kpi_1")
    assert first((here, low), 1, goals=limited)[0, 1] < 0.42
