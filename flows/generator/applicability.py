"""Is a recipe inside a generator's applicability domain, and how large an error is expected for it?

The members draw small volumes at equal noise; their spread, and how far the recipe lies outside of what they were
trained on, give the expected errors. All of it goes through the lake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ragone.dataset import Lake
from ragone.flows.design.chain import Step
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.seeds import volume_element_seed
from ragone.flows.running.tracking import run_stage
from ragone.models.generator.domain import DOMAIN_DISTANCE, describe_position, locate_condition
from ragone.models.generator.recipe import condition_of, unlearned
from ragone.models.generator.trust import excluded_volumes, predict_errors
from ragone.schemas import Generator, GeneratorErrors, Materials, PredictedErrors, Recipe

SPREAD_EDGE = 64  # voxels: of the small volumes by which members are compared

_AT_EQUAL_NOISE = -1


@dataclass(frozen=True)
class VolumeElements:
    """The drawing and measuring of volume elements: two steps, their edge, voxel size [m] and the study's seed."""

    draw: Step
    characterise: Step
    edge_voxels: int
    voxel_size_metre: float
    seed: int


@dataclass(frozen=True)
class Domain:
    """Whether a recipe lies outside of a generator's applicability domain, and where it lies in words."""

    outside: bool
    statement: str


def domain_of(
    recipe: Recipe, materials: Materials, generator: Generator, *, distance: float = DOMAIN_DISTANCE
) -> Domain:
    """Locate a recipe; up to a distance [training range] from the hull of the training conditions it is inside.

    Raises
    ------
    RecipeError
        If the generator was not trained on recipes.
    """
    if unlike := unlearned(recipe, generator):
        return Domain(True, f"outside the applicability domain: all training recipes had {unlike}")
    condition, trained = condition_of(recipe, materials, generator), generator.training_conditions
    position = locate_condition(condition, trained)
    statement = describe_position(position, condition, trained, generator.condition_names, distance)
    return Domain(position.distance > distance, statement)


def expect_errors(
    lake: Lake,
    generator: Generator,
    errors: GeneratorErrors,
    recipe: Recipe,
    materials: Materials,
    elements: VolumeElements,
    *,
    largest_error: float = 0.25,
) -> PredictedErrors:
    """Return the errors that are expected of the generator for a recipe.

    Parameters
    ----------
    lake
        The lake that holds all records.
    generator, errors
        The generator, and its calibration or that of the generator that it was fine-tuned from.
    recipe, materials
        What is drawn.
    elements
        How it is drawn and measured.
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
        transports=equal_noise(lake, generator, recipe, materials, elements),
        largest_error=largest_error,
    )
    return lake.get(found.id, PredictedErrors)


def equal_noise(
    lake: Lake, generator: Generator, recipe: Recipe, materials: Materials, elements: VolumeElements
) -> list[str]:
    """Return transports of small volumes of a recipe, one by each member, all of one seed; their voxels are dropped.

    They are drawn at most `SPREAD_EDGE` voxels large. Raises StageFailedError as `expect_errors`.
    """
    small = replace(elements, edge_voxels=min(SPREAD_EDGE, elements.edge_voxels))
    seed = volume_element_seed(elements.seed, recipe.id, _AT_EQUAL_NOISE)
    members = range(len(excluded_volumes(generator)))
    drawn = [drawn_volume(lake, generator, recipe, materials, small, seed=seed, member=member) for member in members]
    found = [measured_volume(lake, volume, materials, elements.characterise) for volume in drawn]
    drop_present(lake, drawn, METRICS_STORED)
    return found


def drawn_volume(
    lake: Lake,
    generator: Generator,
    recipe: Recipe,
    materials: Materials,
    elements: VolumeElements,
    *,
    seed: int,
    member: int = -1,
) -> str:
    """Return the id of a volume drawn by a member of the generator, by all in turn if -1."""
    return run_stage(
        "draw",
        lake,
        elements.draw.stage,
        recipe=recipe.id,
        materials=materials.id,
        generator=generator.id,
        edge_voxels=elements.edge_voxels,
        voxel_size_metre=elements.voxel_size_metre,
        seed=seed,
        **{**elements.draw.parameters, "member": member},
    ).id


def measured_volume(lake: Lake, volume_id: str, materials: Materials, step: Step) -> str:
    """Return the id of the transport of a volume."""
    made_of = {"microstructure": volume_id, "materials": materials.id}
    return run_stage("characterise", lake, step.stage, **made_of, **step.parameters).id
