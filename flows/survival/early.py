"""Lives of a lake's cells predicted from their first cycles, stored."""

from __future__ import annotations

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.survival.fades import FadesOfDesigns
from ragone.models.survival.predict_early import predict_from_first_cycles
from ragone.schemas import EarlyPrediction


def predict_in_lake(lake: Lake, found: FadesOfDesigns, *, cycles: int, capacity_share: float) -> EarlyPrediction:
    """Learn from fades of a lake what first cycles say of lives, predict the cells that run, and store that.

    Raises
    ------
    StageFailedError
        If the stage refuses them, with its reason.
    """
    run = lake.run(
        predict_from_first_cycles,
        fades=list(found.fade_ids),
        designs=found.designs,
        cycles=cycles,
        capacity_share=capacity_share,
    )
    completed(run)
    return lake.get(run.id, EarlyPrediction)
