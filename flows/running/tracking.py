"""The same flow, seen by a Prefect server.

With a server, every task of a flow is also a Prefect task run, under one flow run. The work itself is done by the
executor of the study, as without a server; Prefect only watches. Its own caching, retries and result storage are off:
the lake is the cache. Without a server Prefect is not even imported, because it would start a temporary one.
"""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from ragone.flows.errors import TrackingError
from ragone.flows.running import telemetry

assert telemetry.OFF

T = TypeVar("T")

_SETTING = "PREFECT_API_URL"
_TASKS_AT_ONCE = 32


def server_address(given: str) -> str:
    """The Prefect server to use: the one given, else the environment's; empty for none."""
    return given or os.environ.get(_SETTING, "")


@dataclass(frozen=True)
class FlowRun:
    """A flow run as a server shows it: the flow's name, the run's name, and the parameters."""

    flow: str
    name: str
    parameters: Mapping[str, Any]


def run_tracked(shown: FlowRun, body: Callable[[Executor], T], executor: Executor, server: str) -> T:
    """Run a body as a flow run on a server; the executor that it is handed makes its tasks show up there.

    Parameters
    ----------
    shown
        What the server shows.
    body
        Submits its tasks to the executor that it is given.
    executor
        Does the work.
    server
        Address of the server's API, for example http://127.0.0.1:4200/api.

    Raises
    ------
    TrackingError
        If the server does not answer.
    """
    import prefect
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

    with temporary_settings({PREFECT_API_URL: server, PREFECT_LOGGING_LEVEL: "CRITICAL"}):
        _require_answer(server)

        @prefect.flow(name=shown.flow, flow_run_name=shown.name, persist_result=False, validate_parameters=False)
        def flow(parameters: Mapping[str, Any]) -> T:
            with TrackedExecutor(executor) as tracked:
                return body(tracked)

        return flow(dict(shown.parameters))


def _require_answer(server: str) -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        failure = client.api_healthcheck()
    if failure is not None:
        raise TrackingError(
            f"the Prefect server at {server} does not answer ({failure}). Start it with `prefect server start`, "
            f"or unset {_SETTING} to run without it."
        )


class TrackedExecutor(Executor):
    """Hands tasks on to another executor, each inside a Prefect task run of the current flow run."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._watchers = ThreadPoolExecutor(_TASKS_AT_ONCE, thread_name_prefix="prefect-task")

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Start the task, and its task run."""
        import prefect
        from prefect.cache_policies import NO_CACHE

        def work() -> T:
            return self._executor.submit(fn, *args, **kwargs).result()

        task = prefect.task(name=fn.__name__, cache_policy=NO_CACHE, persist_result=False)(work)
        return self._watchers.submit(contextvars.copy_context().run, task)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the task runs; the executor behind them stays open."""
        self._watchers.shutdown(wait, cancel_futures=cancel_futures)
