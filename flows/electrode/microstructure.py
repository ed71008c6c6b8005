"""A volume that was imported rather than drawn: its metrics, and the cell that it would make.

There is no recipe, so that materials and loading must be said; and only one volume, so that nobody knows how far the
metrics of others scatter: the KPIs have no uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ragone.dataset import Lake
from ragone.flows.cell.building import CellPlan, build_cell, cell_design, own_materials
from ragone.flows.cell.electrodes import subject_of
from ragone.flows.design.evaluation import completed
from ragone.flows.electrode.materials import StatedMaterials, materials_from
from ragone.flows.running.progress import Progress, Silent
from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell.catalogue import require_same_material
from ragone.pipelines.characterise import homogenise_extrapolated
from ragone.pipelines.kpi import delivered_by_curve, energy_and_power_density
from ragone.schemas import CellParameters, Discharge, Kpi, KpiStage, Materials, Microstructure, Transport

KPIS: tuple[KpiStage[Any, Any], ...] = (energy_and_power_density, delivered_by_curve)


@dataclass(frozen=True)
class Evaluated:
    """All that was made of a volume."""

    materials: Materials
    transport: Transport
    cell: CellParameters
    discharge: Discharge
    kpis: Mapping[str, Kpi]


def evaluate_microstructure(
    lake: Lake, microstructure: Microstructure, plan: CellPlan, *, power_watt: float, progress: Progress | None = None
) -> Evaluated:
    """Measure a stored volume, build a cell around it, discharge it, and read off its KPIs.

    Parameters
    ----------
    lake
        Where the volume is, and everything else will be.
    microstructure
        The volume.
    plan
        Of the cell, its loading at least. What it does not state of the materials is that of its parameter set.
    power_watt
        Constant power of the whole cell [W].
    progress
        Receives the progress, in two units of work.

    Raises
    ------
    CellError, MaterialsError, ContradictionError
        If the plan has no loading, or its materials are not those of its parameter set; before anything is measured.
    StageFailedError
        If the volume cannot be measured, or the cell not be built or discharged; what came before is stored.
    """
    watcher = progress or Silent()
    watcher.started(2)
    watcher.step("measuring the microstructure")
    materials = _materials(lake, microstructure, plan)
    measured = lake.run(homogenise_extrapolated, microstructure=microstructure.id, materials=materials.id)
    transport = lake.get(measured.id, Transport)
    watcher.advanced()
    watcher.step("discharging the cell")
    cell = build_cell(lake, replace(plan, materials=StatedMaterials(materials.id)), subject_of(transport))
    discharge = lake.get(lake.run(discharge_at_constant_power, cell=cell.id, power_watt=power_watt).id, Discharge)
    kpis = {name: kpi for stage in KPIS for name, kpi in _kpis(lake, stage, cell, discharge).items()}
    watcher.advanced()
    return Evaluated(materials, transport, cell, discharge, kpis)


def _kpis(lake: Lake, stage: KpiStage[Any, Any], cell: CellParameters, discharge: Discharge) -> dict[str, Kpi]:
    """The KPIs that a stage extracts, by name; no metric is perturbed, since its error is not known."""
    given = {name: discharge.id if port.takes(Discharge) else cell.id for name, port in stage.ports.items()}
    outputs = completed(lake.run(stage.propagated, **given))
    return {name: lake.get(kpi_id, Kpi) for name, kpi_id in outputs.items()}


def _materials(lake: Lake, microstructure: Microstructure, plan: CellPlan) -> Materials:
    """The materials of a volume of which nothing is recorded, stored: those stated, else those of the chemistry."""
    stated, design = plan.materials.said(lake), cell_design(plan, subject_of(microstructure))
    materials = materials_from(stated, own_materials(design, "positive"), microstructure.id)
    if not design.parameters:
        require_same_material(materials, design.parameter_set, "positive")
    origin = f"stated: {', '.join(each.name for each in stated)}" if stated else f"assumed: {materials.active_material}"
    lake.put(materials, note=f"of {microstructure.id}; {origin}")
    return materials
