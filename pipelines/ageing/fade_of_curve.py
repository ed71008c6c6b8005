"""The fade of a measured or simulated record of many cycles: its capacity cycle by cycle, with its error.

Only cycles of one kind are rows: the most frequent one, or the slower check-ups among the others. What was left out is
said. The last cycle of a record counts only if it went as far as the others. Capacities and energies are integrals of
voltage and current as everywhere else, the instrument's counter where rows are missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.ageing.kinds_of_cycles import (
    SAME_CURRENT,
    SLOWER,
    MeasuredCycle,
    cycles_of,
    kinds_of,
    rests_before_discharge,
)
from ragone.pipelines.curve.accuracy import accuracy_of
from ragone.pipelines.curve.totals import uncertainty
from ragone.schemas import CapacityFade, Cycling, CyclingOutcome, FadeOutcome, Measurement, stage
from ragone.schemas.parameter import NotNegative, Positive

COVERAGE = 2.0  # standard uncertainties of a capacity that its stated error has
REACHED = 0.9  # of the step's current, from which on a row is within the step
SAME_INTERVAL = 2.0  # factor within which the resistances of all cycles are read after the same time
_LISTED = 6  # cycles that are named
_OUTCOMES: Mapping[CyclingOutcome, FadeOutcome] = {
    CyclingOutcome.COMPLETED: FadeOutcome.BUDGET,
    CyclingOutcome.INFEASIBLE: FadeOutcome.INFEASIBLE,
    CyclingOutcome.NOT_CONDUCTING: FadeOutcome.NOT_CONDUCTING,
    CyclingOutcome.NOT_BUILT: FadeOutcome.NOT_BUILT,
    CyclingOutcome.SOLVER_FAILED: FadeOutcome.SOLVER_FAILED,
    CyclingOutcome.TIME_LIMIT: FadeOutcome.CALENDAR,
}


@stage("ageing.fade_of_curve", libraries=("numpy",))
def fade_of_curve(
    curve: Measurement | Cycling,
    *,
    cycles: Literal["usual", "check-ups"] = "usual",
    resistance_within_second: Positive = 10.0,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
) -> CapacityFade:
    """Read the capacity of each cycle off a record of many.

    Parameters
    ----------
    curve
        Of one cell, measured or simulated.
    cycles
        Which kind of cycles: the ``usual`` ones, or the ``check-ups`` that are discharged more slowly.
    resistance_within_second
        The current must be there so soon after a rest for a resistance to be read [s].
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples.

    Returns
    -------
    CapacityFade
        The error of a capacity is two standard uncertainties of its integral.

    Raises
    ------
    AgeingError
        If no cycle of a measurement discharges, or there are no check-ups.
    """
    accuracy = accuracy_of(curve, voltage_uncertainty_volt, current_uncertainty_ampere)
    found, counted = cycles_of(curve, accuracy)
    if not found and isinstance(curve, Measurement):
        raise AgeingError(f"no cycle of {curve.cell_name!r} discharges: the current is never negative. Check its sign.")
    chosen = _chosen(kinds_of(found), cycles) if found else []
    resistance, definition = _resistances(chosen, resistance_within_second)
    errors = [uncertainty(lambda totals: float(-totals[1]), cycle.discharge) for cycle in chosen]
    return CapacityFade(
        **_subject(curve),
        cycle_count=np.array([cycle.number for cycle in chosen], dtype=np.int64),
        test_time_second=_column(cycle.end for cycle in chosen),
        discharging_capacity_ampere_hour=_column(-cycle.discharge.charge for cycle in chosen),
        charging_capacity_ampere_hour=_column(cycle.charge.charge for cycle in chosen),
        discharging_energy_watt_hour=_column(-cycle.discharge.energy for cycle in chosen),
        charging_energy_watt_hour=_column(cycle.charge.energy for cycle in chosen),
        discharging_capacity_error_ampere_hour=_column(COVERAGE * (error or 0.0) for error in errors),
        largest_temperature_kelvin=_temperatures(curve, chosen),
        internal_resistance_ohm=resistance,
        resistance_definition=definition,
        variables=np.empty((0, len(chosen))),
        method=f"cycles {counted}; {_left_out(found, chosen)}; trapezoidal rule, error: {COVERAGE:g} standard "
        "uncertainties by sampling, noise and unrecorded intervals",
    )


def _column(values: Any) -> NDArray[np.float64]:
    return np.fromiter(values, dtype=np.float64)


def _subject(curve: Measurement | Cycling) -> dict[str, Any]:
    """Fields that the fade has of its curve: the cell, the conditions, why it ends, and its source."""
    shared = {
        "nominal_capacity_ampere_hour": curve.nominal_capacity_ampere_hour or None,
        "ambient_temperature_kelvin": curve.ambient_temperature_kelvin,
    }
    if isinstance(curve, Measurement):
        own = {"source": curve.source or curve.source_sha256, "licence": curve.licence}
        return {**shared, **own, "cell_name": curve.cell_name, "outcome": FadeOutcome.RECORD_ENDS}
    own = {"reason": curve.reason, "outcome": _OUTCOMES[curve.outcome]}
    return {**shared, **own, "cell_name": "simulated", "protocol": curve.protocol}


def _chosen(kinds: list[list[MeasuredCycle]], wanted: str) -> list[MeasuredCycle]:
    usual = kinds[0]
    if wanted == "usual":
        return usual
    slower = [kind for kind in kinds[1:] if kind[0].current < SLOWER * usual[0].current]
    if not slower:
        raise AgeingError(
            f"no cycles are discharged below {SLOWER:g} times the usual {usual[0].current:.4g} A: there are no "
            "check-ups. Take the usual cycles."
        )
    return slower[0]


def _left_out(found: Sequence[MeasuredCycle], chosen: Sequence[MeasuredCycle]) -> str:
    """Describe the rows, and the cycles that are no rows, with the reason."""
    if not chosen:
        return "there are none"
    first, last = chosen[0], found[-1]
    taken = {cycle.number for cycle in chosen}
    reasons: dict[str, list[int]] = {}
    for cycle in found:
        if cycle.number not in taken:
            reasons.setdefault(_reason(cycle, first, is_last=cycle is last), []).append(cycle.number)
    high = "not charged" if math.isnan(first.high) else f"{first.high:.4g} V"
    of = f"{len(chosen)} of {len(found)} are of one kind ({first.current:.4g} A, {first.low:.4g} V to {high})"
    return "; left out: ".join(
        [of, *([", ".join(f"{why} {_listed(n)}" for why, n in reasons.items())] * bool(reasons))]
    )


def _reason(cycle: MeasuredCycle, usual: MeasuredCycle, *, is_last: bool) -> str:
    if cycle.current < SLOWER * usual.current:
        return "discharged more slowly (formation or check-up)" if cycle.number > usual.number else "formation"
    if abs(cycle.current - usual.current) > SAME_CURRENT * usual.current:
        return "at another current"
    return "incomplete at the end of the record" if is_last else "between other voltages (partial)"


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_LISTED]))
    return f"({shown}{f' and {len(numbers) - _LISTED} more' if len(numbers) > _LISTED else ''})"


def _temperatures(curve: Measurement | Cycling, chosen: Sequence[MeasuredCycle]) -> NDArray[np.float64]:
    """The largest temperature in each cycle [K]; none if none was measured."""
    if not len(curve.temperature_kelvin):
        return np.empty(0)
    rows = [slice(cycle.steps[0].first_row, cycle.steps[-1].first_row + len(cycle.steps[-1].time)) for cycle in chosen]
    return _column(float(curve.temperature_kelvin[own].max()) for own in rows)


def _resistances(chosen: Sequence[MeasuredCycle], within: float) -> tuple[NDArray[np.float64], str]:
    """The resistance at the beginning of the discharge of each cycle [ohm]; none if it cannot be read in all of them.

    Between the last row of a rest and the first row at which the current is there: how long that takes is the
    cycler's, so that it must be the same in all cycles.
    """
    found = [_resistance(cycle, within) for cycle in chosen]
    if not found or any(one is None for one in found):
        return np.empty(0), ""
    values, intervals = np.array([one for one in found if one is not None]).T
    if intervals.max() > SAME_INTERVAL * max(float(intervals.min()), 1e-9):
        return np.empty(0), ""
    return values, (
        f"from the last sample of the rest before the discharge to {np.median(intervals):.3g} s later, at the state of "
        "charge at which the discharge begins"
    )


def _resistance(cycle: MeasuredCycle, within: float) -> tuple[float, float] | None:
    for rest, step in rests_before_discharge(cycle):
        usual = float(np.median(step.current))
        row = int(np.argmax(np.abs(step.current) >= REACHED * abs(usual)))
        interval = float(step.time[row] - rest.time[-1])
        change = float(step.current[row] - rest.current[-1])
        if 0 < interval <= within and change < 0:
            return float(step.voltage[row] - rest.voltage[-1]) / change, interval
    return None
