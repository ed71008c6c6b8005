"""KPIs through the lake: which stages a subject is given to, with which cell, and what becomes of failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.cell.kpis import extract, read_off
from ragone.flows.errors import KpiError
from ragone.flows.stages import KPI_STAGES, STAGES
from ragone.schemas import (
    CellParameters,
    Curve,
    Cycling,
    Discharge,
    Kpi,
    KpiStage,
    Measurement,
    Verdict,
    kpi_stage,
    stage,
)
from ragone.schemas.errors import ParameterError

Example = Callable[..., Any]
RUNS = "SELECT count(*) FROM runs WHERE stage <> 'given'"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@stage("stand_in.discharge")
def stand_in_discharge(cell: CellParameters, *, power_watt: float) -> Discharge:
    """Two hundred seconds at constant power."""
    time = np.linspace(0.0, 200.0, 21)
    voltage = np.linspace(4.0, 2.5, 21)
    return Discharge(
        outcome="lower voltage limit reached",  # type: ignore[arg-type]
        power_watt=power_watt,
        lower_voltage_volt=2.5,
        ambient_temperature_kelvin=298.15,
        test_time_second=time,
        voltage_volt=voltage,
        current_ampere=-power_watt / voltage,
        method="stand-in",
    )


@pytest.mark.parametrize("stage", KPI_STAGES.values(), ids=KPI_STAGES)
def test_every_stage_says_what_it_takes(stage: KpiStage[Any, Any]) -> None:
    """Ports of records only; of those that run unasked no parameter without default."""
    assert all(port.kinds for port in stage.ports.values())
    if stage.unasked:
        assert read_off(stage)
        stage.bind({})


def test_what_a_stage_takes_is_read_off_its_ports() -> None:
    """Many curves with a cell that may be missing are of one subject; two curves are not."""

    @kpi_stage("stand_in.takes", gives={})
    def takes(cell: CellParameters, curves: tuple[Curve, ...]) -> Kpi:
        raise NotImplementedError

    @kpi_stage("stand_in.compares", gives={})
    def compares(one: Curve, other: Cycling | Measurement) -> Kpi:
        raise NotImplementedError

    assert takes.subject.name == "curves"
    assert read_off(takes)
    assert not read_off(compares)


def test_a_computed_curve_brings_its_own_cell(lake: Lake, example: Example) -> None:
    """Densities of a simulated discharge need no cell to be named."""
    cell = lake.put(example("cell_parameters", cell_mass_kilogram=0.5))
    curve = lake.run(stand_in_discharge, cell=cell, power_watt=36.0).id
    (found,) = extract(lake, [curve[:24]], ["densities"])
    kpi = lake.get(found.kpis["specific_energy"])
    assert isinstance(kpi, Kpi)
    assert kpi.value == pytest.approx(4.0, rel=1e-9)
    assert set(lake.lineage(found.kpis["specific_energy"]).ancestors) == {curve, cell}


def test_a_measured_curve_is_given_one(lake: Lake, example: Example) -> None:
    """By its id, or by the mass with a unit; without either the KPI says so."""
    cell, curve = lake.put(example("cell_parameters")), lake.put(example("measurement"))

    def specific_energy(**given: Any) -> Any:
        (found,) = extract(lake, [curve], ["densities"], **given)
        return lake.get(found.kpis["specific_energy"])

    assert specific_energy().value is None
    named, weighed = specific_energy(cell_id=cell), specific_energy(settings={"cell_mass_kilogram": "350 g"})
    assert named.value == pytest.approx(weighed.value, rel=1e-12) != 0


def test_the_cell_that_a_curve_was_computed_with_goes_before_the_one_given(lake: Lake, example: Example) -> None:
    """The given one is for those that were not computed from a cell."""
    own, other = (lake.put(example("cell_parameters", cell_mass_kilogram=mass)) for mass in (0.5, 2.0))
    simulated = lake.run(stand_in_discharge, cell=own, power_watt=36.0).id
    measured = lake.put(example("measurement"))
    found = {one.subjects: one.kpis for one in extract(lake, [simulated, measured], ["densities"], cell_id=other)}
    assert lake.get(found[(simulated,)]["specific_energy"], Kpi).value == pytest.approx(4.0, rel=1e-9)
    assert other not in lake.lineage(found[(simulated,)]["specific_energy"]).ancestors
    assert other in lake.lineage(found[(measured,)]["specific_energy"]).ancestors


def test_an_electrode_has_kpis_without_a_cell(lake: Lake, example: Example) -> None:
    """A transport gives its metrics, and nothing else is run."""
    subject = lake.put(example("transport", pore_tortuosity_factor=2.5))
    (found,) = extract(lake, [subject])
    assert found.name == "transport"
    assert lake.get(found.kpis["pore_tortuosity_factor"], Kpi).value == 2.5


def test_settings_are_read_as_their_stage_has_them(lake: Lake, example: Example) -> None:
    """With or without the unit in the name; by every stage that has one of that name, in its own bounds."""
    curve = lake.put(example("measurement"))
    (found,) = extract(lake, [curve], ["densities"], settings={"cell_mass": "350 g"})
    assert lake.get(found.kpis["specific_energy"], Kpi).value is not None
    with pytest.raises(ParameterError, match="true or false"):
        extract(lake, [curve], ["limits"], settings={"charging": "perhaps"})


def test_curves_of_one_cell_are_taken_together(lake: Lake, example: Example) -> None:
    """Measured and simulated ones each for themselves; a series of one is not asked unless named."""
    cell = lake.put(example("cell_parameters"))
    simulated = [lake.run(stand_in_discharge, cell=cell, power_watt=p).id for p in (20.0, 40.0)]
    measured = [lake.put(example("measurement", cell_name=name)) for name in ("one", "one more")]
    found = extract(lake, [*simulated, *measured])
    together = [one.subjects for one in found if one.name == "ragone"]
    assert together == [tuple(simulated)]
    assert [f.subjects for f in extract(lake, measured, ["ragone"])] == [(measured[0],), (measured[1],)]


def test_extracting_again_computes_nothing(lake: Lake, example: Example) -> None:
    """The same ids from the same runs, each of which reproduces."""
    curve = lake.put(example("cycling"))
    first = extract(lake, [curve])
    runs = lake.sql(RUNS).item()
    assert extract(lake, [curve]) == first
    assert lake.sql(RUNS).item() == runs
    delivered = next(one for one in first if one.name == "delivered")
    assert lake.reproduce(delivered.kpis["capacity"]).verdict is Verdict.BITWISE


def test_a_failure_is_stored_and_the_others_go_on(
    lake: Lake, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its run and reason are told; the next KPI is there."""

    @kpi_stage("kpi.delivered", gives={})
    def broken(curve: Curve) -> Mapping[str, Kpi]:
        raise RuntimeError("out of order")

    monkeypatch.setitem(STAGES, "kpi.delivered", broken)  # type: ignore[arg-type]
    found = {one.name: one for one in extract(lake, [lake.put(example("measurement"))], ["delivered", "densities"])}
    assert found["delivered"].error == "RuntimeError: out of order"
    assert lake.sql("SELECT id FROM runs WHERE outcome = 'failed'").item() == found["delivered"].run_id
    assert not found["densities"].error


def test_a_stage_without_its_cell_is_told_not_run(
    lake: Lake, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cell is not optional."""

    @kpi_stage("kpi.delivered", gives={})
    def needs_cell(curve: Curve, cell: CellParameters) -> Mapping[str, Kpi]:
        raise NotImplementedError

    monkeypatch.setitem(STAGES, "kpi.delivered", needs_cell)  # type: ignore[arg-type]
    (found,) = extract(lake, [lake.put(example("measurement"))], ["delivered"])
    assert "--cell" in found.error
    assert lake.sql(RUNS).item() == 0


def test_what_is_not_known_is_refused_before_anything_is_computed(lake: Lake, example: Example) -> None:
    """Names, settings, cells and subjects."""
    curve, design = lake.put(example("measurement")), lake.put(example("design"))
    for given, says in (
        ({"names": ["delivred"]}, "did you mean 'delivered'"),
        ({"settings": {"cell_mas": "1 kg"}}, "did you mean 'cell_mass_kilogram'"),
        ({"settings": {"cell_mass_kilogram": "1 m"}}, "wrong dimension"),
        ({"cell_id": curve}, "not a cell_parameters"),
        ({"names": ["crossover_power"]}, "no KPI of one record"),
    ):
        with pytest.raises(Exception, match=says):
            extract(lake, [curve], **given)
    with pytest.raises(KpiError, match="none of delivered is a KPI of design-"):
        extract(lake, [design], ["delivered"])
    assert lake.sql(RUNS).item() == 0
