"""At which power do two cells deliver the same energy per volume: where their Ragone curves cross.

Between two powers that both were discharged at, the difference of their energy densities is taken as linear in the log
of the power. A discharge that could not be completed ends the common range: what it would deliver is not known.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from ragone.pipelines.curve.totals import SECONDS_PER_HOUR
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.densities import LITRES_PER_CUBIC_METRE
from ragone.schemas import CellParameters, Discharge, DischargeOutcome, Kpi, kpi_stage

CROSSOVER = Definition(
    "crossover_power",
    "W",
    "constant power of the whole cell at which both cells deliver the same energy over their outer volumes",
    "Kench et al. 2024, Matter",
)


@kpi_stage("kpi.crossover", gives={"crossover_power": "W"}, libraries=("numpy", "scipy"), unasked=False)
def crossover(
    first_cell: CellParameters,
    first: tuple[Discharge, ...],
    second_cell: CellParameters,
    second: tuple[Discharge, ...],
) -> Kpi:
    """The lowest power at which two Ragone curves cross.

    Parameters
    ----------
    first_cell, second_cell
        The cells; their outer volumes.
    first, second
        Discharges of each at constant power; those at powers that both have are compared.

    Returns
    -------
    Kpi
        "crossover_power" [W]; NOT_IDENTIFIABLE where one cell is ahead at every common power.
    """
    ours, theirs = _densities(first_cell, first), _densities(second_cell, second)
    powers = np.array(sorted(ours.keys() & theirs.keys()))
    ahead = np.array([ours[power] - theirs[power] for power in powers])
    window = Window(f"constant powers of {', '.join(f'{p:g}' for p in powers)} W")
    crossings = np.flatnonzero((ahead[:-1] >= 0) != (ahead[1:] >= 0))
    if not len(crossings):
        best = "neither" if not len(ahead) else ("the first" if ahead[0] > 0 else "the second")
        return CROSSOVER.missing(
            f"{best} cell is ahead at each of the {len(powers)} common powers; discharge both at more of them",
            window=window,
        )
    at = int(crossings[0])
    value = _zero(powers, ahead, at)
    spread, origin = (powers[at + 1] - powers[at]) / math.sqrt(12), "anywhere between the two"
    if len(powers) > 2:
        spread, origin = abs(value - _smooth_zero(powers, ahead, at)), "difference to the monotone cubic through all"
    return CROSSOVER.measured(
        value,
        uncertainty=float(spread),
        count=len(powers),
        method=f"difference of the energy densities linear in log power from {powers[at]:g} to {powers[at + 1]:g} W; "
        f"uncertainty: {origin}",
        window=window,
    )


def _densities(cell: CellParameters, discharges: tuple[Discharge, ...]) -> dict[float, float]:
    """Energy density [W.h/L] of each completed discharge at constant power, by power [W]."""
    return {
        d.power_watt: _energy(d) / (cell.cell_volume_cubic_metre * LITRES_PER_CUBIC_METRE)
        for d in discharges
        if d.power_watt is not None and d.outcome is DischargeOutcome.COMPLETED
    }


def _energy(discharge: Discharge) -> float:
    """Delivered energy [W.h]."""
    power = -discharge.voltage_volt * discharge.current_ampere
    return float(np.trapezoid(power, discharge.test_time_second)) / SECONDS_PER_HOUR


def _zero(powers: NDArray[np.float64], ahead: NDArray[np.float64], at: int) -> float:
    share = ahead[at] / (ahead[at] - ahead[at + 1])
    low, high = np.log(powers[at]), np.log(powers[at + 1])
    return float(np.exp(low + share * (high - low)))


def _smooth_zero(powers: NDArray[np.float64], ahead: NDArray[np.float64], at: int) -> float:
    cubic = PchipInterpolator(np.log(powers), ahead)
    return float(np.exp(brentq(cubic, np.log(powers[at]), np.log(powers[at + 1]))))
