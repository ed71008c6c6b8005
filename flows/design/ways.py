"""Designs evaluated in several ways, without an optimiser: at many powers, at many rates, with other steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ragone.dataset import Lake
from ragone.flows.design.chain import Chain
from ragone.flows.design.evaluation import Evaluated, Extraction, MeasuredVolumeElement, errors_of, evaluate
from ragone.flows.design.prepared import Parameters, Prepared, prepared
from ragone.flows.design.study import Study
from ragone.flows.design.volume_elements import Drawing, measure_volume_elements
from ragone.flows.errors import StudyError
from ragone.flows.running.workspace import Workspace
from ragone.schemas import Campaign, Candidate
from ragone.schemas import Design as FormerDesign


@dataclass(frozen=True)
class Way:
    """One way to evaluate a design: the steps, what is read off, and parameters of steps that differ."""

    chain: Chain
    extractions: tuple[Extraction, ...]
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """A design, its volume elements, and what each way gave; or why its volume elements failed."""

    design: Prepared
    volume_elements: Sequence[MeasuredVolumeElement] = ()
    evaluated: tuple[Evaluated, ...] = ()
    error: str = ""


def evaluate_in_ways(
    workspace: Workspace,
    study: Study,
    candidates: Sequence[Candidate],
    ways: Sequence[Way],
    *,
    units_per_element: int = 1,
) -> tuple[Outcome, ...]:
    """Each candidate in each way; volume elements are drawn and measured as the study says, once for a recipe.

    The progress counts each candidate in each way, and `units_per_element` for each volume element.

    Raises
    ------
    StudyError
        If a generator draws, whose errors only a campaign carries along.
    """
    require_simulator(study)
    chain = study.chain
    designs = [prepared(workspace.lake, study, candidate) for candidate in candidates]
    drawings = {branch: _drawings(study, branch, designs) for branch in chain.branches}
    units = len(designs) * len(ways)

    def further(count: int) -> None:
        nonlocal units
        units += units_per_element * count
        workspace.progress.started(units)

    further(study.resolution.first_volume_elements * sum(map(len, drawings.values())))
    measured = {
        branch: measure_volume_elements(workspace, study, branch, drawings[branch], further)
        for branch in chain.branches
    }
    elements = [design.volume_elements(chain, measured) for design in designs]
    whole = [(place, design) for place, design in enumerate(designs) if not errors_of(elements[place])]
    workspace.progress.step(f"evaluating {len(whole)} designs in {len(ways)} ways")
    calls = [
        (way.chain, way.extractions, design.design(chain, measured, {}, way.parameters))
        for _, design in whole
        for way in ways
    ]
    found = workspace.run(evaluate, calls)
    by_place = {p: tuple(found[n * len(ways) : (n + 1) * len(ways)]) for n, (p, _) in enumerate(whole)}
    return tuple(
        Outcome(design, elements[place], by_place.get(place, ()), errors_of(elements[place]))
        for place, design in enumerate(designs)
    )


def stored_candidate(lake: Lake, candidate: Candidate) -> Candidate:
    """The candidate, stored."""
    return lake.get(lake.put(candidate), Candidate)


def candidates_of(lake: Lake, ids: Sequence[str]) -> list[Candidate]:
    """Candidates by id; a campaign stands for its best one, a design of an earlier version for its values.

    Raises
    ------
    StudyError
        If an id is none of them, or no candidate of a campaign was feasible.
    """
    found = []
    for name in ids:
        record = lake.get(name)
        if isinstance(record, Campaign) and (best := record.best_candidate_id or next(iter(record.front_ids), "")):
            record = lake.get(best)
        if isinstance(record, FormerDesign):
            record = stored_candidate(lake, candidate_of_design(record))
        if not isinstance(record, Candidate):
            raise StudyError(f"{name} is neither a candidate nor a campaign with a feasible one. Give one of them.")
        found.append(record)
    return list({candidate.id: candidate for candidate in found}.values())


def candidate_of_design(design: FormerDesign) -> Candidate:
    """A design of an earlier version as a candidate."""
    loading = "mass_loading_kilogram_per_square_metre"
    recipe = {f"recipe.{n}": getattr(design, n) for n in FormerDesign.fields() if n != loading}
    return Candidate(values={**recipe, f"cell.{loading}": getattr(design, loading)})


def require_simulator(study: Study) -> None:
    """Refuse a generator whose errors nobody would carry along.

    Raises
    ------
    StudyError
        If one draws the volume elements.
    """
    if study.trust is not None:
        raise StudyError(
            f"study {study.name!r} has its volume elements drawn by a generator, whose errors only a campaign "
            "carries along. "
            "Name a simulator in study.steps.manufacture, or use ragone run."
        )


def _drawings(study: Study, branch: str, designs: Sequence[Prepared]) -> Mapping[str, Drawing]:
    step = study.chain.drawing(branch)
    return {design.key(study.chain, branch): Drawing(design, step, study.keep_voxels) for design in designs}
