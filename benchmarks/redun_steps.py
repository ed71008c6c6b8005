"""The peer of the steps benchmark, run by redun's own Python: ``redun_steps.py DATABASE FIRST COUNT``.

Evaluates COUNT distinct calls of a trivial task through a scheduler, one by one; as many others in one execution; and
the first again, with a new scheduler, from its cache. Answers with seconds per step as JSON. redun's SQLite
database is opened as redun opens it: rollback journal, synchronous = FULL, so that every commit waits for the disk.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable

from redun import Scheduler, task
from redun.config import Config

redun_namespace = "benchmark"


@task()  # type: ignore[untyped-decorator,unused-ignore]
def scale(value: float, factor: float) -> float:
    """The value times the factor."""
    return value * factor


@task()  # type: ignore[untyped-decorator,unused-ignore]
def scale_all(first: int, count: int) -> list[float]:
    """Many of them in one execution."""
    return [scale(float(number), 3.0) for number in range(first, first + count)]


def _scheduler(database: str) -> Scheduler:
    scheduler = Scheduler(config=Config({"backend": {"db_uri": f"sqlite:///{database}"}}))
    scheduler.load()
    return scheduler


def _seconds(work: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / count


def main(database: str, first: int, count: int) -> None:
    """Measure and answer."""
    logging.disable(logging.CRITICAL)
    scheduler = _scheduler(database)
    scheduler.run(scale(-1.0 - first, 2.0))  # what is done once is not counted
    numbers = range(first, first + count)
    answer = {
        "one": _seconds(lambda: [scheduler.run(scale(float(n), 2.0)) for n in numbers], count),
        "together": _seconds(lambda: scheduler.run(scale_all(first, count)), count),
    }
    scheduler = _scheduler(database)
    answer["cached"] = _seconds(lambda: [scheduler.run(scale(float(n), 2.0)) for n in numbers], count)
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
