"""Plateaus of campaigns over responses whose level sets are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi

from ragone.models.acquisition.sobol import sobol_points
from ragone.models.conclusion import conclude
from ragone.models.plateau import find_plateau
from ragone.schemas import Campaign, Candidate, Kpi, Plateau
from ragone.schemas.errors import StageError

SPACE = {"recipe.porosity": {"low": 0.2, "high": 0.4}, "cell.mass_loading": {"low": 0.0, "high": 1.0}}
MORE = goal("maximise")


def bowl(values: dict[str, Any]) -> float:
    """100 at a porosity of 0.3 and less by the squared distance, whatever the loading."""
    return 100 - 2500 * (values["recipe.porosity"] - 0.3) ** 2


def tried(count: int) -> tuple[Candidate, ...]:
    """Candidates that cover the space."""
    points = sobol_points(2, skip=0, count=count, seed=1)
    return candidates([{"recipe.porosity": 0.2 + 0.2 * x, "cell.mass_loading": y} for x, y in points])


def campaign(of: tuple[Candidate, ...], kpis: tuple[Kpi, ...], goals: list[dict[str, Any]], **more: Any) -> Campaign:
    """The campaign of these candidates over the space."""
    return conclude(of, kpis, name="c", definition={"space": SPACE}, goals=goals, **more)


def plateau(of: tuple[Candidate, ...], kpis: tuple[Kpi, ...], goals: list[dict[str, Any]], **more: Any) -> Plateau:
    """The plateau of these candidates."""
    return find_plateau.function(campaign(of, kpis, goals), of, kpis, seed=3, point_count=512, **more)


def test_the_region_is_that_of_the_level_set():
    """Within 1 % of 100 lie porosities 0.28 to 0.32, at every loading: a fifth of the space."""
    designs = tried(32)
    found = plateau(designs, tuple(kpi(bowl(c.values), 0.1) for c in designs), [MORE])
    ranges = found.predicted
    assert ranges["recipe.porosity"] == pytest.approx([0.28, 0.32], abs=0.003)
    assert ranges["cell.mass_loading"] == pytest.approx([0, 1], abs=0.05)
    assert found.predicted_share == pytest.approx(0.2, abs=0.03)
    near = sum(bowl(c.values) >= found.best_value - found.margin for c in designs)
    assert len(found.candidate_ids) == near > 2
    best = designs[int(np.argmax([bowl(c.values) for c in designs]))]
    assert found.candidate_ids[0] == best.id


def test_a_large_uncertainty_widens_it():
    """Of a best value that is known to 9 %, all within 9 % are equal."""
    designs = tried(16)
    sharp, vague = (plateau(designs, tuple(kpi(bowl(c.values), s) for c in designs), [MORE]) for s in (0.1, 9.0))
    assert sharp.margin == pytest.approx(0.01 * sharp.best_value)
    assert vague.margin == 9.0
    assert len(vague.candidate_ids) > len(sharp.candidate_ids)


def test_a_limit_cuts_it_and_the_smallest_may_be_best():
    """Loadings above 0.5 pass a limit: neither evaluated nor predicted designs of the plateau have one."""
    designs = tried(32)
    rows = [(kpi(-bowl(c.values), 0.1), kpi(c.values["cell.mass_loading"], name="weight")) for c in designs]
    found = plateau(designs, tuple(k for row in rows for k in row), [goal("minimise"), goal("at_most", 0.5, "weight")])
    assert found.best_value < -99
    assert max(ranges["cell.mass_loading"][1] for ranges in (found.evaluated, found.predicted)) <= 0.51
    assert found.predicted["recipe.porosity"] == pytest.approx([0.28, 0.32], abs=0.004)


def test_failed_trials_are_passed_over_and_few_predict_nothing():
    """Three designs on two axes leave the evaluated ones alone."""
    designs = tried(4)
    kpis = tuple(kpi(bowl(c.values)) for c in designs[1:])
    record = campaign(designs, kpis, [MORE], failed_trials=(0,))
    found = find_plateau.function(record, designs, kpis, seed=0, point_count=64)
    assert (found.predicted, found.predicted_share) == ({}, None)
    assert found.feasible_count == 3
    assert designs[0].id not in found.candidate_ids


@pytest.mark.parametrize(
    ("goals", "rows", "message"),
    [
        ([MORE, goal("minimise", name="weight")], [(1.0, 2.0)], "2 objectives"),
        ([MORE], [(None,)], "no design .* is feasible"),
    ],
)
def test_what_has_no_plateau_is_refused(goals: list[dict[str, Any]], rows: list[Any], message: str):
    """A front, and a campaign without a feasible design."""
    designs = tried(1)
    kpis = tuple(kpi(v, name=g["kpi"]) for row in rows for v, g in zip(row, goals, strict=True))
    with pytest.raises(StageError, match=message):
        plateau(designs, kpis, goals)


def test_trials_of_a_cheaper_fidelity_bend_no_region() -> None:
    """The plateau is that of the trials at the target alone, whatever cheap ones of the same designs found."""
    designs = tried(16)
    own = [{**one.values, "resolution.edge_voxels": 64} for one in designs]
    cheap = [{**one.values, "resolution.edge_voxels": 32} for one in designs]
    every = candidates([*cheap, *own])
    values = tuple(kpi(value) for value in (*(900 * one["recipe.porosity"] for one in cheap), *map(bowl, own)))
    space = {**SPACE, "resolution.edge_voxels": {"value": 64}}

    def found(part: slice) -> Plateau:
        given = {
            "definition": {"space": space, "fidelities": [{"values": {"resolution.edge_voxels": 32}, "cost": 0.1}]}
        }
        one = conclude(
            every[part], values[part], name="c", goals=[MORE], target={"resolution.edge_voxels": 64}, **given
        )
        return find_plateau.function(one, every[part], values[part], seed=3, point_count=512)

    assert found(slice(None)).predicted == found(slice(16, None)).predicted != {}
