"""Designs at many powers, and beside Bruggeman's relation: tiny flows end to end, and from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from app.main import main
from dataset import Lake
from flows import Study, compare_with_bruggeman, designs_of, run_campaign, sweep_powers
from flows.errors import StudyError
from schemas import Kpi, KpiOutcome, Transport, TransportTensor

STUDY: dict[str, Any] = {
    "study": {
        "name": "tiny",
        "seed": 3,
        "space": {
            "active_material_weight_fraction": 0.95,
            "porosity": {"low": 0.35, "high": 0.45},
            "binder_adhesion": 0.5,
            "mass_loading": {"low": "15 mg/cm^2", "high": "40 mg/cm^2"},
        },
        "objective": {"kpi": "energy_density", "power": "50 W"},
        "budget": {"initial": 2, "total": 2},
        "resolution": {"edge_voxels": 24, "voxel_size": "1 um", "cubes": 2},
        "executor": {"kind": "serial"},
    }
}


@pytest.fixture
def params(tmp_path) -> Path:
    """The study as a file."""
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    return path


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def test_a_sweep_gives_each_design_its_curve_and_the_crossing(lake, example):
    """A thick and a thin electrode: energies fall with power, the curves cross, and every number is a record."""
    study = Study.read(STUDY)
    thin = lake.put(example("design", porosity=0.4, mass_loading_kilogram_per_square_metre=0.15))
    thick = lake.put(example("design", porosity=0.4, mass_loading_kilogram_per_square_metre=0.45))
    sweep = sweep_powers(lake, study, [thick, thin], (10.0, 50.0, 200.0))
    for curve in sweep.curves:
        energies = [lake.get(kpi_id).value for kpi_id in curve.kpi_ids("energy_density")]
        assert energies == sorted(energies, reverse=True)
    (pair,) = sweep.crossovers
    kpi = lake.get(sweep.crossovers[pair])
    assert pair == (thick, thin)
    assert 10 < kpi.value < 200
    assert kpi.outcome is KpiOutcome.MEASURED
    assert str(lake.reproduce(sweep.crossovers[pair]).verdict) == "bitwise equal"


def test_a_campaign_stands_for_its_best_design(lake, example):
    """And anything else than designs and campaigns is refused."""
    result = run_campaign(lake, Study.read(STUDY))
    assert designs_of(lake, [result.campaign_id, result.best.design_id]) == [result.best.design_id]
    with pytest.raises(StudyError, match="neither a design nor a campaign"):
        designs_of(lake, [result.best.objective_id])


def test_bruggeman_flatters_the_electrode(lake):
    """Packed pores are more tortuous than the relation says, so that its energy at a high rate is too large."""
    found = compare_with_bruggeman(lake, Study.read(STUDY), (0.35, 0.45), (0.2, 4.0))
    for compared in found:
        assert not compared.error
        assert len(compared.tensor_ids) == 2
        assert all(isinstance(lake.get(tensor_id), TransportTensor) for tensor_id in compared.tensor_ids)
        transport = lake.get(compared.transport_id)
        assert isinstance(transport, Transport)
        assert transport.pore_tortuosity_factor > transport.pore_fraction**-0.5
        slow, fast = (lake.get(kpi_id) for kpi_id in compared.deviations)
        assert isinstance(fast, Kpi)
        assert 0 <= slow.value < fast.value
        ours, theirs = lake.get(compared.assumed[1]), lake.get(compared.measured[1])
        assert fast.value == pytest.approx(ours.value / theirs.value - 1)


def test_the_commands_draw_and_tell(tmp_path, params, capsys):
    """Both answer as JSON with ids, and write their pictures."""
    place = str(tmp_path / "lake")
    assert main(["run", str(params), "--lake", place, "--json", "--set", "objective.power=20 W"]) == 0
    campaign = json.loads(capsys.readouterr().out)["campaign_id"]
    common = ["--lake", place, "--json", "--png"]
    picture = tmp_path / "a.png"
    assert main(["powers", str(params), campaign, "--at", "10,0.05 kW", *common, str(picture)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [point["power_watt"] for point in told["designs"][0]["points"]] == [10.0, 50.0]
    assert picture.read_bytes().startswith(b"\x89PNG")
    other = tmp_path / "b.png"
    assert main(["bruggeman", str(params), "--porosities", "0.4", "--rates", "1", *common, str(other)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["designs"][0]["deviations"]) == 1
    assert other.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["powers", "--at", "0", "x"], "--at = 0 [W] is outside (0, inf)"),
        (["powers", "--at", "5 V", "x"], "--at = '5 V' has the wrong dimension"),
        (["bruggeman", "--porosities", "30"], "--porosities = 30 [-] is outside (0, 1)"),
        (["bruggeman", "--rates", "inf"], "--rates = 'inf' must be finite numbers"),
        (["bruggeman", "--rates", "fast"], "--rates = 'fast' must be finite numbers between commas"),
    ],
)
def test_bad_arguments_are_named(tmp_path, params, capsys, arguments, message):
    """Before anything is computed."""
    command, *others = arguments
    assert main([command, *others[:2], str(params), *others[2:], "--lake", str(tmp_path / "lake")]) == 2
    assert message in capsys.readouterr().err


def test_a_study_without_power_is_refused(lake, example):
    """A discharge at constant current has no Ragone curve; nothing is computed."""
    study = Study.read({"study": STUDY["study"] | {"objective": {"kpi": "energy_density", "rate": "1 1/h"}}})
    with pytest.raises(StudyError, match=r"stages\.discharge = constant_current of study 'tiny' takes no power"):
        sweep_powers(lake, study, [lake.put(example("design"))], (10.0,))
    assert lake.sql("SELECT count(*) AS n FROM runs WHERE stage != 'given'")["n"].item() == 0


def test_an_unknown_kpi_is_named(lake, tmp_path, params, capsys):
    """With those that there are, by both commands."""
    with pytest.raises(StudyError, match="there is no KPI 'energy_densty' of a discharge: did you mean"):
        compare_with_bruggeman(lake, Study.read(STUDY), (0.4,), (1.0,), "energy_densty")
    place = str(tmp_path / "lake")
    assert main(["run", str(params), "--lake", place, "--json"]) == 0
    campaign = json.loads(capsys.readouterr().out)["campaign_id"]
    words = ["powers", str(params), campaign, "--at", "10", "--kpi", "energy_densty", "--png", str(tmp_path / "a.png")]
    assert main([*words, "--lake", place, "--quiet"]) == 2
    assert capsys.readouterr().err.startswith("ragone: there is no KPI 'energy_densty' of a discharge: did you mean")


def test_a_model_that_cannot_discharge_is_told(lake, tmp_path, example, capsys):
    """No value, the reason, exit code 1; nothing is drawn, and nothing breaks."""
    full = np.ones(50)
    measured = lake.put(
        example(
            "measurement",
            test_time_second=np.arange(50.0),
            voltage_volt=np.linspace(4.0, 3.0, 50),
            current_ampere=-full,
            step_count=np.ones(50, np.int64),
            cycle_count=np.ones(50, np.int64),
            temperature_kelvin=298.15 * full,
        )
    )
    cell = lake.put(example("cell_parameters", outcome="a phase of the positive electrode does not percolate"))
    picture = tmp_path / "a.png"
    words = ["compare", measured, "--cell", cell, "--png", str(picture), "--lake", str(tmp_path / "lake")]
    assert main(words) == 1
    told = capsys.readouterr()
    assert "the simulated curve holds no discharge" in told.err
    assert "none" in told.out
    assert not picture.exists()


def test_a_cube_that_cannot_be_made_has_no_tensor(lake):
    """The design is left out with the reason, and the others are compared."""
    failed, made = compare_with_bruggeman(lake, Study.read(STUDY), (0.01, 0.4), (1.0,))
    assert "porosity" in failed.error
    assert failed.tensor_ids == ()
    assert not made.error


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("objective.power", "is no change. Write the path of a key"),
        ("name.first=a", "leads through what is no map"),
        ("objective.power=[", "is not YAML"),
        ("objective.powr=5 W", "study.objective.powr is not a known key"),
    ],
)
def test_a_bad_change_of_a_study_is_named(params, change, message):
    """`--set` is checked like the file itself."""
    with pytest.raises(StudyError, match=message):
        Study.load(params, [change])


def test_a_change_replaces_one_value(params):
    """And leaves the others."""
    study = Study.load(params, ["objective.power=10 W", "space.porosity={low: 0.3, high: 0.31}", "name=other"])
    assert study.objective.operation == {"power_watt": 10.0}
    assert study.space["porosity"] == (0.3, 0.31)
    assert (study.name, study.seed) == ("other", 3)
