"""Charging: constant current then constant voltage, alone, in full cycles, and fast in stages.

Whether a fast charge plates lithium is no condition of the protocol: it goes on, and the recorded lowest potential
difference of the negative electrode says how close it came.
"""

from __future__ import annotations

from typing import Annotated

from ragone.pipelines.cell.protocols.protocol_stage import protocol_stage
from ragone.pipelines.cell.protocols.words import at_rate, cycle, full_charge, rest, until
from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import NotNegative, Positive


@protocol_stage("protocol.charge", initial_state_of_charge=0.0)
def charge(
    *, rate: Positive = 1 / 3, upper_voltage_volt: NotNegative = 4.2, cutoff_rate: Positive = 0.05
) -> tuple[str, ...]:
    """Constant current to a voltage, then that voltage until the current has fallen to the cut-off rate.

    Parameters
    ----------
    rate, cutoff_rate
        Rate of the constant current, and that at which the constant voltage ends, over the nominal capacity [1/h].
    upper_voltage_volt
        Voltage to which the cell is charged, and which is held [V].
    """
    return full_charge(rate, upper_voltage_volt, cutoff_rate)


@protocol_stage("protocol.cycle")
def full_cycles(
    *,
    cycles: Annotated[int, Bounds(low=1)] = 1,
    charge_rate: Positive = 1 / 3,
    discharge_rate: Positive = 1 / 3,
    lower_voltage_volt: NotNegative = 2.5,
    upper_voltage_volt: NotNegative = 4.2,
    cutoff_rate: Positive = 0.05,
    rest_second: Positive = 1800.0,
) -> tuple[str, ...]:
    """Discharge, rest, charge in full, rest: as often as wanted, from a full cell.

    Parameters
    ----------
    cycles
        Number of cycles.
    charge_rate, discharge_rate, cutoff_rate
        Rates over the nominal capacity [1/h]; the last ends the constant voltage.
    lower_voltage_volt, upper_voltage_volt
        Voltages to which the cell is discharged and charged [V].
    rest_second
        After each of them [s].
    """
    one = cycle(
        at_rate("Discharge", discharge_rate, until(lower_voltage_volt)),
        rest(rest_second),
        *full_charge(charge_rate, upper_voltage_volt, cutoff_rate),
        rest(rest_second),
    )
    return (f"repeat {cycles}: {one}",)


@protocol_stage("protocol.fast_charge", initial_state_of_charge=0.0)
def fast_charge(
    *,
    rates: tuple[Positive, ...] = (3.0, 2.0, 1.5),
    voltages_volt: tuple[NotNegative, ...] = (4.0, 4.1, 4.2),
    cutoff_rate: Positive = 0.05,
    rest_second: Positive = 3600.0,
) -> tuple[str, ...]:
    """Stages of falling current to rising voltages, the last of which is held; then rest. From an empty cell.

    Parameters
    ----------
    rates, voltages_volt
        Current of each stage over the nominal capacity [1/h], and the voltage [V] that ends it.
    cutoff_rate
        Rate at which the constant voltage ends [1/h].
    rest_second
        After it [s].

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
