"""A cell with a known open-circuit voltage, measured at a known distance from it on both sides, with noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from ragone.schemas import Measurement

REACTIONS = ((3.45, 0.03, 2.0), (3.70, 0.04, 1.5), (3.95, 0.05, 1.5))  # voltage [V], width [V], charge [A.h]
_GRID = np.linspace(2.5, 4.5, 200_001)
FULL = 4.2


def charge_below(voltage: Any) -> Any:
    """Charge that the cell holds at an open-circuit voltage [A.h]."""
    return sum(charge * expit((voltage - centre) / width) for centre, width, charge in REACTIONS)


def differential_capacity(voltage: Any) -> Any:
    """Its derivative [A.h/V]."""
    shares = [(expit((voltage - centre) / width), width, charge) for centre, width, charge in REACTIONS]
    return sum(charge * share * (1 - share) / width for share, width, charge in shares)


def open_circuit_voltage(charge: Any) -> Any:
    """The inverse [V]."""
    return np.interp(charge, charge_below(_GRID), _GRID)


def extremes(low: float, high: float) -> tuple[Any, Any]:
    """Voltages of the true peaks, the highest first, and of the valleys between them, from open circuit."""
    grid = np.linspace(low, high, 100_001)
    values = differential_capacity(grid)
    inner = values[1:-1]
    peaks = np.flatnonzero((inner > values[2:]) & (inner > values[:-2])) + 1
    valleys = np.flatnonzero((inner < values[2:]) & (inner < values[:-2])) + 1
    return grid[peaks[np.argsort(-values[peaks])]], grid[valleys]


def measured_sweep(
    start: float,
    end: float,
    polarisation: Any,
    generator: np.random.Generator,
    *,
    noise: float,
    count: int = 1000,
    current: float = 1.0,
) -> Measurement:
    """A sweep between two open-circuit voltages at constant current; down if the end lies below the start."""
    charge = np.linspace(charge_below(start), charge_below(end), count)
    sign = np.sign(end - start)
    voltage = open_circuit_voltage(charge) + sign * polarisation + noise * generator.standard_normal(count)
    return Measurement(
        cell_name="known",
        test_time_second=np.abs(charge - charge[0]) * 3600 / current,
        voltage_volt=voltage,
        current_ampere=np.full(count, sign * current),
        step_count=np.ones(count, int),
        cycle_count=np.ones(count, int),
        temperature_kelvin=np.empty(0),
        source="made",
        licence="own",
        source_sha256="0" * 64,
        source_format="made",
        method="made",
    )
