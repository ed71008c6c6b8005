"""What a running command shows: what is being done, how much of it, the time gone and the time left.

On a terminal that is a bar that moves; elsewhere (a log, a pipe) it is a line now and then, so that nothing that takes
long is silent. The time left is estimated from the units that are done, and from what they were expected to take.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import rich.progress as bars
from rich.console import Console
from rich.text import Text

_WORTH_SAYING = 2.0  # seconds
_WAITS = (_WORTH_SAYING, 8.0, 20.0, 30.0)  # seconds before the first lines; then a minute each


class Clock:
    """Time gone and time left [s] of work in units.

    Parameters
    ----------
    expected
        Seconds that each unit should take; empty where nobody knows. Once units are done, theirs correct it.
    now
        The time [s].
    """

    def __init__(self, expected: Sequence[float] = (), now: Callable[[], float] = time.monotonic) -> None:
        self._expected, self._now = expected, now
        self._ends = deque([now()], maxlen=20)  # of the last units
        self._start = self._ends[0]
        self.done, self.total = 0, len(expected)

    def advanced(self) -> None:
        """One unit is done."""
        self.done += 1
        self._ends.append(self._now())

    def gone(self) -> float:
        """Seconds since the start."""
        return self._now() - self._start

    def left(self) -> float | None:
        """Seconds until the end; None if nothing tells, 0 if it should have ended."""
        known = len(self._expected) == self.total
        weights = self._expected if known else [1.0] * self.total
        seen = len(self._ends) - 1
        if not (seen or known) or self.done >= self.total:
            return None
        foreseen = sum(weights[self.done - seen : self.done])
        pace = (self._ends[-1] - self._ends[0]) / foreseen if foreseen else 1.0
        present = pace * weights[self.done] - (self._now() - self._ends[-1])
        return max(0.0, present) + pace * sum(weights[self.done + 1 :])


class Waiting:
    """A progress bar on standard error, or lines there.

    Parameters
    ----------
    console
        Where it is shown.
    hidden
        Whether it is not.
    expected
        Seconds that each unit should take; empty where nobody knows.
    doing
        What is done until a step is reported.
    whole
        Whether the work is one unit, whose bar would tell nothing.
    """

    def __init__(
        self,
        console: Console,
        *,
        hidden: bool,
        expected: Sequence[float] = (),
        doing: str = "starting",
        whole: bool = False,
    ) -> None:
        self._console, self._hidden, self._doing = console, hidden, doing
        self._clock = Clock(expected)
        spinner, text = bars.SpinnerColumn(), bars.TextColumn("{task.description}", markup=False)
        counted = () if whole else (bars.BarColumn(), bars.MofNCompleteColumn())
        columns = (spinner, text, *counted, _Times(self._clock))
        self._bar = bars.Progress(*columns, console=console, disable=hidden or not console.is_terminal, transient=True)
        self._task = self._bar.add_task(doing, total=self._clock.total or None)
        self._ended = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)
        self._announced = sum(expected)

    def __enter__(self) -> Self:
        if not self._hidden and self._announced >= _WORTH_SAYING:
            about = duration_text(self._announced)
            self._console.print(f"{self._doing}: about {about} expected, less what is stored already")
        self._bar.start()
        if not self._hidden and self._bar.disable:
            self._teller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._bar.stop()

    def started(self, total: int) -> None:
        """Begin to count so many units of work."""
        self._clock.total = total
        self._bar.update(self._task, total=total)

    def step(self, text: str) -> None:
        """Show what is being done now."""
        self._doing = text
        self._bar.update(self._task, description=text)

    def advance(self) -> None:
        """One unit is done."""
        self._clock.advanced()
        self._bar.advance(self._task)

    def say(self, text: str) -> None:
        """A line that stays."""
        if not self._hidden:
            self._console.print(text, markup=False)

    def _tell(self) -> None:
        """A line now and then."""
        for wait in itertools.chain(_WAITS, itertools.repeat(60.0)):
            if self._ended.wait(wait):
                return
            clock = self._clock
            units = f"{clock.done} of {clock.total}, " if clock.total > 1 else ""
            self._console.print(f"{self._doing}: {units}{times_text(clock)}")


class _Times(bars.ProgressColumn):
    """Time gone and left."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def render(self, task: bars.Task) -> Text:
        """Return the text of this moment."""
        return Text(times_text(self._clock))


def times_text(clock: Clock) -> str:
    """Time gone, and the time left if something tells it."""
    gone, left = duration_text(clock.gone()), clock.left()
    if left is None:
        return gone
    return f"{gone}, about {duration_text(left)} left" if left else f"{gone}, longer than expected"


def duration_text(seconds: float) -> str:
    """A duration in the unit that fits it."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
