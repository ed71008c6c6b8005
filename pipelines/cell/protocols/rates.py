"""Rate test: how much of its charge a cell delivers the faster it is discharged, each time from the same full state."""

from __future__ import annotations

from pipelines.cell.protocols.words import at_rate, cycle, full_charge, rest, until


def rate_test(
    *,
    rates: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0),
    charge_rate: float = 1 / 3,
    lower_voltage_volt: float = 2.5,
    upper_voltage_volt: float = 4.2,
    cutoff_rate: float = 0.05,
    rest_second: float = 1800.0,
) -> tuple[str, ...]:
    """For each rate a cycle: charge in full, rest, discharge at the rate, rest."""
    return tuple(
        cycle(
            *full_charge(charge_rate, upper_voltage_volt, cutoff_rate),
            rest(rest_second),
            at_rate("Discharge", rate, until(lower_voltage_volt)),
            rest(rest_second),
        )
        for rate in rates
    )
