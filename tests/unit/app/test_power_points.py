"""The points of a Ragone curve, found among what the lake holds of a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragone.app.pages.power_points import power_points
from ragone.app.pictures.review import draw_powers
from ragone.dataset import Lake
from ragone.schemas import CellParameters, Discharge, Kpi, KpiOutcome, stage


@stage("tests.discharged_at")
def discharged_at(cell: CellParameters, template: Discharge, *, power: float) -> Discharge:
    """A discharge at a power."""
    return replace(template, power_watt=power, applied_current_ampere=None)


@stage("tests.energy_of")
def energy_of(discharge: Discharge, template: Kpi, *, name: str) -> Kpi:
    """An energy that falls with the power; none above 60 W."""
    power = discharge.power_watt or 0.0
    if power > 60:
        return replace(template, name=name, value=None, standard_uncertainty=None, outcome=KpiOutcome.INFEASIBLE)
    return replace(template, name=name, value=100.0 - power)


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        yield lake


def discharged(lake, example, powers, name="energy_density", cell="one"):
    """Discharge a cell at some powers; gives its id."""
    cell_id = lake.put(example("cell_parameters", name=cell) if cell == "other" else example("cell_parameters"))
    templates = lake.put(example("discharge")), lake.put(example("kpi"))
    for power in powers:
        made = lake.run(discharged_at, cell=cell_id, template=templates[0], power=power)
        lake.run(energy_of, discharge=made.id, template=templates[1], name=name)
    return cell_id


def test_every_power_that_has_a_value_is_a_point(lake, example):
    """By power, the KPI that is asked for first, with its role left out of the name."""
    cell = discharged(lake, example, [50.0, 5.0, 70.0])
    discharged(lake, example, [5.0, 50.0], name="specific_energy")
    found = power_points(lake, ["recipe-0", cell, "kpi-0"], "energy_density of fast")
    assert [(one.power_watt, one.kpi.value) for one in found] == [(5.0, 95.0), (50.0, 50.0)]
    found = power_points(lake, [cell], "specific_energy")
    assert {one.kpi.name for one in found} == {"specific_energy"}
    assert power_points(lake, [cell], "maximum_temperature")[0].kpi.name == "energy_density"


def test_one_power_is_no_curve(lake, example):
    """Nor is a design without a cell."""
    assert power_points(lake, [discharged(lake, example, [5.0])], "energy_density") == ()
    assert power_points(lake, ["recipe-0"], "energy_density") == ()


def test_the_picture_says_its_points(example):
    """Each value with its uncertainty and power."""
    points = [(power, example("kpi", name="energy", value=v, standard_uncertainty=2.0)) for power, v in
              ((5.0, 90.0), (50.0, 60.0))]  # fmt: skip
    picture = draw_powers(points, 3)
    assert picture.png.startswith(b"\x89PNG")
    assert picture.alt.startswith("Ragone curve of design 4: energy 90.0 ± 2.0 W.h/L at 5 W; 60.0 ± 2.0")
