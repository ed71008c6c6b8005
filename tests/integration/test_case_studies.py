"""The three case studies, coarse and small, from the command line: figures, pictures, and nothing computed twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.flows import run_cases
from ragone.flows.design import cases
from tests.watched import Watched

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The parameter files of the project with one design each, a few voxels and a coarse mesh."""
    made = tmp_path_factory.mktemp("params")
    for path in (REPOSITORY / "params").glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        study = content["study"]
        study["budget"] = {"initial": 2, "total": 2}
        study["resolution"] = {"edge_voxels": 16, "voxel_size": "1.5 um", "volume_elements": 1}
        for role in {"discharge", "slow"} & study["steps"].keys():
            study["steps"][role]["mesh_points"] = 6
        study["executor"] = {"kind": "serial"}
        (made / path.name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return made


def test_figures_and_pictures(folder, tmp_path, capsys, monkeypatch):
    """Every campaign has a best design, each design a Ragone curve and a regret, and each number reproduces."""
    monkeypatch.setattr(cases, "DRAWS", 2)
    place = str(tmp_path / "lake")
    arguments = ["cases", str(folder), "--outputs", str(tmp_path / "out"), "--lake", place]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["campaigns"]) == 8
    assert all(campaign["best"]["value"] > 0 for campaign in told["campaigns"].values())
    assert {len(curve["kpi_ids"]) for curve in told["curves"]} == {11}
    assert {"energy cell over the half cell's design at 10 W", "one-hour power of the power cell"} <= set(
        told["comparisons"]
    )
    assert len(told["plateaus"]) == 7  # all but the front
    near = {name: one["value"] for name, one in told["near_best"].items()}
    assert all(0 <= share <= 1 for share in near.values())
    assert near.keys() <= told["designs"].keys()
    assert near[told["recommended"]] == max(near.values())
    for name in ("ragone.png", "trials.png", "plateaus.png", "front.png"):
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")
    with Lake.open(place) as lake:
        runs = lake.sql("SELECT count(*) FROM runs").item()
        best = told["campaigns"]["half-cell-4C"]["best"]["kpi_id"]
        assert str(lake.reproduce(best).verdict) == "bitwise equal"
        assert str(lake.reproduce(told["plateaus"]["four-200W"]["id"]).verdict) == "bitwise equal"
        verified = lake.sql("SELECT count(*) FROM runs").item()
        watched = Watched()
        run_cases(lake, folder, watched)
        assert watched.totals[0] == 8 * 2 * 2  # all campaigns: two designs each, of one volume and its evaluation
        assert watched.units == watched.total
        parts = {*told["campaigns"], "many powers", "draws", "model forms"}
        assert {text.partition(":")[0] for text in watched.texts} == parts
    assert main([*arguments, "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "Kench et al. (2024)" in shown
    assert "730 W.h/L" in shown
    for title in ("Plateaus", "Front of energy", "largest regret", "Draws of all", "Model forms"):
        assert title in shown
    with Lake.open(place) as lake:
        assert lake.sql("SELECT count(*) FROM runs").item() == verified >= runs


@pytest.mark.parametrize("name", ["half-cell.yaml", "full-cell.yaml", "four-parameters.yaml"])
def test_a_missing_file_is_named_before_anything_runs(folder, tmp_path, capsys, name):
    """All parameter files are read first."""
    for path in folder.glob("*.yaml"):
        if path.name != name:
            (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["cases", str(tmp_path), "--outputs", str(tmp_path / "out"), "--lake", str(tmp_path / "lake")]) == 2
    assert f"{name} does not exist" in capsys.readouterr().err
