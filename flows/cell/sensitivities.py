"""Sensitivities of the energy of a stored discharge, or of one of a stored cell, by the solver; nothing is stored.

Of a cell that was assembled of a measured electrode, loading and capacity ratio are changed too: the cell is then
assembled again, with its area, mass and opposite electrode. Nothing there is rounded. The microstructure is drawn, so
that nothing can be differentiated beyond its metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import CellError
from ragone.flows.uncertainty.kpi_chain import Link, kpi_chain
from ragone.pipelines.cell import assemble_cell, assemble_half_cell, discharge_at_constant_power
from ragone.pipelines.cell.sensitivities import Changed, Conditions, EnergySensitivities, energy_sensitivities
from ragone.schemas import CellDesign, CellParameters, Kpi, Run

DESIGN_FIELDS = ("mass_loading_kilogram_per_square_metre", "negative_to_positive_capacity_ratio")
_ASSEMBLIES = {stage.name: stage for stage in (assemble_cell, assemble_half_cell)}
_ELSE = {"thermal": "isothermal", "particle_size_points": 0}  # which the sensitivities hold for


def sensitivities_of(lake: Lake, subject: str, given: Mapping[str, float]) -> tuple[str, EnergySensitivities]:
    """Id of the cell, and the sensitivities of the energy that it delivers.

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
    SensitivityError
        If the discharge has no end that can be differentiated.
    """
    if isinstance(record := lake.get(subject), Kpi):
        chain = kpi_chain(lake, record.id)
        cell, parameters = chain.cell, _parameters(chain.links, record.id)
    else:
        cell, parameters = lake.get(subject, CellParameters).id, {}
    conditions = _conditions({**parameters, **given}, cell)
    return cell, energy_sensitivities(lake.get(cell, CellParameters), conditions, _assembled_again(lake, cell))


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


def _conditions(parameters: Mapping[str, Any], cell: str) -> Conditions:
    known = {field.name for field in fields(Conditions)}
    if "power_watt" not in parameters:
        raise CellError(f"{cell} is a cell: say at which power it is discharged, for example --power '20 W'.")
    return Conditions(**{name: value for name, value in parameters.items() if name in known})


def _assembled_again(lake: Lake, cell: str) -> dict[str, Changed]:
    """The cell with another design, by the name of the design's field; empty where it was not assembled of one."""
    parents = lake.lineage(cell).parents_of(cell)
    run = lake.get(parents[0].run_id, Run) if parents else None
    if run is None or run.stage not in _ASSEMBLIES:
        return {}
    inputs: dict[str, Any] = {role: lake.get(name) for role, name in run.inputs()}
    design = inputs.pop("design")
    build = partial(_ASSEMBLIES[run.stage].function, **inputs)
    names = DESIGN_FIELDS if run.stage == assemble_cell.name else DESIGN_FIELDS[:1]
    return {name: partial(_built, build, design, name) for name in names if getattr(design, name)}


def _built(build: Any, design: CellDesign, name: str, factor: float) -> CellParameters:
    cell: CellParameters = build(design=replace(design, **{name: factor * getattr(design, name)}))
    return cell
