"""Energy and power of the whole cell over its volume and its mass.

Energy is that of one discharge, the one of a curve that delivers the most; power its mean over the time in which
current flows. Volume and mass are those of the cell that the curve was computed with, or those given for a measured
cell, which prevail. Their uncertainty counts if it is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ragone.pipelines.curve.accuracy import Accuracy, accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.halves import Half, discharges_of, totals_of_half
from ragone.pipelines.curve.totals import SECONDS_PER_HOUR, Totals, Vector, uncertainty
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.pipelines.kpi.whole import method_of, nothing_discharges
from ragone.schemas import CellParameters, Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import POSITIVE
from ragone.schemas.parameter import NotNegative, Positive

LITRES_PER_CUBIC_METRE = 1000.0


@dataclass(frozen=True, slots=True)
class Size:
    """The divisor of a density: litres or kilograms, with standard uncertainty, and its source."""

    value: float
    uncertainty: float
    origin: str


_ENERGY = "energy delivered by one discharge"
_POWER = "mean power delivered by one discharge while current flows"
VOLUMETRIC = (
    Definition("energy_density", "W.h/L", f"{_ENERGY} over the outer volume of the cell"),
    Definition("power_density", "W/L", f"{_POWER} over the outer volume of the cell"),
)
GRAVIMETRIC = (
    Definition("specific_energy", "W.h/kg", f"{_ENERGY} over the mass of the cell"),
    Definition("specific_power", "W/kg", f"{_POWER} over the mass of the cell"),
)


def _energy(totals: Vector) -> float:
    return float(abs(totals[0]))


def _power(totals: Vector) -> float:
    return float(abs(totals[0]) / totals[2] * SECONDS_PER_HOUR)


_DERIVED: tuple[Callable[[Vector], float], ...] = (_energy, _power)


@kpi_stage(
    "kpi.densities",
    gives={"energy_density": "W.h/L", "power_density": "W/L", "specific_energy": "W.h/kg", "specific_power": "W/kg"},
    libraries=("numpy",),
)
def energy_and_power_density(
    curve: Curve,
    cell: CellParameters | None = None,
    *,
    cell_mass_kilogram: Positive | None = None,
    cell_mass_uncertainty_kilogram: float = 0.0,
    cell_volume_cubic_metre: Positive | None = None,
    cell_volume_uncertainty_cubic_metre: float = 0.0,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
) -> Mapping[str, Kpi]:
    """Energy density, power density, specific energy and specific power of a cell, from one of its curves.

    Parameters
    ----------
    curve
        Simulated or measured; of several discharges the one that delivers the most energy counts.
    cell
        The cell; its mass and outer volume, with can.
    cell_mass_kilogram, cell_volume_cubic_metre
        Mass and volume of a measured cell [kg, m^3], > 0; instead of those of `cell`.
    cell_mass_uncertainty_kilogram, cell_volume_uncertainty_cubic_metre
        Their standard uncertainties [kg, m^3].
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    Mapping
        Name -> KPI: energy_density [W.h/L], power_density [W/L], specific_energy [W.h/kg], specific_power [W/kg].
    """
    volume = volume_of(cell, cell_volume_cubic_metre, cell_volume_uncertainty_cubic_metre)
    mass = mass_of(cell, cell_mass_kilogram, cell_mass_uncertainty_kilogram)
    discharges = discharges_of(curve)
    refused = unfinished(curve) or nothing_discharges(discharges)
    if refused:
        return all_missing((*VOLUMETRIC, *GRAVIMETRIC), *refused)
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    totals, window = largest(curve, discharges, accuracy)
    found = {}
    for definitions, size, missing in ((VOLUMETRIC, volume, "volume"), (GRAVIMETRIC, mass, "mass")):
        for definition, derived in zip(definitions, _DERIVED, strict=True):
            if size is None:
                found[definition.name] = definition.missing(without(missing), KpiOutcome.NOT_APPLICABLE)
                continue
            value, spread = divided_by_size(size, derived, totals)
            found[definition.name] = definition.measured(
                value,
                uncertainty=spread,
                count=totals.count,
                method=f"{method_of(accuracy, totals)}; {size.origin}",
                window=window,
            )
    return found


def largest(curve: Curve, discharges: tuple[Half, ...], accuracy: Accuracy) -> tuple[Totals, Window]:
    """The totals of the discharge that delivers the most energy, and which that is."""
    half = max(discharges, key=lambda one: abs(totals_of_half(curve, one, accuracy).energy))
    which = "the discharge" if len(discharges) == 1 else f"the discharge of {len(discharges)} that delivers the most"
    return totals_of_half(curve, half, accuracy), Window(f"{which}, to {half.limit:.4g} V", half.start, half.end)


def divided_by_size(size: Size, derived: Callable[[Vector], float], totals: Totals) -> tuple[float, float | None]:
    """A number derived from totals over a size, and its standard uncertainty."""
    value = derived(totals.values) / size.value
    own = (uncertainty(derived, totals) or 0.0) / size.value
    return value, math.hypot(own, value * size.uncertainty / size.value) or None


def without(what: str) -> str:
    """Reason why there is nothing per volume or mass."""
    unit = {"volume": "cell_volume_cubic_metre", "mass": "cell_mass_kilogram"}[what]
    return f"the {what} of the cell is not known; name its cell parameters, or give {unit}"


def volume_of(cell: CellParameters | None, given: float | None, spread: float) -> Size | None:
    """Volume of the cell in litres; None if nobody states it."""
    litres = LITRES_PER_CUBIC_METRE
    if given is not None:
        POSITIVE.require(given, "cell_volume_cubic_metre", "m^3")
        return Size(given * litres, spread * litres, f"volume as given, {_stated(spread, given)}")
    if cell is None:
        return None
    return Size(cell.cell_volume_cubic_metre * litres, 0.0, f"outer volume of the {cell.form_factor}")


def mass_of(cell: CellParameters | None, given: float | None, spread: float) -> Size | None:
    """Mass of the cell in kilograms; None if nobody states it."""
    if given is not None:
        POSITIVE.require(given, "cell_mass_kilogram", "kg")
        return Size(given, spread, f"mass as given, {_stated(spread, given)}")
    return None if cell is None else Size(cell.cell_mass_kilogram, 0.0, f"mass of the {cell.form_factor} with can")


def _stated(spread: float, value: float) -> str:
    return f"uncertain by {100 * spread / value:.2g} %" if spread else "taken as exact"
