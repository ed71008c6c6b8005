"""Where the tasks of a flow run: here, in threads, in worker processes, or on a Dask or Ray cluster.

All five are `concurrent.futures.Executor`s. Workers look for modules where their parent does, but not in the current
folder, which may be a stranger's. Processes are spawned (Lance is not fork-safe) and stay alive for the whole
flow, because importing the solvers takes seconds; the cores are shared out among them, a fixed number of threads each,
unless the user has set another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, chdir, contextmanager
from multiprocessing import get_context
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, TypeVar

from ragone.dataset.environment import THREAD_VARIABLES
from ragone.dataset.search_path import interpreter_variables, narrowed
from ragone.flows.errors import ExecutorError
from ragone.flows.running.execution import Execution
from ragone.flows.running.workers import prepare_worker

T = TypeVar("T")

# glibc gives large arrays back to the system at once and has their pages zeroed anew for the next.
_KEEP_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)}


class SerialExecutor(Executor):
    """Runs every task at once, in the calling thread."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run the task; its exception, like its result, waits in the future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
            future.set_exception(error)
        return future


class RayExecutor(Executor):
    """Runs tasks on a Ray cluster."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Start the task."""
        future: Future[T] = self._ray.remote(fn).remote(*args, **kwargs).future()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster."""
        self._ray.shutdown()


@contextmanager
def open_executor(execution: Execution) -> Iterator[Executor]:
    """The executor of a study; tasks that have not started when it is left are given up.

    Raises
    ------
    ExecutorError
        If its library is not installed, or a worker dies.
    """
    with ExitStack() as stack:
        executor = _OPEN[execution.kind](execution, stack)
        try:
            yield executor
        except BrokenProcessPool as cause:
            raise ExecutorError(
                "a worker process died, most likely for want of memory. What is stored stays: start again, "
                "with fewer workers (executor.workers) or a smaller volume element (resolution.edge_voxels)."
            ) from cause


def run_all(
    executor: Executor,
    task: Callable[..., T],
    calls: Sequence[tuple[Any, ...]],
    done: Callable[[int, T], None] = lambda *_: None,
) -> list[T]:
    """Run a task for each tuple of arguments; results in the order of the calls.

    `done` is called in this thread with the number of the call and its result, as they come in.
    """
    futures: list[Future[T]] = []
    waiting: dict[Future[T], int] = {}
    try:
        for number, arguments in enumerate(calls):
            futures.append(executor.submit(task, *arguments))
            if futures[number].done():  # in this thread: tell at once, not when all are done
                done(number, futures[number].result())
            else:
                waiting[futures[number]] = number
        for future in as_completed(waiting):
            done(waiting[future], future.result())
    except BaseException:
        for future in waiting:
            future.cancel()
        raise
    return [future.result() for future in futures]


def _serial(execution: Execution, stack: ExitStack) -> Executor:
    return SerialExecutor()


def _threads(execution: Execution, stack: ExitStack) -> Executor:
    return _ended_by(stack, ThreadPoolExecutor(execution.workers, thread_name_prefix="ragone"))


def _processes(execution: Execution, stack: ExitStack) -> Executor:
    threads = str(max(1, (os.cpu_count() or 1) // execution.workers))
    _shield(stack, {**{name: os.environ.get(name, threads) for name in THREAD_VARIABLES}, **_KEEP_MEMORY})
    pool = ProcessPoolExecutor(execution.workers, mp_context=get_context("spawn"), initializer=prepare_worker)
    return _ended_by(stack, pool)


def _dask(execution: Execution, stack: ExitStack) -> Executor:
    _shield(stack)
    try:
        from distributed import Client
    except ImportError as cause:
        raise _missing("dask", "dask[distributed]") from cause
    here = {"n_workers": execution.workers, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    client = stack.enter_context(Client(execution.address) if execution.address else Client(**here))
    executor: Executor = client.get_executor()
    return executor


def _ray(execution: Execution, stack: ExitStack) -> Executor:
    _shield(stack)
    try:
        import ray
    except ImportError as cause:
        raise _missing("ray", "ray") from cause
    here = {"num_cpus": execution.workers, "include_dashboard": False, "logging_level": 40}
    folder = stack.enter_context(TemporaryDirectory(prefix="ragone-ray-"))
    with chdir(folder):  # Ray puts the folder in which it is started on the path of its workers
        ray.init(**({"address": execution.address} if execution.address else here), log_to_driver=False)
    return _ended_by(stack, RayExecutor(ray))


def _shield(stack: ExitStack, variables: Mapping[str, str] = MappingProxyType({})) -> None:
    """Keep the current folder off the path of interpreters that are started until the stack is left."""
    stack.enter_context(_environment({**variables, **interpreter_variables()}))
    stack.enter_context(narrowed())


def _ended_by(stack: ExitStack, executor: Executor) -> Executor:
    """The executor, shut down when the stack is left."""
    stack.callback(executor.shutdown, wait=True, cancel_futures=True)
    return executor


_OPEN: dict[str, Callable[[Execution, ExitStack], Executor]] = {
    "serial": _serial,
    "threads": _threads,
    "processes": _processes,
    "dask": _dask,
    "ray": _ray,
}


def _missing(kind: str, distribution: str) -> ExecutorError:
    return ExecutorError(
        f"executor {kind!r} needs {distribution}, which is not installed. Install it with "
        f"pip install 'ragone[{kind}]', or choose another study.executor.kind."
    )


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The environment of processes started meanwhile: threads of the numerical libraries, and how memory is kept."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
