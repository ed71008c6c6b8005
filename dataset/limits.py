"""What a query may take, and the watch over it: it runs in a thread of its own and is stopped when a limit is met.

DuckDB stops at once nearly everywhere. A single call of a function that it cannot interrupt (`levenshtein` of two long
texts) goes on in its thread until it is done, while its caller has the error already; `left_running` tells of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import psutil

from ragone.dataset.errors import QueryLimitError
from ragone.schemas.field import POSITIVE

T = TypeVar("T")

_SHARE_OF_FREE = 4  # by default a query may take the fourth part
_LEAST_BYTE = 256 * 2**20
_OVERHEAD_BYTE = 256 * 2**20  # of reading tables, and of libraries loaded meanwhile
_LOOK_SECOND = 0.02
_GRACE_SECOND = 1.0  # for a query to stop once it is asked to

_unfinished: set[Future[Any]] = set()


@dataclass(frozen=True)
class QueryLimits:
    """The time and memory that a query may take before it is stopped.

    Parameters
    ----------
    timeout_second
        Wall clock [s], > 0.
    memory_byte
        For work and answer together, half of it each [byte]; as much again may be spilled to a temporary folder. None
        for a quarter of what is free.

    Raises
    ------
    BoundsError
        If a limit is not positive.
    """

    timeout_second: float = 60.0
    memory_byte: int | None = None

    def __post_init__(self) -> None:
        POSITIVE.require(self.timeout_second, "timeout_second", "s")
        POSITIVE.require(1 if self.memory_byte is None else self.memory_byte, "memory_byte", "byte")

    def settled(self) -> QueryLimits:
        """Return these limits with the memory as a number."""
        if self.memory_byte is not None:
            return self
        free = psutil.virtual_memory().available // _SHARE_OF_FREE
        return QueryLimits(self.timeout_second, max(_LEAST_BYTE, free))

    def of_time(self) -> QueryLimitError:
        """The query has run for too long."""
        return QueryLimitError(
            f"the query was stopped after {self.timeout_second:g} s, its limit of time. Narrow it with WHERE or LIMIT, "
            "or allow more: --timeout '10 min', in Python limits=QueryLimits(timeout_second=600)."
        )

    def of_memory(self, what: str) -> QueryLimitError:
        """The query, or its answer, is too large."""
        half = (self.memory_byte or 0) / 2e6
        return QueryLimitError(
            f"{what} needs more than {half:.0f} MB, half of its limit of memory. Narrow it with WHERE or LIMIT, "
            f"or allow more: --memory '{max(half * 8, 1):.0f} MB', in Python limits=QueryLimits(memory_byte=...)."
        )


def within(
    limits: QueryLimits, work: Callable[[], T], interrupt: Callable[[], None], *, began: float | None = None
) -> T:
    """Do work in a thread of its own, and wait for it so that Ctrl-C is heard.

    Parameters
    ----------
    limits
        When to stop it, settled.
    work
        What is done; its result, or its error, is that of this function.
    interrupt
        Makes the work stop soon, with an error.
    began
        The moment from which the time counts, as `time.monotonic` gives it; now if None.

    Raises
    ------
    QueryLimitError
        If a limit was met.
    """
    outcome: Future[T] = Future()
    _unfinished.add(outcome)
    threading.Thread(target=_settle, args=(outcome, work), name="ragone-query", daemon=True).start()
    try:
        _watch(outcome, limits, time.monotonic() if began is None else began)
        return outcome.result()
    finally:
        if not outcome.done():
            interrupt()
            wait([outcome], _GRACE_SECOND)


def left_running() -> bool:
    """Whether a query that could not be interrupted still runs in this process."""
    return any(not outcome.done() for outcome in tuple(_unfinished))


def _settle(outcome: Future[T], work: Callable[[], T]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
        outcome.set_exception(error)
    _unfinished.discard(outcome)


def _watch(outcome: Future[T], limits: QueryLimits, began: float) -> None:
    """Wait for the outcome, or for a limit to be met: what DuckDB does not count is seen in the process.

    A future, since a thread whose `join` is interrupted by Ctrl-C claims to have ended (Python 3.11).
    """
    process = psutil.Process()
    before, end = process.memory_info().rss, began + limits.timeout_second
    while not wait([outcome], _LOOK_SECOND).done:
        if time.monotonic() > end:
            raise limits.of_time()
        if process.memory_info().rss - before > (limits.memory_byte or 0) + _OVERHEAD_BYTE:
            raise limits.of_memory("the query")
