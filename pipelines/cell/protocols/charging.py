"""Charging: constant current then constant voltage, alone, in full cycles, and fast in stages.

Whether a fast charge plates lithium is no condition of the protocol: it goes on, and the recorded lowest potential
difference of the negative electrode says how close it came.
"""

from __future__ import annotations

from pipelines.cell.protocols.words import at_rate, cycle, full_charge, rest, until
from schemas.errors import FieldShapeError


def charge(*, rate: float = 1 / 3, upper_voltage_volt: float = 4.2, cutoff_rate: float = 0.05) -> tuple[str, ...]:
    """Constant current to a voltage, then that voltage until the current has fallen to the cut-off rate."""
    return full_charge(rate, upper_voltage_volt, cutoff_rate)


def full_cycles(
    *,
    cycles: int = 1,
    charge_rate: float = 1 / 3,
    discharge_rate: float = 1 / 3,
    lower_voltage_volt: float = 2.5,
    upper_voltage_volt: float = 4.2,
    cutoff_rate: float = 0.05,
    rest_second: float = 1800.0,
) -> tuple[str, ...]:
    """Discharge, rest, charge in full, rest: as often as wanted, from a full cell."""
    one = cycle(
        at_rate("Discharge", discharge_rate, until(lower_voltage_volt)),
        rest(rest_second),
        *full_charge(charge_rate, upper_voltage_volt, cutoff_rate),
        rest(rest_second),
    )
    return (f"repeat {cycles}: {one}",)


def fast_charge(
    *,
    rates: tuple[float, ...] = (3.0, 2.0, 1.5),
    voltages_volt: tuple[float, ...] = (4.0, 4.1, 4.2),
    cutoff_rate: float = 0.05,
    rest_second: float = 3600.0,
) -> tuple[str, ...]:
    """Stages of falling current to rising voltages, the last of which is held; then rest. From an empty cell.

    Raises
    ------
    FieldShapeError
        If there is not one voltage for each rate.
    """
    if len(rates) != len(voltages_volt) or not rates:
        raise FieldShapeError(f"{len(rates)} rates and {len(voltages_volt)} voltages; one voltage for each rate.")
    stages = [at_rate("Charge", rate, until(end)) for rate, end in zip(rates, voltages_volt, strict=True)]
    hold = full_charge(rates[-1], voltages_volt[-1], cutoff_rate)[1]
    return (*stages, hold, rest(rest_second))
