"""Where work is done: the kind of executor, how many workers, and a cluster's address."""

from __future__ import annotations

from dataclasses import dataclass

EXECUTORS = ("serial", "threads", "processes", "dask", "ray")


@dataclass(frozen=True)
class Execution:
    """A kind of executor, how many workers it has, and a cluster's address (empty: this machine)."""

    kind: str = "serial"
    workers: int = 1
    address: str = ""
