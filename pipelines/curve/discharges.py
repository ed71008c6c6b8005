"""The discharges in several curves, and whether they can be compared with each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.curve.accuracy import accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.halves import Half, halves_of, totals_of_half
from ragone.pipelines.curve.steps import StepKind
from ragone.pipelines.curve.totals import SECONDS_PER_HOUR, Totals
from ragone.schemas import Curve, Cycling, Discharge, KpiOutcome, Measurement

Refusal = tuple[str, KpiOutcome] | None


@dataclass(frozen=True, slots=True)
class Discharging:
    """One discharging half of a curve with what it delivered, and the conditions as far as they are known."""

    half: Half
    totals: Totals
    charged_to: float | None
    nominal_capacity: float | None
    ambient_temperature: float | None

    @property
    def mean_current(self) -> float:
        """Mean current over the time of the discharging steps, positive [A]."""
        return abs(self.totals.charge) / self.totals.duration * SECONDS_PER_HOUR

    @property
    def mean_power(self) -> float:
        """The same of the power [W]."""
        return abs(self.totals.energy) / self.totals.duration * SECONDS_PER_HOUR


def discharges_in(
    curves: Iterable[Curve], voltage_uncertainty_volt: float, current_uncertainty_ampere: float
) -> tuple[list[Discharging], Refusal]:
    """Every discharge of the curves that are finished; and why there is none, if so."""
    found: list[Discharging] = []
    reasons: list[tuple[str, KpiOutcome]] = []
    for number, curve in enumerate(curves, 1):
        refused = unfinished(curve)
        if refused:
            reasons.append((f"curve {number}: {refused[0]}", refused[1]))
            continue
        accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
        nominal, ambient = _conditions(curve)
        halves = halves_of(curve)
        found += [
            Discharging(half, totals_of_half(curve, half, accuracy), before, nominal, ambient)
            for before, half in zip([None, *(one.limit for one in halves)], halves, strict=False)
            if half.kind is StepKind.DISCHARGE and half.end > half.start
        ]
    if found:
        return found, None
    return found, (reasons[0] if reasons else ("no curve holds a discharge", KpiOutcome.NOT_APPLICABLE))


def common_conditions(found: list[Discharging], limit_tolerance: float, temperature_tolerance: float) -> Refusal:
    """Refuse discharges that cannot be compared; None if they can as far as is known."""
    checks = (
        ("were discharged to", [d.half.limit for d in found], limit_tolerance, "V"),
        ("were charged before to", [d.charged_to for d in found if d.charged_to], limit_tolerance, "V"),
        ("are at", [d.ambient_temperature for d in found if d.ambient_temperature], temperature_tolerance, "K"),
    )
    for what, values, tolerance, unit in checks:
        if values and np.ptp(values) > tolerance:
            reason = (
                f"the discharges {what} {min(values):.5g} to {max(values):.5g} {unit}; within {tolerance:g} {unit} "
                "expected: give those of equal conditions"
            )
            return reason, KpiOutcome.NOT_APPLICABLE
    return None


def _conditions(curve: Curve) -> tuple[float | None, float | None]:
    """Nominal capacity [A.h] and ambient temperature [K], where the record holds them."""
    if isinstance(curve, Cycling | Measurement):
        return curve.nominal_capacity_ampere_hour, curve.ambient_temperature_kelvin
    return None, curve.ambient_temperature_kelvin if isinstance(curve, Discharge) else None
