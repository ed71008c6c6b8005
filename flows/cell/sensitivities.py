"""Sensitivities of the energy of a stored discharge, or of one of a stored cell, by the solver, through the lake.

Of a cell that was assembled of a measured electrode, loading and capacity ratio are changed too. Of a
microstructure that was drawn, nothing can be differentiated beyond its metrics; of a recipe whose metrics were assumed,
porosity and composition can.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import CellError
from ragone.flows.uncertainty.kpi_chain import Link, kpi_chain
from ragone.pipelines.cell import assemble_cell, assemble_half_cell, discharge_at_constant_power, ideal_transport
from ragone.pipelines.cell.energy_sensitivities import energy_sensitivities
from ragone.schemas import CellParameters, EnergySensitivities, Kpi, Run

_ASSEMBLIES = (assemble_cell.name, assemble_half_cell.name)
_LITHIUM = "lithium_thickness_metre"
_ELSE = {"thermal": "isothermal", "particle_size_points": 0}  # which the sensitivities hold for


def sensitivities_of(lake: Lake, subject: str, given: Mapping[str, float]) -> tuple[str, EnergySensitivities]:
    """Id of the cell, and the sensitivities of the energy that it delivers, computed or found.

    Parameters
    ----------
    lake
        Where the subject is.
    subject
        Id of a cell, or of a KPI of a discharge at constant power, whose conditions are then taken.
    given
        Parameters of `discharge_at_constant_power` that differ from the KPI's, or from the stage's defaults.

    Raises
    ------
    CellError
        If no power is known, or the discharge was of a kind that is not differentiated.
    StageFailedError
        If the discharge has no end that can be differentiated.
    """
    if isinstance(record := lake.get(subject), Kpi):
        chain = kpi_chain(lake, record.id)
        cell, parameters = chain.cell, _parameters(chain.links, record.id)
    else:
        cell, parameters = lake.get(subject, CellParameters).id, {}
    conditions = _conditions({**parameters, **given}, cell)
    found = lake.run(energy_sensitivities, cell=cell, **_assembly(lake, cell), **conditions)
    completed(found)
    return cell, lake.get(found.id, EnergySensitivities)


def _parameters(links: tuple[Link, ...], kpi: str) -> Mapping[str, Any]:
    found = [link.parameters for link in links if link.stage.name == discharge_at_constant_power.name]
    if len(found) != 1:
        raise CellError(
            f"{kpi} follows from {len(found)} discharges at constant power; one is needed. Name its cell and a --power."
        )
    for name, wanted in _ELSE.items():
        if found[0].get(name, wanted) != wanted:
            raise CellError(
                f"{kpi} is of a discharge with {name} = {found[0][name]!r}; sensitivities are those of {wanted!r}. "
                "Name its cell, and a --power, for those."
            )
    return found[0]


def _conditions(parameters: Mapping[str, Any], cell: str) -> dict[str, Any]:
    if "power_watt" not in parameters:
        raise CellError(f"{cell} is a cell: say at which power it is discharged, for example --power '20 W'.")
    return {name: value for name, value in parameters.items() if name in energy_sensitivities.parameters}


def _assembly(lake: Lake, cell: str) -> dict[str, Any]:
    """Inputs of the cell's assembly, by role, the lithium of a half cell, and the recipe of assumed metrics.

    Empty where the cell was not assembled of a measured or an assumed electrode.
    """
    run = _run_of(lake, cell)
    if run is None or run.stage not in _ASSEMBLIES:
        return {}
    given = dict(run.inputs())
    lithium = {name: value for name, value in run.parameters.items() if name == _LITHIUM}
    return {**given, **lithium, **_assumption(lake, given["transport"])}


def _assumption(lake: Lake, transport: str) -> dict[str, Any]:
    """The recipe of metrics that were assumed, and the parameters with which they were; empty of others."""
    run = _run_of(lake, transport)
    if run is None or run.stage != ideal_transport.name:
        return {}
    return {"recipe": dict(run.inputs())["recipe"], **run.parameters}


def _run_of(lake: Lake, record: str) -> Run | None:
    parents = lake.lineage(record).parents_of(record)
    return lake.get(parents[0].run_id, Run) if parents else None
