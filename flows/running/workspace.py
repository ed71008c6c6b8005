"""What every flow works with: a lake and its address for tasks, an executor, and who follows the progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from ragone.dataset import Lake
from ragone.flows.running.execution import Execution
from ragone.flows.running.executors import open_executor, run_all
from ragone.flows.running.progress import Progress, Silent
from ragone.flows.running.tracking import watched
from ragone.flows.running.workers import lend

T = TypeVar("T")


@dataclass(frozen=True)
class Workspace:
    """An open lake, lent to the tasks under its address, the executor that runs them, and the progress."""

    lake: Lake
    address: str
    executor: Executor
    progress: Progress

    def run(
        self, task: Callable[..., T], calls: Sequence[tuple[Any, ...]], done: Callable[[int, T], None] | None = None
    ) -> list[T]:
        """Run a task, given the lake's address first, for each tuple of further arguments; results in their order.

        `done` is called in this thread with the number of the call and its result, as they come in; without it one
        unit of progress is counted for each.
        """
        counted = done or (lambda *_: self.progress.advanced())
        return run_all(self.executor, task, [(self.address, *call) for call in calls], counted)


@contextmanager
def open_workspace(
    lake: Lake, execution: Execution | None = None, progress: Progress | None = None
) -> Iterator[Workspace]:
    """A workspace over an open lake; tasks that have not started when it is left are given up.

    In a flow run of a Prefect server they are task runs.

    Raises
    ------
    ExecutorError
        If the executor's library is not installed, or a worker dies.
    """
    with lend(lake) as address, open_executor(execution or Execution()) as executor, watched(executor) as tasks:
        yield Workspace(lake, address, tasks, progress or Silent())
