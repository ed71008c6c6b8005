"""What a discharge delivered at the terminals: integrals over its samples, by the trapezoidal rule.

Exact for the energy at constant power and for the charge at constant current; of second order in the sampling step
otherwise. The window is the whole discharge, from its first to its last sample.
"""

from __future__ import annotations

import numpy as np

from schemas import CellParameters, Discharge

SECONDS_PER_HOUR = 3600.0
ACTIVE_MATERIAL = "positive_active_material"  # the component
PER_ACTIVE_MATERIAL = "active_material_capacity"
LITRES_PER_CUBIC_METRE = 1000.0

UNITS = {
    "energy": "W.h",
    "energy_density": "W.h/L",
    "specific_energy": "W.h/kg",
    "capacity": "A.h",
    "mean_voltage": "V",
    PER_ACTIVE_MATERIAL: "mA.h/g",
}
DEFINITIONS = {
    "energy": "integral of delivered power over time",
    "energy_density": "energy over the outer volume of the can",
    "specific_energy": "energy over the mass of the cell with can",
    "capacity": "integral of delivered current over time",
    "mean_voltage": "energy over capacity",
    PER_ACTIVE_MATERIAL: "capacity over the mass of the positive active material",
}


def energy(discharge: Discharge) -> float:
    """Delivered energy [W.h]."""
    power = -discharge.voltage_volt * discharge.current_ampere
    return float(np.trapezoid(power, discharge.test_time_second)) / SECONDS_PER_HOUR


def capacity(discharge: Discharge) -> float:
    """Delivered charge [A.h]."""
    return float(np.trapezoid(-discharge.current_ampere, discharge.test_time_second)) / SECONDS_PER_HOUR


def delivered(cell: CellParameters, discharge: Discharge) -> dict[str, float]:
    """The KPIs of a completed discharge in `UNITS`, by name."""
    watt_hours, charge = energy(discharge), capacity(discharge)
    values = {
        "energy": watt_hours,
        "energy_density": watt_hours / (cell.cell_volume_cubic_metre * LITRES_PER_CUBIC_METRE),
        "specific_energy": watt_hours / cell.cell_mass_kilogram,
        "capacity": charge,
        "mean_voltage": watt_hours / charge,
    }
    if PER_ACTIVE_MATERIAL in names_of(cell):
        active = cell.components["components"][ACTIVE_MATERIAL]["mass_kilogram"]
        values[PER_ACTIVE_MATERIAL] = charge / active
    return values


def names_of(cell: CellParameters) -> list[str]:
    """The KPIs that a discharge of this cell has: all of `UNITS` but for those of a component that the cell lacks."""
    known = ACTIVE_MATERIAL in cell.components.get("components", {})
    return [name for name in UNITS if known or name != PER_ACTIVE_MATERIAL]
