"""Charge over the mass of the positive active material: what a chemist compares."""

from __future__ import annotations

from ragone.pipelines.curve.accuracy import accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.halves import discharges_of
from ragone.pipelines.curve.totals import Vector
from ragone.pipelines.kpi.definition import Definition
from ragone.pipelines.kpi.densities import Size, divided_by_size, largest
from ragone.pipelines.kpi.whole import method_of, nothing_discharges
from ragone.schemas import CellParameters, Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative

_COMPONENT = "positive_active_material"
SPECIFIC_CAPACITY = Definition(
    "active_material_capacity", "mA.h/g", "charge delivered by one discharge over the mass of positive active material"
)


@kpi_stage("kpi.specific_capacity", gives={"active_material_capacity": "mA.h/g"}, libraries=("numpy",))
def specific_capacity(
    curve: Curve,
    cell: CellParameters | None = None,
    *,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
) -> Kpi:
    """Capacity of a cell's positive active material, from one of its curves.

    Parameters
    ----------
    curve
        Simulated or measured; of several discharges the one that delivers the most energy counts.
    cell
        The cell; the mass of positive active material in its table of components.
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    Kpi
        active_material_capacity [mA.h/g]; NOT_APPLICABLE where the cell does not say that mass.
    """
    part = {} if cell is None else cell.components.get("components", {}).get(_COMPONENT, {})
    discharges = discharges_of(curve)
    refused = unfinished(curve) or nothing_discharges(discharges)
    if refused:
        return SPECIFIC_CAPACITY.missing(*refused)
    if "mass_kilogram" not in part:
        reason = "the mass of the positive active material is not known; name cell parameters that list it"
        return SPECIFIC_CAPACITY.missing(reason, KpiOutcome.NOT_APPLICABLE)
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    totals, window = largest(curve, discharges, accuracy)
    mass = Size(part["mass_kilogram"], 0.0, "mass of positive active material as the cell lists it")
    value, spread = divided_by_size(mass, _charge, totals)
    return SPECIFIC_CAPACITY.measured(
        value,
        uncertainty=spread,
        count=totals.count,
        method=f"{method_of(accuracy, totals)}; {mass.origin}",
        window=window,
    )


def _charge(totals: Vector) -> float:
    return float(abs(totals[1]))
