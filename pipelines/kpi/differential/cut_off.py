"""How much charge a discharge left behind because polarisation took it to its cut-off early.

At the terminals a discharge at open-circuit voltage U shows U - s D, a charge U + (1 - s) D. D is the hysteresis
between both, s the discharge's share of it. A discharge cut off at V stopped at U = V + s D. What lies between there
and U = V was not delivered, but the charge passes it, between its own voltages V + (1 - s) D and V + D. That charge
is counted; no curve is extrapolated.

Where the discharge stopped is found on the charge by the features of both (`alignment`), whatever D does on the way:
it may grow towards the end, as diffusion and depletion make it. The D that counts is the one found there. The KPI
hysteresis is one number for the whole, the shift between the differential capacities.

Assumptions: s is the discharge's part of both currents, as for an ohmic cell, unless given, and then it is not known
whose the growth of D is, which the uncertainty holds. No capacity was lost between the two sweeps.
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
from ragone.pipelines.kpi.differential.alignment import Alignment, aligned
from ragone.pipelines.kpi.differential.crossing import charge_at, voltage_at
from ragone.pipelines.kpi.differential.density import chosen_bandwidth
from ragone.pipelines.kpi.differential.samples import LEAST_SAMPLES, LEAST_SPAN_VOLT, Sweep, charges_of, sweeps
from ragone.pipelines.kpi.differential.shift import shift_between
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
_LARGEST_SHARE = 0.1  # of the discharge, up to which an uncertain state is told by it
_ALL = (HYSTERESIS, BEYOND, CORRECTED)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The discharge that was cut off, and the charge that tells what it left."""

    discharge: Sweep
    charge: Sweep

    @property
    def cut_off(self) -> float:
        """Voltage of the discharge's last sample [V]; the lowest one would be an outlier of the noise."""
        return float(self.discharge.whole.voltage[-1])

    @property
    def share(self) -> float:
        """The discharge's part of both currents [-]."""
        return self.discharge.mean_current / (self.discharge.mean_current + self.charge.mean_current)

    @property
    def window(self) -> Window:
        """Both steps."""
        steps = self.discharge.step.number, self.charge.step.number
        return Window(f"discharge, step {steps[0]}, to {self.cut_off:.4g} V; charge, step {steps[1]}")

    def kpi(self, definition: Definition, value: float, error: float, method: str) -> Kpi:
        """A KPI of both."""
        count = len(self.discharge.step.time) + len(self.charge.step.time)
        return definition.measured(value, uncertainty=error or None, count=count, method=method, window=self.window)


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
    share = pair.share if discharge_share is None else discharge_share
    kpis = {HYSTERESIS.name: _hysteresis(pair, largest_hysteresis_volt)}
    alignment = aligned(pair.discharge.path, pair.charge.path)
    if alignment is None or alignment.uncertainty > _LARGEST_SHARE * pair.discharge.charge:
        return kpis | all_missing((BEYOND, CORRECTED), _undetermined(alignment))
    stop = _Stop.of(pair, alignment)
    start, needed = float(np.median(pair.charge.step.voltage[:3])), pair.cut_off + (1 - share) * stop.hysteresis
    if start > needed + stop.hysteresis_error + pair.charge.noise:
        reason = (
            f"the charge starts at {start:.4g} V, {needed:.4g} V or less is needed to pass what lies beyond the "
            "cut-off; charge after a slower discharge, or after one held at the cut-off"
        )
        return kpis | {one.name: one.missing(reason, window=pair.window) for one in (BEYOND, CORRECTED)}
    growth = abs(stop.hysteresis - alignment.hysteresis) if discharge_share is None else 0.0
    beyond, spread = stop.beyond(share, discharge_share_uncertainty, growth)
    delivered, own = _delivered(pair.discharge, voltage_uncertainty_volt, current_uncertainty_ampere)
    method = (
        f"state at the cut-off by the features of both sweeps (hysteresis a polynomial of order {alignment.order} of "
        f"the charge, misfit {1e3 * alignment.misfit:.2g} mV), {1e3 * stop.hysteresis:.4g} mV of hysteresis there, "
        f"{1e3 * alignment.hysteresis:.4g} mV on average; share of the discharge {share:.3g}; charge at a voltage by a "
        f"local parabola; uncertainty: state (+-{alignment.uncertainty:.2g} A.h), share "
        f"(+-{discharge_share_uncertainty:g}), "
        f"whose the growth is (+-{1e3 * growth:.2g} mV), noise at cut-off and both ends"
    )
    both = f"{delivered:.6g} A.h delivered and {beyond:.4g} A.h beyond; {method}, integral {own:.2g} A.h"
    return kpis | {
        BEYOND.name: pair.kpi(BEYOND, beyond, spread, method),
        CORRECTED.name: pair.kpi(CORRECTED, delivered + beyond, math.hypot(spread, own), both),
    }


def _hysteresis(pair: _Pair, largest: float) -> Kpi:
    """The shift between the differential capacities of both."""
    below, above = charges_of(pair.discharge), charges_of(pair.charge)
    bandwidth = max(chosen_bandwidth(below), chosen_bandwidth(above))
    shift = shift_between(below, above, bandwidth, largest)
    if shift is None or shift.uncertainty > max(shift.value, bandwidth):
        found = "none was found" if shift is None else f"{shift.value:.3g} V is uncertain by {shift.uncertainty:.2g} V"
        return HYSTERESIS.missing(
            f"the shift between charge and discharge is not determined ({found}, up to {largest:g} V): sweeps with "
            "common features over most of the discharge's voltages are needed"
        )
    method = (
        f"shift {shift.value:.4g} V of dQ/dV (Gaussian kernel of {1e3 * bandwidth:.3g} mV), compared over "
        f"{shift.low:.4g} to {shift.high:.4g} V, misfit left {shift.misfit:.2g} of the mean square; "
        "uncertainty: jackknife over stretches of voltage"
    )
    return pair.kpi(HYSTERESIS, shift.value, shift.uncertainty, method)


def _undetermined(alignment: Alignment | None) -> str:
    found = "none fits" if alignment is None else f"uncertain by {alignment.uncertainty:.2g} A.h"
    return (
        f"the state at the cut-off is not determined by the charge ({found}): a charge with the features of "
        f"the discharge over most of it is needed"
    )


@dataclass(frozen=True, slots=True)
class _Stop:
    """State on the charge at which the discharge stopped [A.h], hysteresis there [V], and standard uncertainties."""

    pair: _Pair
    state: float
    state_error: float
    hysteresis: float
    hysteresis_error: float

    @classmethod
    def of(cls, pair: _Pair, alignment: Alignment) -> _Stop:
        """Read the charge's voltage at the state in which the discharge ended."""
        state = alignment.charge - pair.discharge.charge
        voltage, error = voltage_at(pair.charge.step, pair.charge.noise, max(state, 0.0))
        return cls(pair, state, alignment.uncertainty, voltage - pair.cut_off, error)

    def beyond(self, share: float, share_error: float, growth: float) -> tuple[float, float]:
        """Charge between the open-circuit voltage at the cut-off and the cut-off, and its standard uncertainty [A.h].

        Parameters
        ----------
        share, share_error
            The discharge's part of the hysteresis [-].
        growth
            Hysteresis at the cut-off over that on average, if it is not known whose that is [V].
        """
        step, noise = self.pair.charge.step, self.pair.charge.noise

        def left(state: float, cut_off: float, own: float) -> tuple[float, float]:
            """Charge to the voltage that lies a charge's own polarisation above the cut-off."""
            lower, error = charge_at(step, noise, cut_off + own)
            return state - lower, error

        def moved(state: float, cut_off: float, part: float) -> float:
            voltage, _ = voltage_at(step, noise, max(state, 0.0))
            return left(state, cut_off, (1 - part) * (voltage - cut_off))[0]

        own = (1 - share) * self.hysteresis
        value, error = left(self.state, self.pair.cut_off, own)
        at = (self.state, self.pair.cut_off, share)
        errors = (self.state_error, self.pair.discharge.noise, share_error)
        shifts = [error]
        for number, one in enumerate(errors):
            up, down = ([x + sign * one * (n == number) for n, x in enumerate(at)] for sign in (1, -1))
            shifts.append((moved(*up) - moved(*down)) / 2)
        for one in ((1 - share) * self.hysteresis_error, (1 - share) * growth):
            more, less = (left(self.state, self.pair.cut_off, own + sign * one)[0] for sign in (1, -1))
            shifts.append((more - less) / 2)
        return value, math.hypot(*shifts)


def _delivered(sweep: Sweep, volt: float, ampere: float) -> tuple[float, float]:
    """Charge of the whole step and its standard uncertainty [A.h]."""

    def charge(totals: Vector) -> float:
        return float(abs(totals[1]))

    totals = totals_of((sweep.whole,), steps_of(sweep.curve), accuracy_of(sweep.curve, volt, ampere))
    return charge(totals.values), uncertainty(charge, totals) or 0.0


def _pair(discharges: list[Sweep], chargings: list[Sweep]) -> _Pair:
    discharge = max(discharges, key=lambda sweep: sweep.mean_current)
    charge = min(chargings, key=lambda sweep: float(np.median(sweep.step.voltage[:3])))
    return _Pair(discharge, charge)
