"""What a step says: one line of plain English, as PyBaMM's users write it, read strictly.

    Discharge at 1C until 2.5 V          Charge at 200 mA for 45 minutes or until 4.2 V
    Hold at 4.2 V until C/20             Discharge at 20 W for 10 s (0.1 second period)
    Rest for 1 hour                      Run profile (A) until 2.5 V

`Run profile` follows a measured curve: its current (A), its power (W), or its current over its own nominal capacity
(C). Whatever PyBaMM would misread in silence is refused: a negative value, `Charge at 4.2 V`, an end that never comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ragone.schemas.errors import RagoneError

EXAMPLES = (
    "Discharge at 1C until 2.5 V",
    "Charge at C/3 for 2 hours or until 4.2 V",
    "Hold at 4.2 V until 50 mA",
    "Discharge at 20 W for 10 seconds",
    "Rest for 1 hour",
    "Run profile (A) until 2.5 V",
)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_VALUE = rf"(?:[cC]\s*/\s*{_NUMBER}|{_NUMBER}\s*(?:m?[AVW]|m?Ohm|[cC]))"
_TIME = rf"{_NUMBER}\s*(?:seconds?|sec|s|minutes?|min|m|hours?|hr|h)"
_STEP = re.compile(
    rf"(?P<action>(?i:charge|discharge|hold|rest|run profile))"
    rf"(?:\s+at\s+(?P<value>{_VALUE}))?"
    rf"(?:\s*\((?P<profile>[AWC])\))?"
    rf"(?:\s+for\s+(?P<duration>{_TIME}))?"
    rf"(?:\s+(?:or\s+)?until\s+(?P<limit>{_VALUE}))?"
    rf"(?:\s+\((?P<period>{_TIME})\s+period\))?"
)


class ProtocolError(RagoneError, ValueError):
    """A step of a protocol cannot be understood, or can never end."""


class Action(StrEnum):
    """The action of a step."""

    CHARGE = "charge"
    DISCHARGE = "discharge"
    HOLD = "hold"
    REST = "rest"
    PROFILE = "run profile"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value > 0 and its unit: A, V, W, Ohm, or C for a rate."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was written, what holds it (none at rest), and what ends it: a time [s], a limit, or either."""

    text: str
    action: Action
    setpoint: Quantity | None
    profile: str
    duration: float | None
    limit: Quantity | None
    period: float | None


def read_step(text: str, number: int = 1) -> Step:
    """The step that a line means.

    Parameters
    ----------
    text
        One step.
    number
        Of the step in its protocol, for messages.

    Raises
    ------
    ProtocolError
        If the line is not understood, contradicts itself, or has no end.
    """
    words = " ".join(text.split())
    found = _STEP.fullmatch(words)
    if found is None:
        raise refusal(number, text, "it is not understood")
    setpoint, duration, limit, period = found["value"], found["duration"], found["limit"], found["period"]
    step = Step(
        text=words,
        action=Action(found["action"].lower()),
        setpoint=_quantity(setpoint, number, text) if setpoint else None,
        profile=found["profile"] or "",
        duration=_seconds(duration, number, text) if duration else None,
        limit=_quantity(limit, number, text) if limit else None,
        period=_seconds(period, number, text) if period else None,
    )
    complaint = _contradiction(step)
    if complaint:
        raise refusal(number, text, complaint)
    return step


def refusal(number: int, text: str, complaint: str) -> ProtocolError:
    """The error that names the step, what is wrong with it, and what would be understood."""
    known = ", ".join(repr(example) for example in EXAMPLES)
    return ProtocolError(f"protocol step {number}, {text!r}: {complaint}. Understood are, for example: {known}.")


def _contradiction(step: Step) -> str:
    """The contradiction in a step that could be read; empty if there is none."""
    units = {
        Action.CHARGE: ("A", "C", "W"),
        Action.DISCHARGE: ("A", "C", "W", "Ohm"),
        Action.HOLD: ("V",),
        Action.REST: (None,),
        Action.PROFILE: (None,),
    }[step.action]
    unit = step.setpoint.unit if step.setpoint else None
    if unit not in units:
        wanted = "no value" if units == (None,) else "a value in " + " or ".join(str(u) for u in units)
        return f"a {step.action} takes {wanted}"
    if bool(step.profile) != (step.action is Action.PROFILE):
        return "'Run profile' takes (A), (W) or (C), and nothing else does"
    return _endless(step)


def _endless(step: Step) -> str:
    if step.duration is None and step.limit is None and step.action is not Action.PROFILE:
        return "it has no end: add 'for' a time, 'until' a limit, or both"
    if step.limit is None:
        return ""
    if step.action is Action.REST:
        return "a rest ends by time alone"
    by_voltage = step.limit.unit == "V"
    if step.limit.unit not in ("V", "A", "C"):
        return "it can end at a voltage [V] or at a current [A, mA or C/n]"
    if by_voltage and step.action is Action.HOLD:
        return "a held voltage cannot end at a voltage; use a current, such as 'until C/20'"
    fixed_current = step.setpoint is not None and step.setpoint.unit in ("A", "C")
    if not by_voltage and (fixed_current or step.action is Action.PROFILE):
        return "a given current cannot end at a current; use a voltage or a time"
    return ""


def _quantity(text: str, number: int, step: str) -> Quantity:
    compact = text.replace(" ", "")
    if compact[0] in "cC":
        value, unit = _positive(compact[2:], number, step), "C"
        return Quantity(1 / value, unit)
    digits = re.match(_NUMBER, compact)
    assert digits is not None
    unit = compact[digits.end() :]
    scale, unit = (1e-3, unit[1:]) if unit.startswith("m") else (1.0, unit)
    return Quantity(scale * _positive(digits[0], number, step), unit.replace("c", "C"))


def _seconds(text: str, number: int, step: str) -> float:
    digits = re.match(_NUMBER, text)
    assert digits is not None
    return _positive(digits[0], number, step) * _SECONDS[text[digits.end() :].strip()[0]]


def _positive(digits: str, number: int, step: str) -> float:
    value = float(digits)
    if not 0 < value < float("inf"):
        raise refusal(number, step, f"{digits} must be a number above 0; the words say in which direction it goes")
    return value
