"""The KPIs that a discharge gives, and how uncertain they are.

Each varied discharge has one metric of the electrode raised by its standard error; the differences they make are
added in quadrature: first order, metrics uncorrelated. The spread of what is not a transport metric (loading,
thickness, parameter set) is not in it. A discharge that did not reach its lower voltage has no KPI: null, infeasible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipelines.kpi.delivered import DEFINITIONS, UNITS, delivered, names_of
from schemas import CellParameters, Discharge, DischargeOutcome, Kpi, KpiOutcome, stage
from schemas.errors import FieldTypeError

Values = Mapping[str, float]


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
    values = delivered(cell, discharge) if measured else {}
    shifted = [delivered(cell, v) for v in varied] if measured and all(map(_completed, varied)) else []
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
        for name in names_of(cell)
    }


def _completed(discharge: Discharge) -> bool:
    return discharge.outcome is DischargeOutcome.COMPLETED


def _uncertainty(name: str, values: Values, shifted: list[dict[str, float]]) -> float | None:
    """Root of the sum of the squared differences; None if there are none."""
    return math.hypot(*(other[name] - values[name] for other in shifted)) if shifted else None


def _require_comparable(discharge: Discharge, varied: tuple[Discharge, ...]) -> None:
    labels = [v.varied for v in varied]
    if "" in labels or len(set(labels)) != len(labels):
        raise FieldTypeError(f"the varied discharges vary {labels}; each must name another metric.")
    conditions = ("power_watt", "applied_current_ampere", "lower_voltage_volt", "ambient_temperature_kelvin")
    for name in conditions:
        found = {getattr(d, name) for d in (discharge, *varied)}
        if len(found) > 1:
            raise FieldTypeError(f"{name} differs between the discharges: {sorted(found)}. Vary the cell alone.")


def _definition(name: str, discharge: Discharge) -> str:
    held = f"{discharge.power_watt:g} W" if discharge.power_watt else f"{discharge.applied_current_ampere:g} A"
    return (
        f"{DEFINITIONS[name]}; whole cell with can, at a constant {held} and {discharge.ambient_temperature_kelvin:g} K"
    )


def _method(discharge: Discharge, varied: tuple[Discharge, ...], propagated: bool) -> str:
    value = "trapezoidal rule over the samples" if _completed(discharge) else f"no value: {discharge.outcome}"
    if propagated:
        names = ", ".join(v.varied for v in varied)
        return f"{value}; uncertainty: first order, one standard error each of {names}, uncorrelated"
    unknown = "a varied discharge did not complete" if varied and _completed(discharge) else "no varied discharge"
    return f"{value}; uncertainty unknown: {unknown}"
