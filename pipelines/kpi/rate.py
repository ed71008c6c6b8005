"""How much of its capacity a cell keeps at higher rates: from several discharges to the same voltage.

Each discharge is taken to start from the same, fully charged state; where the records hold the charges before it, that
is checked by the voltage they went to. The rate is the mean current over the nominal capacity; without one, over the
capacity at the lowest current.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.curve.discharges import Discharging, common_conditions, discharges_in
from ragone.pipelines.curve.totals import Totals, Vector, uncertainty
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import CellParameters, Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative

RATE_CAPABILITY = Definition("rate_capability", "1", "capacity at a rate over that at the lowest rate")


@dataclass(frozen=True, slots=True)
class _Rate:
    """Repeats at one rate [1/h], rounded to two digits."""

    text: str
    repeats: tuple[Discharging, ...]


@kpi_stage("kpi.rate_capability", gives={r"rate_capability(_[\d.e+-]+C)?": "1"}, libraries=("numpy",), least=2)
def rate_capability(
    curves: tuple[Curve, ...],
    cell: CellParameters | None = None,
    *,
    nominal_capacity_ampere_hour: float | None = None,
    limit_tolerance_volt: float = 0.01,
    temperature_tolerance_kelvin: float = 2.0,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
) -> Mapping[str, Kpi]:
    """Capacity at each rate over that at the lowest.

    Parameters
    ----------
    curves
        Curves of one cell, simulated or measured; every discharge in them counts.
    cell
        The cell, for its nominal capacity.
    nominal_capacity_ampere_hour
        Capacity that a rate of 1C refers to [A.h]; by default that of the curves, of the cell, or the one at the lowest
        current, in this order.
    limit_tolerance_volt, temperature_tolerance_kelvin
        Largest differences of limits and of ambient temperatures [V, K].
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    Mapping
        "rate_capability_1C" and so on, rates to two digits -> KPI; one without a value if nothing can be compared.
    """
    found, refused = discharges_in(curves, voltage_uncertainty_volt, current_uncertainty_ampere)
    refused = refused or common_conditions(found, limit_tolerance_volt, temperature_tolerance_kelvin)
    if refused:
        return {RATE_CAPABILITY.name: RATE_CAPABILITY.missing(*refused)}
    nominal, origin = _nominal(found, cell, nominal_capacity_ampere_hour)
    rates = _rates(found, nominal)
    if len(rates) < 2:
        reason = f"all {len(found)} discharges are at {rates[0].text}; two rates at least are needed"
        return {RATE_CAPABILITY.name: RATE_CAPABILITY.missing(reason, KpiOutcome.NOT_IDENTIFIABLE)}
    return {f"{RATE_CAPABILITY.name}_{rate.text}": _kpi(rate, rates[0], nominal, origin) for rate in rates[1:]}


def _nominal(found: list[Discharging], cell: CellParameters | None, given: float | None) -> tuple[float, str]:
    if given is not None:
        return given, "as given"
    stated = [d.nominal_capacity for d in found if d.nominal_capacity]
    if stated:
        return stated[0], "of the curves"
    if cell is not None and cell.nominal_capacity_ampere_hour > 0:
        return cell.nominal_capacity_ampere_hour, "of the cell"
    slowest = min(found, key=lambda d: d.mean_current)
    return abs(slowest.totals.charge), "the capacity at the lowest current"


def _rates(found: list[Discharging], nominal: float) -> list[_Rate]:
    """Discharges by rate, the lowest first."""
    groups: dict[str, list[Discharging]] = {}
    for discharging in sorted(found, key=lambda d: d.mean_current):
        groups.setdefault(f"{discharging.mean_current / nominal:.2g}C", []).append(discharging)
    return [_Rate(text, tuple(repeats)) for text, repeats in groups.items()]


def _kpi(rate: _Rate, lowest: _Rate, nominal: float, origin: str) -> Kpi:
    name = f"{RATE_CAPABILITY.name}_{rate.text}"
    definition = Definition(name, "1", f"capacity at {rate.text} over that at {lowest.text}, the lowest rate")
    above, below = ([d.totals for d in one.repeats] for one in (rate, lowest))

    def ratio(*vectors: Vector) -> float:
        charges = [abs(float(v[1])) for v in vectors]
        return float(np.mean(charges[: len(above)]) / np.mean(charges[len(above) :]))

    value = ratio(*(t.values for t in (*above, *below)))
    integrals = uncertainty(ratio, *above, *below) or 0.0
    scatter = value * math.hypot(_relative_scatter(above), _relative_scatter(below))
    limit = rate.repeats[0].half.limit
    return definition.measured(
        value,
        uncertainty=math.hypot(integrals, scatter) or None,
        count=len(above) + len(below),
        method=f"{len(above)} discharges over {len(below)}, means; 1C is {nominal:.5g} A ({origin}); equal starts "
        f"assumed; uncertainty: integrals {integrals:.2g}, scatter of repeats {scatter:.2g}",
        window=Window(f"whole discharges to {limit:.4g} V"),
    )


def _relative_scatter(totals: list[Totals]) -> float:
    """Standard error of the mean charge over it [-]."""
    charges = [abs(t.charge) for t in totals]
    return float(np.std(charges, ddof=1) / math.sqrt(len(charges)) / np.mean(charges)) if len(charges) > 1 else 0.0
