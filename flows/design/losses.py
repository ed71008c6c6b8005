"""What limits a design physically? The shares of its overpotentials in the energy that its discharge loses.

They are read off a protocol that recorded them. A discharge of the loop keeps voltage and current only: its cell is
discharged once more, in the same way, with everything recorded, and that is stored like any other result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragone.dataset import Lake
from ragone.flows.cell.cycling import cycle_many, free_test
from ragone.flows.cell.kpis import extract
from ragone.schemas import Cycling, Discharge, DischargeOutcome, Kpi, KpiOutcome, Run

_SHARED = (
    "initial_state_of_charge",
    "ambient_temperature_kelvin",
    "mesh_points",
    "relative_tolerance",
    "absolute_tolerance",
    "particle_size_points",
    "thermal",
    "heat_transfer_coefficient_watt_per_square_metre_kelvin",
)
SHARE, MEAN = "loss_share_", "mean_overpotential"


@dataclass(frozen=True)
class Losses:
    """Shares of the energy lost [-] by name, largest first, and the mean overpotential [V]; or why there are none."""

    candidate_id: str
    shares: Mapping[str, float] = field(default_factory=dict)
    mean_overpotential_volt: float | None = None
    kpi_ids: Mapping[str, str] = field(default_factory=dict)
    curve_id: str = ""
    reason: str = ""


def losses_of(lake: Lake, candidate_id: str, kpi_ids: tuple[str, ...]) -> Losses:
    """The losses of the first discharge, or protocol, that the KPIs of a design were read off.

    Parameters
    ----------
    lake
        Where they are; what is computed is stored there.
    candidate_id
        The design.
    kpi_ids
        Its KPIs.
    """
    if not kpi_ids:
        return Losses(candidate_id, reason="its evaluation failed")
    ancestors = [name for kpi_id in kpi_ids for name in (kpi_id, *lake.lineage(kpi_id).ancestors)]
    for name in dict.fromkeys(ancestors):
        if name.startswith(f"{Cycling.kind}-"):
            return _read(lake, candidate_id, name)
        if name.startswith(f"{Discharge.kind}-"):
            return _again(lake, candidate_id, name)
    return Losses(candidate_id, reason="its KPIs were not read off a simulated discharge")


def _again(lake: Lake, candidate_id: str, discharge_id: str) -> Losses:
    """The losses of a discharge, done again as a protocol."""
    discharge = lake.get(discharge_id, Discharge)
    edges = lake.lineage(discharge_id).parents_of(discharge_id)
    run = lake.get(edges[0].run_id, Run) if edges else None
    cell = dict(run.inputs()).get("cell") if run else None
    if run is None or cell is None:
        return Losses(candidate_id, reason=f"{discharge_id[:22]} was not computed with a stored cell")
    if not len(discharge.test_time_second):
        return Losses(candidate_id, reason=f"{discharge.outcome}: nothing was discharged")
    shared = {name: run.parameters[name] for name in _SHARED if name in run.parameters}
    (cycled,) = cycle_many(lake, [cell], [free_test([_step(discharge)], shared)])
    if cycled.error:
        return Losses(candidate_id, reason=cycled.error)
    return _read(lake, candidate_id, cycled.cycling_id)


def _step(discharge: Discharge) -> str:
    """The discharge as a step of a protocol; one that ended before the voltage for as long as it lasted."""
    is_power = discharge.power_watt is not None
    rate = f"{discharge.power_watt!r} W" if is_power else f"{abs(discharge.applied_current_ampere or 0.0)!r} A"
    whole = discharge.outcome is DischargeOutcome.COMPLETED
    lasting = "" if whole else f"for {float(discharge.test_time_second[-1])!r} seconds or "
    return f"Discharge at {rate} {lasting}until {discharge.lower_voltage_volt!r} V"


def _read(lake: Lake, candidate_id: str, curve_id: str) -> Losses:
    (found,) = extract(lake, [curve_id], ["limits"])
    kpis = {name: lake.get(kpi_id, Kpi) for name, kpi_id in found.kpis.items()}
    values = {n: one.measured_value for n, one in kpis.items() if one.outcome is KpiOutcome.MEASURED}
    if MEAN not in values:
        reason = found.error or next((one.method for one in kpis.values()), "no overpotential was recorded")
        return Losses(candidate_id, curve_id=curve_id, reason=reason)
    shares = {name.removeprefix(SHARE): value for name, value in values.items() if name.startswith(SHARE)}
    ranked = dict(sorted(shares.items(), key=lambda item: -item[1]))
    return Losses(candidate_id, ranked, values[MEAN], found.kpis, curve_id)
