"""Where tasks run, and what happens when one fails."""

from __future__ import annotations

import operator
import os
import sys
import threading
from typing import Any

import pytest

from ragone.flows.errors import ExecutorError
from ragone.flows.running.execution import Execution
from ragone.flows.running.executors import open_executor, run_all


@pytest.mark.parametrize("kind", ["serial", "threads"])
def test_results_come_in_the_order_of_the_calls(kind: str) -> None:
    """Whatever finishes first; each is reported once with its number, in the calling thread."""
    told: list[tuple[int, int, str]] = []
    with open_executor(Execution(kind, 4)) as executor:
        results = run_all(
            executor,
            operator.mul,
            [(n, 2) for n in range(20)],
            lambda n, r: told.append((n, r, threading.current_thread().name)),
        )
    assert results == [2 * n for n in range(20)]
    assert sorted(t[:2] for t in told) == [(n, 2 * n) for n in range(20)]
    assert {t[2] for t in told} == {threading.current_thread().name}


def test_a_serial_task_is_reported_before_the_next_one_starts() -> None:
    """Progress is live also without workers."""
    order: list[str] = []
    with open_executor(Execution("serial")) as executor:
        run_all(executor, lambda n: order.append(f"run {n}"), [(0,), (1,)], lambda n, _: order.append(f"told {n}"))
    assert order == ["run 0", "told 0", "run 1", "told 1"]


@pytest.mark.parametrize("kind", ["serial", "threads"])
def test_the_error_of_a_task_reaches_the_caller(kind: str) -> None:
    """As the exception it was."""
    with open_executor(Execution(kind, 2)) as executor, pytest.raises(ZeroDivisionError):
        run_all(executor, operator.truediv, [(1, 1), (1, 0)])


def test_worker_processes_share_the_cores_and_leave_the_environment_as_it_was(monkeypatch: Any) -> None:
    """Each worker is given its number of threads, unless the user set one, and keeps its memory; the parent's
    variables come back.
    """
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    before = dict(os.environ)
    with open_executor(Execution("processes", 1)) as executor:
        told = run_all(executor, os.getenv, [("OMP_NUM_THREADS",), ("MKL_NUM_THREADS",), ("MALLOC_MMAP_MAX_",)])
    assert told == [str(os.cpu_count() or 1), "3", "0"]
    assert dict(os.environ) == before


def test_a_worker_that_dies_is_an_error_with_a_remedy() -> None:
    """Not a traceback of the pool."""
    with pytest.raises(ExecutorError, match=r"a worker process died.*start again"):  # noqa: SIM117
        with open_executor(Execution("processes", 1)) as executor:
            run_all(executor, os._exit, [(3,)])


@pytest.mark.parametrize(("kind", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_a_missing_library_is_named_with_its_extra(kind: str, module: str, monkeypatch: Any) -> None:
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExecutorError, match=rf"pip install 'ragone\[{kind}\]'"):  # noqa: SIM117
        with open_executor(Execution(kind, 1)):
            pass


def test_workers_execute_nothing_of_the_current_folder(tmp_path: Any, monkeypatch: Any) -> None:
    """Neither when they start nor by what they are told of the path; the parent's own path comes back."""
    for name in ("multiprocessing.py", "pickle.py", "numpy.py", "prefect.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'executed')!r}, 'a').write({name!r})\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), *sys.path])
    before = sys.path[:]
    with open_executor(Execution("processes", 1)) as executor:
        (seen,) = run_all(executor, eval, [("__import__('sys').path",)])
    assert not (tmp_path / "executed").exists()
    assert not {"", ".", str(tmp_path)} & set(seen)
    assert sys.path == before
