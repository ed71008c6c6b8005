"""What earlier versions recorded of a campaign is computed as they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from goal_problems import kpi

from ragone.models.former.acquisition import suggest_by_expected_improvement, suggest_by_sobol
from ragone.models.former.conclusion import conclude
from ragone.schemas import Design, Record

SPACE = {
    "active_material_weight_fraction": [0.95, 0.95],
    "porosity": [0.2, 0.6],
    "binder_adhesion": [0.0, 1.0],
    "mass_loading_kilogram_per_square_metre": [0.1, 0.3],
}
# What the stages gave for seed 1: four points of the sequence, and the two designs suggested after them.
SOBOL = [
    [0.95, 0.4353438340127468, 0.28616916202008724, 0.13252706080675125],
    [0.95, 0.2705617487430573, 0.9456960996612906, 0.22097872886806724],
    [0.95, 0.594814220815897, 0.7139584021642804, 0.1746364699676633],
    [0.95, 0.31108515709638596, 0.05320311710238457, 0.2851099975407123],
]
SUGGESTED = [
    [0.95, 0.416160162150932, 0.20814223316727223, 0.11070685581324198],
    [0.95, 0.45192307226787737, 0.2701903993778763, 0.1604920080371036],
]


def numbers(designs: Any) -> list[list[float]]:
    """The fields of designs, in order."""
    return [[getattr(design, name) for name in Design.fields()] for design in designs.values()]


def test_the_same_designs_are_suggested() -> None:
    """The sequence to the last bit, the optimiser as far as processors agree."""
    drawn = suggest_by_sobol((), (), space=SPACE, count=4, maximise=True, seed=1)
    assert numbers(drawn) == SOBOL
    designs, kpis = tuple(drawn.values()), (kpi(5.0, 0.1), kpi(7.0, 0.1), kpi(None))
    found = suggest_by_expected_improvement(
        designs[:3], kpis, designs[3:], space=SPACE, count=2, maximise=False, seed=1
    )
    for suggested, expected in zip(numbers(found), SUGGESTED, strict=True):
        assert suggested == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("maximise", "best"), [(True, 2), (False, 0)])
def test_a_conclusion_is_written_in_the_form_of_then(example: Callable[..., Record], maximise: bool, best: int) -> None:
    """The ids given are those recorded, what has no value is 0, and a failed design has no KPI."""
    designs: Any = tuple(example("design", porosity=0.1 * n) for n in range(1, 5))
    design_ids = [f"design-{n}" for n in range(4)]
    kpis = (kpi(3.0), kpi(None), kpi(5.0))
    kpi_ids = [kpis[0].id, kpis[1].id, kpis[2].id, ""]
    campaign = conclude(
        designs, kpis, name="c", definition={"objective": {"maximise": maximise}}, objective_name="energy_density",
        design_ids=design_ids, kpi_ids=kpi_ids, maximise=maximise,
    )  # fmt: skip
    assert campaign.goals == [{"kpi": "energy_density", "sense": "maximise" if maximise else "minimise", "limit": None}]
    (then,) = campaign.to_arrow(1).to_pylist()
    assert then["design_ids"] == design_ids
    assert then["kpi_ids"] == kpi_ids
    assert then["objective"] == [3.0, 0.0, 5.0, 0.0]
    assert then["feasible"] == [1, 0, 1, 0]
    assert (then["best_design_id"], then["best_kpi_id"]) == (design_ids[best], kpi_ids[best])
