"""What a campaign's record says of its trials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.conclusion import conclude
from schemas import Campaign, Record
from schemas.errors import FieldShapeError

D = tuple(f"design-{n:064x}" for n in range(4))
K = tuple(f"kpi-{n:064x}" for n in range(4))


def concluded(
    example: Callable[..., Record], kpis: tuple[Any, ...], kpi_ids: tuple[str, ...], **changes: Any
) -> Campaign:
    """The campaign of some KPIs."""
    designs: Any = tuple(example("design") for _ in kpi_ids)
    given: dict[str, Any] = {"design_ids": D[: len(kpi_ids)], "maximise": True} | changes
    return conclude(
        designs, kpis, name="c", definition={"a": 1}, objective_name="energy_density", kpi_ids=kpi_ids, **given
    )


def test_the_best_feasible_trial_is_found(example: Callable[..., Record]) -> None:
    """The largest value wins if larger is better, the smallest otherwise; the first of equals."""
    kpis = tuple(example("kpi", value=v) for v in (3.0, 9.0, 1.0, 9.0))
    assert concluded(example, kpis, K).best_kpi_id == K[1]
    assert concluded(example, kpis, K).best_design_id == D[1]
    assert concluded(example, kpis, K, maximise=False).best_kpi_id == K[2]


def test_an_infeasible_trial_is_never_the_best(example: Callable[..., Record]) -> None:
    """Its zero would win a minimisation."""
    infeasible = example("kpi", value=0.0, outcome="the discharge delivered nothing")
    found = concluded(example, (example("kpi", value=3.0), infeasible), K[:2], maximise=False)
    assert found.best_kpi_id == K[0]
    assert found.feasible.tolist() == [1, 0]
    assert found.objective.tolist() == [3.0, 0.0]


def test_a_failed_trial_keeps_its_place_without_a_kpi(example: Callable[..., Record]) -> None:
    """Its id is empty, and the KPIs that follow are still those of their own designs."""
    found = concluded(example, (example("kpi", value=3.0), example("kpi", value=5.0)), (K[0], "", K[2]))
    assert found.objective.tolist() == [3.0, 0.0, 5.0]
    assert found.feasible.tolist() == [1, 0, 1]
    assert (found.best_design_id, found.best_kpi_id) == (D[2], K[2])


def test_a_campaign_without_a_feasible_design_has_no_best(example: Callable[..., Record]) -> None:
    """The ids are empty; nothing is raised."""
    found = concluded(example, (), ("", ""))
    assert found.best_design_id == found.best_kpi_id == ""
    assert found.objective_unit == ""


def test_ids_that_do_not_match_the_records_are_refused(example: Callable[..., Record]) -> None:
    """A missing KPI, or a design id too many, is an error."""
    with pytest.raises(FieldShapeError, match="2 not empty"):
        concluded(example, (example("kpi"),), K[:2])
    with pytest.raises(FieldShapeError, match="3 design ids"):
        concluded(example, (example("kpi"),), K[:1], design_ids=D[:3])
