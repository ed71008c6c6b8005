"""Steady temperature, runaway and heat balance of a stored cell, through the lake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.pipelines.thermal import heat_balance, steady_temperature, thermal_runaway
from ragone.schemas import CellParameters, HeatBalance, Kpi, RunOutcome

_BEYOND, _SMALLEST, _UNKNOWN = 1.6, 10.0, 32.0  # rises of the diagram: over the steady one [-], at least, without [K]
_AMBIENT = "ambient_temperature_kelvin"


def judge_heat(lake: Lake, cell_id: str, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Ids of the KPIs by name, by the word of the stage.

    Parameters
    ----------
    lake
        Where the cell is.
    cell_id
        Full or short id.
    settings
        Parameters of the stages, by their words: "steady" and "runaway".

    Raises
    ------
    OtherKindError
        If the id is not that of a cell.
    StageFailedError
        If a stage fails.
    """
    cell = lake.get(cell_id, CellParameters).id
    found = {}
    for word, stage in (("steady", steady_temperature), ("runaway", thermal_runaway)):
        run = lake.run(stage, cell=cell, **settings[word])
        if run.outcome is not RunOutcome.COMPLETED:
            raise StageFailedError(f"{run.stage} failed in {run.run_id}: {run.error}")
        found[word] = dict(run.outputs)
    return found


def balance_around(lake: Lake, cell_id: str, settings: Mapping[str, Any], steady: Kpi) -> HeatBalance:
    """The heat balance of a load from the ambient to well beyond its steady temperature, computed or found.

    Parameters
    ----------
    lake
        Where the cell is.
    cell_id
        Full or short id.
    settings
        Parameters of the stage `steady_temperature`.
    steady
        The steady temperature that it gave, if any.

    Raises
    ------
    StageFailedError
        If the stage fails.
    """
    rise = _UNKNOWN if steady.value is None else max(_BEYOND * (steady.value - settings[_AMBIENT]), _SMALLEST)
    found = lake.run(heat_balance, cell=lake.resolve(cell_id), largest_rise_kelvin=rise, **settings)
    return lake.get(found.id, HeatBalance)
