"""Ohmic resistance, read off every jump of the current: what is there before anything polarises.

What counts as ohmic is decided by the sampling: whatever relaxes faster than the first settled sample is in it. A curve
of PyBaMM without double layer has its charge transfer in it, as does a measurement at 1 Hz. The instrument's own
calibration is not part of the uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ragone.pipelines.curve.transient import Jump, doubt_of, jumps_of
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.resistance.aggregate import with_mean
from ragone.pipelines.kpi.resistance.extrapolation import ZeroTime, extrapolate
from ragone.schemas import Curve, Kpi, KpiOutcome, kpi_stage

NAME = "ohmic_resistance"
LARGEST_UNCERTAINTY = 0.15  # of the value
REFERENCE = "model and window averaged as in Jay and Neil, 2021, 10.1103/PhysRevD.103.114502"
TEXT = "change of voltage over change of current at a jump of the current, extrapolated to zero time after it"


@kpi_stage("kpi.ohmic_resistance", gives={r"ohmic_resistance(\.jump_\d+)?": "ohm"}, libraries=("numpy",))
def ohmic_resistance(curve: Curve, *, coarsest_resolution_second: float = 3.0) -> Mapping[str, Kpi]:
    """Ohmic resistance at each jump of the current, and their mean.

    Parameters
    ----------
    curve
        Any time series with a jump of the current: a pulse, an interruption, the start or end of a discharge.
    coarsest_resolution_second
        A jump whose first settled sample may be later than this [s] gives no value.

    Returns
    -------
    Mapping
        ``ohmic_resistance`` [ohm], and where there are several jumps ``ohmic_resistance.jump_1``, ...
    """
    jumps = jumps_of(curve)
    if not jumps:
        reason = "the current never jumps from one value to another and settles there; a pulse or an interruption does"
        return {NAME: Definition(NAME, "ohm", TEXT, REFERENCE).missing(reason, KpiOutcome.NOT_APPLICABLE)}
    names = [f"{NAME}.jump_{n}" for n in range(1, len(jumps) + 1)]
    single = {n: _kpi(n, jump, coarsest_resolution_second) for n, jump in zip(names, jumps, strict=True)}
    return with_mean(Definition(NAME, "ohm", TEXT, REFERENCE), single)


def _kpi(name: str, jump: Jump, coarsest: float) -> Kpi:
    definition = Definition(name, "ohm", f"{TEXT}; {jump.text}", REFERENCE)
    where = Window(f"after the jump: {jump.text}", float(jump.time[0]), float(jump.time[-1]))
    if jump.resolution > coarsest:
        reason = (
            f"the first settled sample is up to {jump.resolution:.3g} s after the jump at row {jump.first_row}, later "
            f"than {coarsest:g} s; sample faster, or ask for the resistance at a stated time"
        )
        return definition.missing(reason, window=where)
    found = extrapolate(jump)
    if found is None:
        reason = f"only {len(jump.time)} samples follow row {jump.first_row} at a steady current; at least 5 are needed"
        return definition.missing(reason, window=where)
    if found.value + 2 * np.sqrt(found.variance) < 0:
        reason = (
            f"{found.value:.3g} ohm at row {jump.first_row} is negative: the voltage falls where the current rises; "
            "a discharging current must be negative"
        )
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE, where)
    reach = float(jump.answer[: found.sample_count].max())
    doubt = jump.doubt or doubt_of(max(found.value, 0.0), reach, jump.first_row) or _undetermined(jump, found)
    if doubt:
        return definition.missing(doubt, window=where)
    return definition.measured(
        found.value,
        uncertainty=float(np.sqrt(found.variance)),
        count=found.sample_count,
        method=_method(jump, found),
        window=_window(jump, found),
    )


def _undetermined(jump: Jump, found: ZeroTime) -> str:
    """Reason why the value says too little to be one; empty if it is."""
    deviation = float(np.sqrt(found.variance))
    if deviation <= LARGEST_UNCERTAINTY * found.value:
        return ""
    reason = (
        f"{found.value:.3g} +- {deviation:.2g} ohm at row {jump.first_row} is uncertain by more than "
        f"{LARGEST_UNCERTAINTY:.0%}"
    )
    if found.without_first is not None:
        reason += f", for without its first row it is {found.without_first:.3g} ohm: that row was read too early, or "
        return f"{reason}something faster than the rows relaxes; sample faster"
    return f"{reason}; sample faster, or jump further"


def _window(jump: Jump, found: ZeroTime) -> Window:
    text = (
        f"{found.sample_count} samples from the first settled one, {jump.left_out} left out as on the ramp or read too "
        f"early, to {found.window_end:.3g} s after the jump, the window of largest weight; time resolution "
        f"{jump.resolution:.3g} s: what is faster counts as ohmic"
    )
    return Window(text, float(jump.time[0]), jump.rise + found.window_end)


def _method(jump: Jump, found: ZeroTime) -> str:
    models = ", ".join(f"{name} {share:.0%}" for name, share in found.weights.items() if share >= 0.01)
    return (
        f"mean over models and windows, by weight: {models}; time of the jump known to +-{jump.half_gap:.2g} s; "
        f"uncertainty: noise ({jump.deviation:.2g} ohm per sample), voltage before the jump, models, windows and time "
        f"of the jump; without the instrument's calibration; counted are the samples of the window"
        f"{'; ' * bool(jump.finding)}{jump.finding}"
    )
