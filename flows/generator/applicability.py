"""Is a recipe within what a generator has learned, and how large an error is to be expected of it?

The members draw small volumes at equal noise; their disagreement, and how far the recipe lies outside of what they
were trained on, give the expected errors. All of it goes through the lake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ragone.dataset import Lake
from ragone.flows.design.chain import Step
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.seeds import cube_seed
from ragone.flows.running.tracking import run_stage
from ragone.models.generator.envelope import BLIND_DISTANCE, place, statement
from ragone.models.generator.recipe import condition_of, unlearned
from ragone.models.generator.trust import excluded_by, predict_errors
from ragone.schemas import Generator, GeneratorErrors, Materials, PredictedErrors, Recipe

SPREAD_EDGE = 64  # voxels: of the small volumes by which members are compared

_AT_EQUAL_NOISE = -1


@dataclass(frozen=True)
class Cubes:
    """How cubes are drawn by a generator and measured: two steps, their edge, voxel size [m] and the study's seed."""

    draw: Step
    characterise: Step
    edge_voxels: int
    voxel_size_metre: float
    seed: int


@dataclass(frozen=True)
class Domain:
    """Whether a recipe lies outside of what a generator has learned, and what there is to say of it."""

    outside: bool
    statement: str


def domain_of(
    recipe: Recipe, materials: Materials, generator: Generator, *, tolerated: float = BLIND_DISTANCE
) -> Domain:
    """Where a recipe lies; up to the tolerated distance [training range] from the training conditions it is inside.

    Raises
    ------
    RecipeError
        If the generator was not trained on recipes.
    """
    if unlike := unlearned(recipe, generator):
        return Domain(True, f"outside the applicability domain: all training recipes had {unlike}")
    condition, trained = condition_of(recipe, materials, generator), generator.training_conditions
    found = place(condition, trained)
    told = statement(found, condition, trained, generator.condition_names, tolerated)
    return Domain(found.distance > tolerated, told)


def expect_errors(
    lake: Lake,
    generator: Generator,
    errors: GeneratorErrors,
    recipe: Recipe,
    materials: Materials,
    cubes: Cubes,
    *,
    largest_error: float = 0.25,
) -> PredictedErrors:
    """How far the generator is expected to be off for a recipe.

    Parameters
    ----------
    lake
        Holds all records.
    generator, errors
        What draws, and how far it, or the generator that it was fine-tuned from, was off.
    recipe, materials
        What is drawn.
    cubes
        How.
    largest_error
        Relative standard error of any metric beyond which the recipe counts as outside [-].

    Raises
    ------
    StageFailedError
        If a small volume cannot be drawn or measured.
    """
    found = lake.run(
        predict_errors,
        recipe=recipe.id,
        materials=materials.id,
        generator=generator.id,
        errors=errors.id,
        transports=equal_noise(lake, generator, recipe, materials, cubes),
        largest_error=largest_error,
    )
    return lake.get(found.id, PredictedErrors)


def equal_noise(lake: Lake, generator: Generator, recipe: Recipe, materials: Materials, cubes: Cubes) -> list[str]:
    """Transports of small volumes of a recipe, one by each member, all of one seed; their voxels are dropped.

    They are drawn at most `SPREAD_EDGE` voxels large. Raises StageFailedError as `expect_errors`.
    """
    small = replace(cubes, edge_voxels=min(SPREAD_EDGE, cubes.edge_voxels))
    seed = cube_seed(cubes.seed, recipe.id, _AT_EQUAL_NOISE)
    members = range(len(excluded_by(generator)))
    drawn = [drawn_volume(lake, generator, recipe, materials, small, seed=seed, member=member) for member in members]
    found = [measured_volume(lake, volume, materials, cubes.characterise) for volume in drawn]
    drop_present(lake, drawn, METRICS_STORED)
    return found


def drawn_volume(
    lake: Lake, generator: Generator, recipe: Recipe, materials: Materials, cubes: Cubes, *, seed: int, member: int = -1
) -> str:
    """The id of a volume drawn by a member of the generator, by all in turn if -1."""
    return run_stage(
        "draw",
        lake,
        cubes.draw.stage,
        recipe=recipe.id,
        materials=materials.id,
        generator=generator.id,
        edge_voxels=cubes.edge_voxels,
        voxel_size_metre=cubes.voxel_size_metre,
        seed=seed,
        **{**cubes.draw.parameters, "member": member},
    ).id


def measured_volume(lake: Lake, volume_id: str, materials: Materials, step: Step) -> str:
    """The id of the transport of a volume."""
    made_of = {"microstructure": volume_id, "materials": materials.id}
    return run_stage("characterise", lake, step.stage, **made_of, **step.parameters).id
