"""What does Prefect add to a task? One campaign of a hundred small tasks in-process, and by a worker of a local server.

Stages cost next to nothing, so that what is measured is the orchestration. The first line compares what happens between
the start and the end of the flow run; the second counts also what comes before: the worker finds the run, starts a
process and imports everything, once for a campaign. Both must store the same records.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from benchmarks.measure import Line, seconds, tell
from ragone.dataset import Lake
from ragone.flows import run_campaign

sys.path.append(str(Path(__file__).parents[1] / "tests" / "integration"))  # the stages, and `ragone up` in a process

import electrode_stand_ins
from prefect_machine import Machine, free_port

_STUDY: dict[str, Any] = {"budget": {"initial": 8, "total": 16, "batch": 8}, "executor": {"kind": "serial"}}
_ROUNDS = 3
_GOAL_SECOND = 0.15


def lines() -> list[Line]:
    """Seconds more per task."""
    electrode_stand_ins.register()
    more: dict[str, list[float]] = {"run": [], "all": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        machine = Machine.started(folder / "prefect", free_port())
        try:
            for turn in range(_ROUNDS):
                alone, by_prefect, tasks = _turn(machine, folder, turn)
                for key, value in by_prefect.items():
                    more[key].append((value - alone) / tasks)
                tell(f"{turn + 1} of {_ROUNDS}: {tasks} tasks in {seconds(alone)}, with Prefect {by_prefect}")
        finally:
            machine.interrupt()
    return [
        _line(f"Prefect, more per task of a campaign of {tasks}", median(more["run"])),
        _line("the same, with finding the run and starting its process", median(more["all"])),
    ]


def _turn(machine: Machine, folder: Path, turn: int) -> tuple[float, dict[str, float], int]:
    """Seconds in-process, seconds by Prefect of the run itself and of all, and the number of tasks."""
    start = time.perf_counter()
    with Lake.open(folder / f"alone-{turn}", create=True) as lake:
        campaign_id = run_campaign(lake, electrode_stand_ins.study(**_STUDY)).campaign.id
    alone = time.perf_counter() - start
    deployment = machine.deploy(folder / f"prefect-{turn}", **_STUDY)
    start = time.perf_counter()
    run_id = machine.start(deployment)
    machine.wait(run_id, "Completed")
    everything = time.perf_counter() - start
    with machine.client() as client:
        run = client.read_flow_run(run_id)
    with Lake.open(folder / f"prefect-{turn}") as lake:
        found = lake.sql("SELECT id FROM campaigns")["id"].to_list()
    if found != [campaign_id]:
        raise RuntimeError(f"Prefect ended with {found}, not with {campaign_id}.")
    return alone, {"run": run.total_run_time.total_seconds(), "all": everything}, _task_count(machine, run_id)


def _task_count(machine: Machine, run_id: str) -> int:
    """Task runs of a flow run; the server learns of the last ones a moment later."""
    from prefect.client.schemas import filters

    wanted = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[UUID(run_id)]))
    time.sleep(5)
    with machine.client() as client:
        return len(client.read_task_runs(flow_run_filter=wanted, limit=200))


def _line(what: str, value: float) -> Line:
    return Line(what, seconds(max(value, 1e-6)), "in-process", "", f"<= {seconds(_GOAL_SECOND)}", value <= _GOAL_SECOND)
