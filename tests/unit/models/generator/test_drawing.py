"""What a drawn volume promises, whatever was learned: its fractions, its size, its seams, its seed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from volumes_of_spheres import MIDDLE, VOXEL, small_generator

from ragone.models.generator import draw_microstructure
from ragone.models.generator.errors import RecipeError
from ragone.models.generator.networks import ARCHITECTURE
from ragone.models.generator.recipe import condition_of
from ragone.models.generator.weights import from_bytes, to_bytes
from ragone.schemas.materials import NMC_811

GIVEN = {"edge_voxels": 32, "voxel_size_metre": VOXEL, "seed": 5}


def test_fractions_are_the_recipes_to_one_voxel():
    """Constrained, every phase has the voxels that the mass balance says."""
    generator = small_generator()
    drawn = draw_microstructure(MIDDLE, NMC_811, generator, **GIVEN)
    counts = np.bincount(drawn.labels.ravel(), minlength=3)
    wanted = condition_of(MIDDLE, NMC_811, generator)[:2] * drawn.labels.size
    assert np.abs(counts[1:] - wanted).max() <= 0.5


def test_unconstrained_fractions_are_the_networks_own():
    """Without the constraint they come out otherwise, after so little training."""
    free = draw_microstructure(MIDDLE, NMC_811, small_generator(), **GIVEN, constrained=False)
    held = draw_microstructure(MIDDLE, NMC_811, small_generator(), **GIVEN)
    assert not np.array_equal(np.bincount(free.labels.ravel()), np.bincount(held.labels.ravel()))


def test_equal_seeds_draw_equal_voxels_and_others_do_not():
    """The seed decides; so does the member."""
    first, again = (draw_microstructure(MIDDLE, NMC_811, small_generator(), **GIVEN) for _ in range(2))
    assert np.array_equal(first.labels, again.labels)
    other = draw_microstructure(MIDDLE, NMC_811, small_generator(), **{**GIVEN, "seed": 6})
    assert not np.array_equal(first.labels, other.labels)
    by_member = [
        draw_microstructure(MIDDLE, NMC_811, small_generator(), **GIVEN, member=member).labels for member in (0, 1)
    ]
    assert not np.array_equal(*by_member)
    assert np.array_equal(by_member[1], first.labels)  # seed 5, two members


def test_a_longer_grain_draws_less_surface():
    """The carbon-binder of one network, seed and fraction, in finer and in coarser grains."""
    tensors, settings = from_bytes(small_generator().weights, ARCHITECTURE)
    surfaces = []
    for grain in (0.6, 1.5, 4.0):
        weights = to_bytes(tensors, ARCHITECTURE, {**settings, "grains": [0.0, grain]})
        drawn = draw_microstructure(MIDDLE, NMC_811, dataclasses.replace(small_generator(), weights=weights), **GIVEN)
        binder = drawn.labels == 2
        surfaces.append(sum(np.count_nonzero(binder != np.roll(binder, 1, axis)) for axis in range(3)))
    assert surfaces == sorted(surfaces, reverse=True)
    assert surfaces[0] > 1.1 * surfaces[-1]


@pytest.mark.parametrize("edge", [16, 21, 40])
def test_any_size_where_it_need_not_repeat(edge):
    """An edge that is no multiple of the network's granule is drawn larger and cut."""
    drawn = draw_microstructure(MIDDLE, NMC_811, small_generator(), **{**GIVEN, "edge_voxels": edge}, periodic=False)
    assert drawn.labels.shape == (edge,) * 3
    assert set(np.unique(drawn.labels)) <= {0, 1, 2}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"edge_voxels": 20}, "multiple of 8"),
        ({"voxel_size_metre": 4e-7}, "draws no others"),
        ({"phase_fractions": (0.3, 0.6, 0.1)}, "two recipes"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes, message):
    """Each refusal names the value and says what to do."""
    with pytest.raises(RecipeError, match=message):
        draw_microstructure(MIDDLE, NMC_811, small_generator(), **{**GIVEN, **changes})


def test_a_recipe_is_not_given_by_fractions_alone():
    """Fractions leave the adhesion open."""
    with pytest.raises(RecipeError, match="Give a recipe"):
        draw_microstructure(None, None, small_generator(), **GIVEN, phase_fractions=(0.3, 0.6, 0.1))


@pytest.mark.parametrize("fractions", [(0.5, 0.6, 0.1), (0.4, 0.6, 0.0), (0.5, 0.5)])
def test_contradictory_fractions_are_refused(fractions):
    """They must be positive, one per phase, and add up to one."""
    generator = dataclasses.replace(
        small_generator(),
        condition_names=("active_material_fraction", "carbon_binder_fraction"),
        training_conditions=np.array([[0.5, 0.1], [0.6, 0.1]]),
    )
    with pytest.raises(RecipeError, match="phase_fractions"):
        draw_microstructure(None, None, generator, **GIVEN, phase_fractions=fractions)
