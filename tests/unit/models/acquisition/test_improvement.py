"""Any surrogate can stand behind the acquisition; several objectives make a front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from goal_problems import candidates, goal, kpi, kpis_of, loop

from ragone.models.acquisition import suggest_by_expected_improvement, suggest_by_sobol
from ragone.models.acquisition.ascent import ascend_by_gradient, ascend_by_trial
from ragone.models.acquisition.expected_improvement import most_promising
from ragone.models.acquisition.improvement import improvement, reference_point
from ragone.models.acquisition.observations import Observations, observe
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.goals import goals_of
from ragone.models.surrogate import GaussianProcess, fit_gaussian_process, repeatable
from ragone.schemas import KpiOutcome

SQUARE: dict[str, Any] = {"x": {"low": 0.0, "high": 1.0}, "y": {"low": 0.0, "high": 1.0}}
CUBE = UnitCube.of(SQUARE)
ONE = [goal("maximise")]
LIMITED = [goal("maximise"), goal("at_most", 0.6)]
TWO = [goal("maximise"), goal("minimise")]
FRONT = [*TWO, goal("at_least", 0.3)]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Numerical libraries warn when they are imported, and when they compute."""
    with repeatable(0):
        yield


@dataclass
class Plain:
    """A Gaussian process that says no more than means and covariances."""

    process: GaussianProcess

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """See `ragone.schemas.protocols.Surrogate`."""
        return self.process.predict(points)


@dataclass
class Linear:
    """A plane through the values, by least squares, with the covariances of its coefficients."""

    points: Floats
    values: Floats
    variances: Floats | None

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """See `ragone.schemas.protocols.Surrogate`."""
        known, asked = (np.column_stack([np.ones(len(p)), p]) for p in (self.points, points))
        coefficients, residual, *_ = np.linalg.lstsq(known, self.values, rcond=None)
        noise = float(residual.sum()) / max(len(self.values) - 3, 1) + 1e-6
        return asked @ coefficients, noise * asked @ np.linalg.inv(known.T @ known) @ asked.T


@dataclass
class Nearest:
    """The mean of the three nearest values, as uncertain as they differ; points are independent of each other."""

    points: Floats
    values: Floats
    variances: Floats | None

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """See `ragone.schemas.protocols.Surrogate`."""
        away = np.linalg.norm(points[:, None] - self.points[None], axis=2)
        near = self.values[np.argsort(away, axis=1)[:, :3]]
        return near.mean(axis=1), np.diag(near.var(axis=1) + 1e-6)


def peak(values: dict[str, Any]) -> float:
    """A hill of height 1 at (0.8, 0.7)."""
    return float(np.exp(-2.0 * ((values["x"] - 0.8) ** 2 + (values["y"] - 0.7) ** 2)))


def away(values: dict[str, Any]) -> float:
    """Squared distance from the origin."""
    return float(values["x"] ** 2 + values["y"] ** 2)


def seen(goals: list[dict[str, Any]], count: int = 10) -> Observations:
    """An even start, observed."""
    tried = tuple(suggest_by_sobol((), (), space=SQUARE, goals=goals, count=count, seed=3).values())
    return observe(CUBE, goals_of(goals), tried, kpis_of(tried, [peak, away, peak][: len(goals)]), ())


@pytest.mark.parametrize("goals", [ONE, LIMITED, FRONT])
def test_a_gaussian_process_that_only_predicts_leads_to_the_same_place(goals: list[dict[str, Any]]) -> None:
    """Found by trial from means and covariances alone, the point is as good as what the gradient finds."""
    at_hand = seen(goals)
    by_slope = most_promising(CUBE, at_hand, fit_gaussian_process, 1, 5)
    by_means = most_promising(CUBE, at_hand, lambda *given: Plain(fit_gaussian_process(*given)), 1, 5)
    surrogates = [fit_gaussian_process(at_hand.points, r.values, r.variances) for r in at_hand.responses]
    acquisition = improvement(surrogates, at_hand, 5)
    with torch.no_grad():
        slope, means = (acquisition(torch.from_numpy(p).unsqueeze(1)).item() for p in (by_slope, by_means))
        elsewhere = acquisition(torch.from_numpy(sobol_points(2, skip=0, count=512, seed=9)).unsqueeze(1)).numpy()
    assert means == pytest.approx(slope, abs=0.2)  # of a logarithm; the samples are others
    assert means > np.quantile(elsewhere, 0.99)
    if goals is not LIMITED:  # along a limit many points are as good
        assert by_means == pytest.approx(by_slope, abs=0.01)


def test_a_search_by_trial_finds_what_the_gradient_finds() -> None:
    """Over one acquisition, to 1e-4 in the unit cube; a batch too, each point knowing the one before."""
    at_hand = seen(ONE)
    surrogates = [fit_gaussian_process(at_hand.points, r.values, r.variances) for r in at_hand.responses]
    slope, trial = ascend_by_gradient(improvement(surrogates, at_hand, 5), 2, 2, 5), None
    trial = ascend_by_trial(improvement(surrogates, at_hand, 5), CUBE, 2, 5)
    assert trial == pytest.approx(slope, abs=1e-4)
    assert np.abs(trial[0] - trial[1]).max() > 0.05


def test_the_best_of_many_options_is_found() -> None:
    """The best of 4,096 ways to choose six options, of which an even spread of 512 points seldom holds it."""
    cube = UnitCube.of({f"v{n}": {"choices": ["a", "b", "c", "d"]} for n in range(6)})
    best = np.tile([0.0, 0.0, 1.0, 0.0], 6)

    class Additive:
        def __call__(self, points: torch.Tensor) -> torch.Tensor:
            return (points[:, 0] * torch.from_numpy(best)).sum(dim=1)

        def set_X_pending(self, points: torch.Tensor) -> None:  # noqa: N802 - BoTorch's name
            pass

    assert np.array_equal(ascend_by_trial(Additive(), cube, 1, 0), best[None])


def test_where_an_acquisition_has_no_value_it_is_not_largest() -> None:
    """Beyond x = 0.5 it is no number; the largest one on this side is found, as closely as the last round searches."""

    class Broken:
        def __call__(self, points: torch.Tensor) -> torch.Tensor:
            value = -((points - 0.3) ** 2).sum(dim=(1, 2))
            return torch.where(points[:, 0, 0] > 0.5, torch.nan, value)

        def set_X_pending(self, points: torch.Tensor) -> None:  # noqa: N802 - BoTorch's name
            assert points.shape == (1, 2)

    assert ascend_by_trial(Broken(), CUBE, 1, 0) == pytest.approx(np.array([[0.3, 0.3]]), abs=1e-4)


def test_a_linear_surrogate_leads_uphill() -> None:
    """Over a plane the best point is the corner that the slope points at, whichever sense the goal has."""
    tried = tuple(suggest_by_sobol((), (), space=SQUARE, goals=ONE, count=8, seed=3).values())
    for sense, corner in (("maximise", [1.0, 0.0]), ("minimise", [0.0, 1.0])):
        kpis = kpis_of(tried, [lambda v: 3 * v["x"] - 2 * v["y"]])
        at_hand = observe(CUBE, goals_of([goal(sense)]), tried, kpis, ())
        assert most_promising(CUBE, at_hand, Linear, 1, 1)[0] == pytest.approx(corner, abs=1e-3)


def test_a_surrogate_without_gradient_drives_the_loop() -> None:
    """The three nearest trials are enough to come close to the top of a hill, and no point is tried twice."""

    def engine(tried: Any, kpis: Any, *, count: int, seed: int, **_: Any) -> dict[str, Any]:
        return CUBE.candidates(
            most_promising(CUBE, observe(CUBE, goals_of(ONE), tried, kpis, ()), Nearest, count, seed)
        )

    tried = loop(engine, SQUARE, ONE, [peak], start=8, total=24, seed=1, batch=2)
    first, best = (max(peak(c.values) for c in some) for some in (tried[:8], tried))
    assert best > 0.25 * first + 0.75
    assert len({tuple(c.values.values()) for c in tried}) == 24


def test_the_gaussian_process_predicts_in_the_unit_of_its_values() -> None:
    """Means and covariances of shape (n,) and (n, n); near the data they are the data, far away less certain."""
    points = sobol_points(1, skip=0, count=12, seed=0)
    values = 700.0 + 50.0 * np.sin(6.0 * points[:, 0])
    process = fit_gaussian_process(points, values, np.full(12, 0.5**2))
    means, covariances = process.predict(np.vstack([points, [[3.0]]]))
    assert covariances.shape == (13, 13)
    assert means[:12] == pytest.approx(values, abs=2.0)
    assert np.allclose(covariances, covariances.T)
    assert np.sqrt(covariances[:12, :12].diagonal()).max() < 2.0
    assert np.sqrt(covariances[12, 12]) > 20.0


def test_infeasible_and_failed_trials_enter_with_the_worst_value() -> None:
    """Neither their zero nor nothing: the worst value seen, also when smaller is better; their noise the usual."""
    tried = candidates([{"x": x, "y": 0.0} for x in (0.1, 0.2, 0.3, 0.4, 0.5)])
    kpis = (kpi(7.0, 0.1), kpi(3.0, 0.3), kpi(5.0, 0.2), kpi(None))
    larger, smaller = (
        observe(CUBE, goals_of([goal(sense)]), tried[:4], kpis, tried[4:]) for sense in ("maximise", "minimise")
    )
    assert larger.responses[0].values.tolist() == [7.0, 3.0, 5.0, 3.0, 3.0]
    assert larger.responses[0].variances == pytest.approx([0.01, 0.09, 0.04, 0.04, 0.04])
    assert larger.measured_count == 3
    assert larger.feasible.tolist() == [True, True, True, False, False]
    assert smaller.responses[0].values.tolist() == [-7.0, -3.0, -5.0, -7.0, -7.0]


def test_a_value_that_was_not_measured_is_not_used() -> None:
    """A number that an infeasible KPI carries is none."""
    odd = kpi(0.0)
    object.__setattr__(odd, "outcome", KpiOutcome.INFEASIBLE)
    tried = candidates([{"x": 0.1, "y": 0.0}, {"x": 0.2, "y": 0.0}])
    found = observe(CUBE, goals_of([goal("maximise")]), tried, (kpi(5.0), odd), ())
    assert found.responses[0].values.tolist() == [5.0, 5.0]


def test_a_constraint_that_is_not_known_is_taken_as_broken_by_one_deviation() -> None:
    """Worse than the limit and than all that was measured, whichever side the limit is on."""
    tried = candidates([{"x": x, "y": 0.0} for x in (0.1, 0.2, 0.3, 0.4)])
    kpis = tuple(k for v in (4.0, 6.0, 8.0, None) for k in (kpi(1.0), kpi(v, name="c")))
    for sense, limit, stand_in in (("at_least", 3.0, 1.0), ("at_most", 9.0, 11.0), ("at_least", 7.0, 4.0)):
        found = observe(CUBE, goals_of([goal("maximise"), goal(sense, limit)]), tried, kpis, ())
        assert abs(found.responses[1].values[3]) == stand_in


def test_improvements_of_a_front_are_measured_from_below_its_feasible_ends() -> None:
    """A tenth of its extent below, in each objective; a front of one point takes the extent of all feasible ones."""
    tried = candidates([{"x": x, "y": 0.0} for x in (0.0, 0.2, 0.4, 0.6)])

    def lowest(rows: list[tuple[float, float, float]]) -> list[float]:
        kpis = tuple(kpi(v, name=f"kpi_{n}") for row in rows for n, v in enumerate(row))
        at_hand = observe(CUBE, goals_of([*TWO, goal("at_least", 0.0)]), tried, kpis, ())
        scales = [r.scale for r in at_hand.responses[:2]]
        return [s.centre + s.spread * v for s, v in zip(scales, reference_point(at_hand).tolist(), strict=True)]

    ends = [(1.0, 1.0, 1.0), (3.0, 5.0, 1.0), (0.5, 2.0, 1.0), (9.0, 0.0, -1.0)]
    assert lowest(ends) == pytest.approx([1.0 - 0.2, -5.0 - 0.4])
    alone = [(3.0, 1.0, 1.0), (1.0, 5.0, 1.0), (2.0, 2.0, 1.0), (9.0, 0.0, -1.0)]
    assert lowest(alone) == pytest.approx([1.0 - 0.2, -5.0 - 0.4])


def test_improvements_of_a_front_are_measured_from_the_references_that_are_stated() -> None:
    """In the unit of the KPI and by the sense of the goal; where none is stated it is inferred as before."""
    tried = candidates([{"x": x, "y": 0.0} for x in (0.0, 0.2, 0.4)])
    kpis = tuple(kpi(v, name=f"kpi_{n}") for row in ((1.0, 1.0), (3.0, 5.0), (0.5, 2.0)) for n, v in enumerate(row))
    goals = [goal("maximise") | {"reference": -2.0}, goal("minimise", name="cost") | {"reference": 7.5}]

    def lowest(wanted: list[dict[str, Any]]) -> list[float]:
        at_hand = observe(CUBE, goals_of(wanted), tried, kpis, ())
        scales = [r.scale for r in at_hand.responses]
        return [s.centre + s.spread * v for s, v in zip(scales, reference_point(at_hand).tolist(), strict=True)]

    assert lowest(goals) == pytest.approx([-2.0, -7.5])
    assert lowest([goals[0], TWO[1]]) == pytest.approx([-2.0, -5.0 - 0.4])


def test_two_objectives_beat_the_even_spread() -> None:
    """ZDT1 (Zitzler et al., 2000, doi 10.1162/106365600568202): the front after 16 trials covers more than twice.

    Measured by the hypervolume above the point (1.1, 1.1), of which the whole front covers 0.87.
    """

    def second(values: dict[str, Any]) -> float:
        height = 1.0 + 9.0 * values["y"]
        return float(height * (1.0 - np.sqrt(values["x"] / height)))

    def area(points: list[tuple[float, float]]) -> float:
        total, top = 0.0, 1.1
        for first, other in sorted(points):
            if first < 1.1 and other < top:
                total, top = total + (1.1 - first) * (top - other), other
        return total

    def covered(engine: Any) -> float:
        responses = [lambda v: v["x"], second]
        goals = [goal("minimise"), goal("minimise")]
        tried = loop(engine, SQUARE, goals, responses, start=6, total=16, seed=1, batch=2)
        return area([(responses[0](c.values), second(c.values)) for c in tried])

    guided, even = covered(suggest_by_expected_improvement), covered(suggest_by_sobol)
    assert guided > 2 * even
    assert guided > 0.6
