"""A machine on which Prefect runs: `ragone up` in a process of its own, and jobs that its worker runs."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import electrode_stand_ins
import psutil
import pytest

from ragone.dataset import Lake
from ragone.flows.deploying import deployments, register
from ragone.flows.running.server_access import PASSWORD, speaking_to

LONGEST_SECOND = 300.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server of its own, as Debian installs it; yield the address of an empty database.

    It refuses to run as root, who starts it as the user postgres. Nothing is yielded where it is not installed: the
    test is skipped.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed")
    as_whom = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    folder, port = Path(tempfile.mkdtemp(prefix="ragone-postgresql-")), free_port()
    if as_whom:
        shutil.chown(folder, "postgres")

    def run(tool: str, *words: str) -> None:
        subprocess.run([*as_whom, str(found[-1].parent / tool), *words], cwd="/", check=True, stdout=subprocess.DEVNULL)

    where = ["-D", str(folder / "data")]
    options = f"-h 127.0.0.1 -p {port} -k {folder}"
    run("initdb", *where, "-U", "ragone", "-A", "trust")
    run("pg_ctl", *where, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "ragone", "prefect")
        yield f"postgresql+asyncpg://ragone@127.0.0.1:{port}/prefect"
    finally:
        run("pg_ctl", *where, "-m", "immediate", "stop")
        shutil.rmtree(folder)


class Machine:
    """`ragone up` that was started, by its folder, port and process."""

    def __init__(self, folder: Path, port: int, pid: int) -> None:
        self.folder, self.port, self.pid = folder, port, pid
        self.api = f"http://127.0.0.1:{port}/api"

    @classmethod
    def started(cls, folder: Path, port: int, *words: str) -> Machine:
        """Start it, and wait until it says where it is."""
        paths = [str(Path(__file__).parent), *filter(os.path.isabs, sys.path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        start = [sys.executable, "-P", "-m", "ragone.app", "up", "--port", str(port), "--folder", str(folder), *words]
        with folder.with_suffix(".out").open("wb") as out:
            process = subprocess.Popen(start, env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        machine = cls(folder, port, process.pid)
        wait_until(lambda: "Ctrl-C" in machine.said or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(machine.said)
        machine.use_password()
        return machine

    def use_password(self) -> None:
        """Let this process speak to it."""
        os.environ[PASSWORD] = (self.folder / "password").read_text()

    @property
    def said(self) -> str:
        """All that it wrote to the terminal."""
        return self.folder.with_suffix(".out").read_text()

    def interrupt(self) -> None:
        """Ctrl-C, as a terminal sends it, and wait for the end."""
        process = psutil.Process(self.pid)
        process.send_signal(signal.SIGINT)
        process.wait(60)

    def processes(self, what: str = "") -> list[psutil.Process]:
        """What it has started, or those of it whose command line holds a word."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("RAGONE_UP") == str(self.folder) and what in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def deploy(self, lake: Path, **study: Any) -> str:
        """The id of the deployment of a campaign of the stand-ins."""
        made = deployments(electrode_stand_ins.study(**study), str(lake), jobs=["campaign"], flows="prefect_stand_ins")
        return register(made, self.api)[0]

    @contextmanager
    def client(self) -> Iterator[Any]:
        """A client of the server."""
        from prefect.client.orchestration import get_client

        with speaking_to(self.api, quiet=False), get_client(sync_client=True) as client:
            yield client

    def start(self, deployment_id: str) -> str:
        """Start a run; its id."""
        with self.client() as client:
            return str(client.create_flow_run_from_deployment(deployment_id).id)

    def state(self, run_id: str) -> str:
        """The name of the state of a run; empty while the server does not answer."""
        import httpx

        try:
            with self.client() as client:
                return str(client.read_flow_run(run_id).state_name)
        except (httpx.HTTPError, RuntimeError):
            return ""

    def wait(self, run_id: str, *states: str) -> None:
        """Until the run is in one of the states."""
        wait_until(lambda: self.state(run_id) in states)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that will happen; an error if it does not for a long time."""
    end = time.monotonic() + LONGEST_SECOND
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        time.sleep(0.2)


def run_count(lake: Path) -> int:
    """How many runs are committed in a lake."""
    return len(list((lake / "runs").rglob("*.arrow")))


def wait_for_work(lake: Path, moment: random.Random, whole: int) -> None:
    """Until a run has committed a random part of what it will commit in all."""
    wanted = moment.randrange(1, max(2, int(0.9 * whole)))
    wait_until(lambda: run_count(lake) >= wanted)


def require_once(lake: Path, campaign_id: str) -> None:
    """Nothing was computed twice, the lake is whole, and the campaign is the one expected."""
    with Lake.open(lake) as opened:
        counted = opened.sql("SELECT recipe_id, count(*) AS n FROM runs WHERE stage != 'given' GROUP BY recipe_id")
        assert set(counted["n"].to_list()) == {1}
        assert not opened.fsck().problems
        assert opened.sql("SELECT id FROM campaigns")["id"].to_list() == [campaign_id]
