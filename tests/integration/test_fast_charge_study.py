"""The shipped study of fast charge and cold power, coarse and small: three steps on one cell, limits as constraints."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragone.dataset import Lake
from ragone.flows import Study, run_campaign
from ragone.schemas import Cycling

FILE = Path(__file__).parents[2] / "params" / "fast-charge.yaml"
SMALL = (
    "budget={initial: 1, total: 1}",
    "resolution={edge_voxels: 16, voxel_size: 1.5 um, volume_elements: 1}",
    "executor={kind: serial}",
    *(f"steps.{role}.mesh_points=8" for role in ("discharge", "charge", "cold")),
    "space.recipe.porosity=0.35",
    "space.cell.mass_loading=12 mg/cm^2",
)


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """The one design of the study, with the lake that it is in."""
    with Lake.open(tmp_path_factory.mktemp("fast") / "lake", create=True) as lake:
        result = run_campaign(lake, Study.load(FILE, SMALL))
        assert result.best is not None
        yield lake, result.trials[0]


def test_every_goal_has_a_value_within_its_limit(trial):
    """Energy, cold power, charge time, plating margin and temperature; the design is feasible."""
    _, done = trial
    energy, power, time, margin, hottest = done.kpis
    assert [kpi.unit for kpi in done.kpis] == ["W.h/L", "W", "s", "V", "K"]
    assert energy.value > 300
    assert power.value > 10
    assert 500 < time.value < 1800
    assert margin.value > -1e-3
    assert 298.15 < hottest.value < 323.15


def test_the_steps_are_of_one_cell_whose_foils_resist(trial):
    """Charge and cold pulse are recorded, the latter at -10 degC, and tabs in the middle have a resistance."""
    lake, _ = trial
    rows = lake.sql("SELECT id FROM cyclings")["id"].to_list()
    ambient = sorted(lake.get(one, Cycling).ambient_temperature_kelvin for one in rows)
    assert ambient == [263.15, 298.15]
    assert lake.sql("SELECT min(contact_resistance_ohm) FROM cell_parameters").item() > 1e-3
