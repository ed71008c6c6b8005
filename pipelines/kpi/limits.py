"""What limits this cell at this rate: the share of each overpotential in the energy that is lost.

Every loss of the model is a voltage; times the current and integrated over the discharging (or charging) steps it is
an energy. All of them must add up to the energy between open-circuit and terminal voltage: the residual is a KPI too.
Averages over the electrodes are PyBaMM's; what is local is not resolved.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.steps import Step, StepKind, steps_of
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import Curve, Cycling, Kpi, KpiOutcome, kpi_stage

_OPEN_CIRCUIT = "Battery open-circuit voltage [V]"
_LOSSES = {
    "reaction": "X-averaged battery reaction overpotential [V]",
    "particle_diffusion": "Battery particle concentration overpotential [V]",
    "electrolyte_concentration": "X-averaged battery concentration overpotential [V]",
    "electrolyte_ohmic": "X-averaged battery electrolyte ohmic losses [V]",
    "solid_ohmic": "X-averaged battery solid phase ohmic losses [V]",
    "contact": "Contact overpotential [V]",
}
_REFERENCE = "A. Nyman et al., 2010, doi 10.1149/1.3486161 (losses by their energy)"
SHARES = {
    name: Definition(f"loss_share_{name}", "1", f"share of the energy lost by {variable}", _REFERENCE)
    for name, variable in _LOSSES.items()
}
RESIDUAL = Definition("loss_share_unaccounted", "1", "share of the energy lost that no recorded overpotential explains")
MEAN = Definition("mean_overpotential", "V", "open-circuit minus terminal voltage, mean over the charge passed")
Samples = NDArray[np.float64]


@kpi_stage("kpi.limits", gives={"loss_share_[a-z_]+": "1", "mean_overpotential": "V"}, libraries=("numpy",))
def loss_shares(curve: Curve, *, charging: bool = False) -> Mapping[str, Kpi]:
    """Share of each overpotential in the energy lost, what is left unexplained, and the mean overpotential.

    Parameters
    ----------
    curve
        A simulated protocol that recorded its overpotentials.
    charging
        Whether the charging steps are looked at, not the discharging ones.

    Returns
    -------
    Mapping
        "loss_share_reaction" and so on [-], which add up to 1 with "loss_share_unaccounted"; "mean_overpotential" [V].
    """
    kind = StepKind.CHARGE if charging else StepKind.DISCHARGE
    steps = [step for step in steps_of(curve) if step.kind is kind]
    definitions = (*SHARES.values(), RESIDUAL, MEAN)
    refused = _refusal(curve, steps, kind)
    if refused or not isinstance(curve, Cycling):
        return all_missing(definitions, *(refused or ("no protocol", KpiOutcome.NOT_APPLICABLE)))
    sign = 1.0 if charging else -1.0
    total = _joules(curve, steps, (np.asarray(curve.voltage_volt) - curve.variable(_OPEN_CIRCUIT)) * sign, sign)
    charge = _joules(curve, steps, np.ones(len(curve.test_time_second)), sign)
    # PyBaMM counts the contact overpotential positive when discharging, the others negative
    losses = {
        name: _joules(curve, steps, curve.variable(variable) * (-sign if name == "contact" else sign), sign)
        for name, variable in _LOSSES.items()
        if variable in curve.variable_names
    }
    if not total[0] > 0:
        reason = f"no energy was lost between open-circuit and terminal voltage ({total[0]:.3g} J)"
        return all_missing(definitions, reason, KpiOutcome.NOT_IDENTIFIABLE)
    window = Window(f"all {len(steps)} {kind} steps", float(steps[0].time[0]), float(steps[-1].time[-1]))
    count = sum(len(step.time) for step in steps)
    method = (
        f"energies by the trapezoidal rule, over {total[0] / 3600:.4g} W.h lost between open-circuit and terminal "
        "voltage; uncertainty: a third of what leaving out every second sample does; that of the model is not in it"
    )

    def kpi(definition: Definition, above: Samples, below: Samples) -> Kpi:
        values = above / below
        return definition.measured(
            float(values[0]),
            uncertainty=float(abs(values[0] - values[1])) / 3 or None,
            count=count,
            method=method,
            window=window,
        )

    shares = {
        definition.name: kpi(definition, losses[name], total)
        if name in losses
        else definition.missing(f"{_LOSSES[name]!r} was not recorded", KpiOutcome.NOT_APPLICABLE)
        for name, definition in SHARES.items()
    }
    rest = total - sum(losses.values(), np.zeros(2))
    return {**shares, RESIDUAL.name: kpi(RESIDUAL, rest, total), MEAN.name: kpi(MEAN, total, charge)}


def _refusal(curve: Curve, steps: list[Step], kind: StepKind) -> tuple[str, KpiOutcome] | None:
    if not isinstance(curve, Cycling):
        reason = f"a {curve.kind} holds no overpotentials; simulate a protocol, which records them"
        return reason, KpiOutcome.NOT_APPLICABLE
    if _OPEN_CIRCUIT not in curve.variable_names:
        return f"{_OPEN_CIRCUIT!r} was not recorded", KpiOutcome.NOT_APPLICABLE
    if not steps:
        return f"no step is a {kind}", KpiOutcome.NOT_APPLICABLE
    return unfinished(curve)


def _joules(curve: Curve, steps: list[Step], volts: Samples, sign: float) -> Samples:
    """Voltage times current over time of the steps, with all samples and with every second left out; shape (2,)."""
    found = np.zeros(2)
    for step in steps:
        rate = volts[step.first_row : step.first_row + len(step.time)] * step.current * sign
        kept = np.r_[0 : len(step.time) - 1 : 2, len(step.time) - 1] if len(step.time) > 2 else slice(None)
        found += np.trapezoid(rate, step.time), np.trapezoid(rate[kept], step.time[kept])
    return found
