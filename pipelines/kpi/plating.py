"""How far a charge stays from plating lithium: the lowest potential of the negative electrode against lithium.

Below 0 V lithium metal may form somewhere; that it does, and how much, is not said. Read off the model: no instrument
of a two-electrode cell sees it.
"""

from __future__ import annotations

import numpy as np

from ragone.pipelines.curve.steps import Step, StepKind, steps_of
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import Curve, Cycling, Kpi, KpiOutcome, kpi_stage

VARIABLE = "Minimum negative electrode surface potential difference [V]"
PLATING_MARGIN = Definition(
    "plating_margin", "V", "lowest potential difference between solid and electrolyte of the negative electrode"
)


@kpi_stage("kpi.plating_margin", gives={"plating_margin": "V"}, libraries=("numpy",))
def plating_margin(curve: Curve) -> Kpi:
    """The lowest local plating overpotential over all charging steps.

    Parameters
    ----------
    curve
        A simulated protocol that recorded it. One that was broken off counts as far as it went.

    Returns
    -------
    Kpi
        plating_margin [V]; below 0 plating is possible. The uncertainty is that of a minimum between two samples.
    """
    if not isinstance(curve, Cycling):
        reason = f"a {curve.kind} does not see the negative electrode alone; simulate a protocol with a charge"
        return PLATING_MARGIN.missing(reason, KpiOutcome.NOT_APPLICABLE)
    if VARIABLE not in curve.variable_names:
        reason = f"{VARIABLE!r} was not recorded, as in a half cell; it needs a porous negative electrode"
        return PLATING_MARGIN.missing(reason, KpiOutcome.NOT_APPLICABLE)
    charges = [step for step in steps_of(curve) if step.kind is StepKind.CHARGE]
    if not charges:
        return PLATING_MARGIN.missing("no step charges the cell; record a charge", KpiOutcome.NOT_APPLICABLE)
    values = curve.variable(VARIABLE)
    lowest = min(charges, key=lambda step: float(_of(values, step).min()))
    inside = _of(values, lowest)
    row = int(np.argmin(inside))
    between = _between(inside, row)
    return PLATING_MARGIN.measured(
        float(inside[row]),
        uncertainty=between,
        count=sum(len(step.time) for step in charges),
        method=f"{VARIABLE}, lowest sample, reached at {lowest.time[row]:g} s in step {lowest.number} at "
        f"{lowest.current[row]:.4g} A; uncertainty: "
        + ("what a parabola through three samples may dip lower" if between else "unknown, lowest at an end of a step")
        + "; that of the model is not in it",
        window=Window(f"all {len(charges)} charging steps", float(charges[0].time[0]), float(charges[-1].time[-1])),
    )


def _of(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], step: Step
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return values[step.first_row : step.first_row + len(step.time)]


def _between(values: np.ndarray[tuple[int], np.dtype[np.float64]], row: int) -> float | None:
    """An eighth of the second difference at a minimum inside."""
    if not 0 < row < len(values) - 1:
        return None
    return float(values[row - 1] - 2 * values[row] + values[row + 1]) / 8 or None
