"""Campaigns polished: by their last design, or afterwards by `ragone polish`, which evaluates and compares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
import yaml

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.flows import CampaignError, Study, StudyError, TrialOutcome, run_campaign
from ragone.flows.design.polish import polish
from ragone.flows.design.proposed import evaluate_proposed
from ragone.pipelines.kpi import relative_deviation
from ragone.schemas import Candidate, Kpi, Run


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


def content(**changes: Any) -> dict[str, Any]:
    """The stand-in study of eight designs drawn evenly."""
    return electrode_stand_ins.content(**{"budget": {"initial": 8, "total": 8}} | changes)


def stages_of(lake: Lake, candidate: Candidate) -> list[str]:
    """The stages that proposed a candidate."""
    query = "SELECT stage FROM runs WHERE list_contains(output_ids, $id)"
    return [str(name) for name in lake.sql(query, parameters={"id": candidate.id})["stage"].to_list()]


def test_the_last_design_of_the_budget_is_the_best_belief(tmp_path: Path) -> None:
    """The last one alone, also where a batch would hold it; run again, the campaign is the same."""
    study = Study.read(
        content(
            optimiser={"suggest": "feasible_improvement", "polish": True}, budget={"initial": 4, "total": 7, "batch": 3}
        )
    )
    with Lake.open(tmp_path / "lake", create=True) as lake:
        result = run_campaign(lake, study)
        made = [stages_of(lake, trial.candidate) for trial in result.trials]
        assert made[4:] == [["acquisition.feasible_improvement"]] * 2 + [["acquisition.best_belief"]]
        assert result.campaign.definition["optimiser"]["polish"]["stage"] == "acquisition.best_belief"
        assert run_campaign(lake, study).campaign.id == result.campaign.id


def test_a_polished_design_is_evaluated_and_compared(tmp_path: Path) -> None:
    """Along the chain of the study; the gain is the relative deviation of the two KPIs, stored."""
    study = Study.read(content())
    with Lake.open(tmp_path / "lake", create=True) as lake:
        campaign = run_campaign(lake, study).campaign
        found = polish(lake, campaign, study)
        assert found.trial is not None
        assert found.gain is not None
        own, best = found.trial.kpis[0], lake.get(campaign.best_kpi_id, Kpi)
        assert found.candidate.id in lake.lineage(own.id).ancestors
        expected = relative_deviation.function(own, best)
        assert (found.gain.value, found.gain.standard_uncertainty) == (expected.value, expected.standard_uncertainty)
        assert lake.reproduce(found.candidate.id).verdict == "bitwise equal"
        beyond = abs(expected.measured_value) > 2 * (expected.standard_uncertainty or 0)
        assert found.is_gain == (beyond and expected.measured_value > 0)
        assert ("no gain beyond noise" in found.verdict) == (not beyond)


def test_a_failed_evaluation_is_an_outcome(tmp_path: Path) -> None:
    """A stage of the chain fails: the reason is kept."""
    steps = electrode_stand_ins.STUDY["study"]["steps"]
    failing = {"steps": {"manufacture": {**steps["manufacture"], "fail_above_porosity": 0.0}}}
    study = Study.read(content(**failing))
    with Lake.open(tmp_path / "lake", create=True) as lake:
        candidate = Candidate(values=study.middle().values)
        lake.put(candidate)
        trial = evaluate_proposed(lake, study, [candidate])[0].trial
    assert trial.outcome is TrialOutcome.FAILED
    assert "too much for this stage" in trial.error


def test_the_command_says_what_the_record_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 for a gain beyond noise, 1 without; another study is refused."""
    lake_place, path, other = tmp_path / "lake", tmp_path / "s.yaml", tmp_path / "o.yaml"
    path.write_text(yaml.safe_dump(content()))
    other.write_text(yaml.safe_dump(content(seed=8)))
    with Lake.open(lake_place, create=True) as lake:
        campaign = run_campaign(lake, Study.load(path)).campaign
    words = ["polish", campaign.id, "--lake", str(lake_place), "--evaluate"]
    code = main([*words, str(path), "--json"])
    data = json.loads(capsys.readouterr().out)
    assert code == (0 if data["verdict"].startswith("a gain") else 1)
    assert main([*words, str(path)]) == code
    shown = capsys.readouterr().out
    assert data["verdict"] in shown
    assert "energy_density, found" in shown
    assert main([*words, str(other)]) == 2
    assert "seed differ" in capsys.readouterr().err


def test_a_campaign_without_a_best_design_is_refused(tmp_path: Path) -> None:
    """Several objectives have a front."""
    goals = [{"kpi": "energy_density", "maximise": True}, {"kpi": "specific_energy", "maximise": True}]
    study = Study.read(content(objectives=goals))
    with Lake.open(tmp_path / "lake", create=True) as lake:
        campaign = run_campaign(lake, study).campaign
        with pytest.raises(CampaignError, match="several objectives"):
            polish(lake, campaign)


def test_polish_is_refused_where_there_is_no_best() -> None:
    """With the path of the setting."""
    goals = [{"kpi": "energy_density", "maximise": True}, {"kpi": "specific_energy", "maximise": True}]
    with pytest.raises(StudyError, match=r"optimiser\.polish"):
        Study.read(content(objectives=goals, optimiser={"polish": True}))


def test_a_campaign_at_several_fidelities_is_polished_at_its_target(tmp_path: Path) -> None:
    """Cheap trials are learned from; the polished design says the target, and is evaluated with its volume elements."""
    study = Study.read(
        content(
            optimiser={"suggest": "multi_fidelity", "start": "multi_fidelity"},
            budget={"initial": 4, "total": 4},
            fidelities=[{"resolution.volume_elements": 1, "cost": "50 %"}],
        )
    )
    with Lake.open(tmp_path / "lake", create=True) as lake:
        campaign = run_campaign(lake, study).campaign
        found = polish(lake, campaign, study)
    assert found.candidate.values["resolution.volume_elements"] == 2
    assert found.is_known or found.trial is not None


def test_tolerances_of_the_study_are_averaged_over(tmp_path: Path) -> None:
    """The stage is given them, as the suggestions were."""
    optimiser = {"suggest": {"stage": "feasible_improvement", "tolerances": {"recipe.porosity": 0.05}}, "polish": True}
    study = Study.read(content(optimiser=optimiser))
    assert study.polish is not None
    assert study.polish.parameters == {"tolerances": {"recipe.porosity": 0.05}}
    with Lake.open(tmp_path / "lake", create=True) as lake:
        found = polish(lake, run_campaign(lake, study).campaign)
        query = "SELECT id FROM runs WHERE stage = 'campaign.polish'"
        (run_id,) = lake.sql(query)["id"].to_list()
        assert lake.get(run_id, Run).parameters["tolerances"] == {"recipe.porosity": 0.05}
    assert found.trial is None
