"""Designs at many powers, and beside Bruggeman's relation: tiny flows end to end, and from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.flows import Study, StudyError, compare_with_bruggeman, run_campaign, sweep_powers
from ragone.flows.design.ways import candidates_of, stored_candidate
from ragone.schemas import Candidate, Discharge, Kpi, KpiOutcome, Transport, TransportTensor
from tests.watched import Watched

STUDY: dict[str, Any] = {
    "study": {
        "name": "tiny",
        "seed": 3,
        "space": {
            "recipe.active_material_weight_fraction": 0.95,
            "recipe.porosity": {"low": 0.35, "high": 0.45},
            "recipe.binder_adhesion": 0.5,
            "cell.mass_loading": {"low": "15 mg/cm^2", "high": "40 mg/cm^2"},
        },
        "steps": {"discharge": {"stage": "discharge_at_constant_power", "power": "50 W"}},
        "objectives": [{"kpi": "energy_density", "maximise": True}],
        "budget": {"initial": 2, "total": 2},
        "resolution": {"edge_voxels": 24, "voxel_size": "1 um", "volume_elements": 2},
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


@pytest.fixture(scope="module")
def _campaign(tmp_path_factory) -> tuple[Path, str]:
    """A lake that holds the study's campaign and is only copied, and the campaign's id."""
    folder = tmp_path_factory.mktemp("campaign") / "lake"
    with Lake.open(folder, create=True) as opened:
        return folder, run_campaign(opened, Study.read(STUDY)).campaign.id


@pytest.fixture
def campaign(_campaign, tmp_path) -> str:
    """The id of the study's campaign, which `lake` then holds."""
    folder, name = _campaign
    shutil.copytree(folder, tmp_path / "lake")
    return name


def candidate(lake: Lake, loading: float) -> Candidate:
    """A stored design of that mass loading [kg/m^2]."""
    values = {"recipe.active_material_weight_fraction": 0.95, "recipe.porosity": 0.4, "recipe.binder_adhesion": 0.5}
    return stored_candidate(lake, Candidate(values={**values, "cell.mass_loading_kilogram_per_square_metre": loading}))


def test_a_sweep_gives_each_design_its_curve_and_the_crossing(lake):
    """A thick and a thin electrode: energies fall with power, the curves cross, and every number is a record."""
    thin, thick = candidate(lake, 0.15), candidate(lake, 0.45)
    watched = Watched()
    sweep = sweep_powers(lake, Study.read(STUDY), [thick, thin], (10.0, 50.0, 200.0), watched)
    assert watched.units == watched.total == 2 + 2 * 3
    for curve in sweep.curves:
        energies = [lake.get(kpi_id, Kpi).value for kpi_id in curve.kpi_ids("energy_density")]
        assert energies == sorted(energies, reverse=True)
        powers = [lake.get(name, Discharge).power_watt for name in curve.discharge_ids]
        assert powers == [10.0, 50.0, 200.0]
    drawn = lake.sql("SELECT count(*) AS n FROM runs WHERE stage = 'manufacture.pack_particles'")["n"].item()
    assert drawn == 2  # the volume elements of one recipe serve both loadings
    ((pair, kpi),) = sweep.crossovers.items()
    assert pair == (thick.id, thin.id)
    assert 10 < kpi.value < 200
    assert kpi.outcome is KpiOutcome.MEASURED
    assert str(lake.reproduce(kpi.id).verdict) == "bitwise equal"


def test_a_campaign_stands_for_its_best_candidate(campaign, lake, example):
    """A design of an earlier version for its values; anything else is refused."""
    result = run_campaign(lake, Study.read(STUDY))
    best = result.best.candidate
    assert [one.id for one in candidates_of(lake, [result.campaign.id, best.id])] == [best.id]
    former = example("design")
    (made,) = candidates_of(lake, [lake.put(former)])
    assert made.values["recipe.porosity"] == former.porosity
    loading = made.values["cell.mass_loading_kilogram_per_square_metre"]
    assert loading == former.mass_loading_kilogram_per_square_metre
    with pytest.raises(StudyError, match="neither a candidate nor a campaign"):
        candidates_of(lake, [result.best.kpis[0].id])


def test_bruggeman_flatters_the_electrode(lake):
    """Packed pores are more tortuous than the relation says, so that its energy at a high rate is too large."""
    watched = Watched()
    kept = {"study": STUDY["study"] | {"storage": {"keep_voxels": True}}}  # else each volume is made again in a process
    found = compare_with_bruggeman(lake, Study.read(kept), (0.35, 0.45), (0.2, 4.0), progress=watched)
    assert watched.units == watched.total
    for compared in found:
        assert not compared.error
        assert len(compared.tensors) == 2
        assert all(isinstance(lake.get(tensor.id), TransportTensor) for tensor in compared.tensors)
        transport = lake.get(compared.transport.id, Transport)
        assert transport.pore_tortuosity_factor > transport.pore_fraction**-0.5
        slow, fast = compared.deviations
        assert 0 <= slow.value < fast.value
        assert fast.value == pytest.approx(compared.assumed[1].value / compared.measured[1].value - 1)


def test_the_commands_draw_and_tell(tmp_path, params, capsys):
    """Both answer as JSON with ids, and write their pictures."""
    place = str(tmp_path / "lake")
    assert main(["run", str(params), "--lake", place, "--json", "--set", "steps.discharge.power=20 W"]) == 0
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


def test_a_study_without_power_is_refused(lake):
    """A discharge at constant current has no Ragone curve; nothing is computed."""
    at_rate = {"discharge": {"stage": "discharge_at_constant_current", "rate": "1 1/h"}}
    with pytest.raises(StudyError, match="no step of study 'tiny' discharges at constant power"):
        sweep_powers(lake, Study.read({"study": STUDY["study"] | {"steps": at_rate}}), [candidate(lake, 0.2)], (10.0,))
    assert lake.sql("SELECT count(*) AS n FROM runs WHERE stage != 'given'")["n"].item() == 0


def test_an_unknown_kpi_is_named(campaign, lake, tmp_path, params, capsys):
    """With those that there are, by both commands."""
    with pytest.raises(StudyError, match="KPI 'energy_densty' is not known: did you mean 'energy_density'"):
        compare_with_bruggeman(lake, Study.read(STUDY), (0.4,), (1.0,), "energy_densty")
    place = str(tmp_path / "lake")
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


def test_a_volume_element_that_cannot_be_made_has_no_tensor(lake):
    """The design is left out with the reason, and the others are compared."""
    failed, made = compare_with_bruggeman(lake, Study.read(STUDY), (0.01, 0.4), (1.0,))
    assert "porosity" in failed.error
    assert failed.tensors == ()
    assert not made.error


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("steps.discharge.power", "is not of the form PATH=VALUE. Write the path of a key"),
        ("name.first=a", "leads through what is no map"),
        ("steps.discharge.power=[", "is not YAML"),
        ("steps.discharge.powr=5 W", r"study\.steps\.discharge\.powr: stage cell\.discharge_at_constant_power has no"),
        ("space.recipe.porosty=0.3", r"study\.space\.recipe\.porosty is no parameter of recipe"),
    ],
)
def test_a_bad_change_of_a_study_is_named(params, change, message):
    """`--set` is checked like the file itself."""
    with pytest.raises(StudyError, match=message):
        Study.load(params, [change])


def test_a_change_replaces_one_value(params):
    """And leaves the others."""
    changes = ["steps.discharge.power=10 W", "space.recipe.porosity={low: 0.3, high: 0.31}", "name=other"]
    study = Study.load(params, changes)
    assert study.chain.step("discharge").parameters == {"power_watt": 10.0}
    assert (study.space["recipe.porosity"].low, study.space["recipe.porosity"].high) == (0.3, 0.31)
    assert (study.name, study.seed) == ("other", 3)
    assert list(study.space) == list(Study.load(params).space)
