"""Quasi-equilibrium voltage and apparent diffusion time of each step of a galvanostatic intermittent titration.

Under a constant flux into a sheet of thickness L the surface's concentration, and with it the voltage beyond its ohmic
part, first goes with the root of time; over the whole pulse of length T the equilibrium moves by dE_s. Then
L^2 / D = (pi / 4) (T s / dE_s)^2 with s = dE / d sqrt(t). L is the volume of host per electroactive area: a third of
the radius for spheres. Of a full cell the time is an apparent one, of both electrodes together. It holds while
t << L^2 / D, which is checked with the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient import (
    Average,
    Bins,
    Family,
    Hold,
    Jump,
    average,
    holds_of,
    jump_between,
    noise_level,
)
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.resistance.aggregate import with_mean
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage

NAME = "diffusion_time"
EQUILIBRIUM = "quasi_equilibrium_voltage"
REFERENCE = "Weppner and Huggins, 1977, 10.1149/1.2133112"
TEXT = "apparent diffusion time L^2 / D, L the volume of host per electroactive area"
LAST_SHARE = 0.1  # of a rest: what its voltage is the mean of
DRIFT_SHARE = 0.35  # of a rest: what its drift is read off
RISE_POINTS = 5  # across the gap in which the jump took place
LONGEST_SHARE = 0.25  # of the diffusion time: how long the root of time may be followed
BINS = 40
FEWEST_BINS = 6
INADEQUACY = 2e-3  # of the voltage's change: how closely a cell follows the root of time at best


@kpi_stage(
    "kpi.titration",
    gives={r"diffusion_time(\.titration_\d+)?": "s", r"quasi_equilibrium_voltage(\.titration_\d+)?": "V"},
    libraries=("numpy",),
    unasked=False,
)
def diffusion_time(curve: Curve) -> Mapping[str, Kpi]:
    """Apparent diffusion time of each pulse between two rests, and the voltage at the end of each rest.

    Returns
    -------
    Mapping
        ``diffusion_time`` [s], with ``.titration_n`` where there are several, and
        ``quasi_equilibrium_voltage.titration_n`` [V] at the end of the rest after each.
    """
    holds = holds_of(curve)
    definition = Definition(NAME, "s", TEXT, REFERENCE)
    pulses = [i for i in range(1, len(holds)) if not holds[i].is_rest and _rows(holds[i]) > FEWEST_BINS]
    if not pulses:
        reason = "no pulse follows another current; a titration is pulses with a rest before and after each"
        return {NAME: definition.missing(reason, KpiOutcome.NOT_APPLICABLE)}
    times, voltages = {}, {}
    for number, i in enumerate(pulses, start=1):
        after = holds[i + 1] if i + 1 < len(holds) else None
        name = f"{NAME}.titration_{number}"
        times[name] = _diffusion_time(name, curve, holds[i - 1], holds[i], after)
        if after is not None and after.is_rest:
            name = f"{EQUILIBRIUM}.titration_{number}"
            voltages[name] = _equilibrium_kpi(name, curve, after)
    return {**with_mean(definition, times), **voltages}


def _rows(hold: Hold) -> int:
    return hold.end - hold.start


@dataclass(frozen=True, slots=True)
class _RestEnd:
    """Voltage and its standard deviation [V], the drift left [V/s], the first time read [s], and how many samples."""

    voltage: float
    deviation: float
    drift: float
    start: float
    count: int


def _rest_end(curve: Curve, rest: Hold) -> _RestEnd:
    """A line through the rest's last samples, at its end; what may still be to come counts as uncertain.

    A relaxation by diffusion goes on as 1 / sqrt(t), by twice the time rested times the drift.
    """
    time, voltage = curve.test_time_second[rest.rows], curve.voltage_volt[rest.rows]
    x = time[_last(time, DRIFT_SHARE) :]
    x, y = x - x.mean(), voltage[-len(x) :]
    spread = float(np.sum(x**2))
    drift = float(np.sum(x * y)) / spread if spread > 0 else 0.0
    still = 2 * abs(drift) * float(time[-1] - time[0])
    last = _last(time, LAST_SHARE)
    count = len(time) - last
    deviation = float(np.hypot(noise_level(time, voltage) / np.sqrt(count), still))
    return _RestEnd(float(voltage[last:].mean()), deviation, drift, float(time[last]), count)


def _last(time: NDArray[np.float64], share: float) -> int:
    """First row of the last share of the time; of the last three rows at least."""
    return max(0, min(int(np.searchsorted(time, time[-1] - share * (time[-1] - time[0]))), len(time) - 3))


def _equilibrium_kpi(name: str, curve: Curve, rest: Hold) -> Kpi:
    end = _rest_end(curve, rest)
    text = "voltage at the end of the rest after the pulse, taken for that of equilibrium"
    return Definition(name, "V", text, REFERENCE).measured(
        end.voltage,
        uncertainty=end.deviation,
        count=end.count,
        method=(
            f"mean of the samples, counted; still drifting by {end.drift * 3600:.2g} V/h; uncertainty: noise, and the "
            "drift over twice the time rested, as diffusion would go on"
        ),
        window=Window("the last tenth of the rest", end.start, float(curve.test_time_second[rest.end - 1])),
    )


def _diffusion_time(name: str, curve: Curve, before: Hold, pulse: Hold, after: Hold | None) -> Kpi:
    definition = Definition(name, "s", TEXT, REFERENCE)
    row = pulse.start
    if not before.is_rest or after is None or not after.is_rest:
        reason = f"row {row}: the pulse does not stand between two rests; rest before and after each pulse"
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE)
    jump = jump_between(curve, before, pulse)
    root = None if jump is None else _root_of_time(jump)
    if jump is None or root is None:
        return definition.missing(f"row {row}: the current does not settle, or the samples are too few; sample faster")
    first, last = _rest_end(curve, before), _rest_end(curve, after)
    change, deviation = last.voltage - first.voltage, float(np.hypot(first.deviation, last.deviation))
    if abs(change) < 3 * deviation:
        reason = (
            f"the equilibrium voltage moves by {change:.3g} V only, uncertain by {deviation:.2g} V, over the pulse at "
            f"row {row}; pass more charge or rest for longer"
        )
        return definition.missing(reason)
    value = np.pi / 4 * (root.product * jump.change / change) ** 2
    start, end = (float(t) for t in jump.time[[root.window[0], root.window[1] - 1]])
    window = Window(
        f"{root.window[1] - root.window[0]} samples, {start - jump.rise:.3g} s to {end - jump.rise:.3g} s after the "
        f"jump of the current at row {row}, of largest weight for a straight line over the root of time",
        start,
        end,
    )
    if end - jump.rise > LONGEST_SHARE * value:
        reason = (
            f"the pulse at row {row} is followed for {end - jump.rise:.3g} s, not short against the diffusion time of "
            f"{value:.3g} s that it gives; pulse for less time"
        )
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE, window)
    relative = 2 * float(np.hypot(root.deviation / root.product, deviation / abs(change)))
    return definition.measured(
        value,
        uncertainty=value * relative,
        count=root.window[1] - root.window[0],
        method=(
            f"slope times length of the pulse {root.product * jump.change:.4g} V s^0.5, mean over windows; equilibrium "
            f"moved by {change:.4g} V; t / (L^2/D) at most {(end - jump.rise) / value:.2g}; uncertainty: noise, "
            "windows, time of the jump, rests not at their end; samples counted"
        ),
        window=window,
    )


@dataclass(frozen=True, slots=True)
class _Root:
    """Slope over the root of time, times the pulse's length, and its deviation [ohm s^0.5]; rows of the best window."""

    product: float
    deviation: float
    window: tuple[int, int]


def _root_of_time(jump: Jump) -> _Root | None:
    """The average over the times at which the jump may have taken place."""
    points = jump.half_gap * (2 * np.arange(RISE_POINTS) + 1 - RISE_POINTS) / RISE_POINTS
    found = [_root_from(jump, jump.rise - shift) for shift in (points if jump.half_gap else np.zeros(1))]
    fits = [fit for fit in found if fit is not None and fit[0].value > 0]
    if not fits:
        return None
    evidence = np.array([fit.log_evidence for fit, _, _ in fits])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    products = np.array([fit.value * length for fit, length, _ in fits])
    within = np.array([fit.variance * length**2 for fit, length, _ in fits])
    mean = float(weights @ products)
    variance = float(weights @ (within + (products - mean) ** 2))
    return _Root(mean, float(np.sqrt(variance)), fits[int(np.argmax(weights))][2])


def _root_from(jump: Jump, rise: float) -> tuple[Average, float, tuple[int, int]] | None:
    """Slope of the answer over the root of time since a rise, over every window of even bins of that root."""
    since = np.maximum(jump.time - rise, 0.0)
    raw = jump.answer + jump.baseline_slope * (jump.time - jump.rise) / jump.change
    root = np.sqrt(since)
    label = np.minimum((root / root[-1] * BINS).astype(int), BINS - 1)
    starts = np.flatnonzero(np.diff(label, prepend=-1) != 0)
    bins = Bins(starts, np.diff(np.append(starts, len(since))))
    if len(starts) < FEWEST_BINS:
        return None
    data = bins.mean(raw - raw[0])
    deviation = np.hypot(jump.deviation / np.sqrt(bins.counts), INADEQUACY * np.ptp(data))
    edges = range(0, len(data) + 1, 2)
    windows = np.array([[a, b] for a in edges for b in edges if b - a >= FEWEST_BINS])
    basis = bins.mean(np.stack([np.ones_like(root), root]))
    families = [Family("root of time", np.array([[0, 1]]))]
    found = average(basis, data, deviation, np.array([0.0, 1.0]), families, windows, np.zeros(2, bool))
    if found is None:
        return None
    rows = np.append(starts, len(since))
    return found, float(since[-1]), (int(rows[found.window[0]]), int(rows[found.window[1]]))
