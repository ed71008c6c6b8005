"""How much charge a discharge left behind because polarisation took it to its cut-off early.

At the terminals a discharge at open-circuit voltage U shows U - s D, a charge U + (1 - s) D. D, the hysteresis between
both, is the shift between their differential capacities; s is the discharge's share of it. A discharge cut off at
V stopped at U = V + s D. What lies between there and U = V was not delivered, but the charge passes it, between its
own voltages V + (1 - s) D and V + D. That charge is counted; no curve is extrapolated.

Assumptions: D is one number over the overlap and goes on below it; how far it scatters from place to place is in the
uncertainty. s is the discharge's part of both currents, as for an ohmic cell, unless given. No capacity was lost.
It is refused where the charge does not begin deep enough: one that starts where this discharge ended never passes what
was left. Charge after a slower discharge, or one held at the cut-off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.curve.accuracy import accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.steps import StepKind, steps_of
from ragone.pipelines.curve.totals import Vector, totals_of, uncertainty
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.pipelines.kpi.differential.crossing import charge_at
from ragone.pipelines.kpi.differential.density import Charges, chosen_bandwidth
from ragone.pipelines.kpi.differential.samples import LEAST_SAMPLES, LEAST_SPAN_VOLT, Sweep, charges_of, sweeps
from ragone.pipelines.kpi.differential.shift import Shift, shift_between
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import NotNegative, Share

HYSTERESIS = Definition(
    "hysteresis", "V", "voltage by which dQ/dV of the charge lies above that of the discharge, least squares"
)
BEYOND = Definition(
    "capacity_beyond_cut_off", "A.h", "charge between the open-circuit voltage at the cut-off and the cut-off voltage"
)
CORRECTED = Definition("corrected_capacity", "A.h", "capacity of the discharge and that beyond its cut-off")
_SHARE = Bounds(0, 1)
_ALL = (HYSTERESIS, BEYOND, CORRECTED)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The discharge that was cut off, and the charge that tells what it left; the charge of both by voltage."""

    discharge: Sweep
    charge: Sweep
    below: Charges
    above: Charges

    @property
    def cut_off(self) -> float:
        """Voltage of the discharge's last sample [V]; the lowest one would be an outlier of the noise."""
        return float(self.discharge.whole.voltage[-1])

    @property
    def share(self) -> float:
        """The discharge's part of both currents [-]."""
        return self.discharge.mean_current / (self.discharge.mean_current + self.charge.mean_current)


@kpi_stage(
    "kpi.cut_off",
    gives={"hysteresis": "V", "capacity_beyond_cut_off": "A.h", "corrected_capacity": "A.h"},
    libraries=("numpy", "scipy"),
)
def capacity_beyond_cut_off(
    curves: tuple[Curve, ...],
    *,
    discharge_share: Share | None = None,
    discharge_share_uncertainty: float = 0.1,
    largest_hysteresis_volt: float = 0.5,
    voltage_uncertainty_volt: NotNegative = 0.0,
    current_uncertainty_ampere: NotNegative = 0.0,
) -> Mapping[str, Kpi]:
    """Hysteresis, the capacity beyond an early cut-off, and the capacity corrected for it.

    Parameters
    ----------
    curves
        Curves of one cell, simulated or measured. The discharge sweep with the largest current is corrected, with
        the charge that starts at the lowest voltage.
    discharge_share
        Part of the hysteresis that is the discharge's [-]; by default its part of both currents.
    discharge_share_uncertainty
        Standard uncertainty of that part [-].
    largest_hysteresis_volt
        Up to which a shift is looked for [V].
    voltage_uncertainty_volt, current_uncertainty_ampere
        Standard uncertainty of the instrument [V, A], the same for all samples; of the delivered charge.

    Returns
    -------
    Mapping
        Name -> KPI: hysteresis [V], capacity_beyond_cut_off [A.h], corrected_capacity [A.h].
    """
    _SHARE.require(0.5 if discharge_share is None else discharge_share, "discharge_share", "1")
    finished = [curve for curve in curves if unfinished(curve) is None]
    discharges, chargings = (sweeps(finished, kind) for kind in (StepKind.DISCHARGE, StepKind.CHARGE))
    if not discharges or not chargings:
        lacking = "discharge" if not discharges else "charge"
        reason = (
            f"no {lacking} of a finished curve sweeps {LEAST_SPAN_VOLT:g} V with {LEAST_SAMPLES} samples and no gap; "
            "one of each is needed"
        )
        return all_missing(_ALL, reason, KpiOutcome.NOT_APPLICABLE)
    pair = _pair(discharges, chargings)
    bandwidth = max(chosen_bandwidth(pair.below), chosen_bandwidth(pair.above))
    shift = shift_between(pair.below, pair.above, bandwidth, largest_hysteresis_volt)
    if shift is None or shift.uncertainty > max(shift.value, bandwidth):
        return all_missing(_ALL, _undetermined(shift, largest_hysteresis_volt))
    share = pair.share if discharge_share is None else discharge_share
    window = Window(
        f"discharge, step {pair.discharge.step.number}, to {pair.cut_off:.4g} V; charge, step "
        f"{pair.charge.step.number}; compared over {shift.low:.4g} to {shift.high:.4g} V"
    )
    method = (
        f"shift {shift.value:.4g} V of dQ/dV (Gaussian kernel of {1e3 * bandwidth:.3g} mV), misfit left "
        f"{shift.misfit:.2g} of the mean square; share of the discharge {share:.3g}"
    )
    by_shift = f"{method}; uncertainty: jackknife over stretches of voltage"
    found = {HYSTERESIS: (shift.value, shift.uncertainty, by_shift)}
    start, needed = float(np.median(pair.charge.step.voltage[:3])), pair.cut_off + (1 - share) * shift.value
    passes = start <= needed + shift.uncertainty + bandwidth / 2
    if passes:
        beyond, spread = _beyond(pair, shift, share, discharge_share_uncertainty)
        delivered, own = _delivered(pair.discharge, voltage_uncertainty_volt, current_uncertainty_ampere)
        origin = (
            f"{method}; charge at a voltage by a local parabola; uncertainty: scatter of the shift from place to place "
            f"({1e3 * shift.scatter:.2g} mV), share (+-{discharge_share_uncertainty:g}), noise at cut-off and both ends"
        )
        both = f"{delivered:.6g} A.h delivered and {beyond:.4g} A.h beyond; {origin}, integral {own:.2g} A.h"
        found |= {BEYOND: (beyond, spread, origin), CORRECTED: (delivered + beyond, math.hypot(spread, own), both)}
    count = len(pair.discharge.step.time) + len(pair.charge.step.time)
    kpis = {
        one.name: one.measured(value, uncertainty=error or None, count=count, method=how, window=window)
        for one, (value, error, how) in found.items()
    }
    reason = (
        f"the charge starts at {start:.4g} V, {needed:.4g} V or less is needed to pass what lies beyond the "
        "cut-off; charge after a slower discharge, or after one held at the cut-off"
    )
    return kpis if passes else kpis | {one.name: one.missing(reason, window=window) for one in (BEYOND, CORRECTED)}


def _undetermined(shift: Shift | None, largest: float) -> str:
    found = "none was found" if shift is None else f"{shift.value:.3g} V is uncertain by {shift.uncertainty:.2g} V"
    return (
        f"the shift between charge and discharge is not determined ({found}, up to {largest:g} V): sweeps with common "
        "features over most of the discharge's voltages are needed"
    )


def _delivered(sweep: Sweep, volt: float, ampere: float) -> tuple[float, float]:
    """Charge of the whole step and its standard uncertainty [A.h]."""

    def charge(totals: Vector) -> float:
        return float(abs(totals[1]))

    totals = totals_of((sweep.whole,), steps_of(sweep.curve), accuracy_of(sweep.curve, volt, ampere))
    return charge(totals.values), uncertainty(charge, totals) or 0.0


def _pair(discharges: list[Sweep], chargings: list[Sweep]) -> _Pair:
    discharge = max(discharges, key=lambda sweep: sweep.mean_current)
    charge = min(chargings, key=lambda sweep: float(np.median(sweep.step.voltage[:3])))
    return _Pair(discharge, charge, charges_of(discharge), charges_of(charge))


def _beyond(pair: _Pair, shift: Shift, share: float, share_uncertainty: float) -> tuple[float, float]:
    """Charge beyond the cut-off and its standard uncertainty [A.h]."""

    def left(cut_off: float, hysteresis: float, part: float) -> tuple[float, float]:
        upper, lower = (
            charge_at(pair.charge.step, pair.above.noise, cut_off + above)
            for above in (hysteresis, (1 - part) * hysteresis)
        )
        return upper[0] - lower[0], math.hypot(upper[1], lower[1])

    at = (pair.cut_off, shift.value, share)
    errors = (pair.below.noise, shift.scatter, share_uncertainty)
    value, noise = left(*at)
    moved = [noise]
    for number, error in enumerate(errors):
        up, down = ([x + sign * error * (n == number) for n, x in enumerate(at)] for sign in (1, -1))
        moved.append((left(*up)[0] - left(*down)[0]) / 2)
    return value, math.hypot(*moved)
