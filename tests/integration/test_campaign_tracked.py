"""With a Prefect server the same run shows up there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
from electrode_stand_ins import told

from ragone.dataset import Lake
from ragone.flows import Study, TrackingError, run_campaign

START_LIMIT_SECOND = 120


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a real server on this machine, with a database of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    environment |= {"PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    start = [sys.executable, "-m", "prefect", "server", "start", "--no-ui", "--host", "127.0.0.1", "--port", str(port)]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(start, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/api"
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_LIMIT_SECOND
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.skip("no Prefect server can be started here")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


def study(**executor: Any) -> Study:
    """The stand-in study, two designs."""
    budget = {"initial": 1, "total": 2}
    return electrode_stand_ins.study(budget=budget, executor=executor or {"kind": "serial"})


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Prefect and its dependencies warn about each other
def test_a_campaign_shows_up_on_a_server(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One completed flow run with a completed task run per suggestion, volume element and cell; same result."""
    with Lake.open(tmp_path / "plain", create=True) as lake:
        plain = told(run_campaign(lake, study()))
    monkeypatch.setenv("PREFECT_API_URL", server)
    with Lake.open(tmp_path / "tracked", create=True) as lake:
        assert told(run_campaign(lake, study(kind="threads", workers=2))) == plain
    flow_runs, task_runs = _seen(server)
    assert [(run.name, run.state_name) for run in flow_runs] == [("stand-in", "Completed")]
    names = [run.name.rsplit("-", 1)[0] for run in task_runs]
    assert {name: names.count(name) for name in names} == {"propose": 2, "measure_volume_element": 4, "evaluate": 2}
    assert {run.state_name for run in task_runs} == {"Completed"}
    assert {run.flow_run_id for run in task_runs} == {flow_runs[0].id}


def _seen(server: str) -> tuple[Any, Any]:
    """Flow runs and task runs on the server; task runs arrive there a moment later."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: server}), get_client(sync_client=True) as client:
        for _ in range(100):
            task_runs = client.read_task_runs()
            if len(task_runs) == 8 and all(run.state_name == "Completed" for run in task_runs):
                break
            time.sleep(0.2)
        return client.read_flow_runs(), task_runs


@pytest.mark.filterwarnings("default")
def test_a_server_that_does_not_answer_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """Nothing is started in its place, and the message says how to run without."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        with pytest.raises(TrackingError, match=r"127\.0\.0\.1:9/api does not answer.*unset PREFECT_API_URL"):
            run_campaign(lake, study(), prefect_api_url="http://127.0.0.1:9/api")
        assert lake.sql("SELECT count(*) AS n FROM runs")["n"].item() == 0


def test_prefect_is_not_imported_without_a_server() -> None:
    """Importing the flows leaves it alone, and torch and PyBaMM too."""
    code = "import sys, flows; print([m for m in ('prefect', 'torch', 'pybamm', 'botorch') if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
