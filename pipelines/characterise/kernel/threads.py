"""How many threads work on a solve, and how many solves may run at once?

Threads wait for each other after every sweep; on a busy machine, and for a small volume on any, that costs more than it
gains. So each thread gets a share of at least 64^3 voxels.

The kernel's sweeps share the cores among themselves (OpenMP or TBB where installed). The compiler's own fallback stands
no two callers at once, so that there solves wait for one another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import TypeVar

import numba

from ragone.pipelines.characterise.kernel.ahead import require_compiled

T = TypeVar("T")

_REENTRANT = ("omp", "tbb")
_SMALLEST_SHARE = 64**3

_turn = threading.RLock()


def reentrant() -> bool:
    """Whether several threads may solve at once; unknown, hence no, before the first solve."""
    try:
        return str(numba.threading_layer()) in _REENTRANT  # type: ignore[attr-defined]
    except ValueError:
        return False


@contextmanager
def solving(voxel_count: int) -> Iterator[None]:
    """Work with as many threads as the volume is worth; hold others back where the layer stands one caller only."""
    require_compiled()
    threads = numba.get_num_threads()
    with nullcontext() if reentrant() else _turn:
        numba.set_num_threads(max(1, min(threads, voxel_count // _SMALLEST_SHARE)))
        try:
            yield
        finally:
            numba.set_num_threads(threads)


def run_side_by_side(tasks: Sequence[Callable[[], T]], done: Callable[[int], None] = lambda _: None) -> list[T]:
    """Results of independent solves, in order: each on one thread, as many at once as there are threads.

    Cheaper than all threads on one solve after another, whose sweeps must wait for each other. `done` receives, in
    this thread, the number finished.
    """
    threads = numba.get_num_threads()
    results = [tasks[0]()] if tasks else []  # alone: it decides the threading layer
    done(len(results))
    if threads == 1 or not reentrant():
        for task in tasks[1:]:
            results.append(task())
            done(len(results))
        return results
    with ThreadPoolExecutor(threads, initializer=numba.set_num_threads, initargs=(1,)) as pool:
        for result in pool.map(lambda task: task(), tasks[1:]):
            results.append(result)
            done(len(results))
    return results
