"""Steady temperature and runaway of a stored cell, through the lake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataset import Lake
from dataset.errors import StageFailedError
from flows.engines import AnyStage
from flows.errors import KpiError
from pipelines.thermal import steady_temperature, thermal_runaway
from schemas import CellParameters, RunOutcome

STAGES: Mapping[str, AnyStage] = {"steady": steady_temperature, "runaway": thermal_runaway}


def judge_heat(lake: Lake, cell_id: str, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Ids of the KPIs by name, by the name of the stage.

    Parameters
    ----------
    lake
        Where the cell is.
    cell_id
        Full or short id.
    settings
        Parameters of each stage, by its name in STAGES.

    Raises
    ------
    KpiError
        If the id is not that of a cell.
    StageFailedError
        If a stage fails.
    """
    if not isinstance(lake.get(cell_id), CellParameters):
        raise KpiError(f"{cell_id} is not a cell. Give the id of cell_parameters.")
    found = {}
    for name, stage in STAGES.items():
        run = lake.run(stage, cell=cell_id, **settings[name])
        if run.outcome is not RunOutcome.COMPLETED:
            raise StageFailedError(f"{run.stage} failed in {run.run_id}: {run.error}")
        found[name] = dict(run.outputs)
    return found
