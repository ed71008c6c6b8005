"""The end of life of a cell: the first limit that its fade passes for good, or the reason why none was passed.

The capacity falls below a share of a reference, the resistance rises above a multiple of its first value, or more than
a share of the capacity is lost to plated lithium; whichever comes first is the event. Where the rows of a fade are
consecutive cycles the end is interpolated between them. Where cycles lie between the rows, or the error of a capacity
has a bound, the end is an interval: the cell was alive at its lower end and not at its upper one. A life whose end was
not seen is censored, with the reason for which the fade ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.decline import Crossing, find_crossing
from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.ageing.reference import Reference, reference_of
from ragone.pipelines.ageing.throughput import places
from ragone.pipelines.curve.totals import noise_of
from ragone.schemas import CapacityFade, CycleLife, FadeOutcome, LifeOutcome, stage
from ragone.schemas.errors import did_you_mean
from ragone.schemas.field import Bounds

Floats = NDArray[np.float64]
PLATED = "Loss of capacity to negative lithium plating [A.h]"  # PyBaMM's
UNCERTAIN = 5.0  # times the usual error of a row of a measurement
SIMULATED, MEASURED = 1, 3  # rows at the end that confirm a life's end when nothing follows them

_CENSORED: Mapping[FadeOutcome, LifeOutcome] = {
    FadeOutcome.BUDGET: LifeOutcome.BUDGET,
    FadeOutcome.CALENDAR: LifeOutcome.CALENDAR,
    FadeOutcome.STOPPED: LifeOutcome.WITHDRAWN,
    FadeOutcome.INFEASIBLE: LifeOutcome.FAILED,
    FadeOutcome.SOLVER_FAILED: LifeOutcome.SOLVER,
    FadeOutcome.NOT_CONDUCTING: LifeOutcome.NOT_STARTED,
    FadeOutcome.NOT_BUILT: LifeOutcome.NOT_STARTED,
    FadeOutcome.RECORD_ENDS: LifeOutcome.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a life: the event, a series that falls below `value`, and the bound of the series' error."""

    outcome: LifeOutcome
    series: Floats
    value: float
    error: Floats
    deviation: float
    text: str


@dataclass(frozen=True, slots=True)
class _End:
    lower: float
    upper: float | None
    uncertainty: float | None
    outcome: LifeOutcome
    reason: str


@stage("ageing.find_cycle_life", libraries=("numpy", "scipy"))
def find_cycle_life(
    fade: CapacityFade,
    *,
    capacity_share: Annotated[float, Bounds(low=0, high=1, low_open=True, high_open=True)] | None = 0.8,
    resistance_ratio: Annotated[float, Bounds(low=1, low_open=True)] | None = None,
    plated_share: Annotated[float, Bounds(low=0, high=1, low_open=True)] | None = None,
    reference: str = "initial",
    unit: Literal["cycle", "equivalent full cycle", "day", "A.h"] = "cycle",
    confirming_rows: int | None = None,
) -> CycleLife:
    """Find how long a cell lived, or lived at least.

    Parameters
    ----------
    fade
        Cycles of one kind, simulated or measured.
    capacity_share
        The life ends where the discharging capacity falls below this share of the reference [-]; null: not by it.
    resistance_ratio
        And where the internal resistance rises above this multiple of that of the first row [-]; null: not by it.
    plated_share
        And where the loss of capacity to plated lithium exceeds this share of the reference [-]; null: not by it.
    reference
        What shares are of: the ``initial`` capacity that the fade states (of a simulated cell that of its second
        cycle, since the first begins at equilibrium) or else that of the ``first`` row; the ``nominal`` one, the
        ``largest`` of the non-increasing curve, or that of a cycle, by its number.
    unit
        What a life is counted in. A full cycle is a discharge of the reference.
    confirming_rows
        So many of the last rows must lie beyond a limit if nothing follows them; null: one of a simulation, three of
        a measurement, so that its last dip is no end.

    Returns
    -------
    CycleLife
        With the covariate ``reference_capacity`` [A.h], and the rated conditions of the fade as far as it has them.

    Raises
    ------
    AgeingError
        If the fade lacks what a limit needs: a resistance, a plated capacity, a nominal capacity, the cycle.
    """
    named = reference_of(fade, reference) if len(fade.cycle_count) else Reference(0.0, 0.0, reference)
    limits = list(_limits(fade, named, capacity_share, resistance_ratio, plated_share))
    if not limits:
        raise AgeingError("there is no limit at which a life ends. Give a capacity_share, or a resistance_ratio.")
    place = places(fade, unit, named.capacity)
    confirming = confirming_rows or (MEASURED if fade.source else SIMULATED)
    end = _first_end(fade, limits, place, confirming) or _censored(fade, place)
    return CycleLife(
        cell_name=fade.cell_name,
        outcome=end.outcome,
        reason=end.reason,
        unit=unit,
        lower=end.lower,
        upper=end.upper,
        standard_uncertainty=end.uncertainty,
        criterion="; or ".join(limit.text for limit in limits),
        covariates=_covariates(fade, named),
        method=f"{fade.method}; end of life: first crossing of the non-increasing curve next to the running median of "
        f"5 rows, at the parabola through the rows around it; {confirming} rows confirm it at the record's end",
    )


def _limits(
    fade: CapacityFade, reference: Reference, capacity: float | None, resistance: float | None, plated: float | None
) -> Iterator[Limit]:
    """The limits that are asked for, each as a series that falls."""
    none = np.zeros(len(fade.cycle_count))
    if capacity is not None:
        error = fade.discharging_capacity_error_ampere_hour
        yield Limit(
            LifeOutcome.CAPACITY,
            fade.discharging_capacity_ampere_hour,
            capacity * reference.capacity,
            error if len(error) and not fade.source else none,
            capacity * reference.deviation,
            f"discharging capacity below {capacity:.6g} of {reference.text}",
        )
    if resistance is not None:
        series = fade.internal_resistance_ohm
        if len(fade.cycle_count) and not len(series):
            raise AgeingError("the fade holds no internal resistance. Leave resistance_ratio away, or measure it.")
        first = float(series[0]) if len(series) else 0.0
        text = f"internal resistance above {resistance:.6g} of that of the first row"
        yield Limit(LifeOutcome.RESISTANCE, -series, -resistance * first, none, resistance * noise_of(series), text)
    if plated is not None:
        text = f"capacity lost to plated lithium above {plated:.6g} of {reference.text}"
        yield Limit(LifeOutcome.PLATING, -_plated(fade), -plated * reference.capacity, none, 0.0, text)


def _plated(fade: CapacityFade) -> Floats:
    if PLATED not in fade.variable_names:
        raise AgeingError(
            f"the fade holds no {PLATED!r}, which plated_share needs: {did_you_mean(PLATED, fade.variable_names)}"
            if fade.variable_names
            else f"the fade holds no {PLATED!r}, which plated_share needs. Simulate it with lithium plating."
        )
    return np.asarray(fade.variables[fade.variable_names.index(PLATED)])


def _first_end(fade: CapacityFade, limits: list[Limit], place: Floats, confirming: int) -> _End | None:
    """The end by the limit that is passed first; None if none is."""
    rows = _known(fade)
    ends = [end for limit in limits if (end := _end(fade, limit, place, rows, confirming)) is not None]
    return min(ends, key=lambda end: end.lower, default=None)


def _known(fade: CapacityFade) -> NDArray[np.int64]:
    """The rows that may decide: of a measurement those whose error is not far above that of the others."""
    error = fade.discharging_capacity_error_ampere_hour
    if not fade.source or not len(error):
        return np.arange(len(fade.cycle_count))
    usual = max(float(np.median(error)), noise_of(fade.discharging_capacity_ampere_hour))
    return np.flatnonzero(error <= UNCERTAIN * usual)


def _end(fade: CapacityFade, limit: Limit, place: Floats, rows: NDArray[np.int64], confirming: int) -> _End | None:
    """The end by one limit; without an upper end if the bound of the error does not exclude that the cell lives on."""

    def crossing(series: Floats) -> Crossing | None:
        return find_crossing(
            place[rows], series[rows], limit.value, confirming_rows=confirming, limit_deviation=limit.deviation
        )

    found = crossing(limit.series)
    if not limit.error.any():
        if found is None:
            return None
        return _End(*_between(fade, found, place, rows), found.uncertainty, limit.outcome, "")
    possibly, surely = crossing(limit.series - limit.error), crossing(limit.series + limit.error)
    if possibly is None:
        return None
    lower = _between(fade, possibly, place, rows)[0]
    if surely is None:
        return _End(lower, None, None, _CENSORED[fade.outcome], "the limit lies within the bound of the error")
    uncertainty = None if found is None else found.uncertainty
    return _End(lower, _between(fade, surely, place, rows)[1], uncertainty, limit.outcome, "")


def _between(fade: CapacityFade, found: Crossing, place: Floats, rows: NDArray[np.int64]) -> tuple[float, float]:
    """The end between two rows: interpolated if they are consecutive cycles, and else the rows themselves."""
    if not found.row:
        return 0.0, float(place[rows[0]])
    after = int(np.clip(np.searchsorted(place[rows], found.place), 1, len(rows) - 1))
    if fade.cycle_count[rows[after]] - fade.cycle_count[rows[after - 1]] == 1:
        return found.place, found.place
    return float(place[rows[after - 1]]), float(place[rows[after]])


def _censored(fade: CapacityFade, place: Floats) -> _End:
    """The life of a cell that passed no limit: it is longer than its record."""
    if not len(place):
        return _End(0.0, None, None, LifeOutcome.NOT_STARTED, fade.reason or str(fade.outcome))
    last, outcome = float(place[-1]), _CENSORED[fade.outcome]
    if outcome is LifeOutcome.NOT_STARTED:
        outcome = LifeOutcome.WITHDRAWN
    mean = last / float(fade.cycle_count[-1])
    return _End(last, last + mean if outcome.is_event else None, None, outcome, fade.reason or str(fade.outcome))


def _covariates(fade: CapacityFade, reference: Reference) -> dict[str, Any]:
    """Values of the fade that may explain a life."""
    known = {
        "reference_capacity": (reference.capacity or None, "A.h"),
        "ambient_temperature": (fade.ambient_temperature_kelvin, "K"),
        "first_resistance": (
            float(fade.internal_resistance_ohm[0]) if len(fade.internal_resistance_ohm) else None,
            "ohm",
        ),
    }
    return {name: {"value": value, "unit": unit} for name, (value, unit) in known.items() if value is not None}
