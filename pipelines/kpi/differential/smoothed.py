"""The differential capacity of a curve with its errors, as its KPIs see it: what is drawn of it."""

from __future__ import annotations

import numpy as np

from ragone.pipelines.curve.steps import StepKind
from ragone.pipelines.kpi.differential.density import Vector, chosen_bandwidth
from ragone.pipelines.kpi.differential.samples import charges_of, slowest, sweeps
from ragone.schemas import Curve, DifferentialCapacity, stage
from ragone.schemas.parameter import Positive


@stage("curve.differential_capacity", libraries=("numpy", "scipy"))
def differential_capacity(curve: Curve, *, bandwidth_volt: Positive | None = None) -> DifferentialCapacity:
    """DQ/dV of the slowest discharge and of the slowest charge.

    Parameters
    ----------
    curve
        Simulated or measured.
    bandwidth_volt
        Bandwidth of the smoothing [V]; by default the one with the smallest mean squared error.
    """
    discharge, discharged = _smoothed(curve, StepKind.DISCHARGE, bandwidth_volt)
    charge, charged = _smoothed(curve, StepKind.CHARGE, bandwidth_volt)
    return DifferentialCapacity(
        discharge_voltage_volt=discharge[0],
        discharge_ampere_hour_per_volt=discharge[1],
        discharge_ampere_hour_per_volt_standard_error=discharge[2],
        charge_voltage_volt=charge[0],
        charge_ampere_hour_per_volt=charge[1],
        charge_ampere_hour_per_volt_standard_error=charge[2],
        method="; ".join([*discharged, *charged]) or "no sweep of a range of voltages",
    )


def _smoothed(curve: Curve, kind: StepKind, given: float | None) -> tuple[tuple[Vector, Vector, Vector], list[str]]:
    """Voltage [V], dQ/dV and its standard error [A.h/V], and in words how; empty if no step sweeps."""
    found = sweeps([curve], kind)
    if not found:
        return (np.empty(0), np.empty(0), np.empty(0)), []
    charges = charges_of(slowest(found))
    bandwidth = given or chosen_bandwidth(charges)
    error = np.sqrt(charges.variance(bandwidth) + charges.bias(bandwidth) ** 2)
    return (charges.centres, charges.density(bandwidth), error), [f"{kind}: Gaussian kernel of {bandwidth:.3g} V"]
