"""Explanations of designs of problems whose answers are known exactly."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.explanation import explain_design
from ragone.models.explanation.flatness import flat_ranges
from ragone.models.explanation.knowledge import expected_change, knowledge_gradients
from ragone.models.explanation.ranking import chances_best, leads
from ragone.models.explanation.suggestion import believed, expected_improvement, promise
from ragone.models.explanation.weights import weights_at
from ragone.models.goals import goals_of
from ragone.models.surrogate import fit_gaussian_process, repeatable
from ragone.schemas import Candidate, Kpi
from ragone.schemas.errors import StageError

POROSITY, LOADING = "recipe.porosity", "cell.mass_loading"
SPACE = {POROSITY: {"low": 0.2, "high": 0.4}, LOADING: {"low": 0.0, "high": 1.0}}
MORE = goal("maximise")
LIMIT = goal("at_most", 0.8, "weight")


def bowl(values: dict[str, Any]) -> float:
    """100 at a porosity of 0.3 and less by the squared distance, whatever the loading."""
    return 100 - 2500 * (values[POROSITY] - 0.3) ** 2


def tried(count: int) -> tuple[Candidate, ...]:
    """Candidates that cover the space."""
    points = sobol_points(2, skip=0, count=count, seed=1)
    return candidates([{POROSITY: 0.2 + 0.2 * x, LOADING: y} for x, y in points])


def measured(designs: tuple[Candidate, ...]) -> tuple[Kpi, ...]:
    """The bowl, to 0.05."""
    return tuple(kpi(bowl(one.values), 0.05) for one in designs)


def with_limit(designs: tuple[Candidate, ...]) -> tuple[Kpi, ...]:
    """The bowl, and a weight that is the loading."""
    rows = [(kpi(bowl(c.values), 0.05), kpi(c.values[LOADING], 0.01, name="weight")) for c in designs]
    return tuple(one for row in rows for one in row)


def explained(design: Candidate, designs: tuple[Candidate, ...], **more: Any) -> Any:
    """An explanation from little work."""
    given = {"space": SPACE, "goals": [MORE], "point_count": 256, "seed": 3, **more}
    return explain_design.function(design, designs, given.pop("kpis", measured(designs)), **given)


@pytest.mark.parametrize("lead", [-2.0, 0.0, 0.7])
def test_an_expected_improvement_is_the_mean_of_what_is_positive(lead: float):
    """By integration of the positive part over the normal density."""
    z = np.linspace(-10, 10, 200_001)
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    exact = np.trapezoid(np.maximum(lead + 1.5 * z, 0) * density, z)
    assert expected_improvement(lead, 1.5) == pytest.approx(exact, rel=1e-6)
    assert expected_improvement(lead, 0.0) == max(lead, 0.0)


def certain_of(mean: float, deviation: float, best: float, success: float = 1.0) -> Any:
    """Beliefs in one candidate at the origin, beside one feasible design at 1 whose mean is the best."""
    return SimpleNamespace(
        surrogates=(None,),
        goals=goals_of([MORE]),
        space=SimpleNamespace(points=lambda designs: np.zeros((len(designs), 1))),
        seen=SimpleNamespace(feasible=np.array([True]), points=np.ones((1, 1))),
        predict=lambda points: (np.where(points, best, mean), np.where(points, 0.0, deviation)),
        chance_of_success=lambda points: np.full(len(points), success),
    )


def test_a_residual_counts_both_uncertainties():
    """A belief of 10 with a deviation of 3, and a value of 15 with one of 4, lie one deviation of 5 apart."""
    (row,) = believed(certain_of(10, 3, 0), candidates([{}])[0], [kpi(15.0, 4.0)])
    assert (row["mean"], row["deviation"], row["found"], row["residual"]) == (10, 3, 15, pytest.approx(1.0))


def test_what_would_be_gained_without_doubt_is_exploitation():
    """A mean of two deviations above the best is nearly all exploitation, one below the best all exploration."""
    (design,) = candidates([{}])
    above, below = (promise(certain_of(mean, 1.0, 10.0), design) for mean in (12.0, 9.0))
    assert above["gain"] == pytest.approx(expected_improvement(2.0, 1.0))
    assert above["exploration"] == pytest.approx(1 - 2 / expected_improvement(2.0, 1.0))
    assert above["exploration"] < 0.01
    assert below["exploration"] == 1
    assert promise(certain_of(12.0, 1.0, 10.0, success=0.25), design)["gain"] == pytest.approx(above["gain"] / 4)


def test_what_changes_most_is_where_the_top_may_be():
    """Known at porosities away from the top, one evaluation more between them is worth the most, and is a new one."""
    designs = candidates([{POROSITY: x, LOADING: y} for x in (0.2, 0.22, 0.24, 0.38, 0.4) for y in (0.2, 0.8)])
    found = explained(designs[0], designs).next_evaluation
    assert found["candidate_id"] == ""
    assert 0.24 < found["values"][POROSITY] < 0.38
    assert found["gain"] > 0.3  # a repeat of a value known to 0.05 is worth less than that
    assert 0 < found["chance_of_change"] < 1


def test_weights_make_the_mean():
    """The prior's mean and the weighted distances of the observations from it are the posterior's mean."""
    points = sobol_points(2, skip=0, count=12, seed=4)
    values = np.sin(5 * points[:, 0]) + points[:, 1]
    with repeatable(0):
        surrogate = fit_gaussian_process(points, values, np.full(12, 0.01))
    at = np.array([0.3, 0.6])
    observed, weights, distances = weights_at(surrogate, at)
    prior = surrogate.differentiable.mean_module.constant.item()
    standard = surrogate.scale.standardised(values)
    mean = surrogate.scale.centre + surrogate.scale.spread * (prior + weights @ (standard - prior))
    assert mean == pytest.approx(surrogate.predict(at[None])[0].item(), rel=1e-8)
    scales = surrogate.differentiable.covar_module.lengthscale.detach().numpy().squeeze()
    np.testing.assert_allclose(distances, np.linalg.norm((observed - at) / scales, axis=1))


@pytest.mark.parametrize("seed", range(20))
def test_the_change_expected_is_that_of_all_values_that_may_be_found(seed: int):
    """The highest of lines over a normal variable, and how often it is another one, by integration."""
    random = np.random.default_rng(seed)
    means, slopes = random.standard_normal((2, 7))
    slopes[3] = slopes[5]
    present = int(random.integers(7))
    gain, chance = expected_change(means, slopes, present)
    z = np.linspace(-9, 9, 400_001)
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    lines = means[:, None] + slopes[:, None] * z
    assert gain == pytest.approx(np.trapezoid((lines.max(axis=0) - means[present]) * density, z), abs=1e-5)
    assert chance == pytest.approx(np.trapezoid((lines.argmax(axis=0) != present) * density, z), abs=1e-4)


def test_a_point_that_tells_nothing_of_others_is_worth_its_own_improvement():
    """Independent designs: an expected improvement where one is uncertain, nothing where it is known."""
    means, deviations = np.array([1.0, 0.5, 0.8]), np.array([0.0, 0.0, 0.6])
    gains, chances = knowledge_gradients(means, np.diag(deviations**2), 0.0, 2)
    assert gains[2] == pytest.approx(expected_improvement(-0.2, 0.6))
    assert chances[2] == pytest.approx(0.5 * math.erfc(0.2 / 0.6 / math.sqrt(2)))
    np.testing.assert_allclose(gains[:2], 0.0, atol=1e-12)
    np.testing.assert_allclose(chances[:2], 0.0, atol=1e-12)


def test_the_chance_of_two_designs_is_that_of_their_difference():
    """Jointly normal values: the one whose mean leads is the better with the probability of its lead in deviations."""
    designs = tried(8)
    kpis = tuple(kpi(bowl(one.values), 12.0) for one in designs)
    beliefs = Beliefs.of(designs, kpis, (), space=SPACE, goals=[MORE], seed=0)
    points = beliefs.space.points(designs[:2])
    lead, deviation = leads(beliefs, points, 0)
    assert lead[0] == 0
    assert deviation[0] == pytest.approx(0, abs=1e-6)
    _, covariances = beliefs.surrogates[0].predict(points)
    assert deviation[1] ** 2 == pytest.approx(np.array([1, -1]) @ covariances @ np.array([1, -1]))
    chances = chances_best(beliefs, points, seed=1)
    assert chances[0] == pytest.approx(0.5 * math.erfc(-lead[1] / deviation[1] / math.sqrt(2)), abs=0.04)
    assert chances.sum() == pytest.approx(1.0)


def test_the_range_of_a_bowl_is_that_of_its_level():
    """Within 1 of the top porosity may go from 0.28 to 0.32, loading from end to end."""
    designs = tried(32)
    beliefs = Beliefs.of(designs, measured(designs), (), space=SPACE, goals=[MORE], seed=0)
    (top,) = candidates([{POROSITY: 0.3, LOADING: 0.5}])
    found = flat_ranges(beliefs, top, 1.0)
    assert found[POROSITY] == pytest.approx([0.28, 0.32], abs=0.002)
    assert found[LOADING] == [0.0, 1.0]


def test_a_limit_ends_a_range():
    """A loading above 0.8 breaks the limit that the design keeps."""
    designs = tried(32)
    beliefs = Beliefs.of(designs, with_limit(designs), (), space=SPACE, goals=[MORE, LIMIT], seed=0)
    (top,) = candidates([{POROSITY: 0.3, LOADING: 0.5}])
    assert flat_ranges(beliefs, top, 1.0)[LOADING] == pytest.approx([0.0, 0.8], abs=0.01)


def test_a_suggested_design_is_explained_in_full():
    """Porosity alone matters; the surrogate expected the value found, and it rests on designs of the campaign."""
    designs = tried(24)
    known = designs[:16]
    best = designs[int(np.argmax([bowl(one.values) for one in designs]))]
    found = explained(
        best,
        designs,
        known_candidates=known,
        known_kpis=measured(known),
        suggested_by="acquisition.feasible_improvement",
        tolerances={POROSITY: 0.01},
    )
    assert found.reasons == {}
    (believed,) = found.believed
    assert believed["found"] == bowl(best.values)
    assert abs(believed["mean"] - believed["found"]) < 1
    assert abs(believed["residual"]) < 4
    assert found.promise["chance_of_feasibility"] == 1
    influences = found.influences["energy_density"]
    assert influences[POROSITY]["total"] == pytest.approx(1.0, abs=0.03)
    assert influences[LOADING]["total"] < 0.02
    slope = found.slopes["energy_density"][POROSITY]
    assert slope["slope"] == pytest.approx(-5000 * (best.values[POROSITY] - 0.3), abs=3 * slope["deviation"])
    assert {row["candidate_id"] for row in found.rests_on["energy_density"]} <= {one.id for one in known}
    weights = [abs(row["weight"]) for row in found.rests_on["energy_density"]]
    assert weights == sorted(weights, reverse=True)
    (cost,) = found.tolerance_cost
    assert cost["shift"] == pytest.approx(-2500 * 0.01**2, abs=0.03)
    assert (found.known_count, found.evaluated_count) == (16, 24)
    assert found.goals[0]["unit"] == "W.h/L"
    assert found.chance_best > max(row["chance_best"] for row in found.rivals)
    assert found.next_evaluation["gain"] >= 0
    assert set(found.next_evaluation["values"]) == set(SPACE)


def test_what_has_no_value_has_a_reason():
    """One design, that nobody suggested: nothing was learned, and each part says so."""
    designs = tried(1)
    found = explained(designs[0], designs)
    assert "somebody gave it" in found.reasons["believed"]
    later = ("rests_on", "influences", "slopes", "flatness", "tolerance_cost", "rivals", "limits", "next_evaluation")
    for part in later:
        assert "fewer than two designs" in found.reasons[part]
    assert found.chance_best is None


def test_a_failed_design_was_believed_in_all_the_same():
    """It has no value, so that it cannot be the best; what was believed before is said."""
    designs = tried(12)
    found = explained(
        designs[-1],
        designs[:-1],
        failed=designs[-1:],
        known_candidates=designs[:8],
        known_kpis=measured(designs[:8]),
        suggested_by="acquisition.feasible_improvement",
    )
    assert found.believed[0]["found"] is None
    assert found.believed[0]["residual"] is None
    assert "no value for every goal" in found.reasons["rivals"]
    assert found.influences


def test_several_objectives_have_chances_but_no_single_order():
    """Porosity and loading pull apart: a front of many designs, no lead, no one recommendation."""
    designs = tried(10)
    rows = [(kpi(bowl(c.values), 0.05), kpi(c.values[LOADING], 0.01, name="weight")) for c in designs]
    kpis = tuple(one for row in rows for one in row)
    goals = [MORE, goal("maximise", name="weight")]
    found = explained(designs[0], designs, kpis=kpis, goals=goals)
    assert set(found.influences) == {"energy_density", "weight"}
    assert "several objectives" in found.reasons["flatness"]
    assert "several objectives" in found.reasons["next_evaluation"]
    assert all("lead" not in row for row in found.rivals)
    assert 0 <= found.chance_best <= 1


def test_the_same_design_is_explained_alike():
    """To the last bit, as a reproduction compares it."""
    designs = tried(8)
    assert explained(designs[0], designs).id == explained(designs[0], designs).id


def test_limits_leave_room():
    """A loading of 0.5 stays 0.3 below its limit, one of 0.9 breaks it: its chances fall, and it is not the best."""
    designs = (*tried(15), *candidates([{POROSITY: 0.3, LOADING: 0.5}, {POROSITY: 0.3, LOADING: 0.9}]))
    known = {"known_candidates": designs[:15], "known_kpis": with_limit(designs[:15])}
    given = {"kpis": with_limit(designs), "goals": [MORE, LIMIT], "suggested_by": "acquisition.sobol", **known}
    kept, broken = (explained(one, designs, **given) for one in designs[-2:])
    assert [kept.limits[0]["room"], broken.limits[0]["room"]] == pytest.approx([0.3, -0.1], abs=0.02)
    assert kept.promise["chance_of_feasibility"] > 0.99
    assert broken.promise["chance_of_feasibility"] < 0.01
    assert kept.chance_best > 0.5
    assert broken.chance_best == 0


def test_the_smallest_may_be_wanted():
    """Minimising what is 100 less the bowl: the same leads and gains, larger being better."""
    designs = tried(16)
    losses = tuple(kpi(100 - bowl(one.values), 0.05) for one in designs)
    best = designs[int(np.argmax([bowl(one.values) for one in designs]))]
    more = explained(best, designs)
    less = explained(best, designs, kpis=losses, goals=[goal("minimise")])
    assert less.chance_best == pytest.approx(more.chance_best, abs=0.05)
    assert [row["lead"] for row in less.rivals[:2]] == pytest.approx([row["lead"] for row in more.rivals[:2]], abs=0.1)
    assert less.slopes["energy_density"][POROSITY]["slope"] == pytest.approx(
        -more.slopes["energy_density"][POROSITY]["slope"], rel=0.05
    )


def test_choices_and_whole_numbers_are_variables_too():
    """A choice that brings 10 or nothing matters, only its better option is as good; a number of layers does not."""
    layers = {"low": 1, "high": 4, "whole": True}
    space = {POROSITY: SPACE[POROSITY], "cell.can": {"choices": ["a", "b"]}, "cell.layers": layers}
    rows = [
        {POROSITY: 0.2 + 0.2 * x, "cell.can": "ab"[int(2 * y)], "cell.layers": 1 + int(4 * z)}
        for x, y, z in sobol_points(3, skip=0, count=24, seed=1)
    ]
    designs = candidates(rows)
    kpis = tuple(kpi(bowl(one.values) + 10 * (one.values["cell.can"] == "b"), 0.05) for one in designs)
    best = designs[int(np.argmax([one.value for one in kpis]))]
    found = explained(best, designs, kpis=kpis, space=space)
    influences, of_bowl = found.influences["energy_density"], 2500**2 * 0.1**4 * 4 / 45
    assert influences["cell.can"]["total"] == pytest.approx(25 / (25 + of_bowl), abs=0.04)  # 0.31
    assert influences["cell.layers"]["total"] < 0.05
    assert found.flatness["ranges"]["cell.can"] == ["b"]
    assert found.flatness["ranges"]["cell.layers"] == [1, 4]
    assert set(found.slopes["energy_density"]) == {POROSITY, "cell.layers"}


def test_a_space_without_variables_is_refused():
    """Nothing is varied, so that there is nothing to explain."""
    designs = tried(1)
    with pytest.raises(StageError, match="varies nothing"):
        explained(designs[0], designs, space={path: {"value": designs[0].values[path]} for path in SPACE})


def test_a_constant_leaves_nothing_to_share_out():
    """All values are equal and known: so is every mean, and one evaluation more is worth nothing."""
    designs = tried(6)
    found = explained(designs[0], designs, kpis=tuple(kpi(7.0, 0.0) for _ in designs))
    assert found.next_evaluation["gain"] < 1e-2
    assert "everywhere" in found.reasons["influences"]


def test_a_campaign_that_only_failed_has_reasons():
    """No design has a value."""
    designs = tried(4)
    found = explained(designs[0], (), kpis=(), failed=designs)
    assert set(found.reasons) >= {"influences", "rivals", "next_evaluation", "flatness", "rests_on"}
    assert found.goals[0]["unit"] == ""
