"""Many cells of one design, each made a little different, aged and its life read off.

Each cell is drawn by its number, so that more cells of a seed go on where fewer ended, and aged in stored segments, so
that whoever is killed loses one segment of each worker at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.ageing.chain import age
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import CyclingError
from ragone.flows.running.execution import Execution
from ragone.flows.running.progress import Progress
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import open_workspace
from ragone.models.survival.analyse import analyse_lives
from ragone.pipelines.ageing import find_cycle_life
from ragone.pipelines.uncertainty import collect_tolerances, vary_cell
from ragone.schemas import CellParameters, Priors

_DIGITS = 8  # of the design's id in the name of a cell


@dataclass(frozen=True, kw_only=True)
class PopulationPlan:
    """Number and seed of the cells, cycles at most and of a segment, parameters of ageing and of the end of life.

    `ageing` are parameters of `age_cell` but for `cycles`, `life` those of `find_cycle_life`; `stated` are tolerances
    of one's own.
    """

    cells: int
    seed: int = 0
    cycles: int
    segment: int
    ageing: Mapping[str, Any] = field(default_factory=dict)
    life: Mapping[str, Any] = field(default_factory=dict)
    stated: Priors | None = None


@dataclass(frozen=True)
class AgedCell:
    """Ids of a cell of a population, its fade and its life, or why there are none."""

    name: str
    cell_id: str = ""
    fade_id: str = ""
    life_id: str = ""
    error: str = ""


@dataclass(frozen=True)
class Population:
    """The cells in order, the tolerances they were drawn with, and the record `survival` of their lives.

    Without any life `survival_id` is empty.
    """

    tolerances_id: str
    cells: tuple[AgedCell, ...]
    survival_id: str


def age_population(
    lake: Lake,
    cell_id: str,
    plan: PopulationPlan,
    execution: Execution | None = None,
    progress: Progress | None = None,
) -> Population:
    """Draw cells of a design, age each, read its life off, and estimate how many live how long.

    Parameters
    ----------
    lake
        Where everything is stored.
    cell_id
        Parameters of the cell as it is designed.
    plan
        Cells, cycles and what they go by.
    execution
        Where cells are aged; in this process if None.
    progress
        Follows the cells.

    Raises
    ------
    CyclingError
        If cells, cycles or segment are not above 0.
    StageFailedError
        If tolerances cannot be collected, or the lives cannot be analysed.
    """
    if min(plan.cells, plan.cycles, plan.segment) < 1:
        raise CyclingError(
            f"{plan.cells} cells, {plan.cycles} cycles in segments of {plan.segment} are none. Give numbers above 0."
        )
    given = {} if plan.stated is None else {"stated": lake.put(plan.stated)}
    tolerances = lake.run(collect_tolerances, cell=cell_id, **given)
    completed(tolerances)
    with open_workspace(lake, execution, progress) as workspace:
        workspace.progress.started(plan.cells)
        workspace.progress.step(f"{plan.cells} cells of {plan.cycles} cycles")
        calls = [(cell_id, tolerances.id, plan, index) for index in range(plan.cells)]
        cells = tuple(workspace.run(age_one, calls))
    return Population(tolerances.id, cells, _survival(lake, cells, plan.seed))


@task("age cells")
def age_one(address: str, cell_id: str, tolerances_id: str, plan: PopulationPlan, index: int) -> AgedCell:
    """Draw one cell, age it, and read its life off.

    Parameters
    ----------
    address
        Of the lake.
    cell_id, tolerances_id
        The cell as it is designed, and what differs between cells.
    plan
        Of the population.
    index
        Number of the cell.
    """
    lake = lake_at(address)
    name = cell_name(lake.get(cell_id, CellParameters), plan.seed, index)
    try:
        drawn = lake.run(vary_cell, cell=cell_id, tolerances=tolerances_id, index=index, seed=plan.seed)
        completed(drawn)
        aged = age(lake, drawn.id, cycles=plan.cycles, segment=plan.segment, settings=plan.ageing, name=name)
        life = lake.run(find_cycle_life, fade=aged.fade_id, **plan.life)
        completed(life)
    except StageFailedError as failure:
        return AgedCell(name, error=str(failure))
    return AgedCell(name, drawn.id, aged.fade_id, life.id)


def stopping_at_the_end(ageing: Mapping[str, Any], life: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of ageing by which no cell is cycled beyond its end of life, where capacity alone decides.

    With jumps over cycles, whose error the rows beyond the end decide, cells are cycled on, as they are with a
    reference of which the cycles know nothing, or if the parameters say when cycles end.
    """
    defaults = {name: one.default for name, one in find_cycle_life.parameters.items()}
    others = any(life.get(name) is not None for name in ("resistance_ratio", "plated_share"))
    share = life.get("capacity_share", defaults["capacity_share"])
    plain = life.get("reference", defaults["reference"]) == "initial" and not ageing.get("jump_error")
    if share is None or others or not plain or "until_capacity_share" in ageing:
        return dict(ageing)
    return {**ageing, "until_capacity_share": share}


def cell_name(cell: CellParameters, seed: int, index: int) -> str:
    """The name of a cell of a population: the parameter set, the design's id, the seed, and the cell's number."""
    digits = cell.id.rpartition("-")[2][:_DIGITS]
    return f"{cell.parameter_set} {digits} seed {seed} cell {index + 1}"


def _survival(lake: Lake, cells: tuple[AgedCell, ...], seed: int) -> str:
    lives = [one.life_id for one in cells if one.life_id]
    if not lives:
        return ""
    run = lake.run(analyse_lives, lives=lives, seed=seed)
    completed(run)
    return run.id
