"""Constant current, constant power, and rest."""

from __future__ import annotations

from ragone.pipelines.cell.protocols.protocol_stage import protocol_stage
from ragone.pipelines.cell.protocols.words import at_rate, number, rest, until
from ragone.schemas.parameter import NotNegative, Positive


@protocol_stage("protocol.constant_current")
def constant_current(*, rate: Positive = 1.0, lower_voltage_volt: NotNegative = 2.5) -> tuple[str, ...]:
    """Discharge at a multiple of the nominal capacity per hour to a voltage.

    Parameters
    ----------
    rate
        Current over the nominal capacity [1/h].
    lower_voltage_volt
        Voltage at which the discharge ends [V].
    """
    return (at_rate("Discharge", rate, until(lower_voltage_volt)),)


@protocol_stage("protocol.constant_power")
def constant_power(*, power_watt: Positive = 40.0, lower_voltage_volt: NotNegative = 2.5) -> tuple[str, ...]:
    """Discharge at a power of the whole cell to a voltage.

    Parameters
    ----------
    power_watt
        Delivered by the whole cell [W].
    lower_voltage_volt
        Voltage at which the discharge ends [V].
    """
    return (f"Discharge at {number(power_watt)} W {until(lower_voltage_volt)}",)


@protocol_stage("protocol.rest", initial_state_of_charge=0.5)
def resting(*, duration_second: Positive = 3600.0) -> tuple[str, ...]:
    """Rest.

    Parameters
    ----------
    duration_second
        Duration of the rest [s].
    """
    return (rest(duration_second),)
