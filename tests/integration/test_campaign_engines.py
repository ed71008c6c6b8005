"""A small campaign with either stage that measures the transport of its volumes."""

from __future__ import annotations

from pathlib import Path

import electrode_stand_ins
import pytest

from ragone.dataset import Lake
from ragone.flows import Study, run_campaign
from ragone.schemas import Transport

METHODS = {"homogenise": "multigrid conjugate gradients", "characterise_with_taufactor": "TauFactor"}


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


def transports(folder: Path, stage: str) -> list[Transport]:
    """Of the volume elements of two designs."""
    content = electrode_stand_ins.content(
        budget={"initial": 2, "total": 2},
        space={"recipe.porosity": {"low": 0.45, "high": 0.6}},  # voxels at random percolate above 0.31
    )
    content["study"]["steps"]["characterise"] = {"stage": stage}
    with Lake.open(folder, create=True) as lake:
        result = run_campaign(lake, Study.read(content))
        assert all(trial.kpis for trial in result.trials)
        ids = lake.sql("SELECT id FROM transports WHERE volume_element_count = 1 ORDER BY pore_fraction, id")["id"]
        means = lake.sql(
            "SELECT method FROM transports WHERE volume_element_count = 2 "
            "AND method NOT LIKE '%raised by one standard error'"
        )["method"].to_list()
        found = [lake.get(i, Transport) for i in ids]
    assert len(means) == 2
    assert {record.method for record in found} == set(means)
    return found


def test_both_stages_run_a_campaign_and_agree(tmp_path: Path) -> None:
    """TauFactor finds what our kernel does of every volume element, without an interval."""
    ours, theirs = (transports(tmp_path / stage, stage) for stage in METHODS)
    assert len(ours) == len(theirs) == 4
    for one, other in zip(ours, theirs, strict=True):
        assert one.method.startswith(METHODS["homogenise"])
        assert other.method.startswith(METHODS["characterise_with_taufactor"])
        assert one.pore_fraction == other.pore_fraction
        assert one.pore_tortuosity_factor == pytest.approx(other.pore_tortuosity_factor, rel=1e-3)
        assert one.pore_tortuosity_factor_lower is not None
        assert other.pore_tortuosity_factor_lower is None
