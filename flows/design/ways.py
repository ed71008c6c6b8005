"""Designs evaluated in several ways, without an optimiser: at many powers, at many rates, with other steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset import Lake
from flows.design.chain import Chain
from flows.design.cubes import Drawing, measure_cubes
from flows.design.evaluation import CubeMeasured, Design, Evaluated, Extraction, completed, errors_of, evaluate
from flows.design.study import Study
from flows.errors import StudyError
from flows.running.workspace import Workspace
from pipelines.realise import realise
from schemas import Campaign, Candidate
from schemas import Design as FormerDesign


@dataclass(frozen=True)
class Way:
    """One way to evaluate a design: the steps, what is read off, and parameters of steps that differ."""

    chain: Chain
    extractions: tuple[Extraction, ...]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """A candidate with ids of its given records, its cubes, and what each way gave; or why its cubes failed."""

    candidate: Candidate
    given: Mapping[str, str]
    cubes: Sequence[CubeMeasured] = ()
    evaluated: tuple[Evaluated, ...] = ()
    error: str = ""


def evaluate_in_ways(
    workspace: Workspace, study: Study, candidates: Sequence[Candidate], ways: Sequence[Way]
) -> tuple[Outcome, ...]:
    """Each candidate in each way; cubes are drawn and measured as the study says, once for a recipe.

    Raises
    ------
    StudyError
        If a generator draws, whose errors only a campaign carries along.
    """
    require_simulator(study)
    lake, progress = workspace.lake, workspace.progress
    given = [given_records(lake, study, candidate) for candidate in candidates]
    cubes = {
        branch: measure_cubes(workspace, study, branch, _drawings(study, branch, given))
        for branch in study.chain.branches
    }
    errors = [errors_of(c for branch, of in cubes.items() for c in of[ids[f"{branch}recipe"]]) for ids in given]
    whole = [place for place, error in enumerate(errors) if not error]
    progress.step(f"evaluating {len(whole)} designs in {len(ways)} ways")
    calls = [
        (way.chain, way.extractions, _design(study, candidates[place], given[place], cubes, way))
        for place in whole
        for way in ways
    ]
    found = workspace.run(evaluate, calls)
    by_place = {p: tuple(found[n * len(ways) : (n + 1) * len(ways)]) for n, p in enumerate(whole)}
    own = [cubes[""][ids["recipe"]] if "" in cubes else () for ids in given]
    return tuple(
        Outcome(candidate, given[p], own[p], by_place.get(p, ()), errors[p]) for p, candidate in enumerate(candidates)
    )


def given_records(lake: Lake, study: Study, candidate: Candidate) -> dict[str, str]:
    """Ids of the records that a candidate stands for in a study, by role."""
    run = lake.run(realise, candidate=candidate.id, records=study.given.wanted(candidate))
    return dict(completed(run))


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
    recipe = [name for name in FormerDesign.fields() if name != loading]
    values = {
        **{f"recipe.{name}": getattr(design, name) for name in recipe},
        f"cell.{loading}": getattr(design, loading),
    }
    return Candidate(values=values)


def require_simulator(study: Study) -> None:
    """Refuse a generator whose errors nobody would carry along.

    Raises
    ------
    StudyError
        If one draws the cubes.
    """
    if study.trust is not None:
        raise StudyError(
            f"study {study.name!r} has its cubes drawn by a generator, whose errors only a campaign carries along. "
            "Name a simulator in study.steps.manufacture, or use ragone run."
        )


def _drawings(study: Study, branch: str, given: Sequence[Mapping[str, str]]) -> list[Drawing]:
    step = study.chain.drawing(branch)
    by_recipe = {ids[f"{branch}recipe"]: ids for ids in given}
    return [Drawing(recipe, ids, step, study.keep_voxels) for recipe, ids in by_recipe.items()]


def _design(
    study: Study,
    candidate: Candidate,
    given: Mapping[str, str],
    cubes: Mapping[str, Mapping[str, Sequence[CubeMeasured]]],
    way: Way,
) -> Design:
    measured = measured_ids(study.chain, given, cubes)
    return Design(given, measured, parameters={**study.parameters(candidate), **way.parameters})


def measured_ids(
    chain: Chain, given: Mapping[str, str], cubes: Mapping[str, Mapping[str, Sequence[CubeMeasured]]]
) -> dict[str, tuple[str, ...]]:
    """Ids of what was measured of each cube of a design, by the role of the step."""
    return {
        step.role: tuple(cube.ids[step.role] for cube in of[given[f"{branch}recipe"]])
        for branch, of in cubes.items()
        for step in chain.drawn(branch)
    }
