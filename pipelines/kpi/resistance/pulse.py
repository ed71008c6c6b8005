"""Direct-current resistance at stated times after a pulse begins, and the state of charge at which it began.

The resistance at time t is the change of voltage over the change of current between the jump and t: ohmic, charge
transfer and as much diffusion as t allows, all in one number. Between samples the voltage is taken as straight, and how
far it bends is not in the uncertainty; it is refused where they lie further apart than the time itself. The state of
charge is counted from the beginning of the curve by trapezoids, in shares of a capacity; offset and gain of the
current's reading are not in its uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.holes import holes_of, recorded_time
from ragone.pipelines.curve.steps import REST_RATE
from ragone.pipelines.curve.totals import SECONDS_PER_HOUR
from ragone.pipelines.curve.transient import Jump, jumps_of
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.resistance.aggregate import with_mean
from ragone.schemas import Curve, Cycling, Kpi, KpiOutcome, Measurement, kpi_stage
from ragone.schemas.errors import BoundsError

REFERENCE = "Christophersen, 2015, INL/EXT-15-34184: hybrid pulse power characterisation"
NEIGHBOURS = 0.1  # of the time asked for: samples this near to it are used, as a straight line
FURTHEST = 1.01  # of the time asked for: samples further apart do not say what is between them
FEWEST_SAMPLES = 3


@kpi_stage(
    "kpi.pulses",
    gives={r"resistance_[\d.e+-]+s(\.jump_\d+)?": "ohm", r"state_of_charge\.jump_\d+": "1"},
    libraries=("numpy", "scipy"),
    unasked=False,
)
def pulse_resistance(
    curve: Curve,
    *,
    times_second: tuple[float, ...] = (1.0, 10.0),
    initial_state_of_charge: float = 1.0,
    capacity_ampere_hour: float = 0.0,
) -> Mapping[str, Kpi]:
    """Resistance at stated times, and state of charge, of each pulse that follows a rest.

    Parameters
    ----------
    curve
        Pulses with rests between them, or a discharge after a rest.
    times_second
        After the jump [s], > 0.
    initial_state_of_charge
        State of charge at the curve's first sample [-].
    capacity_ampere_hour
        Capacity from empty to full [A.h]; 0: the nominal capacity of the record.

    Returns
    -------
    Mapping
        ``resistance_10s`` [ohm] for each time, and for jump n of the current ``resistance_10s.jump_n`` and
        ``state_of_charge.jump_n``. A pulse without a rest before it has none of them, and says so.

    Raises
    ------
    BoundsError
        If a time is not positive.
    """
    if not times_second or min(times_second) <= 0:
        raise BoundsError(f"times_second = {list(times_second)} [s]; at least one, and each above 0, is expected.")
    jumps = {n: j for n, j in enumerate(jumps_of(curve), 1) if not j.after.is_rest and len(j.time) >= FEWEST_SAMPLES}
    kpis: dict[str, Kpi] = {}
    for time in times_second:
        definition = _resistance(f"resistance_{time:g}s", time)
        if not jumps:
            reason = "the current never jumps to a load; a pulse after a rest does"
            kpis[definition.name] = definition.missing(reason, KpiOutcome.NOT_APPLICABLE)
            continue
        names = {n: f"{definition.name}.jump_{n}" for n in jumps}
        kpis |= with_mean(definition, {names[n]: _at(names[n], time, j) for n, j in jumps.items()})
    capacity = capacity_ampere_hour or _nominal(curve)
    for number, jump in jumps.items():
        name = f"state_of_charge.jump_{number}"
        kpis[name] = _state_of_charge(name, curve, jump, initial_state_of_charge, capacity)
    return kpis


def _resistance(name: str, time: float, what: str = "") -> Definition:
    text = f"change of voltage over change of current, {time:g} s after the current jumped from rest to a load{what}"
    return Definition(name, "ohm", text, REFERENCE)


def _without_rest(jump: Jump) -> str:
    return f"row {jump.first_row}: the pulse follows {jump.before.level:.4g} A, not a rest; rest before each pulse"


def _at(name: str, time: float, jump: Jump) -> Kpi:
    definition = _resistance(name, time, f"; {jump.text}")
    if not jump.before.is_rest:
        return definition.missing(_without_rest(jump), KpiOutcome.NOT_APPLICABLE, Window(jump.text))
    if jump.doubt:
        return definition.missing(jump.doubt, window=Window(jump.text))
    since = jump.time - jump.rise
    if not since[0] - jump.half_gap <= time <= since[-1] + jump.half_gap:
        reason = (
            f"the samples at this current lie {since[0]:.3g} s to {since[-1]:.3g} s after row {jump.first_row}, and "
            f"{time:g} s does not; ask for another time"
        )
        return definition.missing(reason, window=Window(jump.text))
    near = np.flatnonzero(np.abs(since - time) <= NEIGHBOURS * time)
    if len(near) < 2:
        right = int(np.clip(np.searchsorted(since, time), 1, len(since) - 1))
        near = np.array([right - 1, right])
        apart = float(np.diff(since[near])[0])
        if apart > FURTHEST * time:
            reason = (
                f"the samples on both sides of {time:g} s lie {apart:.3g} s apart, {FURTHEST * time:g} s at most "
                f"expected, after row {jump.first_row}: what bends between them is not seen; sample faster, or ask for "
                "another time"
            )
            return definition.missing(reason, window=Window(jump.text))
    x = since[near] - time
    y = jump.answer[near] + jump.baseline_slope * since[near] / jump.change
    slope, value, deviation = _line(x, y, jump.deviation)
    uncertainty = float(np.sqrt(deviation**2 + jump.shared_deviation**2 + (slope * jump.half_gap) ** 2 / 3))
    return definition.measured(
        value,
        uncertainty=uncertainty,
        count=len(near),
        method=(
            f"straight line through the {len(near)} samples nearest to it, counted; uncertainty: noise, voltage before "
            f"the jump, and its time (+-{jump.half_gap:.2g} s); without the instrument's calibration"
            f"{'; ' * bool(jump.finding)}{jump.finding}"
        ),
        window=Window(
            f"samples around {time:g} s after the jump", float(jump.time[near[0]]), float(jump.time[near[-1]])
        ),
    )


def _line(x: NDArray[np.float64], y: NDArray[np.float64], deviation: float) -> tuple[float, float, float]:
    """Slope, value at 0, and the value's standard deviation."""
    centre, spread = float(x.mean()), float(np.sum((x - x.mean()) ** 2))
    slope = float(np.sum((x - centre) * (y - y.mean()))) / spread if spread > 0 else 0.0
    variance = deviation**2 * (1 / len(x) + (centre**2 / spread if spread > 0 else 0.0))
    return slope, float(y.mean()) - slope * centre, float(np.sqrt(variance))


def _nominal(curve: Curve) -> float:
    known = curve.nominal_capacity_ampere_hour if isinstance(curve, Cycling | Measurement) else None
    return known or 0.0


def _state_of_charge(name: str, curve: Curve, jump: Jump, initial: float, capacity: float) -> Kpi:
    definition = Definition(name, "1", f"initial state of charge and charge passed over the capacity; {jump.text}")
    window = Window("from the first sample to the jump", float(curve.test_time_second[0]), jump.rise)
    if not jump.before.is_rest:
        return definition.missing(_without_rest(jump), KpiOutcome.NOT_APPLICABLE, window)
    if capacity <= 0:
        reason = "the record has no nominal capacity; give capacity_ampere_hour"
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE, window)
    row = jump.before.end - 1
    current = curve.current_ampere[: row + 1]
    holes = tuple(hole for hole in holes_of(curve) if hole.after_sample < row)
    resting = REST_RATE * float(np.abs(curve.current_ampere).max())
    for hole in holes:
        if hole.charge is None and np.abs(current[hole.after_sample : hole.after_sample + 2]).max() > resting:
            reason = (
                f"nothing was recorded in the {hole.seconds:g} s after row {hole.after_sample + 1}, so that the charge "
                f"before row {jump.first_row} is not known; import a file that holds the instrument's charge counter"
            )
            return definition.missing(reason, window=window)
    time = recorded_time(curve.test_time_second[: row + 1], 0, holes)
    passed = float(np.trapezoid(current, time)) / SECONDS_PER_HOUR + sum(hole.charge or 0.0 for hole in holes)
    return definition.measured(
        initial + passed / capacity,
        uncertainty=None,
        count=row + 1,
        method=(
            f"trapezoidal rule, from {initial:g} at the first sample, capacity {capacity:g} A.h; uncertainty unknown: "
            "offset and gain of the current's reading; samples counted"
        ),
        window=window,
    )
