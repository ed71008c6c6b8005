"""The slice-judged baseline draws through the same stage, with the same promises."""

from __future__ import annotations

import dataclasses

import numpy as np
from volumes_of_spheres import MIDDLE, VOXEL, packed, training_volumes

from models.generator import draw_microstructure, train_slices
from models.generator.recipe import condition_of


def test_a_baseline_is_trained_and_draws_its_fractions():
    """One step is enough for the promises; with another seed it is another generator."""
    designs = training_volumes()[1]
    volumes = tuple(packed(design, seed, edge=64) for seed, design in enumerate(designs))
    ids = tuple(f"microstructure-{number}" for number in range(len(volumes)))
    first, other = (train_slices(volumes, designs, volume_ids=ids, step_count=1, seed=seed) for seed in (0, 1))
    assert first.architecture == "slice_gan"
    assert first.weights != other.weights
    size = {"edge_voxels": 32, "voxel_size_metre": VOXEL, "seed": 1}
    drawn = draw_microstructure(MIDDLE, first, **size)
    counts = np.bincount(drawn.labels.ravel(), minlength=3)
    assert np.abs(counts[1:] - condition_of(MIDDLE, first)[:2] * drawn.labels.size).max() <= 0.5
    assert np.array_equal(drawn.labels, draw_microstructure(MIDDLE, first, **size).labels)
    raw = draw_microstructure(dataclasses.replace(MIDDLE, porosity=0.3), first, **size, constrained=False)
    assert raw.labels.shape == (32, 32, 32)
