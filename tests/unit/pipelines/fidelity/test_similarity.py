"""Copies are found wherever they lie and however they are turned; new volumes are no copies."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.fidelity import FidelityInputError, measure_similarity
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe
from ragone.schemas.materials import NMC_811

VOXEL = 8e-7


def packed(seed: int, edge: int = 48) -> Microstructure:
    """A packing of one recipe."""
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.36)
    return pack_particles(recipe, NMC_811, edge_voxels=edge, voxel_size_metre=VOXEL, seed=seed)


TRAINING = (packed(1), packed(2), packed(3))


def relabelled(labels: np.ndarray) -> Microstructure:
    """A volume like the second training volume, with other voxels."""
    return dataclasses.replace(TRAINING[1], labels=np.ascontiguousarray(labels))


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v,
        lambda v: np.roll(v, (6, 10, 20), (0, 1, 2)),
        lambda v: np.roll(v, (3, 5, 7), (0, 1, 2)),
        lambda v: v[::-1].swapaxes(1, 2)[:, ::-1],
    ],
    ids=["copy", "shifted", "shifted by odd steps", "turned and mirrored"],
)
def test_copies_are_found(change):
    """Far closer than any new volume, and the volume copied is named."""
    found = measure_similarity(relabelled(change(TRAINING[1].labels)), TRAINING)
    assert found.closest == 1
    assert found.largest > 0.999
    assert np.delete(found.correlation, 1).max() < 0.6


def test_new_volumes_of_the_same_recipe_are_no_copies():
    """Other seeds lie well below a copy."""
    assert max(measure_similarity(packed(seed), TRAINING).largest for seed in (11, 12)) < 0.65


def test_a_piece_of_a_larger_volume_is_found():
    """The other volume may be larger."""
    large = packed(7, 64)
    piece = dataclasses.replace(large, labels=np.ascontiguousarray(large.labels[8:56, 4:52, 10:58]))
    assert measure_similarity(piece, (large,), turned=False).largest > 0.99


def test_the_formula_is_that_of_the_definition():
    """One place, by hand: covariance over the root of both variances, phases summed."""
    first, second = TRAINING[0].labels, TRAINING[2].labels
    found = measure_similarity(relabelled(first), (TRAINING[2],), turned=False).correlation[0]

    def shares(labels: np.ndarray) -> np.ndarray:
        blocks = labels.reshape(24, 2, 24, 2, 24, 2)
        return np.stack([(blocks == phase).mean(axis=(1, 3, 5)) for phase in range(3)])

    middle, best = shares(first)[:, 6:18, 6:18, 6:18], -1.0
    other = shares(second)
    middle = middle - middle.mean(axis=(1, 2, 3), keepdims=True)
    for place in np.ndindex(24, 24, 24):
        window = np.roll(other, [-p for p in place], (1, 2, 3))[:, :12, :12, :12]
        window = window - window.mean(axis=(1, 2, 3), keepdims=True)
        best = max(best, float((middle * window).sum() / np.sqrt((middle**2).sum() * (window**2).sum())))
    assert found == pytest.approx(best, abs=1e-4)


def test_a_volume_of_one_phase_is_similar_to_nothing():
    """No variance, no correlation, no division by zero."""
    assert abs(measure_similarity(relabelled(np.ones((48, 48, 48), np.uint8)), TRAINING).largest) < 0.05


def test_what_cannot_be_compared_is_refused():
    """Each refusal says what does not fit."""
    volume = packed(4)
    with pytest.raises(FidelityInputError, match="no volumes"):
        measure_similarity(volume, ())
    with pytest.raises(FidelityInputError, match="one voxel size"):
        measure_similarity(volume, (dataclasses.replace(volume, voxel_edges_metre=[4e-7] * 3),))
    with pytest.raises(FidelityInputError, match="larger one"):
        measure_similarity(volume, (packed(5, 16),))
    other = dataclasses.replace(volume, phase_names=("pore", "active_material", "graphite"))
    with pytest.raises(FidelityInputError, match="same phases"):
        measure_similarity(volume, (other,))
