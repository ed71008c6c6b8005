"""What a running flow shows: what is being done, how much of it, the time left, and the best so far."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import rich.progress as bars
from rich.console import Console

from app.answers import quantity
from flows import Trial, TrialOutcome


class Watcher:
    """A progress bar on standard error; follows `flows.Progress`."""

    def __init__(self, console: Console, *, hidden: bool) -> None:
        self._bar = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TimeElapsedColumn(),
            bars.TextColumn("left"),
            bars.TimeRemainingColumn(),
            console=console,
            disable=hidden,
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def started(self, total: int) -> None:
        """So many units of work."""
        self._bar.update(self._task, total=total)

    def step(self, text: str) -> None:
        """What is being done now."""
        self._bar.update(self._task, description=text)

    def advanced(self, trial: Trial | None = None) -> None:
        """One unit is done; the last of a trial tells how it ended."""
        self._bar.advance(self._task)
        if trial is not None and not self._bar.disable:
            self._bar.console.print(trial_line(trial), markup=False)


def trial_line(trial: Trial) -> str:
    """One trial in one line; whether the generator was blind to it, and whether the simulator drew it instead."""
    if not trial.blind:
        return _outcome_line(trial)
    instead = trial.foreseen is not None and trial.foreseen.simulated
    whose = "simulated: the generator is blind to it" if instead else "by a blind generator"
    return f"{_outcome_line(trial)} ({whose})"


def _outcome_line(trial: Trial) -> str:
    head = f"design {trial.number + 1:>3}  {trial.design_id[:19]}  "
    if trial.outcome is TrialOutcome.MEASURED and trial.value is not None:
        return head + quantity(trial.value, trial.unit, trial.standard_uncertainty) + cubes_text(trial)
    return head + (trial.error or str(trial.outcome)) + cubes_text(trial)


def cubes_text(trial: Trial) -> str:
    """How many cubes it took, where that was open."""
    if trial.target_met is None:
        return ""
    return f", {trial.cube_count} cubes" + ("" if trial.target_met else ": target not met")
