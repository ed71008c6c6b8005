"""Rate test: how much of its charge a cell delivers the faster it is discharged, each time from the same full state."""

from __future__ import annotations

from ragone.pipelines.cell.protocols.protocol_stage import protocol_stage
from ragone.pipelines.cell.protocols.words import at_rate, cycle, full_charge, rest, until
from ragone.schemas.parameter import NotNegative, Positive


@protocol_stage("protocol.rate_test")
def rate_test(
    *,
    rates: tuple[Positive, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0),
    charge_rate: Positive = 1 / 3,
    lower_voltage_volt: NotNegative = 2.5,
    upper_voltage_volt: NotNegative = 4.2,
    cutoff_rate: Positive = 0.05,
    rest_second: Positive = 1800.0,
) -> tuple[str, ...]:
    """A cycle for each rate: charge in full, rest, discharge at the rate, rest.

    Parameters
    ----------
    rates
        Rates of the discharges, over the nominal capacity [1/h].
    charge_rate, cutoff_rate
        Rate of every charge, and that at which its constant voltage ends [1/h].
    lower_voltage_volt, upper_voltage_volt
        Voltages to which the cell is discharged and charged [V].
    rest_second
        After each of them [s].
    """
    return tuple(
        cycle(
            *full_charge(charge_rate, upper_voltage_volt, cutoff_rate),
            rest(rest_second),
            at_rate("Discharge", rate, until(lower_voltage_volt)),
            rest(rest_second),
        )
        for rate in rates
    )
