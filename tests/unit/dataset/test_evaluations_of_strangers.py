"""Evaluations of a campaign whose documents hold what no study of ours does: what is not understood is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.schemas import Campaign, Kpi, stage

ODD = [None, 5, {"a": 1}, [1, 2], [{"kpi": 5, "sense": [], "limit": {}}], [{"from": "x"}], [{"from": [1, []]}]]


@stage("stranger.conclude")
def conclude(kpi: Kpi, *, number: int) -> Campaign:
    """A campaign of one trial, whose study and goals are of an odd shape."""
    odd = ODD[number]
    steps = odd if isinstance(odd, dict) else {"discharge": odd, "other": {"parameters": odd}}
    return Campaign(
        name="odd",
        definition={"goals": odd, "steps": steps},
        goals=odd,
        objective_name="energy_density",
        objective_unit="W.h/L",
        candidate_ids=("candidate-" + "0" * 64,),
        kpi_ids=(kpi.id,),
        values=[[kpi.value]],
        feasible=np.array([1], np.uint8),
    )


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: str(ODD[number]))
def test_documents_of_any_shape(tmp_path: Path, example, number: int) -> None:
    """The trial is a row with its KPI and without a goal that is no text; a row beside it is answered too."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        kpi = lake.put(example("kpi", value=640.0))
        lake.put(example("kpi", value=1.0))
        lake.run(conclude, kpi=kpi, number=number)
        found = lake.sql("SELECT campaign, trial, objective, energy_density FROM evaluations ORDER BY energy_density")
        assert found.rows() == [(None, None, None, 1.0), ("odd", 1, None, 640.0)]
