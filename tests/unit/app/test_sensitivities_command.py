"""`ragone sensitivities`, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.flows.cell import sensitivities
from ragone.flows.cell.kpis import extract
from ragone.flows.errors import CellError
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power
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
    found = {(row[0], row[1]): [float(number) for number in row[2:]] for row in rows if len(row) == 6}
    assert found["mass_loading", "design"][0] > 0 > found["power", "discharge"][0]
    assert all(0 <= numbers[-1] < 1e-3 for numbers in found.values())
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
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert "20000 W" in answer.err


@pytest.mark.parametrize(("thermal", "refused"), [("isothermal", False), ("lumped", True)])
def test_a_kpi_brings_its_own_conditions(place, monkeypatch, thermal, refused):
    """Power and lower voltage are those of the discharge that it was read off; what was not isothermal is refused."""
    seen = []
    monkeypatch.setattr(sensitivities, "energy_sensitivities", lambda *given: seen.append(given))
    with Lake.open(place[0]) as lake:
        curve = lake.run(
            discharge_at_constant_power, cell=place[1], power_watt=45.0, lower_voltage_volt=2.7, thermal=thermal
        )
        kpi = extract(lake, [curve.id], ["energy_density"])[0].kpis["energy_density"]
        if refused:
            with pytest.raises(CellError, match="thermal = 'lumped'"):
                sensitivities.sensitivities_of(lake, kpi, {})
            return
        cell, _ = sensitivities.sensitivities_of(lake, kpi, {})
    assert cell == place[1]
    assert (seen[0][1].power_watt, seen[0][1].lower_voltage_volt) == (45.0, 2.7)
    assert set(seen[0][2]) == set(sensitivities.DESIGN_FIELDS)
