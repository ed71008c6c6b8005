"""Small volumes to learn from: periodic packings at the corners and the centre of a space of recipes."""

from __future__ import annotations

from functools import cache

import numpy as np

from flows.generator.training_volumes import training_recipes
from models.generator import assemble_generator, left_out, train_steps
from models.generator.training_set import TrainingSet
from pipelines.manufacture import pack_particles
from schemas import Design, Generator, Microstructure
from schemas.electrode import cubic_voxels

SPACE = {
    "active_material_weight_fraction": (0.92, 0.97),
    "porosity": (0.28, 0.45),
    "binder_adhesion": (0.0, 1.0),
    "mass_loading_kilogram_per_square_metre": (0.2, 0.2),
}
VOXEL = 8e-7
MIDDLE = Design(
    active_material_weight_fraction=0.95,
    porosity=0.36,
    binder_adhesion=0.5,
    mass_loading_kilogram_per_square_metre=0.2,
)


def packed(design: Design, seed: int, edge: int = 32) -> Microstructure:
    """A packing of a design."""
    return pack_particles(design, edge_voxels=edge, voxel_size_metre=VOXEL, seed=seed)


@cache
def training_volumes() -> tuple[tuple[Microstructure, ...], tuple[Design, ...]]:
    """Volumes and their designs."""
    designs = tuple(Design.build(recipe) for recipe in training_recipes(SPACE))
    return tuple(packed(design, seed) for seed, design in enumerate(designs)), designs


@cache
def small_generator() -> Generator:
    """A generator of two members, trained for a moment: it draws, but badly."""
    volumes, designs = training_volumes()
    folds = left_out(TrainingSet(volumes, designs).conditions, 2)
    states = []
    for phase in (1, 2):
        shared = {"phase": phase, "fall_from": 2, "fall_to": 6, "seed": 3, "width": 8}
        trunk = train_steps(volumes, designs, member=-1, left_out=(), step_count=4, **shared)
        for member, fold in enumerate(folds):
            states.append(train_steps(volumes, designs, trunk, member=member, left_out=fold, step_count=2, **shared))
    ids = tuple(f"microstructure-{number}" for number in range(len(volumes)))
    return assemble_generator(volumes, designs, tuple(states), volume_ids=ids, left_out=folds, seed=3)


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
