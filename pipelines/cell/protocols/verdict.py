"""How a protocol ended: every step done, or which one ended it and why.

PyBaMM skips, without a word, a step whose limit is passed at its first moment. Two cases are kept apart here:

- *Nothing to do.* The limit was met before the step began, at open circuit; or it stands beside a time and guards the
  cell, as that of a pulse; or the next step goes on in the same direction, as the constant voltage after a constant
  current: a cycler passes on, and so does the protocol.
- *Cannot be done.* The limit was not met, but the current that the step asks for passes it at once: infeasible.

A step that PyBaMM's own safety limits (1 V beyond the voltage limits, an empty or full particle) end, or do not let
begin, is infeasible too, and so is a power for which no initial state is found; where none is found for a current, the
solver failed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.protocols.experiment import Solved
from ragone.pipelines.cell.protocols.grammar import Action, Step
from ragone.pipelines.cell.protocols.variables import OPEN_CIRCUIT
from ragone.schemas import CyclingOutcome

_AT_LIMIT = 2e-3  # V; a voltage that a rest leaves beside the limit
_LIMIT_PASSED = re.compile(r"Events \[(.*?)\] are non-positive")  # in what PyBaMM says of a first state
_SHORTEST = 1e-6  # of a step's own duration, which the solver may miss


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, its reason, and how many of the solved steps count."""

    outcome: CyclingOutcome
    reason: str
    counted: int


def judge(steps: Sequence[Step], solved: Solved, initial_voltage: float) -> Verdict:
    """Judge how the protocol ended.

    Parameters
    ----------
    steps
        Of the protocol.
    solved
        What PyBaMM made of them.
    initial_voltage
        Open-circuit voltage before the first step [V].
    """
    skipped: list[str] = []
    last: Any | None = None
    for index, solution in enumerate(solved.steps):
        step = steps[index]
        if solution is None:
            before = initial_voltage if last is None else float(last[OPEN_CIRCUIT](last.t[-1]))
            if not _nothing_to_do(step, steps[index + 1 : index + 2], before):
                limit = f"passes {step.limit.value:g} {step.limit.unit}" if step.limit else "passes its limit"
                reason = f"{_named(index, step)}: the cell {limit} as soon as the step begins, from {before:.3f} V"
                return Verdict(CyclingOutcome.INFEASIBLE, reason + _passed(skipped), index)
            skipped.append(_named(index, step))
            continue
        last = solution
        outcome, reason = _ended(step, solution)
        if outcome is not CyclingOutcome.COMPLETED:
            return Verdict(outcome, f"{_named(index, step)}: {reason}{_passed(skipped)}", index + 1)
    return _after(steps, solved, skipped)


def _after(steps: Sequence[Step], solved: Solved, skipped: list[str]) -> Verdict:
    """The verdict on a protocol whose steps ended as they should, as far as they were begun."""
    done = len(solved.steps)
    if solved.error:
        passed = _LIMIT_PASSED.search(solved.error)
        if passed:
            reason = f"{_named(done, steps[done])}: the model's own limit {passed[1]} is passed as soon as it begins"
            return Verdict(CyclingOutcome.INFEASIBLE, reason + _passed(skipped), done)
        outcome = CyclingOutcome.INFEASIBLE if _by_power(steps[done]) else CyclingOutcome.SOLVER_FAILED
        reason = f"{_named(done, steps[done])}: no initial state found, ask for less: {solved.error}"
        return Verdict(outcome, reason + _passed(skipped), done)
    if done < len(steps):
        reason = f"time was up before {_named(done, steps[done])}"
        return Verdict(CyclingOutcome.TIME_LIMIT, reason + _passed(skipped), done)
    return Verdict(CyclingOutcome.COMPLETED, _passed(skipped).removeprefix("; "), done)


def _ended(step: Step, solution: Any) -> tuple[CyclingOutcome, str]:
    termination = str(solution.termination)
    length = float(solution.t[-1] - solution.t[0])
    where = f"after {length:.6g} s at {float(solution['Voltage [V]'](solution.t[-1])):.3f} V"
    if termination == "failure":
        return CyclingOutcome.SOLVER_FAILED, f"no further step {where}"
    if termination.startswith("event"):
        if "[experiment]" in termination:
            return CyclingOutcome.COMPLETED, ""
        event = termination.removeprefix("event: ")
        return CyclingOutcome.INFEASIBLE, f"the model's own limit {event!r} was reached {where}"
    if step.duration and length >= step.duration * (1 - _SHORTEST):
        return CyclingOutcome.COMPLETED, ""
    return CyclingOutcome.TIME_LIMIT, f"broken off {where}"


def _nothing_to_do(step: Step, following: Sequence[Step], open_circuit: float) -> bool:
    if step.action is Action.HOLD:
        return True  # the current is below its limit already
    if step.duration and step.action is not Action.PROFILE:
        return True  # a limit beside a time guards the cell: a cycler ends such a step at once and goes on
    if following and following[0].action in (step.action, Action.HOLD):
        return True
    if step.limit is None or step.limit.unit != "V" or step.action is Action.PROFILE:
        return False
    beyond = open_circuit - step.limit.value if step.action is Action.CHARGE else step.limit.value - open_circuit
    return beyond > -_AT_LIMIT


def _by_power(step: Step) -> bool:
    """Whether the step asks for a power, which a cell may be unable to give; a current always has a voltage."""
    return step.profile == "W" or (step.setpoint is not None and step.setpoint.unit == "W")


def _named(index: int, step: Step) -> str:
    return f"step {index + 1} ({step.text})"


def _passed(skipped: list[str]) -> str:
    return f"; nothing to do in {', '.join(skipped)}" if skipped else ""
