"""Charge of a passage whose taper was cut short, as it would be had the current decayed to the end.

What was measured is integrated; what is missing is extrapolated from the decay at constant voltage. The instrument's
gain and offset are not part of the uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from ragone.pipelines.curve.holes import uncounted
from ragone.pipelines.curve.totals import SECONDS_PER_HOUR
from ragone.pipelines.curve.transient import noise_level
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.taper.extrapolation import FEWEST_BINS, Remainder, remaining_charge
from ragone.pipelines.kpi.taper.stretch import Passage, passages
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.errors import BoundsError

NAME = "taper_corrected_charge"
MISSING = "taper_missing_charge"
REFERENCE = "models and windows averaged as in Jay and Neil, 2021, 10.1103/PhysRevD.103.114502"
SMALLEST_PASSAGE = 0.05  # of the largest one's charge: pulses are no charges
LEAST_DECAY = 0.75  # of the current at which the taper began: above it no decay is visible
MOST_SLOW_WEIGHT = 0.5
TEXT = {
    NAME: "charge passed, and what the current at constant voltage would still have passed until it was {end}",
    MISSING: "charge that the current at constant voltage would still have passed until it was {end}",
}


@kpi_stage(
    "kpi.taper", gives={r"taper_(corrected|missing)_charge(\.passage_\d+)?": "A.h"}, libraries=("numpy", "scipy")
)
def taper_corrected_charge(curve: Curve, *, cut_off_ampere: float = 0.0) -> Mapping[str, Kpi]:
    """Charge of each charge, or of a discharge with a taper, corrected for the end of its taper.

    Parameters
    ----------
    curve
        With a passage at constant voltage after one at constant current or power, or alone.
    cut_off_ampere
        Until which current the taper is followed [A], >= 0; 0: to its end.

    Returns
    -------
    Mapping
        ``taper_corrected_charge`` and ``taper_missing_charge`` [A.h]; with ``.passage_n`` where there are several.

    Raises
    ------
    BoundsError
        If the cut-off is negative.
    """
    if cut_off_ampere < 0:
        raise BoundsError(f"cut_off_ampere = {cut_off_ampere:g} [A] is below 0. Give its size, without sign.")
    found = _of_interest(curve)
    if not found:
        reason = "the curve has neither a charge nor a current that decays at constant voltage"
        return {
            n: _definition(n, "", cut_off_ampere).missing(reason, KpiOutcome.NOT_APPLICABLE) for n in (NAME, MISSING)
        }
    kpis: dict[str, Kpi] = {}
    for number, passage in enumerate(found, start=1):
        kpis |= _kpis(curve, passage, cut_off_ampere, f".passage_{number}" if len(found) > 1 else "")
    return kpis


def _definition(name: str, suffix: str, cut_off: float) -> Definition:
    end = f"{cut_off:g} A" if cut_off else "zero"
    return Definition(name + suffix, "A.h", TEXT[name].format(end=end), REFERENCE)


def _of_interest(curve: Curve) -> list[Passage]:
    every = list(passages(curve))
    charges = [_charge(curve, p.start, p.end)[0] for p in every]
    largest = max(charges, default=0.0)
    big = [p for p, charge in zip(every, charges, strict=True) if charge > SMALLEST_PASSAGE * largest]
    return [p for p in big if p.sign > 0 or p.has_taper]


def _charge(curve: Curve, start: int, end: int) -> tuple[float, float]:
    """Charge of rows, by trapezoids, and its standard deviation from the current's noise [A s]."""
    time, current = curve.test_time_second[start:end], np.abs(curve.current_ampere[start:end])
    if len(time) < 2:
        return 0.0, 0.0
    widths = np.convolve(np.diff(time), [0.5, 0.5])
    return float(trapezoid(current, time)), noise_level(time, current) * float(np.linalg.norm(widths))


def _kpis(curve: Curve, passage: Passage, cut_off: float, suffix: str) -> dict[str, Kpi]:
    definitions = {n: _definition(n, suffix, cut_off) for n in (NAME, MISSING)}
    rows = slice(passage.taper, passage.end)
    time, current = curve.test_time_second[rows], np.abs(curve.current_ampere[rows])
    whole = Window(
        "from the first row of this sign of current to its last",
        float(curve.test_time_second[passage.start]),
        float(curve.test_time_second[passage.end - 1]),
    )
    reason, outcome, remainder = _examined(passage, time, current, cut_off)
    hole = uncounted(curve, passage.start, passage.end)
    if hole is not None:
        row = hole.after_sample + 1
        reason = f"nothing was recorded in the {hole.seconds:g} s after row {row}, so that its charge is not known"
    if remainder is None or hole is not None:
        return {d.name: d.missing(reason, outcome, whole) for d in definitions.values()}
    last = passage.taper + _last_row(current, cut_off)
    passed, noise = _charge(curve, passage.start, last + 1)
    method, window = _method(remainder), Window(_text(remainder), remainder.start, float(time[-1]))
    values = {NAME: passed + remainder.charge, MISSING: remainder.charge}
    deviations = {NAME: float(np.hypot(noise, remainder.deviation)), MISSING: remainder.deviation}
    return {
        d.name: d.measured(
            values[n] / SECONDS_PER_HOUR,
            uncertainty=deviations[n] / SECONDS_PER_HOUR,
            count=remainder.sample_count,
            method=method,
            window=window,
        )
        for n, d in definitions.items()
    }


def _last_row(current: NDArray[np.float64], cut_off: float) -> int:
    """The row at which the taper reached the cut-off, if it did; else its last."""
    below = np.flatnonzero(current <= cut_off)
    return int(below[0]) if len(below) else len(current) - 1


def _examined(
    passage: Passage, time: NDArray[np.float64], current: NDArray[np.float64], cut_off: float
) -> tuple[str, KpiOutcome, Remainder | None]:
    """The charge beyond the taper's end; or why there is none."""
    end = passage.end - 1
    if not passage.has_taper and end - passage.held >= FEWEST_BINS:
        reason = f"the voltage was held from row {passage.held} to row {end}, but no decay of the current is visible"
        return f"{reason}; hold the voltage for longer", KpiOutcome.NOT_IDENTIFIABLE, None
    if not passage.has_taper:
        reason = f"the current ended at row {end} without having fallen at constant voltage: the taper never started"
        return f"{reason}; hold the voltage until the current decays", KpiOutcome.NOT_APPLICABLE, None
    if cut_off and current.min() <= cut_off:
        return "", KpiOutcome.MEASURED, Remainder(0.0, 0.0, float(time[0]), len(time), {}, 0.0)
    left = float(np.mean(current[-3:]) / current[0])
    if left > LEAST_DECAY or len(time) < FEWEST_BINS:
        reason = f"from row {passage.taper} to row {end} the current fell to {left:.0%} only, over {len(time)} samples"
        return f"{reason}; the decay is not visible; hold the voltage for longer", KpiOutcome.NOT_IDENTIFIABLE, None
    remainder = remaining_charge(time, current, cut_off)
    if remainder is None or remainder.slow_weight > MOST_SLOW_WEIGHT:
        share = "no model fits" if remainder is None else f"{remainder.slow_weight:.0%} of the models see no end of it"
        reason = f"the decay from row {passage.taper} to row {end} does not tell where it ends: {share}"
        return f"{reason}; hold the voltage for longer", KpiOutcome.NOT_IDENTIFIABLE, None
    return "", KpiOutcome.MEASURED, remainder


def _text(remainder: Remainder) -> str:
    return f"the taper's last {remainder.sample_count} samples: the window of largest weight, always up to the last"


def _method(remainder: Remainder) -> str:
    if not remainder.weights:
        return "trapezoidal rule up to the row at which the cut-off was reached; nothing is missing; samples counted"
    models = ", ".join(f"{name} {share:.0%}" for name, share in remainder.weights.items() if share >= 0.01)
    return (
        f"trapezoidal rule, and mean over models and windows of the charge beyond the end, by weight: {models}; the "
        "current is taken to decay to zero, without leakage; uncertainty: noise, models and windows, without the "
        "instrument's calibration; samples of the window counted"
    )
