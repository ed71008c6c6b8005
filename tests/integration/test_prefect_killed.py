"""Whatever dies under a flow run, or if it is cancelled: it goes on, and the lake holds what it would hold anyway."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
from prefect_machine import Machine, free_port, postgresql, require_once, run_count, wait_for_work, wait_until

from ragone.dataset import Lake
from ragone.flows import run_campaign

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # Prefect and its dependencies warn

STUDY: dict[str, Any] = {
    "budget": {"initial": 4, "total": 12, "batch": 4},
    "executor": {"kind": "threads", "workers": 2},
}


def times(usual: int) -> int:
    """How often something is killed; RAGONE_KILLS says otherwise."""
    return int(os.environ.get("RAGONE_KILLS", usual))


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture
def expected(tmp_path: Path) -> tuple[str, int]:
    """The id of the campaign in-process, and how many runs it commits."""
    with Lake.open(tmp_path / "plain", create=True) as lake:
        campaign_id = run_campaign(lake, electrode_stand_ins.study(**STUDY)).campaign.id
    return campaign_id, run_count(tmp_path / "plain")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A server on SQLite with its worker."""
    with_worker = Machine.started(tmp_path / "prefect", free_port(), "--resume-at-most", "100")
    try:
        yield with_worker
    finally:
        with_worker.interrupt()


def _kill(machine: Machine, what: str) -> Callable[[], None]:
    def kill() -> None:
        for process in machine.processes(what):
            process.kill()

    return kill


@pytest.mark.parametrize(("what", "usual"), [("worker start", 20), ("prefect.engine", 20), ("server start", 10)])
def test_what_is_killed_is_started_again_and_runs_go_on(
    machine: Machine, expected: tuple[str, int], tmp_path: Path, what: str, usual: int
) -> None:
    """Worker, flow run or server are killed at random moments, each in a campaign of its own: nothing is lost."""
    campaign_id, whole = expected
    moment = random.Random(what)
    for number in range(times(usual)):
        lake = tmp_path / f"lake-{number}"
        run = machine.start(machine.deploy(lake, **STUDY))
        wait_for_work(lake, moment, whole)
        _kill(machine, what)()
        machine.wait(run, "Completed")
        require_once(lake, campaign_id)


def test_a_cancelled_run_leaves_a_whole_lake_and_is_resumed(
    machine: Machine, expected: tuple[str, int], tmp_path: Path
) -> None:
    """Cancelled at random moments; another run of the same deployment ends with the same campaign."""
    from prefect.states import Cancelling

    campaign_id, whole = expected
    moment = random.Random(1)
    for number in range(times(10)):
        lake = tmp_path / f"lake-{number}"
        deployment = machine.deploy(lake, **STUDY)
        run = machine.start(deployment)
        wait_for_work(lake, moment, whole)
        with machine.client() as client:
            client.set_flow_run_state(run, Cancelling())
        machine.wait(run, "Cancelled", "Completed")
        wait_until(lambda: not machine.processes("prefect.engine"))
        with Lake.open(lake) as opened:
            assert not opened.fsck().problems
        machine.wait(machine.start(deployment), "Completed")
        require_once(lake, campaign_id)


def test_a_server_on_postgresql(expected: tuple[str, int], tmp_path: Path) -> None:
    """The server may keep its records there; killed and started again, it gives the same campaign."""
    campaign_id, whole = expected
    with postgresql() as database:
        words = ("--database", database, "--at-once", "2", "--resume-at-most", "100")
        machine = Machine.started(tmp_path / "prefect", free_port(), *words)
        try:
            lakes = [tmp_path / f"lake-{number}" for number in range(2)]
            runs = [machine.start(machine.deploy(lake, **STUDY)) for lake in lakes]
            wait_for_work(lakes[0], random.Random(2), whole)
            _kill(machine, "server start")()
            for run, lake in zip(runs, lakes, strict=True):
                machine.wait(run, "Completed")
                require_once(lake, campaign_id)
        finally:
            machine.interrupt()
