"""What a cycle gives back of what was put in: charge, energy, and their ratio, the voltage efficiency.

An efficiency compares states only if the cell is where it was: the discharge before the charge and the one after it
must have gone to the same voltage. A cycle whose charge starts from elsewhere (the first of a record) has none.
They must have ended at the same current too: what a faster discharge leaves in the cell is no loss, and no efficiency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.kpi.definition import Definition, Window, all_missing
from pipelines.kpi.finished import unfinished
from pipelines.kpi.halves import Half, halves_of, totals_of_half
from pipelines.kpi.steps import StepKind
from pipelines.kpi.totals import Accuracy, Totals, Vector, uncertainty
from pipelines.kpi.whole import accuracy_of, method_of
from schemas import Curve, Kpi, KpiOutcome, stage

SAME_CURRENT = 0.1  # relative; within which two discharges ended at the same current
_Ratio = Callable[[Vector, Vector], float]
COULOMBIC = Definition("coulombic_efficiency", "1", "charge of the discharge over that of the charge before it")
ENERGY = Definition("energy_efficiency", "1", "energy of the discharge over that of the charge before it")
VOLTAGE = Definition("voltage_efficiency", "1", "energy efficiency over coulombic efficiency")


def _charge(out: Vector, taken: Vector) -> float:
    return float(-out[1] / taken[1])


def _energy(out: Vector, taken: Vector) -> float:
    return float(-out[0] / taken[0])


_RATIOS: Mapping[Definition, _Ratio] = {
    COULOMBIC: _charge,
    ENERGY: _energy,
    VOLTAGE: lambda out, taken: _energy(out, taken) / _charge(out, taken),
}


@dataclass(frozen=True, slots=True)
class _Cycle:
    """A charge and the discharge after it, counted from 1, and why they cannot be compared (empty if they can)."""

    number: int
    charge: Half
    discharge: Half
    refused: str


@stage("kpi.efficiency", libraries=("numpy",))
def efficiency_per_cycle(
    curve: Curve,
    *,
    limit_tolerance_volt: float = 0.01,
    listed_cycles: int = 10,
    voltage_uncertainty_volt: float = 0.0,
    current_uncertainty_ampere: float = 0.0,
) -> Mapping[str, Kpi]:
    """Coulombic, energy and voltage efficiency: the mean over all complete cycles, and the last cycles one by one.

    Parameters
    ----------
    curve
        Simulated or measured, with charges and discharges.
    limit_tolerance_volt
        Within which two discharges went to the same voltage [V].
    listed_cycles
        So many of the last cycles have KPIs of their own.
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    Mapping
        "coulombic_efficiency", "energy_efficiency", "voltage_efficiency", and the same with "_cycle_2" and so on,
        counted from the first charge that a discharge follows -> KPI.
    """
    cycles = _cycles(curve, limit_tolerance_volt)
    refused = unfinished(curve) or _without(cycles)
    if refused:
        return all_missing(_RATIOS, *refused)
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    found: dict[str, Kpi] = {}
    complete = [c for c in cycles if not c.refused]
    totals = {c.number: _totals(curve, c, accuracy) for c in complete}
    for definition, ratio in _RATIOS.items():
        found[definition.name] = _mean(definition, ratio, list(totals.values()), complete)
        for cycle in cycles[-listed_cycles:]:
            own = Definition(f"{definition.name}_cycle_{cycle.number}", "1", definition.text)
            if cycle.refused:
                found[own.name] = own.missing(cycle.refused, KpiOutcome.NOT_APPLICABLE)
                continue
            out, taken = totals[cycle.number]
            found[own.name] = own.measured(
                ratio(out.values, taken.values),
                uncertainty=uncertainty(ratio, out, taken),
                count=out.count + taken.count,
                method=method_of(accuracy, out + taken),
                window=_window([cycle]),
            )
    return found


def _totals(curve: Curve, cycle: _Cycle, accuracy: Accuracy) -> tuple[Totals, Totals]:
    return totals_of_half(curve, cycle.discharge, accuracy), totals_of_half(curve, cycle.charge, accuracy)


def _cycles(curve: Curve, tolerance: float) -> list[_Cycle]:
    """Every charge that a discharge follows."""
    halves = halves_of(curve)
    found: list[_Cycle] = []
    for number, charge in enumerate(halves[:-1]):
        if charge.kind is StepKind.CHARGE:
            before = halves[number - 1] if number else None
            found.append(
                _Cycle(len(found) + 1, charge, halves[number + 1], _refusal(before, halves[number + 1], tolerance))
            )
    return found


def _refusal(before: Half | None, after: Half, tolerance: float) -> str:
    if before is None:
        return "the charge starts from an unknown state: no discharge before it; record one to the same voltage"
    if abs(before.limit - after.limit) > tolerance:
        return (
            f"the discharge before the charge went to {before.limit:.4g} V, the one after it to {after.limit:.4g} V; "
            f"within {tolerance:g} V expected: discharge to the same voltage"
        )
    if abs(before.final_current - after.final_current) > SAME_CURRENT * max(before.final_current, after.final_current):
        return (
            f"the discharge before the charge ended at {before.final_current:.4g} A, the one after it at "
            f"{after.final_current:.4g} A, so that they leave the cell in different states; within {SAME_CURRENT:.0%} "
            "expected: discharge twice in a row at each current"
        )
    return ""


def _without(cycles: list[_Cycle]) -> tuple[str, KpiOutcome] | None:
    if not cycles:
        return "no discharge follows a charge; record complete cycles", KpiOutcome.NOT_APPLICABLE
    if all(cycle.refused for cycle in cycles):
        return f"no cycle is complete; the last: {cycles[-1].refused}", KpiOutcome.NOT_APPLICABLE
    return None


def _mean(definition: Definition, ratio: _Ratio, totals: list[tuple[Totals, Totals]], cycles: list[_Cycle]) -> Kpi:
    """Over all complete cycles; its uncertainty holds what scatters and what is common to them."""
    values = [ratio(out.values, taken.values) for out, taken in totals]
    scatter = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    flat = [one for pair in totals for one in pair]

    def mean(*vectors: Vector) -> float:
        return float(np.mean([ratio(out, taken) for out, taken in zip(vectors[::2], vectors[1::2], strict=True)]))

    samples = uncertainty(mean, *flat) or 0.0
    return definition.measured(
        float(np.mean(values)),
        uncertainty=float(np.hypot(scatter, samples)) or None,
        count=len(values),
        method=f"mean over {len(values)} complete cycles; uncertainty: scatter of the cycles ({scatter:.2g}, ageing "
        f"counts as such), integrals ({samples:.2g})",
        window=_window(cycles),
    )


def _window(cycles: list[_Cycle]) -> Window:
    first, last = cycles[0], cycles[-1]
    limits = f"{first.discharge.limit:.4g} to {first.charge.limit:.4g} V"
    what = f"charge and discharge of cycle {first.number}"
    if len(cycles) > 1:
        what = f"{len(cycles)} complete cycles, {first.number} to {last.number}"
    return Window(f"{what}, {limits}", first.charge.start, last.discharge.end)
