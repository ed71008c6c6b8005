"""The slice-judged baseline draws through the same stage, with the same promises."""

from __future__ import annotations

import dataclasses

import numpy as np
from volumes_of_spheres import MIDDLE, SPACE, VOXEL, packed

from ragone.models.generator import draw_microstructure, train_slices
from ragone.models.generator.recipe import condition_of
from ragone.models.generator.training_recipes import training_recipes
from ragone.schemas.materials import NMC_811


def test_a_baseline_is_trained_and_draws_its_fractions():
    """One step is enough for the promises; with another seed it is another generator."""
    recipes = training_recipes(SPACE)[::5]
    volumes = tuple(packed(recipe, seed, edge=64) for seed, recipe in enumerate(recipes))
    first, other = (train_slices(volumes, recipes, step_count=1, seed=seed) for seed in (0, 1))
    assert first.architecture == "slice_gan"
    assert first.weights != other.weights
    assert first.trained_on == tuple(volume.id for volume in volumes)
    size = {"edge_voxels": 32, "voxel_size_metre": VOXEL, "seed": 1}
    drawn = draw_microstructure(MIDDLE, NMC_811, first, **size)
    counts = np.bincount(drawn.labels.ravel(), minlength=3)
    assert np.abs(counts[1:] - condition_of(MIDDLE, NMC_811, first)[:2] * drawn.labels.size).max() <= 0.5
    assert np.array_equal(drawn.labels, draw_microstructure(MIDDLE, NMC_811, first, **size).labels)
    raw = draw_microstructure(dataclasses.replace(MIDDLE, porosity=0.3), NMC_811, first, **size, constrained=False)
    assert raw.labels.shape == (32, 32, 32)
