"""A flow run on a Prefect server, and its tasks as task runs there.

The work itself is done by the executor of the study, as without a server. Prefect's caching and result storage are off:
the lake is the cache, and ids travel, not arrays. Without a server nothing here imports Prefect, because it would start
a temporary one.
"""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from inspect import Signature
from typing import TYPE_CHECKING, Any, TypeVar

from ragone.dataset import Execution, Lake
from ragone.dataset.recording import asked_by
from ragone.flows.running import telemetry
from ragone.flows.running.server_access import ADDRESS, require_answer, speaking_to
from ragone.flows.running.shown import call_run, publish, subject_of
from ragone.flows.running.tasks import kind_of
from ragone.schemas import Stage

if TYPE_CHECKING:
    import prefect

assert telemetry.OFF

T = TypeVar("T")

_TASKS_AT_ONCE = 32

_chosen: ContextVar[str] = ContextVar("server", default="")
_flow_run: ContextVar[str] = ContextVar("flow_run", default="")  # the id of the flow run that this thread works for
_work: ContextVar[Callable[[], Any]] = ContextVar("work")


def server_address() -> str:
    """The address of the Prefect server that is used: chosen by `at_server`, else the environment's; empty for none."""
    return _chosen.get() or os.environ.get(ADDRESS, "")


@contextmanager
def at_server(address: str) -> Iterator[None]:
    """Show the jobs of this thread meanwhile on a Prefect server, such as http://127.0.0.1:4200/api; none if empty."""
    token = _chosen.set(address)
    try:
        yield
    finally:
        _chosen.reset(token)


def run_watched(
    name: str, signature: Signature, parameters: Mapping[str, Any], body: Callable[[], T], server: str
) -> T:
    """Run a body as a flow run on a server.

    Parameters
    ----------
    name, signature
        Of the flow, as of `flow_of`.
    parameters
        What the server shows.
    body
        Its tasks are task runs.
    server
        Address of the server's API, for example http://127.0.0.1:4200/api.

    Raises
    ------
    TrackingError
        If the server does not answer.
    """
    import prefect

    with speaking_to(server, quiet=prefect.context.FlowRunContext.get() is None):
        require_answer(server)
        result: T = flow_of(name, signature, lambda given: in_flow_run(body, given))(**parameters)
        return result


def flow_of(name: str, signature: Signature, body: Callable[[Mapping[str, Any]], Any]) -> prefect.Flow[..., Any]:
    """A Prefect flow whose parameters are those of a signature, all of them keywords, of plain types."""
    import prefect

    def flow(**given: Any) -> Any:
        return body(given)

    flow.__signature__ = signature  # type: ignore[attr-defined]
    flow.__doc__ = body.__doc__
    return prefect.flow(name=name, persist_result=False, validate_parameters=False)(flow)


def in_flow_run(body: Callable[[], T], parameters: Mapping[str, Any]) -> T:
    """Do the work of the flow run that Prefect has just started, and show the records that came out."""
    from prefect.runtime import flow_run

    name = subject_of(parameters) or flow_run.flow_name
    call_run(name)
    token = _flow_run.set(flow_run.id)
    try:
        with asked_by(flow_run.id):
            result = body()
    finally:
        _flow_run.reset(token)
    publish(result, name, str(parameters.get("lake", "")))
    return result


@contextmanager
def watched(executor: Executor) -> Iterator[Executor]:
    """The executor whose tasks are task runs of the present flow run; the executor as it is, if there is none."""
    if not _flow_run.get():
        yield executor
        return
    tracked = TrackedExecutor(executor, _flow_run.get())
    try:
        yield tracked
    finally:
        tracked.shutdown(cancel_futures=True)


def run_stage(kind: str, lake: Lake, stage: Stage[Any, Any], /, **given: Any) -> Execution:
    """`Lake.run` in this thread, as a task run of that kind if there is a flow run."""
    if not _flow_run.get():
        return lake.run(stage, **given)
    return _as_task(kind, subject_of(given), lambda: lake.run(stage, **given))


class TrackedExecutor(Executor):
    """Hands tasks on to another executor, each step inside a task run of a flow run."""

    def __init__(self, executor: Executor, flow_run_id: str) -> None:
        self._executor, self._flow_run_id = executor, flow_run_id
        self._watchers = ThreadPoolExecutor(_TASKS_AT_ONCE, thread_name_prefix="prefect-task")

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Start the task, and its task runs."""
        return self._watchers.submit(contextvars.copy_context().run, self._steps, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the task runs; the executor behind them stays open."""
        self._watchers.shutdown(wait, cancel_futures=cancel_futures)

    def _steps(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        kind = kind_of(fn)
        if kind.first is not None:
            before = self._steps(kind.first, args, kwargs)
            if before.error:
                return before
        subject, flow_run_id = subject_of(args), self._flow_run_id
        return _as_task(
            kind.name, subject, lambda: self._executor.submit(_for_flow_run, flow_run_id, fn, args, kwargs).result()
        )


def _for_flow_run(flow_run_id: str, fn: Callable[..., T], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> T:
    """The task itself, wherever it runs: what it stores names the flow run."""
    with asked_by(flow_run_id):
        return fn(*args, **kwargs)


def _as_task(kind: str, subject: str, work: Callable[[], T]) -> T:
    """The work inside a task run; what it does itself is part of that."""
    work_token, flow_run_token = _work.set(work), _flow_run.set("")
    try:
        result: T = _task(kind)(subject)
        return result
    finally:
        _work.reset(work_token)
        _flow_run.reset(flow_run_token)


@cache
def _task(kind: str) -> Any:
    """The one task definition of a kind of step. The work stands in a context variable: it is no plain value."""
    import prefect
    from prefect.cache_policies import NO_CACHE

    @prefect.task(name=kind, task_run_name=f"{kind} {{subject}}", cache_policy=NO_CACHE, persist_result=False)
    def step(subject: str) -> Any:
        return _work.get()()

    return step
