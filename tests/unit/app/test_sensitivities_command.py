"""`ragone sensitivities`, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.flows.cell.kpis import extract
from ragone.flows.cell.sensitivities import sensitivities_of
from ragone.flows.errors import CellError
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power, ideal_transport
from ragone.pipelines.cell.energy_sensitivities import DESIGN_FIELDS, RECIPE_FIELDS
from ragone.schemas import CellParameters, Kpi, Recipe, Verdict
from ragone.schemas.materials import NMC_811
from tests.built_cells import design


@pytest.fixture(scope="module")
def place(tmp_path_factory, example):
    """A lake with a cell that was assembled of a measured electrode."""
    folder = tmp_path_factory.mktemp("sensitivities") / "lake"
    transport = example("transport", pore_fraction=0.335, active_material_fraction=0.6, carbon_binder_fraction=0.065)
    with Lake.open(folder, create=True) as lake:
        inputs = {"transport": transport, "materials": NMC_811, "design": design()}
        ids = {name: lake.put(record) for name, record in inputs.items()}
        return folder, lake.run(assemble_cell, **ids).id


def test_inputs_are_ranked_and_those_of_the_design_come_with_the_cell(cli, place):
    """The loading acts through the cell that is assembled again; the error stands beside each number."""
    shown = cli("sensitivities", place[1], "--power", "40 W", "--lake", place[0])
    assert shown.code == 0, shown.err
    assert "percent for a percent" in shown.out
    rows = [line.split() for line in shown.out.splitlines() if line.rstrip()[-1:].isdigit()]
    found = {(row[0], row[1]): [float(number) for number in row[2:]] for row in rows if len(row) == 7}
    assert found["mass_loading", "design"][0] > 0 > found["power", "discharge"][0]
    assert all(0 <= numbers[-2] < 1e-2 for numbers in found.values())
    sizes = [abs(numbers[0]) for numbers in found.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_a_cell_needs_a_power(cli, place):
    """One message that says what to give."""
    answer = cli("sensitivities", place[1], "--lake", place[0])
    assert answer.code == 2
    assert "--power" in answer.err
    assert answer.out == ""


def test_a_discharge_that_cannot_begin_is_refused(cli, place):
    """It has no end that could be differentiated."""
    answer = cli("sensitivities", place[1], "--power", "20 kW", "--lake", place[0])
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert "20000 W" in answer.err


def _kpi(lake, cell, **conditions):
    """An energy density of a discharge of a cell under these conditions, on a coarse mesh."""
    curve = lake.run(discharge_at_constant_power, cell=cell, power_watt=45.0, mesh_points=6, **conditions)
    return extract(lake, [curve.id], ["energy_density"])[0].kpis["energy_density"]


def test_a_kpi_brings_its_own_conditions(place):
    """Power, lower voltage and mesh are those of the discharge that it was read off; so is the energy."""
    with Lake.open(place[0]) as lake:
        kpi = _kpi(lake, place[1], lower_voltage_volt=2.7)
        cell, found = sensitivities_of(lake, kpi, {})
        energy = lake.get(kpi, Kpi).measured_value * lake.get(cell, CellParameters).cell_volume_cubic_metre * 1e3
    assert cell == place[1]
    assert (found.power_watt, found.lower_voltage_volt) == (45.0, 2.7)
    assert "6 points" in found.method
    assert set(DESIGN_FIELDS) < set(found.names)
    assert found.energy_watt_hour == pytest.approx(energy, rel=1e-3)


def test_sensitivities_are_stored_once_and_reproduce(place):
    """They are made of the cell, and of the records that it was assembled of."""
    with Lake.open(place[0]) as lake:
        given = {"power_watt": 45.0, "mesh_points": 6}
        _, first = sensitivities_of(lake, place[1], given)
        _, again = sensitivities_of(lake, place[1], given)
        assert again.id == first.id
        kinds = {edge.parent.partition("-")[0] for edge in lake.lineage(first.id).parents_of(first.id)}
        assert kinds == {"cell_parameters", "transport", "materials", "cell_design"}
        assert lake.reproduce(first.id).verdict is not Verdict.DIFFERENT


def test_a_recipe_is_an_input_where_its_metrics_were_assumed(place):
    """The recipe and the exponent are those of the recorded assumption."""
    with Lake.open(place[0]) as lake:
        recipe = lake.put(Recipe(active_material_weight_fraction=0.94, porosity=0.32))
        ids = {"materials": lake.put(NMC_811), "design": lake.put(design())}
        assumed = lake.run(ideal_transport, recipe=recipe, materials=ids["materials"], exponent=1.8).id
        cell = lake.run(assemble_cell, transport=assumed, **ids).id
        _, found = sensitivities_of(lake, cell, {"power_watt": 45.0, "mesh_points": 6})
        assert set(RECIPE_FIELDS) < set(found.names)
        assert recipe in {edge.parent for edge in lake.lineage(found.id).parents_of(found.id)}


def test_a_lumped_discharge_is_refused(place):
    """By the name of what is not differentiated."""
    with Lake.open(place[0]) as lake:
        kpi = _kpi(lake, place[1], thermal="lumped")
        with pytest.raises(CellError, match="thermal = 'lumped'"):
            sensitivities_of(lake, kpi, {})
