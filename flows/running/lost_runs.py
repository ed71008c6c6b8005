"""Flow runs whose process is gone: they go on where they were, as often as is allowed.

Prefect's own retries need the process; hooks do not run when it is killed. A run is lost if the server holds it for
running and no process works for it, or if it crashed, which Prefect says of nothing but the infrastructure.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from ragone.flows.running.server_access import speaking_to

_SETTLED = timedelta(seconds=15)  # a worker says that a run is pending shortly before its process is there


def resume_lost(
    server: str, pool: str, alive: Collection[str], *, at_once: bool, at_most: int, password: str = ""
) -> None:
    """Schedule lost flow runs of a work pool anew; those that were being cancelled are cancelled.

    Parameters
    ----------
    server
        Address of the API. If it does not answer, nothing is done.
    pool
        The name of the work pool.
    alive
        Ids of the flow runs for which a process works.
    at_once
        Whether runs of which a process may just be starting are lost, too: no worker is left that could start it.
    at_most
        How often a run is started in all before it stays crashed.
    password
        Of the server; that of the environment if empty.
    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectException

    try:
        with speaking_to(server, password), get_client(sync_client=True) as client:
            for run in _unfinished(client, pool):
                if str(run.id) not in alive and (at_once or _settled(run)):
                    client.set_flow_run_state(run.id, _next_state(run, at_most), force=True)
    except (httpx.HTTPError, PrefectException):
        return  # it is asked again soon


def _unfinished(client: Any, pool: str) -> list[Any]:
    """Runs that a process should work for, and those that crashed."""
    from prefect.client.schemas import filters, objects

    kinds = [objects.StateType[n] for n in ("PENDING", "RUNNING", "CANCELLING", "CRASHED")]
    state = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=kinds))
    name = filters.WorkPoolFilter(name=filters.WorkPoolFilterName(any_=[pool]))
    found = client.read_flow_runs(flow_run_filter=filters.FlowRunFilter(state=state), work_pool_filter=name)
    return [run for run in found if not (run.state.is_crashed() and run.state.message == _GIVEN_UP)]


def _settled(run: Any) -> bool:
    return bool(run.state.is_crashed() or datetime.now(UTC) - run.state.timestamp > _SETTLED)


_GIVEN_UP = "Its process was lost too often. What was stored is kept; start it again."


def _next_state(run: Any, at_most: int) -> Any:
    from prefect.states import AwaitingRetry, Cancelled, Crashed

    if run.state.is_cancelling():
        return Cancelled(message="No process was left to stop.")
    if run.run_count >= at_most:
        return Crashed(message=_GIVEN_UP)
    return AwaitingRetry(scheduled_time=datetime.now(UTC), message="Its process was lost; it goes on.")
