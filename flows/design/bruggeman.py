"""What a cell model gets wrong that takes tortuosity from porosity: the same cells both ways, over porosity and rate.

Designs of a study that differ in porosity alone are drawn and measured; the cell of each is discharged at several
rates with the measured tortuosity factor and with Bruggeman's. The tensors of the volume elements tell the other
directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.chain import AVERAGE, MANUFACTURE, Chain, Step, insert_step
from ragone.flows.design.evaluation import Evaluated, Extraction
from ragone.flows.design.study import Study
from ragone.flows.design.ways import Outcome, Way, evaluate_in_ways, stored_candidate
from ragone.flows.errors import StudyError
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Progress
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import Workspace, open_workspace
from ragone.flows.stages import kpi_stage_of
from ragone.pipelines.cell import discharge_at_constant_current
from ragone.pipelines.characterise import average_with_bruggeman, homogenise_along_all_axes
from ragone.pipelines.kpi import relative_deviation
from ragone.schemas import Candidate, Curve, Kpi, Transport, TransportTensor
from ragone.schemas.errors import UnknownFieldError

_POROSITY = "recipe.porosity"
_DISCHARGE = "discharge"


@dataclass(frozen=True)
class Compared:
    """One design: mean transport, the tensor of each volume element, and the error of the KPI at each rate."""

    candidate: Candidate
    transport: Transport | None = None
    tensors: tuple[TransportTensor, ...] = ()
    measured: tuple[Kpi, ...] = ()
    assumed: tuple[Kpi, ...] = ()
    deviations: tuple[Kpi, ...] = ()
    error: str = ""


@job("bruggeman")
def compare_with_bruggeman(
    lake: Lake,
    study: Study,
    porosities: Sequence[float],
    rates: Sequence[float],
    kpi: str = "energy_density",
    progress: Progress | None = None,
) -> tuple[Compared, ...]:
    """Compare cells of measured tortuosity with cells that take Bruggeman's relation, over porosities and rates.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        Resolution, seed and steps; the designs lie in the middle of its space but for their porosity.
    porosities
        In (0, 1) [-].
    rates
        Currents over the nominal capacity [1/h].
    kpi
        That is compared.
    progress
        Receives the progress.

    Raises
    ------
    StudyError
        If there is no such KPI of a discharge.
    """
    ways = _ways(study, rates, kpi)
    middle = study.middle().values
    candidates = [stored_candidate(lake, Candidate(values={**middle, _POROSITY: one})) for one in porosities]
    with open_workspace(lake, study.execution, progress) as workspace:
        found = evaluate_in_ways(workspace, study, candidates, ways, units_per_element=2)
        tensors = _tensors(workspace, found)
    return tuple(_compared(lake, one, tensors, len(rates), f"{_DISCHARGE}.{kpi}") for one in found)


@task("characterise")
def measure_tensor(address: str, volume_id: str, materials_id: str) -> str:
    """The id of the transport tensor of a volume element; empty if it failed."""
    try:
        return lake_at(address).run(homogenise_along_all_axes, microstructure=volume_id, materials=materials_id).id
    except StageFailedError:
        return ""


def _ways(study: Study, rates: Sequence[float], kpi: str) -> list[Way]:
    """The ways to evaluate a design: as measured at every rate, then by Bruggeman's relation."""
    try:
        stage = kpi_stage_of(kpi)
    except UnknownFieldError as cause:
        raise StudyError(str(cause)) from cause
    if not any(issubclass(kind, Curve) for port in stage.ports.values() for kind in port.kinds):
        raise StudyError(
            f"{kpi} is no KPI of a discharge. Choose one that is read off a curve, such as energy_density."
        )
    steps = [step for step in study.chain if not issubclass(step.gives, Curve)]
    measured = Chain(
        insert_step(steps, Step(_DISCHARGE, discharge_at_constant_current), study.chain.given), study.chain.given
    )
    assumed = measured.replaced(Step(AVERAGE, average_with_bruggeman))
    read = (Extraction(stage, (_DISCHARGE,)),)
    return [Way(chain, read, {_DISCHARGE: {"rate_per_hour": rate}}) for chain in (measured, assumed) for rate in rates]


def _tensors(workspace: Workspace, found: Sequence[Outcome]) -> dict[str, str]:
    """The id of the tensor of each volume element, by the id of its microstructure; those that failed are left out."""
    workspace.progress.step("measuring tensors")
    elements = [
        (c.ids[MANUFACTURE], one.design.given["materials"])
        for one in found
        for c in one.volume_elements
        if MANUFACTURE in c.ids
    ]
    ids = workspace.run(measure_tensor, elements)
    return {volume: tensor for (volume, _), tensor in zip(elements, ids, strict=True) if tensor}


def _compared(lake: Lake, one: Outcome, tensors: dict[str, str], rates: int, key: str) -> Compared:
    error = one.error or next((each.error for each in one.evaluated if each.error), "")
    own = tuple(
        lake.get(tensors[v], TransportTensor)
        for c in one.volume_elements
        if (v := c.ids.get(MANUFACTURE, "")) in tensors
    )
    if error:
        return Compared(one.design.candidate, tensors=own, error=error)
    measured, assumed = (_kpis(lake, part, key) for part in (one.evaluated[:rates], one.evaluated[rates:]))
    deviations = [
        lake.get(lake.run(relative_deviation, subject=ours.id, reference=theirs.id).id, Kpi)
        for theirs, ours in zip(measured, assumed, strict=True)
    ]
    transport = lake.get(one.evaluated[0].ids[AVERAGE], Transport)
    return Compared(one.design.candidate, transport, own, measured, assumed, tuple(deviations))


def _kpis(lake: Lake, evaluated: Sequence[Evaluated], key: str) -> tuple[Kpi, ...]:
    return tuple(lake.get(each.kpi_ids[key], Kpi) for each in evaluated)
