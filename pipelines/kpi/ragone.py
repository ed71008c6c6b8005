"""The Ragone curve of a cell: energy against power, from several discharges, and where it lasts one hour.

A point is the energy of a discharge against its mean power; at constant power that is the power. A discharge lasts an
hour where energy [W.h] equals power [W]: the isochrone is crossed between two points, where log energy and log power
are taken as linear in the log of the duration (exact for a power law), or as the monotone cubic through all points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.interpolate import PchipInterpolator

from ragone.pipelines.curve.discharges import Discharging, common_conditions, discharges_in
from ragone.pipelines.curve.totals import SECONDS_PER_HOUR, Vector, uncertainty
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.pipelines.kpi.densities import Size, mass_of, volume_of, without
from ragone.schemas import CellParameters, Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative, Positive

_REFERENCE = "D. V. Ragone, 1968, doi 10.4271/680453"
ONE_HOUR = {
    "": Definition("one_hour_power", "W", "mean power at which a discharge lasts one hour", _REFERENCE),
    "volume": Definition("one_hour_power_density", "W/L", "that power over the outer volume of the cell", _REFERENCE),
    "mass": Definition("one_hour_specific_power", "W/kg", "that power over the mass of the cell", _REFERENCE),
}
POINTS = {"": ("energy", "W.h"), "volume": ("energy_density", "W.h/L"), "mass": ("specific_energy", "W.h/kg")}
WHOLE = Window("whole discharges")


@kpi_stage(
    "kpi.ragone",
    gives={
        "energy_at_.+W": "W.h",
        "energy_density_at_.+W": "W.h/L",
        "specific_energy_at_.+W": "W.h/kg",
        "one_hour_power": "W",
        "one_hour_power_density": "W/L",
        "one_hour_specific_power": "W/kg",
    },
    libraries=("numpy", "scipy"),
    least=2,
)
def ragone_curve(
    curves: tuple[Curve, ...],
    cell: CellParameters | None = None,
    *,
    cell_mass_kilogram: Positive | None = None,
    cell_mass_uncertainty_kilogram: float = 0.0,
    cell_volume_cubic_metre: Positive | None = None,
    cell_volume_uncertainty_cubic_metre: float = 0.0,
    limit_tolerance_volt: float = 0.01,
    temperature_tolerance_kelvin: float = 2.0,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
) -> Mapping[str, Kpi]:
    """Energy at the power of each discharge, and the power that the cell can give for one hour.

    Parameters
    ----------
    curves
        Curves of one cell, simulated or measured; every discharge is a point. They start from the same state.
    cell
        The cell; its mass and outer volume, with can.
    cell_mass_kilogram, cell_mass_uncertainty_kilogram, cell_volume_cubic_metre, cell_volume_uncertainty_cubic_metre
        Size of a measured cell, with standard uncertainties [kg, m^3]; instead of those of `cell`.
    limit_tolerance_volt, temperature_tolerance_kelvin
        Largest differences of limits and of ambient temperatures [V, K].
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    Mapping
        "one_hour_power" [W], "one_hour_power_density" [W/L], "one_hour_specific_power" [W/kg]; and for each discharge
        "energy_at_18W" [W.h], and where volume or mass are known "energy_density_at_18W", "specific_energy_at_18W",
        powers to two digits or as many as tell them apart -> KPI. The energy at one hour is that power times one hour.

    References
    ----------
    D. V. Ragone, 1968, Review of Battery Systems for Electrically Powered Vehicles, doi 10.4271/680453.
    """
    found, refused = discharges_in(curves, voltage_uncertainty_volt, current_uncertainty_ampere)
    refused = refused or common_conditions(found, limit_tolerance_volt, temperature_tolerance_kelvin)
    if refused:
        return all_missing(ONE_HOUR.values(), *refused)
    sizes = {
        "": Size(1.0, 0.0, ""),
        "volume": volume_of(cell, cell_volume_cubic_metre, cell_volume_uncertainty_cubic_metre),
        "mass": mass_of(cell, cell_mass_kilogram, cell_mass_uncertainty_kilogram),
    }
    points = sorted(found, key=lambda d: d.mean_power)
    kpis = {}
    named = _named(points)
    for what, size in sizes.items():
        definition = ONE_HOUR[what]
        if size is None:
            kpis[definition.name] = definition.missing(without(what), KpiOutcome.NOT_APPLICABLE)
            continue
        kpis[definition.name] = _one_hour(definition, points, size)
        name, unit = POINTS[what]
        for power, point in named.items():
            own = Definition(f"{name}_at_{power}", unit, f"energy of the discharge at {power}", _REFERENCE)
            kpis[own.name] = _point(own, point, size)
    return kpis


def _named(points: list[Discharging]) -> dict[str, Discharging]:
    """The discharges by their power, with two digits, or as many as tell them apart; of equal ones the first."""
    for digits in range(2, 7):
        texts = [f"{point.mean_power:.{digits}g}W" for point in points]
        if len(set(texts)) == len(points):
            break
    named: dict[str, Discharging] = {}
    for text, point in zip(texts, points, strict=True):
        named.setdefault(text, point)
    return named


def _point(definition: Definition, point: Discharging, size: Size) -> Kpi:
    """One discharge."""

    def energy(totals: Vector) -> float:
        return float(abs(totals[0])) / size.value

    value = energy(point.totals.values)
    spread = math.hypot(uncertainty(energy, point.totals) or 0.0, value * size.uncertainty / size.value)
    return definition.measured(
        value,
        uncertainty=spread or None,
        count=point.totals.count,
        method=f"trapezoidal rule, lasting {point.totals.duration:.6g} s; uncertainty: integrals"
        + (f"; {size.origin}" if size.origin else ""),
        window=Window(f"whole discharge to {point.half.limit:.4g} V", point.half.start, point.half.end),
    )


def _one_hour(definition: Definition, points: list[Discharging], size: Size) -> Kpi:
    """Interpolated between the discharges that last longer and shorter."""
    listed = ", ".join(f"{p.mean_power:.4g} W for {p.totals.duration / SECONDS_PER_HOUR:.3g} h" for p in points)
    by_hours = {p.totals.duration / SECONDS_PER_HOUR: p.mean_power for p in points}
    hours = np.array(sorted(by_hours))
    powers = np.array([by_hours[hour] for hour in hours])
    if len(hours) < 2 or not hours[0] <= 1 <= hours[-1]:
        return definition.missing(
            f"the discharges do not enclose one hour: {listed}; add a shorter or a longer one", window=WHOLE
        )
    value = float(np.exp(np.interp(0.0, np.log(hours), np.log(powers)))) / size.value
    spread, told_spread = None, "unknown with two discharges"
    if len(hours) > 2:
        cubic = float(np.exp(PchipInterpolator(np.log(hours), np.log(powers))(0.0))) / size.value
        spread = math.hypot(value - cubic, value * size.uncertainty / size.value, _integrals(points) * value) or None
        told_spread = f"difference to the monotone cubic ({abs(value - cubic):.2g}), integrals"
    return definition.measured(
        value,
        uncertainty=spread,
        count=len(points),
        method=f"log-linear in log duration between the neighbours of one hour; discharges: {listed}; "
        f"uncertainty: {told_spread}" + (f"; {size.origin}" if size.origin else ""),
        window=WHOLE,
    )


def _integrals(points: list[Discharging]) -> float:
    """The largest relative uncertainty of a mean power [-]."""

    def power(totals: Vector) -> float:
        return float(abs(totals[0]) / totals[2])

    return max((uncertainty(power, p.totals) or 0.0) / power(p.totals.values) for p in points)
