"""Small volumes to learn from: periodic packings at the corners and the centre of a space of recipes."""

from __future__ import annotations

from functools import cache

import numpy as np

from ragone.models.generator import assemble_generator, left_out, train_steps
from ragone.models.generator.training_recipes import training_recipes
from ragone.models.generator.training_set import TrainingSet
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Generator, Microstructure, Recipe
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

SPACE = {
    "active_material_weight_fraction": (0.92, 0.97),
    "porosity": (0.28, 0.45),
    "binder_adhesion": (0.0, 1.0),
}
VOXEL = 8e-7
MIDDLE = Recipe(active_material_weight_fraction=0.95, porosity=0.36, binder_adhesion=0.5)


def packed(recipe: Recipe, seed: int, edge: int = 32) -> Microstructure:
    """A packing of a recipe."""
    return pack_particles(recipe, NMC_811, edge_voxels=edge, voxel_size_metre=VOXEL, seed=seed)


@cache
def training_volumes() -> tuple[tuple[Microstructure, ...], tuple[Recipe, ...]]:
    """Volumes and their recipes."""
    recipes = training_recipes(SPACE)
    return tuple(packed(recipe, seed) for seed, recipe in enumerate(recipes)), recipes


@cache
def small_generator() -> Generator:
    """A generator of two members, trained for a moment: it draws, but badly."""
    volumes, recipes = training_volumes()
    folds = left_out(TrainingSet(volumes, recipes).conditions, 2)
    states = []
    for phase in (1, 2):
        shared = {"phase": phase, "fall_from": 2, "fall_to": 6, "seed": 3, "width": 8}
        trunk = train_steps(volumes, recipes, member=-1, left_out=(), step_count=4, **shared)
        for member, fold in enumerate(folds):
            states.append(train_steps(volumes, recipes, trunk, member=member, left_out=fold, step_count=2, **shared))
    return assemble_generator(volumes, recipes, tuple(states), left_out=folds, seed=3)


def labelled(labels: np.ndarray, voxel: float = VOXEL, names: tuple[str, ...] = ("pore", "solid")) -> Microstructure:
    """A volume from labels."""
    return Microstructure(
        labels=labels.astype(np.uint8),
        voxel_edges_metre=cubic_voxels(voxel),
        phase_names=names,
        phase_labels=np.arange(len(names), dtype=np.uint8),
        source="test",
        licence="own",
    )
