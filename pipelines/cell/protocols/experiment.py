"""Steps as PyBaMM's, and their solution, step by step.

All steps are one cycle of PyBaMM's `Experiment`, so that each has its place in what comes back, also one that PyBaMM
skipped without a word; and all share one built model. Simulated time is limited, not time on the clock, which would
make the result depend on the machine; IDA's own limit of 100 000 steps between two stops ends what would stall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.protocols.grammar import Action, Step
from ragone.pipelines.cell.protocols.profile import Load

_CONTROLS = {"A": "current", "C": "c_rate", "V": "voltage", "W": "power", "Ohm": "resistance"}
_LOADS = {"A": "current", "C": "current", "W": "power"}


@dataclass(frozen=True)
class Solved:
    """PyBaMM's solution of each step begun, in order, None where it was skipped; the error that ended it, if any."""

    steps: tuple[Any | None, ...]
    error: str = ""


def solve_steps(
    simulation_of: Callable[[Any], Any], steps: Sequence[Step], loads: Mapping[str, Load], largest_duration: float
) -> Solved:
    """Do the steps until they are done, one cannot be done, or time is up.

    Parameters
    ----------
    simulation_of
        Makes PyBaMM's `Simulation` of an experiment.
    steps
        At least one.
    loads
        What `Run profile` follows, by its letter.
    largest_duration
        Of all of it together [s].
    """
    pybamm = load_pybamm()
    pybamm.set_logging_level("CRITICAL")  # what it would say is in the outcome; its log goes to the terminal
    cycle = tuple(pybamm_step(step, loads, largest_duration) for step in steps)
    simulation = simulation_of(pybamm.Experiment([cycle], termination=[f"{largest_duration!r} s"]))
    witness = _witness(pybamm)
    try:
        solution = simulation.solve(calc_esoh=False, callbacks=witness)
    except pybamm.SolverError as cause:  # of the first step, or because every step was skipped
        return Solved((None,) * witness.ended, witness.error or ("" if witness.ended else _one_line(cause)))
    cycles = getattr(solution, "cycles", None)
    if not cycles:
        return Solved((None,) * witness.ended, witness.error)
    skipped = pybamm.EmptySolution
    return Solved(tuple(None if isinstance(one, skipped) else one for one in cycles[0].steps), witness.error)


def _witness(pybamm: Any) -> Any:
    """A callback that counts the steps that ended, and keeps the error that PyBaMM otherwise only logs."""

    class Witness(pybamm.callbacks.Callback):  # type: ignore[misc]
        ended, error = 0, ""

        def on_step_end(self, logs: Any) -> None:
            self.ended += 1

        def on_experiment_error(self, logs: Any) -> None:
            self.error = _one_line(logs["error"])

    return Witness()


def pybamm_step(step: Step, loads: Mapping[str, Load], largest_duration: float) -> Any:
    """A step as PyBaMM's, of a bounded duration [s]; what it follows is in `loads`, by letter."""
    make = load_pybamm().step
    if step.action is Action.REST:
        return make.rest(duration=step.duration)
    if step.action is Action.PROFILE:
        load = loads[step.profile]
        rows = np.column_stack([load.time, load.value])
        down = float(np.trapezoid(load.value, load.time)) >= 0  # on the whole
        return getattr(make, _LOADS[step.profile])(rows, duration=step.duration, termination=_limits(step, down))
    assert step.setpoint is not None
    charging = step.action is Action.CHARGE
    value = -step.setpoint.value if charging else step.setpoint.value
    return getattr(make, _CONTROLS[step.setpoint.unit])(
        value, duration=step.duration or largest_duration, termination=_limits(step, not charging)
    )


def _limits(step: Step, down: bool) -> list[Any]:
    """The limits at which the step ends; a voltage from above if it goes down."""
    if step.limit is None:
        return []
    termination = load_pybamm().experiment.step.step_termination
    if step.limit.unit == "V":
        return [termination.VoltageTermination(step.limit.value, "<" if down else ">")]
    kinds = {"A": termination.CurrentTermination, "C": termination.CRateTermination}
    return [kinds[step.limit.unit](step.limit.value)]


def _one_line(cause: Any) -> str:
    return " ".join(str(cause).removesuffix(" with inputs {}").split())[:200]
