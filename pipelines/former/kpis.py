"""The KPIs that a discharge gives, and how uncertain they are.

Each varied discharge has one metric of the electrode raised by its standard error; the differences they make are
added in quadrature: first order, metrics uncorrelated. The spread of what is not a transport metric (loading,
thickness, parameter set) is not in it. A discharge that did not reach its lower voltage has no KPI: null, infeasible.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from ragone.schemas import CellParameters, Discharge, DischargeOutcome, Kpi, KpiOutcome, stage
from ragone.schemas.errors import FieldTypeError

_SECONDS_PER_HOUR = 3600.0
_ACTIVE_MATERIAL = "positive_active_material"  # the component
_PER_ACTIVE_MATERIAL = "active_material_capacity"
_LITRES_PER_CUBIC_METRE = 1000.0

UNITS = {
    "energy": "W.h",
    "energy_density": "W.h/L",
    "specific_energy": "W.h/kg",
    "capacity": "A.h",
    "mean_voltage": "V",
    _PER_ACTIVE_MATERIAL: "mA.h/g",
}
_DEFINITIONS = {
    "energy": "integral of delivered power over time",
    "energy_density": "energy over the outer volume of the can",
    "specific_energy": "energy over the mass of the cell with can",
    "capacity": "integral of delivered current over time",
    "mean_voltage": "energy over capacity",
    _PER_ACTIVE_MATERIAL: "capacity over the mass of the positive active material",
}
_RAISED = re.compile(r"; (\w+) raised by one standard error")


@stage("extract_kpis", libraries=("numpy",))
def extract_kpis(
    cell: CellParameters, discharge: Discharge, varied: tuple[Discharge, ...], *, sample_count: int = 1
) -> Mapping[str, Kpi]:
    """Energy, energy density, specific energy, capacity and mean voltage of the whole cell, with can; and more.

    Parameters
    ----------
    cell
        The cell; its mass and outer volume.
    discharge
        Its discharge.
    varied
        Discharges at the same power of the cells with one metric shifted; may be empty.
    sample_count
        Volumes of the electrode that the value rests on.

    Returns
    -------
    Mapping
        Name -> KPI, for the names in `UNITS`; per mass of active material only where the cell says that mass.

    Raises
    ------
    FieldTypeError
        If the varied discharges do not each vary another metric under the same conditions.
    """
    _require_comparable(discharge, varied)
    measured = _completed(discharge)
    values = _delivered(cell, discharge) if measured else {}
    shifted = [_delivered(cell, v) for v in varied] if measured and all(map(_completed, varied)) else []
    return {
        name: Kpi(
            name=name,
            value=values.get(name),
            unit=UNITS[name],
            outcome=KpiOutcome.MEASURED if measured else KpiOutcome.INFEASIBLE,
            standard_uncertainty=_uncertainty(name, values, shifted),
            sample_count=sample_count,
            definition=_definition(name, discharge),
            window=f"from the start of the discharge to {discharge.lower_voltage_volt:g} V",
            method=_method(discharge, varied, bool(shifted)),
        )
        for name in _names_of(cell)
    }


def _completed(discharge: Discharge) -> bool:
    return discharge.outcome is DischargeOutcome.COMPLETED


def _uncertainty(name: str, values: Mapping[str, float], shifted: list[dict[str, float]]) -> float | None:
    """Root of the sum of the squared differences; None if there are none."""
    return math.hypot(*(other[name] - values[name] for other in shifted)) if shifted else None


def _require_comparable(discharge: Discharge, varied: tuple[Discharge, ...]) -> None:
    labels = [_metric(v) for v in varied]
    if "" in labels or len(set(labels)) != len(labels):
        raise FieldTypeError(f"the varied discharges vary {labels}; each must name another metric.")
    conditions = ("power_watt", "applied_current_ampere", "lower_voltage_volt", "ambient_temperature_kelvin")
    for name in conditions:
        found = {getattr(d, name) for d in (discharge, *varied)}
        if len(found) > 1:
            raise FieldTypeError(f"{name} differs between the discharges: {sorted(found)}. Vary the cell alone.")


def _metric(discharge: Discharge) -> str:
    """The metric that was raised, empty if none was."""
    raised = _RAISED.search(discharge.method)
    return raised[1] if raised else ""


def _definition(name: str, discharge: Discharge) -> str:
    held = f"{discharge.power_watt:g} W" if discharge.power_watt else f"{discharge.applied_current_ampere:g} A"
    ambient = discharge.ambient_temperature_kelvin
    return f"{_DEFINITIONS[name]}; whole cell with can, at a constant {held} and {ambient:g} K"


def _method(discharge: Discharge, varied: tuple[Discharge, ...], propagated: bool) -> str:
    value = "trapezoidal rule over the samples" if _completed(discharge) else f"no value: {discharge.outcome}"
    if propagated:
        names = ", ".join(_metric(v) for v in varied)
        return f"{value}; uncertainty: first order, one standard error each of {names}, uncorrelated"
    unknown = "a varied discharge did not complete" if varied and _completed(discharge) else "no varied discharge"
    return f"{value}; uncertainty unknown: {unknown}"


def _energy(discharge: Discharge) -> float:
    """Delivered energy [W.h]."""
    power = -discharge.voltage_volt * discharge.current_ampere
    return float(np.trapezoid(power, discharge.test_time_second)) / _SECONDS_PER_HOUR


def _capacity(discharge: Discharge) -> float:
    """Delivered charge [A.h]."""
    return float(np.trapezoid(-discharge.current_ampere, discharge.test_time_second)) / _SECONDS_PER_HOUR


def _delivered(cell: CellParameters, discharge: Discharge) -> dict[str, float]:
    """The KPIs of a completed discharge in `UNITS`, by name."""
    watt_hours, charge = _energy(discharge), _capacity(discharge)
    values = {
        "energy": watt_hours,
        "energy_density": watt_hours / (cell.cell_volume_cubic_metre * _LITRES_PER_CUBIC_METRE),
        "specific_energy": watt_hours / cell.cell_mass_kilogram,
        "capacity": charge,
        "mean_voltage": watt_hours / charge,
    }
    if _PER_ACTIVE_MATERIAL in _names_of(cell):
        active = cell.components["components"][_ACTIVE_MATERIAL]["mass_kilogram"]
        values[_PER_ACTIVE_MATERIAL] = charge / active
    return values


def _names_of(cell: CellParameters) -> list[str]:
    """The KPIs that a discharge of this cell has: all of `UNITS` but for those of a component that the cell lacks."""
    known = _ACTIVE_MATERIAL in cell.components.get("components", {})
    return [name for name in UNITS if known or name != _PER_ACTIVE_MATERIAL]
