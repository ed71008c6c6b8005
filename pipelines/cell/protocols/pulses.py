"""Pulses between rests: hybrid pulse power characterisation (HPPC), and galvanostatic intermittent titration (GITT)."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from ragone.pipelines.cell.protocols.protocol_stage import protocol_stage
from ragone.pipelines.cell.protocols.words import at_rate, cycle, duration, rest, until
from ragone.schemas.errors import BoundsError
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

_HOUR = 3600.0


@protocol_stage("protocol.pulse")
def pulse_test(
    *,
    states_of_charge: tuple[Share, ...] = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1),
    discharge_pulse_rate: Positive = 1.0,
    charge_pulse_rate: Positive = 0.75,
    pulse_second: Positive = 10.0,
    pause_second: Positive = 40.0,
    approach_rate: Positive = 1 / 3,
    rest_second: Positive = 3600.0,
    lower_voltage_volt: NotNegative = 2.5,
    upper_voltage_volt: NotNegative = 4.2,
) -> tuple[str, ...]:
    """A cycle for each state of charge: approach and rest, discharge pulse and pause, charge pulse and pause.

    From a full cell; the charge that the pulses themselves take is counted in the next approach.

    Parameters
    ----------
    states_of_charge
        States of charge at which the pulses begin [-], falling.
    discharge_pulse_rate, charge_pulse_rate, approach_rate
        Current of the pulses and between them, over the nominal capacity [1/h].
    pulse_second, pause_second, rest_second
        Length of a pulse, of the pause after it, and of the rest before the pulses [s].
    lower_voltage_volt, upper_voltage_volt
        Voltages at which a step ends early [V].

    Raises
    ------
    BoundsError
        If the states of charge do not fall from below 1 or are too close for the pulses between them, or a rate is
        not above 0.

    References
    ----------
    Christophersen 2015, Battery test manual for electric vehicles, INL/EXT-15-34184, doi 10.2172/1186745.
    """
    POSITIVE.require(approach_rate, "approach_rate", "1/h")
    taken = (discharge_pulse_rate - charge_pulse_rate) * pulse_second / _HOUR
    pulse = f"for {duration(pulse_second)} or "
    cycles = []
    for earlier, (before, state) in enumerate(pairwise((1.0, *states_of_charge))):
        depth = before - state - (taken if earlier else 0.0)
        if depth <= 0 or state < 0:
            raise BoundsError(
                f"states_of_charge = {states_of_charge}: {state:g} does not follow {before:g}. They must fall from "
                "below 1 to 0 or above, by more than a pulse takes."
            )
        approach = f"for {duration(depth / approach_rate * _HOUR)} or {until(lower_voltage_volt)}"
        cycles.append(
            cycle(
                at_rate("Discharge", approach_rate, approach),
                rest(rest_second),
                at_rate("Discharge", discharge_pulse_rate, pulse + until(lower_voltage_volt)),
                rest(pause_second),
                at_rate("Charge", charge_pulse_rate, pulse + until(upper_voltage_volt)),
                rest(pause_second),
            )
        )
    return tuple(cycles)


@protocol_stage("protocol.gitt")
def titration(
    *,
    pulses: Annotated[int, Bounds(low=1)] = 20,
    rate: Positive = 0.1,
    rest_second: Positive = 7200.0,
    lower_voltage_volt: NotNegative = 2.5,
) -> tuple[str, ...]:
    """A cycle for each of so many equal pulses that together take the nominal capacity, each followed by a rest.

    Parameters
    ----------
    pulses
        Number of pulses.
    rate
        Rate of a pulse, over the nominal capacity [1/h].
    rest_second
        After each [s].
    lower_voltage_volt
        Voltage at which a pulse ends early [V].

    Raises
    ------
    BoundsError
        If there is no pulse, or no rate.

    References
    ----------
    Weppner, Huggins 1977, doi 10.1149/1.2133112.
    """
    for name, value, unit in (("pulses", pulses, "1"), ("rate", rate, "1/h")):
        POSITIVE.require(value, name, unit)
    length = duration(_HOUR / (rate * pulses))
    step = at_rate("Discharge", rate, f"for {length} or {until(lower_voltage_volt)}")
    return (f"repeat {pulses}: {cycle(step, rest(rest_second))}",)
