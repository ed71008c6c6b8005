"""What the cell of a design delivered at every power that it was discharged at: the points of its Ragone curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.schemas import CellParameters, Kpi, KpiOutcome
from ragone.schemas.kpi_stage import PERTURBED

_LEAST, _USUAL = 2, ("energy_density", "specific_energy", "energy")
_DISCHARGES = """
    SELECT DISTINCT d.power_watt, k.id, k.name FROM lineage c
    JOIN discharges d ON d.id = c.child_id
    JOIN lineage l ON l.parent_id = d.id
    JOIN kpis k ON k.id = l.child_id
    WHERE c.parent_id = $cell AND NOT c.informed AND NOT l.informed AND d.power_watt IS NOT NULL
    AND NOT starts_with(c.role, $perturbed) AND NOT starts_with(l.role, $perturbed)
    ORDER BY d.power_watt, k.id
"""


@dataclass(frozen=True)
class PowerPoint:
    """A power of the whole cell [W], and the KPI of its discharge."""

    power_watt: float
    kpi: Kpi


def power_points(lake: Lake, ancestors: Iterable[str], wanted: str) -> tuple[PowerPoint, ...]:
    """The points of the cell among the ancestors of a KPI, by power; none if it was discharged at one power alone.

    Parameters
    ----------
    lake
        Where the cell is.
    ancestors
        Ids, the nearest last.
    wanted
        Name of the KPI that is preferred; otherwise an energy.
    """
    cells = [one for one in ancestors if one.startswith(f"{CellParameters.kind}-")]
    if not cells:
        return ()
    rows = lake.sql(_DISCHARGES, parameters={"cell": cells[-1], "perturbed": PERTURBED}).rows()
    for name in (wanted.partition(" of ")[0], *_USUAL):
        found = {power: kpi_id for power, kpi_id, known in rows if known == name}
        kpis = {power: lake.get(kpi_id, Kpi) for power, kpi_id in found.items()}
        points = [PowerPoint(power, kpi) for power, kpi in kpis.items() if kpi.outcome is KpiOutcome.MEASURED]
        if len(points) >= _LEAST:
            return tuple(points)
    return ()
