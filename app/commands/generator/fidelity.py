"""`ragone generator fidelity`: fidelity of a generator, metric by metric, and memorisation of its training volumes."""

from __future__ import annotations

from typing import Any

from ragone.app.pictures.fidelity import draw_fidelity
from ragone.app.tables.fidelity import plain_report, report
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows import (
    FidelityPlan,
    FidelityResult,
    Progress,
    StudyError,
    TrainingVolumes,
    compare_with_simulator,
    compare_with_volumes,
    cut_volumes,
    find_volumes,
    read_recipes,
)
from ragone.flows.generator.trust import DEFAULT
from ragone.flows.running.execution import Execution

_DEFAULT_EDGE, _DEFAULT_SEEDS = 96, 8


def execute(session: Session) -> int:
    """Draw, measure, compare; 1 if a volume failed or a generator memorised its training volumes."""
    given = session.arguments
    _require_consistent(given)
    recipes = read_recipes(given.conditions, beyond=given.beyond)
    plan = FidelityPlan(
        recipes,
        seeds=_chosen(given.seeds, _DEFAULT_SEEDS),
        edge_voxels=_chosen(given.edge, _DEFAULT_EDGE),
        raw=given.raw,
    )
    with session.lake(create=given.generator == DEFAULT) as lake:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            result = _compared(lake, plan, given, watcher)
        draw_fidelity(lake, result, given.png)
    session.answer(plain_report(result, given.png), report(result))
    for remark in (*result.remarks, *(f"failed: {failure}" for failure in result.failures)):
        session.advise(remark)
    session.advise(f"drawn into {given.png}")
    memorised = any(record.memorised for record in result.records.values())
    return FOUND if memorised or result.failures else FINE


def _compared(lake: Lake, plan: FidelityPlan, given: Any, watcher: Progress) -> FidelityResult:
    names = [given.generator, *given.against]
    execution = Execution("processes", given.workers) if given.workers > 1 else Execution()
    if not (given.volumes or given.where):
        return compare_with_simulator(lake, names, plan, watcher, execution=execution)
    volumes = (
        find_volumes(lake, given.where) if given.where else TrainingVolumes(tuple(map(lake.resolve, given.volumes)))
    )
    if given.edge is not None:
        volumes = cut_volumes(lake, volumes, given.edge)
    return compare_with_volumes(lake, names, volumes.volume_ids, watcher, raw=given.raw, execution=execution)


def _require_consistent(given: Any) -> None:
    """Refuse options that contradict each other, and numbers out of range, before a lake is opened."""
    if given.volumes and given.where:
        raise StudyError("--volumes and --where name the real volumes twice. Give one of them.")
    if given.volumes or given.where:
        for option in ("seeds", "conditions", "beyond"):
            if getattr(given, option):
                raise StudyError(f"--{option} is for simulated volumes; stored ones are as they are. Leave it out.")
    if given.conditions and given.beyond and not given.conditions.isdigit():
        raise StudyError("--beyond and a file of conditions name the recipes twice. Give one of them.")
    for option in ("edge", "workers"):
        value = getattr(given, option)
        if value is not None and value < 1:
            raise StudyError(f"--{option} {value} must be 1 at least.")


def _chosen(given: int | None, default: int) -> int:
    return default if given is None else given
