"""What a curve delivered: energy, capacity, mean voltage; over all its discharging steps, and step by step.

A step is counted by the sign of its mean current; regeneration within a discharging step is subtracted. Uncertainty
is that of the integrals, see `totals`: it does not say how well the cell or its model is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sized

from ragone.pipelines.curve.accuracy import Accuracy, accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.steps import Step, StepKind, steps_of
from ragone.pipelines.curve.totals import COUNTED, UNRECORDED, Totals, Vector, totals_of, uncertainty
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative

MOST_LISTED = 3
ENERGY = Definition("energy", "W.h", "integral of voltage times delivered current over time, discharging steps")
CAPACITY = Definition("capacity", "A.h", "integral of delivered current over time, discharging steps")
MEAN_VOLTAGE = Definition("mean_voltage", "V", "energy over capacity: the mean over charge")
_DERIVED: Mapping[Definition, Callable[[Vector], float]] = {
    ENERGY: lambda totals: float(abs(totals[0])),
    CAPACITY: lambda totals: float(abs(totals[1])),
    MEAN_VOLTAGE: lambda totals: float(totals[0] / totals[1]),
}


@kpi_stage("kpi.delivered", gives={"energy": "W.h", "capacity": "A.h", "mean_voltage": "V"}, libraries=("numpy",))
def delivered_by_curve(
    curve: Curve, *, voltage_uncertainty_volt: NotNegative = 0.0, current_uncertainty_ampere: NotNegative = 0.0
) -> Mapping[str, Kpi]:
    """Energy, capacity and mean voltage of all discharging steps of a curve together.

    Parameters
    ----------
    curve
        Simulated or measured.
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples; a stated limit +-a is a / sqrt(3).

    Returns
    -------
    Mapping
        Name -> KPI: energy [W.h], capacity [A.h], mean_voltage [V].
    """
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    steps = steps_of(curve)
    discharging = tuple(step for step in steps if step.kind is StepKind.DISCHARGE)
    refused = unfinished(curve) or nothing_discharges(discharging)
    if refused:
        return all_missing(_DERIVED, *refused)
    totals = totals_of(discharging, steps, accuracy)
    window = window_of(discharging)
    return {
        definition.name: definition.measured(
            derived(totals.values),
            uncertainty=uncertainty(derived, totals),
            count=totals.count,
            method=method_of(accuracy, totals),
            window=window,
        )
        for definition, derived in _DERIVED.items()
    }


@kpi_stage(
    "kpi.steps",
    gives={r"energy_step_\d+": "W.h", r"capacity_step_\d+": "A.h", r"mean_voltage_step_\d+": "V"},
    libraries=("numpy",),
    unasked=False,
)
def delivered_by_step(
    curve: Curve, *, voltage_uncertainty_volt: NotNegative = 0.0, current_uncertainty_ampere: NotNegative = 0.0
) -> Mapping[str, Kpi]:
    """Energy, charge and mean voltage of each step but the rests, charging ones too; always positive.

    Parameters
    ----------
    curve
        Simulated or measured; a simulation that was broken off gives those of the steps that it finished.
    voltage_uncertainty_volt, current_uncertainty_ampere
        The same as of `delivered_by_curve`.

    Returns
    -------
    Mapping
        "energy_step_2" and so on -> KPI: by the step's own number, or, where a number comes twice, by its place among
        all steps, rests being counted.
    """
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    steps = steps_of(curve)
    complete = steps if unfinished(curve) is None else steps[:-1]
    numbered = [(step.number, step) for step in complete]
    if len({step.number for step in steps}) < len(steps):
        numbered = list(enumerate(complete, 1))
    flowing = [(order, step) for order, step in numbered if step.kind is not StepKind.REST and len(step.time) > 1]
    if not flowing:
        reason = "no step with a current and two samples was finished; record a charge or a discharge"
        return all_missing(_DERIVED, reason, KpiOutcome.NOT_APPLICABLE)
    found = {}
    for order, step in flowing:
        totals = totals_of((step,), steps, accuracy)
        for whole, derived in _DERIVED.items():
            definition = Definition(
                f"{whole.name}_step_{order}",
                whole.unit,
                f"{whole.text.removesuffix(', discharging steps')}, of one step: a {step.kind}",
            )
            found[definition.name] = definition.measured(
                derived(totals.values),
                uncertainty=uncertainty(derived, totals),
                count=totals.count,
                method=method_of(accuracy, totals),
                window=window_of((step,)),
            )
    return found


def window_of(steps: tuple[Step, ...]) -> Window:
    """Window from the start of the first step to the end of the last."""
    text = f"step {steps[0].number}, a {steps[0].kind}"
    if len(steps) > 1:
        rows = f"rows {steps[0].first_row + 1} to {steps[-1].first_row + len(steps[-1].time)}"
        text = f"the sum of all {len(steps)} {steps[0].kind} steps, {rows}; each by itself under steps"
    return Window(text, float(steps[0].time[0]), float(steps[-1].time[-1]))


def method_of(accuracy: Accuracy, totals: Totals) -> str:
    """Method by which value and uncertainty were obtained."""
    considered = ["truncation (Richardson, every second sample left out)"]
    if any(name.startswith("border") for name in totals.sources):
        considered.append("moments at which the current changed between samples")
    if accuracy.noisy:
        considered.append("noise of the samples (second differences)")
    if accuracy.volt or accuracy.ampere:
        considered.append(f"instrument as stated ({accuracy.volt:g} V, {accuracy.ampere:g} A)")
    stated = accuracy.volt or accuracy.ampere
    missing = "; accuracy of the instrument not stated" if accuracy.noisy and not stated else ""
    return (
        f"trapezoidal rule over {totals.count} samples; uncertainty: {', '.join(considered)}{missing}"
        f"{_unrecorded_in(totals)}"
    )


def _unrecorded_in(totals: Totals) -> str:
    """Sentence on intervals without samples; empty if there are none."""
    texts = []
    for kind, said in ((UNRECORDED, "nothing is counted in them, and up to {:.4g} A.h flowed"), (COUNTED, "included")):
        names = [name for name in totals.sources if name.startswith(kind)]
        most = math.sqrt(3) * sum(abs(float(totals.sources[name][1])) for name in names)
        listed = ", ".join(names[:MOST_LISTED]) + (f" and {len(names) - MOST_LISTED} more" * (len(names) > MOST_LISTED))
        texts += [f"; {listed}: {said.format(most)}"] if names else []
    return "".join(texts)


def nothing_discharges(discharging: Sized) -> tuple[str, KpiOutcome] | None:
    """Reason why nothing was delivered; None if something was."""
    if discharging:
        return None
    return "no step discharges: the current is never negative on average; check its sign", KpiOutcome.NOT_APPLICABLE
