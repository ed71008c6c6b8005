"""A generator without networks: members draw uncorrelated voxels, each its own shade; fine-tuning only widens it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import electrode_stand_ins
import numpy as np

from ragone.dataset import Lake
from ragone.flows.generator.training_plan import TrainingPlan
from ragone.flows.generator.training_volumes import TrainingVolumes
from ragone.flows.running.progress import Progress
from ragone.models.generator.recipe import condition_of
from ragone.schemas import Generator, GeneratorErrors, Materials, Microstructure, Recipe, stage
from ragone.schemas.materials import NMC_811

POROSITIES, ADHESIONS = (0.3, 0.45), (0.0, 1.0)
METRICS = (
    "pore_tortuosity_factor",
    "specific_surface_area_per_metre",
    "solid_effective_conductivity_siemens_per_metre",
)


@stage("stand_in.generate")
def generate(
    recipe: Recipe,
    materials: Materials,
    generator: Generator,
    *,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
    member: int = -1,
) -> Microstructure:
    """The stand-in's voxels; the member moves the seed. A recipe of extreme porosity fails."""
    if recipe.porosity > 0.9:
        raise ValueError("there is next to nothing to draw")
    shade = (seed if member < 0 else member) % 4
    return electrode_stand_ins.draw(
        recipe, materials, edge_voxels=edge_voxels, voxel_size_metre=voxel_size_metre, seed=4 * (seed % 2**30) + shade
    )


@stage("stand_in.tune")
def tune(
    generator: Generator, recipes: tuple[Recipe, ...], materials: Materials, *, trained_on: tuple[str, ...]
) -> Generator:
    """The generator with the conditions of these recipes."""
    conditions = np.array([condition_of(recipe, materials, generator) for recipe in recipes])
    return replace(generator, training_conditions=conditions, trained_on=trained_on)


def fine_tune(
    lake: Lake, start: Generator, volumes: TrainingVolumes, plan: TrainingPlan, progress: Progress | None = None
) -> Generator:
    """In place of `ragone.flows.generator.generators.fine_tune_generator`."""
    if progress:
        progress.started(1)
        progress.step("tuning the stand-in")
        progress.advanced()
    for volume_id in volumes.volume_ids:
        lake.get(volume_id)  # what is learned from must be there
    given = {"generator": start.id, "recipes": list(volumes.recipe_ids), "materials": lake.put(NMC_811)}
    return lake.get(lake.run(tune, **given, trained_on=list(volumes.volume_ids)).id, Generator)


def stored(lake: Lake, plain: Generator) -> tuple[str, str]:
    """Ids of a generator trained on four recipes and of its errors; `plain` is an example of the record."""
    materials_id = lake.put(NMC_811)
    recipes, volumes = [], []
    for seed, (porosity, adhesion) in enumerate(itertools.product(POROSITIES, ADHESIONS)):
        recipes.append(Recipe(active_material_weight_fraction=0.95, porosity=porosity, binder_adhesion=adhesion))
        made_of = {"recipe": lake.put(recipes[-1]), "materials": materials_id}
        volumes.append(
            lake.run(electrode_stand_ins.draw, **made_of, edge_voxels=8, voxel_size_metre=5e-7, seed=seed).id
        )
    names = ("active_material_fraction", "carbon_binder_fraction", "binder_adhesion")
    generator = replace(
        plain,
        phase_names=("pore", "active_material", "carbon_binder"),
        condition_names=names,
        settings={"member_count": 4, "member_excluded": [[0], [1], [2], [3]]},
        trained_on=tuple(volumes),
    )
    conditions = np.array([condition_of(recipe, NMC_811, generator) for recipe in recipes])
    generator_id = lake.put(replace(generator, training_conditions=conditions))
    errors = GeneratorErrors(
        generator_id=generator_id,
        metric_names=METRICS,
        floor=np.full(3, 0.03),
        growth=np.full(3, 0.2),
        spread_weight=np.zeros(3),
        domain_distance=0.05,
        condition_names=names,
        conditions=conditions,
        distance=np.zeros(4),
        spread=np.zeros((4, 3)),
        relative_error=np.zeros((4, 3)),
        coverage=np.ones(3),
        method="stand-in",
    )
    return generator_id, lake.put(errors)
