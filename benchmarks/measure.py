"""One line of the table, and timing that is fair on a busy machine: works take turns, medians are compared."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """What was measured, ours and the peer's value with unit, their ratio, and the goal with its outcome."""

    what: str
    ours: str
    peer: str
    ratio: str
    goal: str
    met: bool | None

    def cells(self) -> tuple[str, ...]:
        """As text; nothing was wanted of a line without a goal."""
        return (
            self.what,
            self.ours,
            self.peer,
            self.ratio,
            self.goal,
            {True: "met", False: "MISSED", None: ""}[self.met],
        )


def stated(what: str, value: str) -> Line:
    """A figure without a peer or a goal."""
    return Line(what, value, "", "", "", None)


def time_at_most(what: str, ours: float, peer: float, name: str, goal: float) -> Line:
    """Our time [s] against a peer's, whose share it may take."""
    ratio = ours / peer
    return Line(what, seconds(ours), f"{seconds(peer)} {name}", f"{ratio:.3g}", f"<= {goal:g}", ratio <= goal)


def speed_at_least(what: str, ours: float, peer: float, name: str, goal: float) -> Line:
    """Our speed against a peer's, from the times [s] that both take."""
    ratio = peer / ours
    return Line(what, seconds(ours), f"{seconds(peer)} {name}", f"{ratio:.3g}", f">= {goal:g}", ratio >= goal)


def seconds(value: float) -> str:
    """A time with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} us"


def elapsed(work: Work) -> float:
    """Seconds that the work takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Median time [s] of each work; they take turns, so that what else the machine does meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(elapsed(work))
    return {name: median(taken) for name, taken in times.items()}


def tell(text: str) -> None:
    """Progress, beside the table."""
    print(f"  {text}", file=sys.stderr, flush=True)
