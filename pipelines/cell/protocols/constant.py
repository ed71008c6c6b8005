"""Constant current, constant power, and rest."""

from __future__ import annotations

from pipelines.cell.protocols.words import at_rate, number, rest, until


def constant_current(*, rate: float = 1.0, lower_voltage_volt: float = 2.5) -> tuple[str, ...]:
    """Discharge at a multiple of the nominal capacity per hour to a voltage."""
    return (at_rate("Discharge", rate, until(lower_voltage_volt)),)


def constant_power(*, power_watt: float = 40.0, lower_voltage_volt: float = 2.5) -> tuple[str, ...]:
    """Discharge at a power of the whole cell to a voltage."""
    return (f"Discharge at {number(power_watt)} W {until(lower_voltage_volt)}",)


def resting(*, duration_second: float = 3600.0) -> tuple[str, ...]:
    """Rest."""
    return (rest(duration_second),)
