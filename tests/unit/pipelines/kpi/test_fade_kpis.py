"""KPIs of a fade: values, bounds of lives that did not end, and reasons."""

from __future__ import annotations

import numpy as np
import pytest
from capacity_fades import bent, fade_of, smooth

from ragone.flows.stages import kpi_stage_of
from ragone.pipelines.kpi import capacity_retention, cycle_life, knee
from ragone.schemas import FadeOutcome, KpiOutcome


def test_a_life_that_ended_has_a_value() -> None:
    """It is that of the cycle life, and of looks every 50 cycles the middle with the uncertainty of the interval."""
    found = cycle_life(fade_of(smooth), reference="nominal")
    assert (found.outcome, found.value) == (KpiOutcome.MEASURED, pytest.approx(600, abs=0.01))
    sparse = cycle_life(fade_of(smooth, np.arange(1, 700, 50)), reference="nominal")
    assert sparse.value == pytest.approx(576)
    assert sparse.standard_uncertainty == pytest.approx(50 / np.sqrt(12), rel=0.01)


def test_a_life_that_did_not_end_has_a_lower_bound() -> None:
    """It is neither a value nor a failure, and the reason for its censoring is said."""
    found = cycle_life(fade_of(smooth, 300))
    assert (found.outcome, found.value, found.lower_bound) == (KpiOutcome.CENSORED, None, 300.0)
    assert "budget" in found.method


def test_a_cell_that_does_not_conduct_has_no_life() -> None:
    """Nothing was cycled: every KPI of the fade says so."""
    fade = fade_of(smooth, 0, outcome=FadeOutcome.NOT_CONDUCTING)
    assert cycle_life(fade).outcome is KpiOutcome.INFEASIBLE
    assert capacity_retention(fade).outcome is KpiOutcome.INFEASIBLE
    assert {one.outcome for one in knee(fade).values()} == {KpiOutcome.INFEASIBLE}


def test_retention_is_read_between_rows_too() -> None:
    """After cycle 400, or the last one; not after a cycle that was not done."""
    fade = fade_of(bent, np.arange(1, 701, 3), noise=0)
    assert capacity_retention(fade, cycle=300, reference="nominal").value == pytest.approx(0.97)
    assert capacity_retention(fade, reference="nominal").value == pytest.approx(float(bent(np.array(700.0))))
    assert capacity_retention(fade, cycle=900).outcome is KpiOutcome.NOT_REACHED


def test_knees_are_kpis_with_reasons() -> None:
    """Two methods agree on a bend; a linear fade has none."""
    found = knee(fade_of(bent, noise=1e-3))
    assert found["knee_cycle"].value == pytest.approx(400, abs=2)
    assert found["knee_cycle_by_tangents"].value == pytest.approx(400, abs=10)
    none = knee(fade_of(lambda n: 1 - 3e-4 * n))
    assert {one.outcome for one in none.values()} == {KpiOutcome.NOT_IDENTIFIABLE}


@pytest.mark.parametrize("name", ["cycle_life", "capacity_retention", "knee_cycle", "knee_onset_cycle"])
def test_a_study_can_name_them(name: str) -> None:
    """Each is the KPI of one registered stage, without a unit."""
    assert kpi_stage_of(name).unit_given(name) == "1"
