"""A campaign that is killed and started again, with worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import electrode_stand_ins
import pytest

from ragone.dataset import Lake
from ragone.flows import run_campaign

SCRIPT = Path(__file__).parent / "campaign_script.py"


def campaign(lake: Path, kind: str, kill_after: int = 0) -> subprocess.CompletedProcess[str]:
    """The script's end; its campaign id on standard output unless it was killed."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(lake), kind, str(kill_after)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["", *sys.path])},
    )


@pytest.mark.parametrize(
    ("kind", "moments"), [("serial", (4,)), pytest.param("processes", (1, 4), marks=pytest.mark.slow)]
)
def test_a_killed_campaign_goes_on_and_computes_nothing_twice(
    tmp_path: Path, kind: str, moments: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after some units of work and run to its end: one answer per recipe, and the same record."""
    for moment in moments:
        assert campaign(tmp_path / "lake", kind, moment).returncode == -signal.SIGKILL
    ended = campaign(tmp_path / "lake", kind)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    with Lake.open(tmp_path / "lake") as lake:
        counted = lake.sql("SELECT recipe_id, count(*) AS n FROM runs WHERE stage != 'given' GROUP BY recipe_id")
        if kind == "serial":  # a worker that outlives its parent for a moment may finish what it was doing
            assert set(counted["n"].to_list()) == {1}
        assert not lake.fsck().problems
    electrode_stand_ins.register(monkeypatch)
    with Lake.open(tmp_path / "other", create=True) as lake:
        assert run_campaign(lake, electrode_stand_ins.study()).campaign.id == ended.stdout.strip()


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """No worker process is left behind, also not one that waits for work."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["", *sys.path])}
    code = (
        "import os, signal, time\n"
        "from ragone.flows.running.executors import open_executor, run_all\n"
        "from ragone.flows.running.execution import Execution\n"
        "if __name__ == '__main__':\n"
        "    with open_executor(Execution('processes', 1)) as executor:\n"
        "        print(run_all(executor, os.getpid, [()])[0], flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    said = tmp_path / "worker"  # a file: a pipe would stay open as long as the worker lives
    with said.open("w") as out:
        subprocess.run([sys.executable, str(script)], stdout=out, check=False, env=environment)
    worker = int(said.read_text())
    for _ in range(200):
        if not _alive(worker):
            return
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker is still there after 10 s")


def _alive(process: int) -> bool:
    """Whether the process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
