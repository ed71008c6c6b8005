"""Designs for targets, evaluated along the chain; campaigns by the name of their study, or by its file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
import yaml

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.flows import CampaignError, Study, run_campaign
from ragone.flows.design.inverse import verdict_of
from ragone.flows.design.named_campaigns import campaign_meant
from ragone.flows.design.optimiser import Optimiser
from ragone.flows.running.workspace import open_workspace
from ragone.schemas import Kpi


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


def written(folder: Path, **changes: Any) -> Path:
    """The stand-in study of twelve designs drawn evenly, as a file."""
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(electrode_stand_ins.content(**{"budget": {"initial": 12, "total": 12}} | changes)))
    return path


@pytest.mark.parametrize(
    ("low", "high", "value", "uncertainty", "says"),
    [
        (1.0, None, 1.0, None, "met"),
        (1.0, 2.0, 2.5, 0.3, "met within its uncertainty"),
        (1.0, 2.0, 2.5, 0.2, "missed"),
        (None, 2.0, 2.5, None, "missed"),
        (1.0, None, 0.9, 0.05, "met within its uncertainty"),
        (1.0, None, None, None, "no value"),
    ],
)
def test_a_target_is_met_or_not(low, high, value, uncertainty, says) -> None:
    """Inside of its range, or outside by no more than two standard uncertainties."""
    assert verdict_of({"kpi": "k", "low": low, "high": high}, value, uncertainty) == says


def test_found_designs_are_evaluated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the name of the study; the values are those of stored KPIs, and what is said follows from them."""
    path, place = written(tmp_path), tmp_path / "lake"
    study = Study.load(path)
    with Lake.open(place, create=True) as lake:
        values = [trial.kpis[0].measured_value for trial in run_campaign(lake, study).trials]
    aim = f"energy_density>={sorted(values)[-3]} W.h/L"
    words = ["inverse", "stand-in", "--lake", str(place), "--evaluate", str(path), "--target", aim, "--count", "2"]
    code = main([*words, "--json"])
    data = json.loads(capsys.readouterr().out)
    verdicts = []
    with Lake.open(place) as lake:
        for one in data["solutions"]:
            made = one["evaluated"]
            kpi = lake.get(made["kpi_ids"][0], Kpi)
            assert made["values"] == [[kpi.value, kpi.standard_uncertainty]]
            assert one["candidate_id"] in lake.lineage(kpi.id).ancestors
            verdicts.append(verdict_of({"kpi": "", "low": sorted(values)[-3], "high": None}, *made["values"][0]))
            assert made["verdicts"] == verdicts[-1:]
    assert code == (0 if any(verdict.startswith("met") for verdict in verdicts) else 1)
    assert main(words) == code
    assert verdicts[0] in " ".join(capsys.readouterr().out.split())


def test_a_campaign_by_name_or_file(tmp_path: Path) -> None:
    """The newest of the study's name; nothing known is refused, as is a record of another kind."""
    path = written(tmp_path, budget={"initial": 2, "total": 2})
    with Lake.open(tmp_path / "lake", create=True) as lake:
        with pytest.raises(CampaignError, match="Run it first"):
            campaign_meant(lake, str(path))
        result = run_campaign(lake, Study.load(path))
        for name in ("stand-in", str(path), result.campaign.id):
            assert campaign_meant(lake, name).id == result.campaign.id
        with pytest.raises(CampaignError, match="is a candidate"):
            campaign_meant(lake, result.trials[0].candidate.id)


def test_a_laboratory_is_learned_from(tmp_path: Path) -> None:
    """What was reported of a study that was never run is concluded, by its file, and by the id of its history."""
    path = written(tmp_path)
    study = Study.load(path)
    with Lake.open(tmp_path / "lake", create=True) as lake:
        made = run_campaign(lake, replace(study, name="other"))
        rows = [(trial.candidate, trial.kpis) for trial in made.trials[:5]]
        with open_workspace(lake) as workspace:
            history = Optimiser(workspace, study).tell([one for one, _ in rows], [kpis for _, kpis in rows])
        found = campaign_meant(lake, str(path))
        assert found.candidate_ids == tuple(one.id for one, _ in rows)
        assert campaign_meant(lake, history.id, study).id == found.id
        with pytest.raises(CampaignError, match="study file instead"):
            campaign_meant(lake, history.id)


@pytest.mark.slow
def test_a_descriptor_by_a_surrogate_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Trained on what the campaign measured; evaluated, its value is the metric of the measured volume elements."""
    path, place = written(tmp_path, budget={"initial": 24, "total": 24}), tmp_path / "lake"
    with Lake.open(place, create=True) as lake:
        run_campaign(lake, Study.load(path))
    words = ["inverse", "stand-in", "--lake", str(place), "--target", "pore_tortuosity_factor<=1.5"]
    assert main(words) == 2
    assert "no surrogate in use predicts it" in capsys.readouterr().err
    assert main(["retrain", "--target", "pore_tortuosity_factor", "--methods", "quadratic", "--lake", str(place)]) == 0
    capsys.readouterr()
    code = main([*words, "--evaluate", str(path), "--count", "1", "--json"])
    data = json.loads(capsys.readouterr().out)
    (one,) = data["solutions"]
    ((value, error),) = one["evaluated"]["values"]
    assert value == pytest.approx(one["means"]["pore_tortuosity_factor"], abs=0.15)
    verdict = verdict_of({"kpi": "", "low": None, "high": 1.5}, value, error)
    assert one["evaluated"]["verdicts"] == [verdict]
    assert code == (0 if verdict.startswith("met") else 1)
