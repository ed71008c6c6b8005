"""One design evaluated: its volume elements drawn and measured, then all that follows from them, up to the KPIs.

Tasks take and give ids; every step goes through the lake, which answers from its history where it can. A stage that
fails is a stored run; here it ends the task with its reason instead of an id.

The metrics of a material are uncertain, and so is what a cell's design states with a standard error. Each is raised by
one standard error in turn, and what follows is computed again, so that every KPI has the uncertainty that they give it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ragone.dataset import Execution, Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.chain import AnyStage, Chain, Step
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.pipelines.cell import perturb_cell, stated_uncertain
from ragone.pipelines.characterise import perturb
from ragone.schemas import CellParameters, Microstructure, PredictedErrors, RunOutcome, Transport
from ragone.schemas.kpi_stage import KpiStage

_STANDARD_ERROR = "_standard_error"

Ids = Mapping[str, str]


@dataclass(frozen=True)
class MeasuredVolumeElement:
    """Ids of what was stored for one volume element, by the role of the step; `error` says why it came no further."""

    ids: Ids = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Extraction:
    """KPIs to read off the records of some steps: the stage, the roles, and the stage's parameters."""

    stage: KpiStage[Any, Any]
    sources: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """One design to evaluate.

    Ids of the given records by role, of the volume elements by role of their step, and of the errors that a generator
    is expected to have made, by electrode; the parameters of steps that differ from design to design.
    """

    given: Ids
    volume_elements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    predicted: Ids = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluated:
    """Ids of what was stored by the role of the step, and of the KPIs by ``role.name``, as far as it came."""

    ids: Ids = field(default_factory=dict)
    kpi_ids: Ids = field(default_factory=dict)
    error: str = ""


@task("draw")
def draw_volume_element(*call: Any) -> MeasuredVolumeElement:
    """Draw the volume element that `measure_volume_element` measures, given the same arguments."""
    return measure_volume_element(*call, drawn_only=True)


@task("characterise", first=draw_volume_element)
def measure_volume_element(
    address: str,
    chain: Chain,
    branch: str,
    drawn: Step,
    given: Ids,
    size: Mapping[str, Any],
    seed: int,
    parameters: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    *,
    drawn_only: bool = False,
) -> MeasuredVolumeElement:
    """Draw one volume element of a recipe and measure it.

    Parameters
    ----------
    address
        Of the lake.
    chain
        Of the study.
    branch
        The electrode.
    drawn
        The step that draws this volume element, which stands for the chain's own.
    given
        Ids of the given records, by role.
    size
        `edge_voxels` and `voxel_size_metre` [m].
    seed
        Of this volume element.
    parameters
        That differ from design to design, by role of the step.
    drawn_only
        Whether to stop once the last volume is drawn.
    """
    steps = (*chain.leading(branch), *chain.drawn(branch))
    if drawn_only:
        steps = steps[: 1 + max((n for n, step in enumerate(steps) if step.gives is Microstructure), default=-1)]
    lake, ids = lake_at(address), dict(given)
    made: dict[str, str] = {}
    try:
        for step in steps:
            taken = drawn if step.role == drawn.role else step
            further = {**size, "seed": seed} if taken.stage.takes_seed else {}
            own = parameters.get(step.role, {})
            made[step.role] = ids[step.role] = run_step(lake, chain, taken, ids, **own, **further)
    except StageFailedError as failure:
        return MeasuredVolumeElement(made, str(failure))
    return MeasuredVolumeElement(made)


@task("simulate")
def simulate(address: str, chain: Chain, extractions: Sequence[Extraction], design: Design) -> Evaluated:
    """All that follows from the volume elements of a design, without the KPIs that `evaluate` extracts."""
    return evaluate(address, chain, (), design)


@task("extract", first=simulate)
def evaluate(address: str, chain: Chain, extractions: Sequence[Extraction], design: Design) -> Evaluated:
    """All that follows from the volume elements of a design, and its KPIs with their uncertainty.

    Parameters
    ----------
    address
        Of the lake.
    chain
        Of the study.
    extractions
        What KPIs are read off.
    design
        What is evaluated; all of its volume elements are measured.
    """
    lake, ids = lake_at(address), dict(design.given)
    kpi_ids: dict[str, str] = {}
    try:
        for step in chain.collected():
            ids[step.role] = _run_for(lake, chain, step, ids, design)
        perturbed = dict(_perturbed(lake, chain, ids, design))
        for extraction in extractions:
            kpi_ids |= _extracted(lake, chain, extraction, ids, perturbed, design)
    except StageFailedError as failure:
        return Evaluated(ids, kpi_ids, str(failure))
    return Evaluated(ids, kpi_ids)


def run_step(lake: Lake, chain: Chain, step: Step, ids: Mapping[str, Any], **further: Any) -> str:
    """The id of what a step gives, its inputs taken from what the steps before it gave.

    Raises
    ------
    StageFailedError
        If the stage fails.
    """
    sources = chain.sources[step.role] if step.stage is chain.step(step.role).stage else _sources_of(chain, step)
    inputs = {port: ids[role] for port, role in sources.items() if role in ids}
    return lake.run(step.stage, **{**inputs, **step.parameters, **step.inputs, **further}).id


def completed(execution: Execution) -> Mapping[str, str]:
    """The outputs of a run, by name; raises StageFailedError if it failed."""
    if execution.outcome is not RunOutcome.COMPLETED:
        raise StageFailedError(f"{execution.stage} failed in {execution.run_id}: {execution.error}")
    return execution.outputs


def _sources_of(chain: Chain, step: Step) -> dict[str, str]:
    """The inputs of a step that stands for the chain's own."""
    ports = [port for name, port in step.stage.ports.items() if name not in step.inputs]
    return {port.name: role for port in ports if (role := chain.source_of(port, step.role, step.branch))}


def _run_for(lake: Lake, chain: Chain, step: Step, ids: Ids, design: Design) -> str:
    """Run a step of a design: with all volume elements if it takes them, its parameters, and the generator's errors."""
    further: dict[str, Any] = dict(design.parameters.get(step.role, {}))
    predicted = design.predicted.get(step.branch, "")
    for name, port in step.stage.ports.items():
        if predicted and port.kinds == (PredictedErrors,):
            further[name] = predicted
    return run_step(lake, chain, step, {**design.volume_elements, **ids}, **further)


def _perturbed(lake: Lake, chain: Chain, ids: Ids, design: Design) -> Iterator[tuple[str, Ids]]:
    """Yield all ids with one metric of a material, or of the cell, raised by one standard error, by its name."""
    for branch in chain.branches:
        role = chain.metrics(branch)
        for metric in uncertain_metrics(lake.get(ids[role], Transport)) if role else ():
            changed = {**ids, role: lake.run(perturb, transport=ids[role], metric=metric).id}
            yield f"{branch}{metric}", _followed(lake, chain, role, changed, design)
    for role in (step.role for step in chain.collected() if step.gives is CellParameters):
        for metric in stated_uncertain(lake.get(ids[role], CellParameters)):
            changed = {**ids, role: lake.run(perturb_cell, cell=ids[role], metric=metric).id}
            yield metric, _followed(lake, chain, role, changed, design)


def _followed(lake: Lake, chain: Chain, role: str, ids: Ids, design: Design) -> Ids:
    """All ids with what follows from the record of a role computed again."""
    changed = dict(ids)
    for step in chain.after(role):
        changed[step.role] = _run_for(lake, chain, step, changed, design)
    return changed


def uncertain_metrics(transport: Transport) -> list[str]:
    """The metrics whose standard error is known."""
    names = [name for name in Transport.fields() if name.endswith(_STANDARD_ERROR)]
    return [name.removesuffix(_STANDARD_ERROR) for name in names if getattr(transport, name) is not None]


def _extracted(
    lake: Lake, chain: Chain, extraction: Extraction, ids: Ids, perturbed: Mapping[str, Ids], design: Design
) -> dict[str, str]:
    """Ids of the KPIs that a stage gives, by ``role.name``."""
    stage: AnyStage = extraction.stage.propagated
    roles = roles_of(chain, extraction)
    inputs: dict[str, Any] = {}
    for port, taken in roles.items():
        inputs[port] = [ids[role] for role in taken] if extraction.stage.ports[port].many else ids[taken[0]]
        inputs[f"perturbed_{port}"] = [changed[role] for changed in perturbed.values() for role in taken]
    counts = [len(found) for found in design.volume_elements.values()]
    outputs = completed(
        lake.run(stage, **inputs, perturbed=list(perturbed), sample_count=min(counts, default=1), **extraction.settings)
    )
    of = "+".join(extraction.sources)
    return {f"{of}.{name}": kpi_id for name, kpi_id in outputs.items()}


def roles_of(chain: Chain, extraction: Extraction) -> dict[str, list[str]]:
    """The roles whose records each port of a KPI stage takes: sources, each once, then what leads to the first one."""
    found: dict[str, list[str]] = {}
    left = list(extraction.sources)
    for name, port in extraction.stage.ports.items():
        fitting = [role for role in left if (kind := chain.kind_of(role)) and port.takes(kind)]
        taken = fitting if port.many else fitting[:1]
        left = [role for role in left if role not in taken]
        if not taken:
            taken = [role for role in (chain.source_of(port, next(iter(extraction.sources), None)),) if role]
        if taken:
            found[name] = taken
    return found


def errors_of(elements: Iterable[MeasuredVolumeElement]) -> str:
    """The error of the first volume element that failed; empty if none did."""
    return next((element.error for element in elements if element.error), "")
