"""How long a cell lives, what it keeps, and where its fade bends: numbers that are read off a capacity fade.

A life that did not end has no value but a lower bound, with the reason for which the fade ends: it is censored, and
neither failed nor as long as its record.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import numpy as np

from ragone.pipelines.ageing.end_of_life import find_cycle_life
from ragone.pipelines.ageing.knee import Knee, knee_by_bacon_watts, knee_by_tangents, onset_by_double_bacon_watts
from ragone.pipelines.ageing.reference import reference_of
from ragone.pipelines.curve.totals import noise_of
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import CapacityFade, CycleLife, FadeOutcome, Kpi, KpiOutcome, LifeOutcome, kpi_stage
from ragone.schemas.field import Bounds

CYCLE_LIFE = Definition("cycle_life", "1", "cycles until the first limit of the fade is passed for good")
RETENTION = Definition("capacity_retention", "1", "discharging capacity of a cycle over the reference")
_KNEE = "cycle from which the capacity falls faster"
_REFERENCE = "Fermin-Cueto et al., 2020, doi 10.1016/j.egyai.2020.100006"
KNEE = Definition("knee_cycle", "1", f"{_KNEE}: the bend of two straight lines (Bacon-Watts)", _REFERENCE)
ONSET = Definition(
    "knee_onset_cycle", "1", f"{_KNEE} first: the first bend of three straight lines (double Bacon-Watts)", _REFERENCE
)
TANGENTS = Definition(
    "knee_cycle_by_tangents", "1", f"{_KNEE}: where the lines of the first quarter and the last tenth meet",
    "after Diao et al., 2019, doi 10.3390/en12152910",
)  # fmt: skip
_KNEES = {
    KNEE: knee_by_bacon_watts,
    ONSET: onset_by_double_bacon_watts,
    TANGENTS: knee_by_tangents,
}
_NOT_BUILT = (FadeOutcome.NOT_CONDUCTING, FadeOutcome.NOT_BUILT)


@kpi_stage("kpi.cycle_life", gives={"cycle_life": "1"}, libraries=("numpy", "scipy"))
def cycle_life(
    fade: CapacityFade,
    *,
    capacity_share: Annotated[float, Bounds(low=0, high=1, low_open=True, high_open=True)] | None = 0.8,
    resistance_ratio: Annotated[float, Bounds(low=1, low_open=True)] | None = None,
    plated_share: Annotated[float, Bounds(low=0, high=1, low_open=True)] | None = None,
    reference: str = "initial",
    confirming_rows: int | None = None,
) -> Kpi:
    """Cycles that a cell lives; of a cell that did not reach its end, so many at least.

    Parameters
    ----------
    fade
        Simulated or measured cycles.
    capacity_share, resistance_ratio, plated_share, reference, confirming_rows
        The limits, as of `ageing.find_cycle_life`.

    Returns
    -------
    Kpi
        cycle_life [1]: the middle of the interval that the end lies in. CENSORED with its lower bound where no limit is
        passed.
    """
    life = find_cycle_life(
        fade,
        capacity_share=capacity_share,
        resistance_ratio=resistance_ratio,
        plated_share=plated_share,
        reference=reference,
        confirming_rows=confirming_rows,
    )
    if life.outcome is LifeOutcome.NOT_STARTED:
        outcome = KpiOutcome.INFEASIBLE if fade.outcome in _NOT_BUILT else KpiOutcome.NOT_IDENTIFIABLE
        return CYCLE_LIFE.missing(f"{life.outcome} ({life.reason}); make the cell cycle", outcome)
    if life.upper is None:
        reason = f"{life.outcome} after {life.lower:.6g} cycles ({life.reason}); cycle on to see the end"
        return CYCLE_LIFE.censored(life.lower, reason, count=len(fade.cycle_count), window=_window(fade))
    return CYCLE_LIFE.measured(
        (life.lower + life.upper) / 2,
        uncertainty=_uncertainty(life.upper - life.lower, life.standard_uncertainty),
        count=len(fade.cycle_count),
        method=_method(life),
        window=_window(fade),
    )


@kpi_stage("kpi.capacity_retention", gives={"capacity_retention": "1"}, libraries=("numpy", "scipy"))
def capacity_retention(
    fade: CapacityFade,
    *,
    cycle: Annotated[int, Bounds(low=1)] | None = None,
    reference: str = "initial",
) -> Kpi:
    """Share of its capacity that a cell keeps.

    Parameters
    ----------
    fade
        Simulated or measured cycles.
    cycle
        After this cycle, between two rows by the line between them; null: the last one.
    reference
        What the share is of, as of `ageing.find_cycle_life`.

    Returns
    -------
    Kpi
        capacity_retention [1]; NOT_REACHED where the cell did not do so many cycles.
    """
    if not len(fade.cycle_count):
        return RETENTION.missing(f"no cycle was done: {fade.reason or fade.outcome}", KpiOutcome.INFEASIBLE)
    last = int(fade.cycle_count[-1])
    at = last if cycle is None else cycle
    if not fade.cycle_count[0] <= at <= last:
        reason = f"the fade holds cycles {fade.cycle_count[0]} to {last}, not {at} ({fade.outcome}); cycle on"
        return RETENTION.missing(reason, KpiOutcome.NOT_REACHED)
    capacity, named = fade.discharging_capacity_ampere_hour, reference_of(fade, reference)
    value = float(np.interp(at, fade.cycle_count, capacity)) / named.capacity
    error = fade.discharging_capacity_error_ampere_hour
    bound = float(np.interp(at, fade.cycle_count, error)) if len(error) else 0.0
    deviation = math.hypot(noise_of(capacity), bound / math.sqrt(3), value * named.deviation) / named.capacity
    return RETENTION.measured(
        value,
        uncertainty=deviation or None,
        count=1,
        method=f"cycle {at} over {named.text}; uncertainty: noise of the rows, and the bound of their error",
        window=Window(f"cycle {at}"),
    )


@kpi_stage(
    "kpi.knee",
    gives={definition.name: "1" for definition in _KNEES},
    libraries=("numpy", "scipy"),
)
def knee(fade: CapacityFade) -> Mapping[str, Kpi]:
    """Knee of a capacity fade by two methods, and its onset.

    Parameters
    ----------
    fade
        Simulated or measured cycles.

    Returns
    -------
    Mapping
        Name -> KPI: knee_cycle, knee_onset_cycle, knee_cycle_by_tangents [1]. NOT_IDENTIFIABLE where there is no knee,
        or where it lies too near to the end of the record.
    """
    if not len(fade.cycle_count):
        return all_missing(_KNEES, f"no cycle was done: {fade.reason or fade.outcome}", KpiOutcome.INFEASIBLE)
    place, capacity = np.asarray(fade.cycle_count, dtype=np.float64), fade.discharging_capacity_ampere_hour
    return {definition.name: _knee(definition, fade, method(place, capacity)) for definition, method in _KNEES.items()}


def _knee(definition: Definition, fade: CapacityFade, found: Knee) -> Kpi:
    if found.refused:
        return definition.missing(found.refused, window=_window(fade))
    return definition.measured(
        found.place,
        uncertainty=found.uncertainty,
        count=len(fade.cycle_count),
        method="least squares; uncertainty: white noise of the rows (second differences), not that of the definition",
        window=_window(fade),
    )


def _window(fade: CapacityFade) -> Window:
    if not len(fade.cycle_count):
        return Window("no cycle")
    return Window(f"{len(fade.cycle_count)} rows, cycles {fade.cycle_count[0]} to {fade.cycle_count[-1]}")


def _uncertainty(width: float, noise: float | None) -> float | None:
    """The end lies anywhere within the interval, and the noise moves it."""
    return math.hypot(width / math.sqrt(12), noise or 0.0) or None


def _method(life: CycleLife) -> str:
    end = life.lower if life.upper is None else life.upper
    within = f"; the end lies between cycles {life.lower:.6g} and {end:.6g}" if end > life.lower else ""
    return f"{life.outcome}: {life.criterion}{within}; {life.method}"
