"""Which peaks the differential capacity of a curve has: of its slowest discharge and of its slowest charge.

The peaks are those at the terminals: polarisation moves and widens them, so that only sweeps of one rate compare.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import numpy as np

from ragone.pipelines.curve.steps import Step, StepKind
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.differential.density import chosen_bandwidth
from ragone.pipelines.kpi.differential.peaks import Peak, peaks_of
from ragone.pipelines.kpi.differential.samples import LEAST_SAMPLES, LEAST_SPAN_VOLT, charges_of, slowest, sweeps
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import POSITIVE
from ragone.schemas.parameter import NotNegative, Positive

_REFERENCE = "M. Dubarry et al., 2006, doi 10.1149/1.2221767 (incremental capacity)"
_KINDS = (StepKind.DISCHARGE, StepKind.CHARGE)
_ASPECTS = {
    "voltage": ("V", "voltage of a peak of dQ/dV"),
    "height": ("A.h/V", "dQ/dV at a peak, as smoothed"),
    "area": ("A.h", "charge from valley to valley about a peak of dQ/dV, no base line subtracted"),
}


@kpi_stage(
    "kpi.dqdv",
    gives={
        r"dqdv_(dis)?charge_peak_\d+_voltage": "V",
        r"dqdv_(dis)?charge_peak_\d+_height": "A.h/V",
        r"dqdv_(dis)?charge_peak_\d+_area": "A.h",
    },
    libraries=("numpy", "scipy"),
)
def differential_capacity_peaks(
    curve: Curve,
    *,
    least_significance: float = 4.0,
    most_peaks: Annotated[int, POSITIVE] = 6,
    bandwidth_volt: Positive | None = None,
    voltage_uncertainty_volt: NotNegative = 0.0,
) -> Mapping[str, Kpi]:
    """Voltage, height and area of every significant peak of dQ/dV.

    Parameters
    ----------
    curve
        Simulated or measured.
    least_significance
        Height above the feet over its error [-].
    most_peaks
        Largest number of peaks of each sweep, the highest first.
    bandwidth_volt
        Bandwidth of the smoothing [V]; by default the one with the smallest mean squared error.
    voltage_uncertainty_volt
        Standard uncertainty of the instrument [V], the same for all samples; it moves the peaks.

    Returns
    -------
    Mapping
        "dqdv_discharge_peak_1_voltage" [V], "..._height" [A.h/V], "..._area" [A.h] and so on, the highest peak first;
        those of peak 1 without a value where there is none -> KPI.

    Raises
    ------
    BoundsError
        If `most_peaks` or `bandwidth_volt` is not above 0.

    References
    ----------
    M. Dubarry, V. Svoboda, R. Hwu, B. Y. Liaw, 2006, doi 10.1149/1.2221767; B. W. Silverman, 1986, Density Estimation
    (kernel, bandwidth).
    """
    POSITIVE.require(most_peaks, "most_peaks", "1")
    if bandwidth_volt is not None:
        POSITIVE.require(bandwidth_volt, "bandwidth_volt", "V")
    found: dict[str, Kpi] = {}
    for kind in _KINDS:
        candidates = sweeps([curve], kind)
        if not candidates:
            reason = (
                f"no {kind} sweeps {LEAST_SPAN_VOLT:g} V with {LEAST_SAMPLES} samples and no gap; record one, slowly "
                "and densely"
            )
            found |= _none(kind, reason, KpiOutcome.NOT_APPLICABLE)
            continue
        sweep = slowest(candidates)
        by_voltage = charges_of(sweep)
        bandwidth = bandwidth_volt or chosen_bandwidth(by_voltage)
        peaks = peaks_of(by_voltage, bandwidth, least_significance)[:most_peaks]
        if not peaks:
            reason = (
                f"no peak stands out by {least_significance:g} times its error at a bandwidth of {bandwidth:.3g} V; "
                "sweep more slowly, sample more densely, or set bandwidth_volt"
            )
            found |= _none(kind, reason, KpiOutcome.NOT_IDENTIFIABLE)
        method = (
            f"Gaussian kernel of {1e3 * bandwidth:.3g} mV, {'as given' if bandwidth_volt else 'chosen from the data'}; "
            f"noise of a voltage {1e3 * by_voltage.noise:.2g} mV"
        )
        for number, peak in enumerate(peaks, 1):
            found |= _of_peak(f"dqdv_{kind}_peak_{number}", peak, sweep.step, method, voltage_uncertainty_volt)
    return found


def _none(kind: StepKind, reason: str, outcome: KpiOutcome) -> dict[str, Kpi]:
    names = {f"dqdv_{kind}_peak_1_{aspect}": about for aspect, about in _ASPECTS.items()}
    return {name: Definition(name, *about, _REFERENCE).missing(reason, outcome) for name, about in names.items()}


def _of_peak(name: str, peak: Peak, step: Step, method: str, stated: float) -> dict[str, Kpi]:
    rate = abs(float(np.mean(step.current)))
    window = Window(
        f"{step.kind}, step {step.number}, at a mean of {rate:.4g} A, {peak.low:.4g} to {peak.high:.4g} V",
        float(step.time[0]),
        float(step.time[-1]),
    )
    errors = {
        "voltage": (peak.voltage, stated, "noise through the slope, shift with a wider kernel, accuracy as stated"),
        "height": (peak.height, 0.0, "noise, flattening by the kernel"),
        "area": (peak.area, 0.0, "positions of the valleys"),
    }
    found = {}
    for aspect, (quantity, more, origin) in errors.items():
        definition = Definition(f"{name}_{aspect}", *_ASPECTS[aspect], _REFERENCE)
        found[definition.name] = definition.measured(
            quantity.value,
            uncertainty=math.hypot(quantity.uncertainty, more) or None,
            count=len(step.time),
            method=f"{method}; significance {peak.significance:.3g}; uncertainty: {origin}",
            window=window,
        )
    return found
