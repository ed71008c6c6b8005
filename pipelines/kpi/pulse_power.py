"""The power of a pulse that was raised until a limit was met: what a cell gives or takes for some seconds.

Read off a simulated pulse whose protocol found its power (`pulse_at_largest_power`); the conditions, among them
temperature, state of charge and time, are those of that protocol.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import Curve, Cycling, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.curve import AT_LARGEST_POWER

_REFERENCE = "Christophersen 2015, INL/EXT-15-34184, doi 10.2172/1186745 (there from the resistance of a smaller pulse)"
_LARGEST = "largest constant power that a cell {} for the time of a pulse within its limits"
DELIVERED = Definition("discharge_pulse_power", "W", _LARGEST.format("delivers"), _REFERENCE)
TAKEN_UP = Definition("charge_pulse_power", "W", _LARGEST.format("takes up"), _REFERENCE)


@kpi_stage("kpi.pulse_power", gives={"discharge_pulse_power": "W", "charge_pulse_power": "W"}, libraries=("numpy",))
def pulse_power(curve: Curve) -> Mapping[str, Kpi]:
    """Power of a pulse in either direction; the other one has no value.

    Parameters
    ----------
    curve
        A simulated pulse at the largest power.

    Returns
    -------
    Mapping
        Name -> KPI: discharge_pulse_power [W], charge_pulse_power [W], > 0; NOT_REACHED where a limit is passed at
        rest.
    """
    if not isinstance(curve, Cycling) or AT_LARGEST_POWER not in " ".join(curve.protocol):
        reason = f"this {curve.kind} is no pulse whose power was found; run pulse_at_largest_power"
        return all_missing((DELIVERED, TAKEN_UP), reason, KpiOutcome.NOT_APPLICABLE)
    asked, other = (DELIVERED, TAKEN_UP) if curve.protocol[0].startswith("Discharge") else (TAKEN_UP, DELIVERED)
    return {
        asked.name: _found(asked, curve),
        other.name: other.missing("the pulse is of the other direction", KpiOutcome.NOT_APPLICABLE),
    }


def _found(definition: Definition, curve: Cycling) -> Kpi:
    if not len(curve.test_time_second):
        return definition.missing(f"there is no pulse: {curve.reason}", KpiOutcome.NOT_REACHED)
    power = np.abs(np.asarray(curve.voltage_volt) * np.asarray(curve.current_ampere))
    return definition.measured(
        float(power.mean()),
        uncertainty=float(np.ptp(power)) / 2 or None,
        count=len(power),
        method=f"{curve.protocol[0]}; uncertainty: half the range of the samples; that of the model is not in it",
        window=Window("the pulse", float(curve.test_time_second[0]), float(curve.test_time_second[-1])),
    )
