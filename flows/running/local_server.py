"""A Prefect server and one worker on this machine, started quietly, kept running, and stopped.

Both keep their files in a folder of their own and listen on 127.0.0.1 alone, where the server asks for a password:
who speaks to it may start what he likes in the name of its user. A server or worker that dies is started
again; whatever the dead worker had started is ended, and its flow runs go on (see `lost_runs`): the lake holds what
they had done. There is one worker, because SQLite locks under several.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from ragone.dataset.search_path import interpreter_variables
from ragone.flows.errors import ServerError
from ragone.flows.running.lost_runs import resume_lost
from ragone.flows.running.server_access import ADDRESS, PASSWORD, stored_password
from ragone.flows.running.telemetry import OFF

HOST, PORT = "127.0.0.1", 4200
RESUMED_AT_MOST = 10
POOL, POOL_TYPE = "ragone", "process"

_MARK = "RAGONE_UP"  # in the environment of all that is started here: the folder
_FLOW_RUN = "PREFECT__FLOW_RUN_ID"
_LONGEST_START_SECOND = 120.0
_LONGEST_STOP_SECOND = 10.0
_LOOK_EVERY_SECOND = 5.0
_TICK_SECOND = 0.2


def default_folder() -> Path:
    """The folder in which the server keeps its database and logs."""
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "ragone" / "prefect"


class LocalServer:
    """A server with its worker.

    Parameters
    ----------
    folder
        Of the database and the logs; made if missing.
    port
        On 127.0.0.1.
    database
        Address of a PostgreSQL database, such as postgresql+asyncpg://user@/prefect; SQLite in the folder if empty.
    at_once
        How many flow runs the worker starts at once.
    resumed_at_most
        How often a flow run goes on after its process was lost.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = PORT,
        database: str = "",
        at_once: int = 1,
        resumed_at_most: int = RESUMED_AT_MOST,
    ) -> None:
        self.folder, self._port, self._database = folder.absolute(), port, database
        self._at_once, self._resumed_at_most, self._password = at_once, resumed_at_most, ""
        self._server: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The web page."""
        return f"http://{HOST}:{self._port}"

    @property
    def api(self) -> str:
        """The address that `--prefect-api` and PREFECT_API_URL take."""
        return f"{self.address}/api"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start both, and stop them at the end.

        Raises
        ------
        ServerError
            If the folder or the port is in use, or the server does not start.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._password = stored_password(self.folder)
        lock = FileLock(self.folder / "up.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as cause:
            raise ServerError(
                f"`ragone up` runs in {self.folder} already. Stop it, or give --folder and --port."
            ) from cause
        try:
            self._end_marked()  # of one that was killed
            self._require_free_port()
            self._start_server()
            self._resume_lost(at_once=True)
            self._start_worker()
            yield
        finally:
            self._stop()
            lock.release()

    def keep_running(self) -> None:
        """Start again what dies, and let lost flow runs go on, until something is raised: KeyboardInterrupt, say."""
        looked = time.monotonic()
        while True:
            time.sleep(_TICK_SECOND)
            if self._server is not None and self._server.poll() is not None:
                self._start_server()
            if self._worker is not None and self._worker.poll() is not None:
                self._end_marked(but=self._server)
                self._resume_lost(at_once=True)
                self._start_worker()
            elif time.monotonic() - looked > _LOOK_EVERY_SECOND:
                self._resume_lost(at_once=False)
                looked = time.monotonic()

    def _start_server(self) -> None:
        words = ["server", "start", "--host", HOST, "--port", str(self._port)]
        self._server = self._started(words, "server.log")
        end = time.monotonic() + _LONGEST_START_SECOND
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > end:
                raise ServerError(f"the Prefect server does not start; see {self.folder / 'server.log'}.")
            time.sleep(_TICK_SECOND)

    def _start_worker(self) -> None:
        words = ["worker", "start", "--pool", POOL, "--type", POOL_TYPE, "--name", POOL, "--install-policy", "never"]
        self._worker = self._started([*words, "--limit", str(self._at_once)], "worker.log")

    def _started(self, words: list[str], log: str) -> subprocess.Popen[bytes]:
        """A process of Prefect in a session of its own, so that Ctrl-C reaches this process alone."""
        with (self.folder / log).open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "prefect", *words],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        database = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": self._database} if self._database else {}
        return {
            **kept,
            **OFF,
            **interpreter_variables(),
            **database,
            _MARK: str(self.folder),
            "PREFECT_HOME": str(self.folder),
            ADDRESS: self.api,
            PASSWORD: self._password,
            "PREFECT_SERVER_API_AUTH_STRING": self._password,
            "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": self.address,  # no page of a stranger starts anything
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(self.folder / "pages"),
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_WORKER_ENABLE_CANCELLATION": "true",
            "PREFECT_WORKER_CANCELLATION_POLL_SECONDS": "2",
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=2):
                return True
        except OSError:
            return False

    def _require_free_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self._port))
            except OSError as cause:
                raise ServerError(
                    f"port {self._port} of {HOST} is in use, maybe by a Prefect server. Use that one, or give --port."
                ) from cause

    def _resume_lost(self, *, at_once: bool) -> None:
        alive = set()
        for process in self._marked():
            with suppress(psutil.Error):
                alive.add(process.environ().get(_FLOW_RUN, ""))
        resume_lost(self.api, POOL, alive, at_once=at_once, at_most=self._resumed_at_most, password=self._password)

    def _marked(self) -> list[psutil.Process]:
        """All processes that were started here, or by those; in whatever session they are."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(_MARK) == str(self.folder) and process.pid != os.getpid():
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def _end_marked(self, but: subprocess.Popen[bytes] | None = None) -> None:
        """End them at once, but for one: a lake survives that."""
        for process in self._marked():
            if but is None or process.pid != but.pid:
                with suppress(psutil.Error):
                    process.kill()

    def _stop(self) -> None:
        """The worker first, which may end its flow runs in order; then whatever is left of them; then the server."""
        for process in (self._worker, self._server):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(_LONGEST_STOP_SECOND)
                except subprocess.TimeoutExpired:
                    process.kill()
            self._end_marked(but=self._server if process is self._worker else None)
