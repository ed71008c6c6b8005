"""A small campaign with either engine that measures the transport of its volumes."""

from __future__ import annotations

import copy
from pathlib import Path

import electrode_stand_ins
import pytest

from dataset import Lake
from flows import Study, run_campaign
from flows.engines import ENGINES
from schemas import Transport

METHODS = {"homogenisation": "multigrid conjugate gradients", "taufactor": "TauFactor"}


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("manufacture", "characterise", "cell", "discharge"):
        monkeypatch.setitem(ENGINES[part], "stand_in", None)  # so that it is taken out again
    electrode_stand_ins.register()


def transports(folder: Path, engine: str | None) -> list[Transport]:
    """Of the cubes of two designs, with the engine named or the default."""
    content = copy.deepcopy(electrode_stand_ins.STUDY)
    stages = content["study"]["stages"]
    stages.pop("characterise")
    if engine:
        stages["characterise"] = {"engine": engine}
    content["study"]["budget"] = {"initial": 2, "total": 2}
    content["study"]["space"]["porosity"] = {"low": 0.45, "high": 0.6}  # voxels at random percolate above 0.31
    with Lake.open(folder, create=True) as lake:
        result = run_campaign(lake, Study.read(content))
        assert all(trial.objective_id for trial in result.trials)
        ids = lake.sql("SELECT id FROM transports WHERE cube_count = 1 ORDER BY pore_fraction, id")["id"]
        means = lake.sql("SELECT method FROM transports WHERE cube_count = 2")["method"].to_list()
        found = [lake.get(i) for i in ids]
    assert len(means) == 2
    assert {record.method for record in found} == set(means)
    return [record for record in found if isinstance(record, Transport)]


def test_both_engines_run_a_campaign_and_agree(tmp_path: Path) -> None:
    """The default is our kernel; TauFactor finds the same of every cube, without an interval."""
    ours, theirs = transports(tmp_path / "ours", None), transports(tmp_path / "theirs", "taufactor")
    assert len(ours) == len(theirs) == 4
    for one, other in zip(ours, theirs, strict=True):
        assert one.method.startswith(METHODS["homogenisation"])
        assert other.method.startswith(METHODS["taufactor"])
        assert one.pore_fraction == other.pore_fraction
        assert one.pore_tortuosity_factor == pytest.approx(other.pore_tortuosity_factor, rel=1e-3)
        assert one.pore_tortuosity_factor_lower is not None
        assert other.pore_tortuosity_factor_lower is None
