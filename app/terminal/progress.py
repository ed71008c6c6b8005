"""What a running flow shows: its units of work, and how each of its trials ended."""

from __future__ import annotations

from app.tables.answers import quantity
from app.terminal.waiting import Waiting
from flows import Trial, TrialOutcome


class Watcher(Waiting):
    """A progress bar that follows `flows.Progress`."""

    def advanced(self) -> None:
        """One unit is done."""
        self.advance()


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
