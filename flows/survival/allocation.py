"""Cycles shared out between the cells of a lake, stored."""

from __future__ import annotations

from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.survival.fades import FadesOfDesigns
from ragone.models.survival.allocate import allocate_cycles
from ragone.schemas import CycleAllocation


@dataclass(frozen=True, kw_only=True)
class AllocationPlan:
    """Cycles to spend and what for, as `allocate_cycles` takes them."""

    cycles: int
    aim: str = "ranking"
    block: int = 25
    capacity_share: float = 0.8
    new_cells: int = 0


def allocate_in_lake(lake: Lake, found: FadesOfDesigns, plan: AllocationPlan) -> CycleAllocation:
    """Share cycles out between cells whose fades a lake holds, and store that.

    Raises
    ------
    StageFailedError
        If the stage refuses them, with its reason.
    """
    run = lake.run(
        allocate_cycles,
        fades=list(found.fade_ids),
        designs=found.designs,
        cycles=plan.cycles,
        block=plan.block,
        aim=plan.aim,
        capacity_share=plan.capacity_share,
        new_cells=plan.new_cells,
    )
    completed(run)
    return lake.get(run.id, CycleAllocation)
