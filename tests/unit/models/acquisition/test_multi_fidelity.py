"""Designs and fidelities: what cheap evaluations say of the target, and which evaluation is worth its cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi

from ragone.models.acquisition import suggest_by_feasible_improvement, suggest_by_multi_fidelity
from ragone.models.acquisition.fidelities import Fidelities
from ragone.models.acquisition.fidelity_process import fit_fidelities
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Kpi
from ragone.schemas.errors import BoundsError, ParameterError

SPACE = {"x": {"low": 0.0, "high": 1.0}}
ONE = [goal("maximise")]
LEVELS = [{"values": {"edge": 64}, "cost": 1.0}, {"values": {"edge": 16}, "cost": 0.1}]
GIVEN: dict[str, Any] = {"space": SPACE, "goals": ONE, "fidelities": LEVELS, "seed": 3}

Response = Callable[[float], float]


def wave(x: float) -> float:
    """A response with its top at 0.7."""
    return float(10.0 * np.exp(-(((x - 0.7) / 0.25) ** 2)))


def biased(x: float) -> float:
    """The same with a factor, a shift and a slope."""
    return 0.8 * wave(x) - 3.0 - 2.0 * x


def tried(cheap: Response, fine: tuple[float, ...], coarse: tuple[float, ...]) -> tuple[Any, Any]:
    """Candidates at the target and below, and their KPIs."""
    rows = [{"x": x, "edge": 64} for x in fine] + [{"x": x, "edge": 16} for x in coarse]
    return candidates(rows), tuple(kpi(wave(r["x"]) if r["edge"] == 64 else cheap(r["x"]), 0.05) for r in rows)


def suggested(known: tuple[Any, Any], **changes: Any) -> list[dict[str, Any]]:
    """What the stage suggests after these."""
    found = suggest_by_multi_fidelity(*known, **{"count": 1, **GIVEN, **changes})
    return [dict(one.values) for one in found.values()]


def test_the_bias_of_a_fidelity_is_learned_and_not_mixed_in() -> None:
    """From three values at the target and many biased ones the target is predicted between, far better than alone."""
    fine, coarse = np.array([0.1, 0.5, 0.9]), np.linspace(0, 1, 12)
    points, numbers = np.append(fine, coarse)[:, None], np.array([0] * 3 + [1] * 12)
    values = np.array([*map(wave, fine), *map(biased, coarse)])
    at = np.column_stack([np.linspace(0.1, 0.9, 9), np.zeros(9)])
    with repeatable(0):
        together = fit_fidelities(points, numbers, values, np.full(15, 0.05**2), 2).process
        alone = fit_fidelities(points[:3], numbers[:3], values[:3], np.full(3, 0.05**2), 2).process
        error, error_alone = (
            np.abs(process.predict(at)[0] - [wave(x) for x in at[:, 0]]).max() for process in (together, alone)
        )
    assert error < 1.0
    assert error_alone > 2.0
    assert abs(biased(0.7) - wave(0.7)) > 6.0


def test_what_an_evaluation_takes_away_is_what_the_variance_falls_by() -> None:
    """By the normal distribution of all observations and one more, with the same covariance."""
    import torch

    points = np.array([0.1, 0.5, 0.9, 0.0, 0.2, 0.4, 0.6, 1.0])[:, None]
    numbers = np.array([0] * 3 + [1] * 5)
    values = np.array([wave(x) if n == 0 else biased(x) for x, n in zip(points[:, 0], numbers, strict=True)])
    with repeatable(0):
        found = fit_fidelities(points, numbers, values, np.full(8, 0.2**2), 2)
    model: Any = found.process.differentiable
    at = torch.tensor([[0.7, 0.0]], dtype=torch.float64)

    def variance(further: list[list[float]], noise: list[float]) -> float:
        every = torch.cat([model.train_inputs[0], torch.tensor(further, dtype=torch.float64).reshape(-1, 2), at])
        covariance = model.covar_module(every).to_dense().detach().numpy()
        given = covariance[:-1, :-1] + np.diag([*model.likelihood.noise.tolist(), *noise])
        return float(covariance[-1, -1] - covariance[-1, :-1] @ np.linalg.solve(given, covariance[:-1, -1]))

    with torch.no_grad():
        taken, whole = found.information(at, 1)
    before = variance([], [])
    assert taken.item() == pytest.approx(before - variance([[0.7, 1.0]], [found.noise[1]]), rel=1e-4)
    assert whole.item() == pytest.approx(before - variance([[0.7, 0.0]], [found.noise[0]]), rel=1e-4)


def test_the_start_is_nested() -> None:
    """A quarter of the evaluations is at the target, of designs that are evaluated cheaply, too."""
    found = suggested(((), ()), count=8)
    fine, coarse = ([one["x"] for one in found if one["edge"] == edge] for edge in (64, 16))
    assert (len(fine), len(coarse)) == (2, 6)
    assert fine == coarse[:2]
    three = [*LEVELS, {"values": {"edge": 32}, "cost": 0.3}]
    edges = [one["edge"] for one in suggested(((), ()), count=8, fidelities=three)]
    assert sorted(edges) == [16, 16, 16, 32, 32, 32, 64, 64]


def test_what_looks_best_cheaply_is_evaluated_at_the_target() -> None:
    """With the cheap response known well, the next evaluation is at its corrected top, at the target."""
    known = tried(biased, (0.1, 0.4, 0.95), tuple(np.linspace(0.0, 1.0, 15)))
    (found,) = suggested(known)
    assert found["edge"] == 64
    assert found["x"] == pytest.approx(0.7, abs=0.05)


def test_a_cheap_evaluation_comes_first_where_little_is_known_and_it_costs_next_to_nothing() -> None:
    """The same candidates, of which few are cheap: design and fidelity depend on the cost."""
    known = tried(biased, (0.1, 0.4, 0.95), (0.1, 0.4, 0.95))
    nothing = [LEVELS[0], {"values": {"edge": 16}, "cost": 0.01}]
    assert suggested(known, fidelities=nothing)[0]["edge"] == 16
    dear = [LEVELS[0], {"values": {"edge": 16}, "cost": 1.0}]
    assert suggested(known, fidelities=dear)[0]["edge"] == 64


@pytest.mark.parametrize("left", [1.0, 1.05])
def test_the_last_of_the_budget_is_spent_at_the_target(left: float) -> None:
    """What does not leave one evaluation at the target is not suggested, and cheap it is what the default would do."""
    known = tried(biased, (0.1, 0.4, 0.95), (0.1, 0.4, 0.95))
    nothing = [LEVELS[0], {"values": {"edge": 16}, "cost": 0.1}]
    assert suggested(known, fidelities=nothing, budget=left)[0]["edge"] == 64


def test_a_misleading_fidelity_is_left_out() -> None:
    """Where values at the target are expected better without it, the suggestion is that of the target alone."""
    fine = tuple(np.linspace(0.0, 1.0, 7))
    noise = dict(zip(np.linspace(0.01, 0.99, 12).tolist(), np.random.default_rng(1).normal(0, 50, 12), strict=True))
    known = tried(lambda x: float(noise[x]), fine, tuple(noise))
    (found,) = suggested(known)
    own = [Candidate(values={"x": x}) for x in fine]
    alone = suggest_by_feasible_improvement(tuple(own), known[1][:7], space=SPACE, goals=ONE, count=1, seed=3)
    assert found == {**alone["0"].values, "edge": 64}


def test_with_the_target_alone_it_is_feasible_improvement() -> None:
    """To the last bit, failed and pending candidates too; so it is with a single value at the target."""
    known, failed, pending = tried(biased, (0.1, 0.4, 0.9), ()), candidates([{"x": 0.2}]), candidates([{"x": 0.6}])
    found = suggest_by_multi_fidelity(*known, failed, pending, count=2, **{**GIVEN, "fidelities": LEVELS[:1]})
    own = candidates([{"x": one.values["x"]} for one in known[0]])
    alone = suggest_by_feasible_improvement(own, known[1], failed, pending, space=SPACE, goals=ONE, count=2, seed=3)
    assert [one.values["x"] for one in found.values()] == [one.values["x"] for one in alone.values()]
    assert suggested((own, known[1]), fidelities=())[0].keys() == {"x"}
    assert {one["edge"] for one in suggested(tried(biased, (0.5,), (0.1, 0.9)))} == {64}


def test_limits_failures_and_pending_candidates_are_kept() -> None:
    """A limit at the target counts, not what a cheap value says; failures at one fidelity; a batch differs."""
    goals = [goal("maximise"), goal("at_most", 0.5, "limited")]
    rows = [{"x": x, "edge": 64} for x in (0.1, 0.3, 0.5)] + [{"x": x / 10, "edge": 16} for x in range(11)]
    kpis = tuple(
        one
        for r in rows
        for one in (
            kpi(wave(r["x"]) if r["edge"] == 64 else biased(r["x"]), 0.05),
            kpi(r["x"] + (0.3 if r["edge"] == 16 else 0.0), 0.01, name="limited"),
        )
    )
    failed, pending = candidates([{"x": 0.98, "edge": 16}]), candidates([{"x": 0.49, "edge": 64}])
    given = {**GIVEN, "goals": goals, "count": 2, "fidelities": [LEVELS[0], {"values": {"edge": 16}, "cost": 0.9}]}
    found = [
        dict(one.values) for one in suggest_by_multi_fidelity(candidates(rows), kpis, failed, pending, **given).values()
    ]
    fine = [one["x"] for one in found if one["edge"] == 64]
    assert fine
    assert all(x < 0.6 for x in fine)
    assert found[0] != found[1]


def test_the_result_repeats() -> None:
    """To the last bit."""
    known = tried(biased, (0.1, 0.4, 0.95), (0.1, 0.4, 0.95))
    assert suggested(known) == suggested(known)


def test_fidelities_that_cannot_be_used_are_refused() -> None:
    """One twice, other paths, and a cost of nothing."""
    with pytest.raises(ParameterError, match="given twice"):
        Fidelities.of([LEVELS[0], LEVELS[0]])
    with pytest.raises(ParameterError, match="the first has others"):
        Fidelities.of([LEVELS[0], {"values": {"size": 1}, "cost": 0.1}])
    with pytest.raises(BoundsError, match="cost = 0 must be > 0"):
        Fidelities.of([LEVELS[0], {"values": {"edge": 16}, "cost": 0.0}])


def test_candidates_of_other_fidelities_are_passed_over() -> None:
    """One evaluated at an edge that is no longer given changes nothing."""
    known = tried(biased, (0.1, 0.4, 0.95), (0.1, 0.4, 0.95))
    other = (Candidate(values={"x": 0.7, "edge": 8}),)
    extended: tuple[tuple[Candidate, ...], tuple[Kpi, ...]] = ((*known[0], *other), (*known[1], kpi(1e3, 0.05)))
    assert suggested(extended) == suggested(known)
