"""Polarisation resistance and time constants, read off every pulse that follows a rest, and every rest after a load.

The answer to the jump is fitted with relaxations (`transient.relaxations`). After a load of length T a relaxation is
loaded by the share 1 - exp(-T / tau) only; its amplitude is divided by that. What has not come to an end within the
window, a diffusion tail, is not part of the polarisation resistance, and is flagged in `method`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient import MOST, Jump, Relaxations, fit_relaxations, jumps_of, logarithmic_bins
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.resistance.aggregate import with_mean
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage

NAME = "polarisation_resistance"
REFERENCE = "number of relaxations by the criterion of Schwarz, 1978, 10.1214/aos/1176344136"
TEXT = "sum of the resistances of all relaxations that follow a jump of the current and come to an end in the window"
FEWEST_SAMPLES = 20
SHARPEST = 1e-9  # of a time constant: an uncertainty below is that of a fit that does not feel it
INADEQUACY = 1e-3  # of the polarisation: how well a cell is described by relaxations at all


@kpi_stage(
    "kpi.polarisation",
    gives={
        r"polarisation_resistance(\.jump_\d+)?": "ohm",
        r"resistance_\d+\.jump_\d+": "ohm",
        r"time_constant_\d+\.jump_\d+": "s",
    },
    libraries=("numpy", "scipy"),
)
def polarisation_resistance(curve: Curve) -> Mapping[str, Kpi]:
    """Polarisation resistance, and resistance and time constant of each relaxation, at each jump from or to rest.

    Returns
    -------
    Mapping
        ``polarisation_resistance`` [ohm] and, for jump n and relaxation k, ``polarisation_resistance.jump_n``,
        ``resistance_k.jump_n`` [ohm] and ``time_constant_k.jump_n`` [s]. A jump from one load to another has none.
    """
    long = {n: j for n, j in enumerate(jumps_of(curve), start=1) if len(j.time) >= FEWEST_SAMPLES}
    definition = Definition(NAME, "ohm", TEXT, REFERENCE)
    if not long:
        reason = f"no jump of the current is followed by {FEWEST_SAMPLES} samples at one current; a pulse or a rest is"
        return {NAME: definition.missing(reason, KpiOutcome.NOT_APPLICABLE)}
    sums: dict[str, Kpi] = {}
    parts: dict[str, Kpi] = {}
    for number, jump in long.items():
        name = f"{NAME}.jump_{number}"
        found = _relaxed(curve, jump) if jump.before.is_rest or jump.after.is_rest else None
        sums[name] = _sum(Definition(name, "ohm", f"{TEXT}; {jump.text}", REFERENCE), jump, found)
        if found is not None:
            parts |= _parts(number, jump, found)
    return {**with_mean(definition, sums), **parts}


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """Resistances [ohm] of the relaxations seen to their end, the fit, the standard deviations, and the shortest time.

    `fastest` [s] is what lies between the jump and the first samples: a shorter time constant is not seen.
    """

    fit: Relaxations
    resistance: NDArray[np.float64]
    share: NDArray[np.float64]
    timing: NDArray[np.float64]
    end: float
    count: int
    fastest: float

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance of the resistances."""
        k = self.fit.identified
        block = self.fit.covariance[:k, :k] / np.outer(self.share, self.share)
        return np.asarray(block + np.outer(self.timing, self.timing))


def _relaxed(curve: Curve, jump: Jump) -> _Relaxed | None:
    since = jump.time - jump.rise
    raw = jump.answer + jump.baseline_slope * since / jump.change
    bins = logarithmic_bins(since + jump.half_gap)
    data = bins.mean(raw)
    deviation = np.hypot(jump.deviation / np.sqrt(bins.counts), INADEQUACY * np.abs(data - data[0]))
    fit = fit_relaxations(bins.mean(np.maximum(since, 0.0)), data, deviation, max(jump.resolution, 1e-4))
    if fit is None:
        return None
    k = fit.identified
    loaded = curve.test_time_second[jump.before.end - 1] - curve.test_time_second[jump.before.start]
    share = np.ones(k) if jump.before.is_rest else -np.expm1(-max(float(loaded), 1e-9) / fit.tau[:k])
    resistance = fit.amplitude[:k] / share
    timing = resistance / fit.tau[:k] * jump.half_gap / np.sqrt(3)
    fastest = max(jump.resolution, float(jump.time[1] - jump.time[0]))
    return _Relaxed(fit, resistance, share, timing, float(jump.time[-1]), len(since), fastest)


def _window(jump: Jump) -> Window:
    text = (
        f"all {len(jump.time)} samples from the first settled one to the last at this current, averaged in bins of "
        f"equal width on the logarithm of time; time resolution {jump.resolution:.3g} s"
    )
    return Window(text, float(jump.time[0]), float(jump.time[-1]))


def _sum(definition: Definition, jump: Jump, found: _Relaxed | None) -> Kpi:
    if not (jump.before.is_rest or jump.after.is_rest):
        reason = (
            f"row {jump.first_row}: the pulse follows {jump.before.level:.4g} A, not a rest; rest before each pulse"
        )
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE, _window(jump))
    if found is None or found.fit.identified == 0:
        reason = f"after row {jump.first_row} no relaxation comes to an end within {jump.time[-1] - jump.rise:.3g} s"
        return definition.missing(f"{reason}{_tail(found)}; wait longer or sample faster", window=_window(jump))
    return definition.measured(
        float(found.resistance.sum()),
        uncertainty=float(np.sqrt(found.covariance.sum())),
        count=found.count,
        method=_method(found),
        window=_window(jump),
    )


def _tail(found: _Relaxed | None) -> str:
    if found is None or (found.fit.tail == "none" and found.fit.slow == 0):
        return ""
    slow = f"{found.fit.slow} relaxation slower than a third of the window" if found.fit.slow else ""
    kinds = " and ".join(k for k in (slow, "" if found.fit.tail == "none" else found.fit.tail) if k)
    return f"; FLAG diffusion tail ({kinds}), not included"


def _method(found: _Relaxed) -> str:
    fit, k = found.fit, found.fit.identified
    taus = ", ".join(f"{tau:.3g} s" for tau in fit.tau[:k])
    return (
        f"least squares with {len(fit.amplitude)} relaxations, chosen by the Bayesian information criterion among up "
        f"to {MOST} and three kinds of tail; time constants {taus}; reduced chi square {fit.reduced_chi_square:.2g}"
        f"{_tail(found)}; uncertainty: noise, misfit and time of the jump, by the fit's covariance; samples counted"
    )


def _parts(number: int, jump: Jump, found: _Relaxed) -> dict[str, Kpi]:
    kpis: dict[str, Kpi] = {}
    fit, k = found.fit, found.fit.identified
    deviations = np.sqrt(np.diag(fit.covariance))
    for i in range(k):
        tau_row = len(fit.amplitude) + i
        correlation = fit.covariance[i, tau_row] / (deviations[i] * deviations[tau_row] or 1.0)
        method = f"{_method(found)}; correlation of its resistance and ln of its time constant {correlation:.2f}"
        for what, unit, value, deviation in (
            ("resistance", "ohm", found.resistance[i], float(np.sqrt(found.covariance[i, i]))),
            ("time_constant", "s", fit.tau[i], fit.tau[i] * deviations[tau_row]),
        ):
            name = f"{what}_{i + 1}.jump_{number}"
            text = f"{what.replace('_', ' ')} of relaxation {i + 1} of {k}, by rising time constant; {jump.text}"
            definition = Definition(name, unit, text, REFERENCE)
            if what == "time_constant" and not (value > found.fastest and SHARPEST < deviation / value < 1):
                reason = (
                    f"{value:.3g} +- {deviation:.2g} s; the samples after row {jump.first_row} determine none below "
                    f"{found.fastest:.3g} s, which lie between the first of them; sample faster"
                )
                kpis[name] = definition.missing(reason, window=_window(jump))
                continue
            kpis[name] = definition.measured(
                float(value), uncertainty=float(deviation), count=found.count, method=method, window=_window(jump)
            )
    return kpis
