"""Numbers and steps as the words of a protocol."""

from __future__ import annotations

from ragone.schemas.field import POSITIVE


def number(value: float) -> str:
    """Digits enough to read the same number back."""
    return f"{value:.12g}"


def current(rate: float) -> str:
    """A multiple of the nominal capacity per hour: 2C, or C/3 where that is what it is.

    Raises
    ------
    BoundsError
        If it is not above 0.
    """
    POSITIVE.require(rate, "rate", "1/h")
    hours = round(1 / rate)
    return f"C/{hours}" if hours > 1 and rate == 1 / hours else f"{number(rate)}C"


def duration(seconds: float) -> str:
    """A time in the largest unit that it is a whole number of."""
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{number(seconds)} seconds"


def at_rate(action: str, rate: float, end: str) -> str:
    """Charge or discharge at a rate."""
    return f"{action} at {current(rate)} {end}"


def until(voltage: float) -> str:
    """The end at a voltage [V]."""
    return f"until {number(voltage)} V"


def rest(seconds: float) -> str:
    """Rest so long."""
    return f"Rest for {duration(seconds)}"


def full_charge(rate: float, voltage: float, cutoff_rate: float) -> tuple[str, str]:
    """Constant current to a voltage [V], which is then held until the current has fallen to a rate."""
    return (
        at_rate("Charge", rate, until(voltage)),
        f"Hold at {number(voltage)} V until {current(cutoff_rate)}",
    )


def cycle(*steps: str) -> str:
    """Steps that are a cycle together."""
    return "; ".join(steps)
