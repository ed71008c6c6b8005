"""What a cycle gives back of what was put in: charge, energy, and their ratio, the voltage efficiency.

An efficiency compares states only if the cell is where it was: the discharge before the charge and the one after it
must have gone to the same voltage. A cycle whose charge starts from elsewhere (the first of a record) has none.
They must have ended at the same current too: what a faster discharge leaves in the cell is no loss, and no efficiency.

In a half cell of a negative electrode against lithium it is the discharge that stores, and the charge gives back: its
efficiency is that of a charge over the discharge before it, and the first one counts if it starts from a fresh cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.curve.accuracy import Accuracy, accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.halves import Half, halves_of, totals_of_half
from ragone.pipelines.curve.steps import StepKind
from ragone.pipelines.curve.totals import Totals, Vector, uncertainty
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.pipelines.kpi.whole import method_of
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative

LOWEST_OF_FULL_CELLS = 0.5  # V: below it only a negative electrode against lithium is discharged
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
    """A cycle, numbered from 1: the half that stores, the one that gives back, and why they are not compared, if so."""

    number: int
    stored: Half
    given: Half
    refused: str


@kpi_stage(
    "kpi.efficiency",
    gives={r"(coulombic|energy|voltage)_efficiency(_cycle_\d+)?": "1"},
    libraries=("numpy",),
)
def efficiency_per_cycle(
    curve: Curve,
    *,
    limit_tolerance_volt: float = 0.01,
    listed_cycles: int = 10,
    discharge_stores: bool | None = None,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
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
    discharge_stores
        Whether the discharge stores and the charge gives back, as in a half cell of a negative electrode; by default
        where a discharge goes below 0.5 V.
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    Mapping
        "coulombic_efficiency", "energy_efficiency", "voltage_efficiency", and the same with "_cycle_2" and so on,
        counted from the first charge that a discharge follows -> KPI.
    """
    halves = halves_of(curve)
    storing = StepKind.DISCHARGE if _discharge_stores(halves, discharge_stores) else StepKind.CHARGE
    cycles = _cycles(halves, storing, limit_tolerance_volt)
    refused = unfinished(curve) or _without(cycles, storing)
    ratios = {_worded(definition, storing): ratio for definition, ratio in _RATIOS.items()}
    if refused:
        return all_missing(ratios, *refused)
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    found: dict[str, Kpi] = {}
    complete = [c for c in cycles if not c.refused]
    totals = {c.number: _totals(curve, c, accuracy) for c in complete}
    for definition, ratio in ratios.items():
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
    return totals_of_half(curve, cycle.given, accuracy), totals_of_half(curve, cycle.stored, accuracy)


def _discharge_stores(halves: tuple[Half, ...], given: bool | None) -> bool:
    if given is not None:
        return given
    return any(half.kind is StepKind.DISCHARGE and half.limit < LOWEST_OF_FULL_CELLS for half in halves)


def _worded(definition: Definition, storing: StepKind) -> Definition:
    """The definition in the words of the half cycle that stores."""
    if storing is StepKind.CHARGE:
        return definition
    text = definition.text.replace(
        "of the discharge over that of the charge before it",
        "of the charge over that of the discharge before it: in a half cell the discharge stores",
    )
    return Definition(definition.name, definition.unit, text)


def _cycles(halves: tuple[Half, ...], storing: StepKind, tolerance: float) -> list[_Cycle]:
    """Every half cycle that stores and is followed by one that gives back."""
    found: list[_Cycle] = []
    for number, stored in enumerate(halves[:-1]):
        if stored.kind is storing:
            before, given = halves[number - 1] if number else None, halves[number + 1]
            refused = "" if before is None and _fresh(stored, given) else _refusal(before, given, stored, tolerance)
            found.append(_Cycle(len(found) + 1, stored, given, refused))
    return found


def _fresh(stored: Half, given: Half) -> bool:
    """Whether a half cell's first discharge starts above where the charge after it ends: nothing was in it."""
    return stored.kind is StepKind.DISCHARGE and float(stored.steps[0].voltage[0]) >= given.limit


def _refusal(before: Half | None, after: Half, stored: Half, tolerance: float) -> str:
    this, other = stored.kind, after.kind
    if before is None:
        return f"the {this} starts from an unknown state: no {other} before it; record one to the same voltage"
    if abs(before.limit - after.limit) > tolerance:
        return (
            f"the {other} before the {this} went to {before.limit:.4g} V, the one after it to {after.limit:.4g} V; "
            f"within {tolerance:g} V expected: {other} to the same voltage"
        )
    if abs(before.final_current - after.final_current) > SAME_CURRENT * max(before.final_current, after.final_current):
        return (
            f"the {other} before the {this} ended at {before.final_current:.4g} A, the one after it at "
            f"{after.final_current:.4g} A, so that they leave the cell in different states; within {SAME_CURRENT:.0%} "
            f"expected: {other} twice in a row at each current"
        )
    return ""


def _without(cycles: list[_Cycle], storing: StepKind) -> tuple[str, KpiOutcome] | None:
    if not cycles:
        giving = StepKind.DISCHARGE if storing is StepKind.CHARGE else StepKind.CHARGE
        return f"no {giving} follows a {storing}; record complete cycles", KpiOutcome.NOT_APPLICABLE
    if all(cycle.refused for cycle in cycles):
        return f"no cycle is complete; the last: {cycles[-1].refused}", KpiOutcome.NOT_APPLICABLE
    return None


def _mean(definition: Definition, ratio: _Ratio, totals: list[tuple[Totals, Totals]], cycles: list[_Cycle]) -> Kpi:
    """Mean over all complete cycles; its uncertainty holds what scatters and what is common to them."""
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
    low, high = sorted((first.given.limit, first.stored.limit))
    limits = f"{low:.4g} to {high:.4g} V"
    what = f"{first.stored.kind} and {first.given.kind} of cycle {first.number}"
    if len(cycles) > 1:
        what = f"{len(cycles)} complete cycles, {first.number} to {last.number}"
    return Window(f"{what}, {limits}", first.stored.start, last.given.end)
