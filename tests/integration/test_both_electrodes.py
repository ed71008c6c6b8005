"""The study of both electrodes, coarse and small: what it chooses reaches the cell, and the stated error the KPIs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ragone.dataset import Lake
from ragone.flows import CampaignResult, Study, TrialOutcome, run_campaign
from ragone.flows.errors import StudyError
from ragone.schemas import CellParameters, Run

FILE = Path(__file__).parents[2] / "params" / "both-electrodes.yaml"
ERROR = "negative_pore_tortuosity_factor"


def content(**of_the_cell: Any) -> dict[str, Any]:
    """The study with two designs of one small volume each, on a coarse mesh; keyword arguments are fields of the cell.

    Energy at a power that a coarse electrode delivers.
    """
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    study = found["study"]
    study["budget"] = {"initial": 2, "total": 2}
    study["resolution"] = {"edge_voxels": 16, "voxel_size": "1.5 um", "volume_elements": 1}
    study["steps"]["discharge"] |= {"mesh_points": 6, "power": "10 W"}
    study["steps"]["charge"] |= {"mesh_points": 6}
    study["executor"] = {"kind": "serial"}
    study["cell"] |= of_the_cell
    return found


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, CampaignResult]]:
    """Two designs."""
    with Lake.open(tmp_path_factory.mktemp("both") / "lake", create=True) as lake:
        yield lake, run_campaign(lake, Study.read(content()))


def test_what_is_chosen_of_the_negative_electrode_is_the_cell_s(campaign: tuple[Lake, CampaignResult]) -> None:
    """Porosity, capacity ratio and electrolyte of each candidate; the tortuosity follows from the exponent."""
    lake, result = campaign
    cells = [lake.get(name, CellParameters) for name in lake.sql("SELECT id FROM cell_parameters")["id"]]
    for trial in result.trials:
        assert trial.outcome in (TrialOutcome.MEASURED, TrialOutcome.INFEASIBLE)
        chosen = trial.candidate.values
        porosity = chosen["cell.negative_porosity"]
        found = [cell for cell in cells if cell.negative_porosity == porosity]
        assert {cell.electrolyte for cell in found} == {chosen["cell.electrolyte"]}
        ratios = {cell.negative_to_positive_capacity_ratio for cell in found}
        assert ratios == {chosen["cell.negative_to_positive_capacity_ratio"]}
        plain = porosity**-0.64
        assert sorted(cell.negative_pore_tortuosity_factor or 0 for cell in found) == pytest.approx(
            [plain, plain + 0.7]
        )


def test_the_stated_error_widens_the_kpi(campaign: tuple[Lake, CampaignResult]) -> None:
    """It is one of the metrics that were raised, and the KPI has an uncertainty."""
    lake, result = campaign
    for trial in result.trials:
        made_by = lake.lineage(trial.kpis[0].id).parents_of(trial.kpis[0].id)[0].run_id
        assert lake.get(made_by, Run).parameters["perturbed"] == [ERROR]
        assert (trial.kpis[0].standard_uncertainty or 0) > 0


def test_a_kpi_reproduces(campaign: tuple[Lake, CampaignResult]) -> None:
    """From its recorded inputs, to the bit."""
    lake, result = campaign
    assert str(lake.reproduce(result.trials[0].kpis[0].id).verdict) == "bitwise equal"


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("electrolyte", "nyman", "nyman-2008"),
        ("negative_parameter_set", "Chen2020_composite", "a blend of two materials"),
        ("separator", "Marquis2019", "no parameter set with one"),
    ],
)
def test_an_unknown_name_is_refused_before_anything_runs(field: str, value: str, hint: str) -> None:
    """By its path, also where it is one of several choices."""
    fixed, open_ = content(), content()
    fixed["study"]["space"].pop(f"cell.{field}", None)
    fixed["study"]["cell"][field] = value
    open_["study"]["space"][f"cell.{field}"] = {"choices": ["Ecker2015", value]}
    for each in (fixed, open_):
        with pytest.raises(StudyError, match=rf"study\.cell\.{field}.*{hint}"):
            Study.read(each)
