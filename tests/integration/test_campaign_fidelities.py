"""A campaign at several fidelities: what it evaluates, what it costs, what it concludes, and that it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
import yaml
from electrode_stand_ins import told

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.flows import CampaignResult, Study, StudyError, run_campaign
from ragone.flows.design.fidelities import Fidelities
from ragone.flows.design.laboratory import ask
from ragone.flows.surrogate.observations import find_observations
from ragone.models.review import ReviewedTrials
from ragone.schemas import Campaign, Candidate, Microstructure

CHEAP = {"resolution.edge_voxels": 8, "resolution.volume_elements": 1, "cost": "10 %"}


def content(*fidelities: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The stand-in study of two volume elements of 12 voxels, and cheaper fidelities."""
    made = electrode_stand_ins.content(
        budget={"initial": 6, "total": 6},
        resolution={"edge_voxels": 12, "voxel_size": "0.5 um", "volume_elements": 2},
        optimiser={"suggest": "multi_fidelity", "start": "multi_fidelity"},
        storage={"keep_voxels": True},
        fidelities=list(fidelities),
    )
    made["study"] |= changes
    return made


Finished = tuple[Lake, Study, CampaignResult]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """A campaign that is over."""
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        study = Study.read(content(CHEAP))
        with Lake.open(tmp_path_factory.mktemp("fidelities") / "lake", create=True) as lake:
            yield lake, study, run_campaign(lake, study)


def fidelities_of(study: Study) -> Fidelities:
    """The fidelities of a study that has some."""
    assert study.fidelities is not None
    return study.fidelities


def test_the_budget_counts_cost_and_its_last_is_spent_at_the_target(finished: Finished) -> None:
    """More evaluations than the budget has units, at both fidelities, and less than one unit left."""
    _, study, result = finished
    numbers = [fidelities_of(study).number_of(trial.candidate) for trial in result.trials]
    spent = sum(0.1 if number else 1.0 for number in numbers)
    assert 5 < spent <= 6
    assert numbers[-1] == 0
    assert set(numbers) == {0, 1}
    assert len(numbers) > 6


def test_a_candidate_is_evaluated_at_its_own_resolution(finished: Finished) -> None:
    """Its volumes have the edge that it says, and are as many."""
    lake, study, result = finished
    for trial in result.trials:
        cheap = bool(fidelities_of(study).number_of(trial.candidate))
        assert trial.volume_element_count == (1 if cheap else 2)
        above = lake.lineage(trial.kpis[0].id).ancestors
        volumes = [lake.get(one, Microstructure) for one in above if one.startswith("microstructure-")]
        assert {volume.labels.shape[0] for volume in volumes} == {8 if cheap else 12}


def test_only_the_target_is_concluded_from(finished: Finished) -> None:
    """Cheap trials are recorded, count as infeasible, and are never the best."""
    _, study, result = finished
    numbers = [fidelities_of(study).number_of(trial.candidate) for trial in result.trials]
    assert result.campaign.feasible.tolist() == [int(number == 0) for number in numbers]
    values = [trial.kpis[0].measured_value for trial, n in zip(result.trials, numbers, strict=True) if n == 0]
    assert result.best is not None
    assert result.best.kpis[0].measured_value == max(values)


def test_cheap_trials_are_no_target_ones_in_the_evaluations(finished: Finished) -> None:
    """Each says its fidelity, and why it is not feasible; a surrogate learns from them only where asked to."""
    lake, study, result = finished
    cheap = [bool(fidelities_of(study).number_of(trial.candidate)) for trial in result.trials]
    rows = lake.evaluations().sort("trial").collect()
    assert rows["fidelity"].to_list() == ["cheaper" if one else "target" for one in cheap]
    assert set(rows.filter(rows["fidelity"] == "cheaper")["reason"]) == {"evaluated at a cheaper fidelity"}
    usual = find_observations(lake, "energy_density")
    assert len(usual.ids) == cheap.count(False)
    assert list(usual.left_out.values()) == [cheap.count(True)]
    assert len(find_observations(lake, "energy_density", where="fidelity = 'cheaper'").ids) == cheap.count(True)


def test_the_review_says_why_cheap_trials_are_not_feasible(finished: Finished) -> None:
    """They are counted by that reason, and by no other."""
    _, study, result = finished
    trials = ReviewedTrials.of(result.campaign, [t.candidate for t in result.trials], [t.kpis for t in result.trials])
    cheap = sum(bool(fidelities_of(study).number_of(trial.candidate)) for trial in result.trials)
    assert trials.shortcomings == {"evaluated at a cheaper fidelity": cheap}


def test_running_again_finds_everything(finished: Finished) -> None:
    """The same trials, and not one more run."""
    lake, study, result = finished
    before = lake.sql("SELECT count(*) AS n FROM runs")["n"].item()
    assert told(run_campaign(lake, study)) == told(result)
    assert lake.sql("SELECT count(*) AS n FROM runs")["n"].item() == before


def test_a_cost_that_is_not_stated_is_measured_and_stays(tmp_path: Path) -> None:
    """It is that of the start, lies between 0 and 1, and a campaign that is run again finds the same trials."""
    study = Study.read(content({**CHEAP, "cost": "50 %"}, budget={"initial": 6, "total": 7, "batch": 1}))
    open_cost = {name: value for name, value in CHEAP.items() if name != "cost"}
    measured = Study.read(content(open_cost, budget={"initial": 6, "total": 7, "batch": 1}))
    assert fidelities_of(study).definition()[0]["cost"] == 0.5
    with Lake.open(tmp_path / "lake", create=True) as lake:
        result = run_campaign(lake, measured)
        rows = [(t.candidate.id, tuple(k.id for k in t.kpis)) for t in result.trials[:6]]
        whole, cheap = fidelities_of(measured).costs_of(lake, rows)
        assert whole == 1.0
        assert 0 < cheap <= 1
        assert told(run_campaign(lake, measured)) == told(result)


def test_a_campaign_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`ragone run` on a file with fidelities, a voxel size in micrometres among them."""
    coarse = {"resolution.edge_voxels": 8, "resolution.voxel_size": "0.75 um", "cost": 0.2}
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(content(coarse, budget={"initial": 4, "total": 4, "batch": 1})))
    assert main(["run", str(file), "--lake", str(tmp_path / "lake"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    with Lake.open(tmp_path / "lake") as lake:
        campaign = lake.get(found["campaign_id"], Campaign)
        sizes = {lake.get(one, Candidate).values["resolution.voxel_size_metre"] for one in campaign.candidate_ids}
        best = lake.get(campaign.best_candidate_id, Candidate)
    assert sorted(sizes) == pytest.approx([0.5e-6, 0.75e-6])
    assert best.values["resolution.edge_voxels"] == 12
    assert campaign.definition["fidelities"][0]["cost"] == 0.2


def test_a_laboratory_is_asked_for_fidelities_too(tmp_path: Path) -> None:
    """Pending candidates name theirs."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        asked = ask(lake, Study.read(content(CHEAP, budget={"initial": 4, "total": 4, "batch": 1})))
    assert [one.values["resolution.edge_voxels"] for one in asked.new] == [12, 12, 8, 8]


@pytest.mark.parametrize(
    ("fidelity", "changes", "message"),
    [
        ({}, {}, "changes nothing"),
        ({"resolution.edge_voxels": 12}, {}, "is the study itself"),
        ({"resolution.voxels": 8}, {}, "is no parameter of a step"),
        ({"resolution.edge_voxels": 4}, {}, r"fidelities\[1\]\.resolution\.edge_voxels"),
        ({**CHEAP, "cost": 0}, {}, r"cost = 0"),
        ({"discharge.power": "10 W"}, {"space": {**electrode_stand_ins.STUDY["study"]["space"],
          "discharge.power": {"low": "10 W", "high": "40 W"}}}, "is in the space, too"),
        (CHEAP, {"budget": {"initial": 2, "total": 4, "stop_below": 0.01}}, "stop_below is of designs"),
        (CHEAP, {"resolution": {"edge_voxels": 12, "voxel_size": "0.5 um", "volume_elements": {"target": 0.01}}},
         "as many as a target needs"),
    ],
)  # fmt: skip
def test_fidelities_that_cannot_be_used_are_refused(
    fidelity: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    """With their path, and what to do."""
    with pytest.raises(StudyError, match=message):
        Study.read(content(fidelity, **changes))


def test_the_stage_needs_fidelities() -> None:
    """A study without any is refused; one with some chooses the stage by itself, and stays at the target elsewhere."""
    plain = content()
    del plain["study"]["fidelities"]
    with pytest.raises(StudyError, match="and the study has none"):
        Study.read(plain)
    usual = content(CHEAP)
    del usual["study"]["optimiser"]
    study = Study.read(usual)
    assert study.suggest.stage.name == study.start.stage.name == "acquisition.multi_fidelity"
    assert study.space["resolution.edge_voxels"].definition() == {"value": 12}
