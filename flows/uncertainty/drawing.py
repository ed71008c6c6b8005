"""One draw of all that is uncertain behind a KPI: transports, materials and cell drawn, and the KPI computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.uncertainty.kpi_chain import KpiChain
from ragone.pipelines.uncertainty import draw_cell, draw_materials, draw_transport
from ragone.schemas import Priors, Stage

_NEGATIVE = "negative_"


@dataclass(frozen=True)
class Drawn:
    """The KPI of one draw, or why there is none."""

    kpi_id: str = ""
    error: str = ""


@dataclass(frozen=True)
class ModelForm:
    """Another form of the model: what it is called, and the parameters of the discharge that differ."""

    name: str
    parameters: Mapping[str, Any]


@task("draw parameters")
def draw_kpi(address: str, chain: KpiChain, priors_id: str, index: int, seed: int) -> Drawn:
    """Compute a KPI with all that is uncertain drawn.

    Parameters
    ----------
    address
        Of the lake.
    chain
        The steps from the cell to the KPI.
    priors_id
        All that is uncertain.
    index
        Number of the draw.
    seed
        Of the draws.
    """
    lake = lake_at(address)
    try:
        ids = _drawn(lake, chain, priors=priors_id, index=index, seed=seed)
    except StageFailedError as failure:
        return Drawn(error=str(failure))
    return Drawn(ids[chain.kpi])


@task("another form of the model")
def compute_otherwise(
    address: str, chain: KpiChain, form: ModelForm = ModelForm("as recorded", MappingProxyType({}))
) -> Drawn:
    """Compute a KPI with nothing drawn: as recorded, or by another form of the model.

    Parameters
    ----------
    address
        Of the lake.
    chain
        The steps from the cell to the KPI.
    form
        Parameters that differ, of each stage that has all of them.
    """
    lake = lake_at(address)
    ids: dict[str, str] = {}
    try:
        for link in chain.links:
            changed = form.parameters if form.parameters.keys() <= link.stage.parameters.keys() else {}
            ids[link.artifact] = link.run(lake, ids, **changed)
    except StageFailedError as failure:
        return Drawn(error=str(failure))
    return Drawn(ids[chain.kpi])


def _drawn(lake: Lake, chain: KpiChain, **draw: Any) -> dict[str, str]:
    """The ids of what stands in a draw for each artifact of the chain, by the artifact."""
    ids = {name: _electrode(lake, role, name, draw) for role, name in chain.electrodes.items()}
    if all(link.artifact != chain.cell for link in chain.links):
        ids[chain.cell] = lake.run(draw_cell, cell=chain.cell, **draw).id
    for link in chain.links:
        made = link.run(lake, ids)
        ids[link.artifact] = lake.run(draw_cell, cell=made, **draw).id if link.artifact == chain.cell else made
    return ids


def _electrode(lake: Lake, role: str, name: str, draw: Mapping[str, Any]) -> str:
    """The id of a transport or of materials, drawn; as it is where nothing of it is uncertain."""
    if role not in lake.get(draw["priors"], Priors).holders:
        return name
    port = role.removeprefix(_NEGATIVE)
    stage: Stage[Any, Any] = draw_transport if port == "transport" else draw_materials
    electrode = "negative" if role.startswith(_NEGATIVE) else "positive"
    return lake.run(stage, **{port: name}, electrode=electrode, **draw).id
