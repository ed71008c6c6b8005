"""Which fields of a recipe are a condition, which must be the training's own, and the mass balance of the fractions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from volumes_of_spheres import MIDDLE, VOXEL, small_generator, training_volumes

from ragone.models.generator import default_generator, draw_microstructure
from ragone.models.generator.errors import RecipeError, TrainingSetError
from ragone.models.generator.recipe import condition_of, fixed_fields, hidden_fields
from ragone.models.generator.shipped import default_errors
from ragone.models.generator.training_set import TrainingSet
from ragone.schemas.content_hash import table_digest
from ragone.schemas.materials import NMC_811


def test_the_shipped_generator_is_the_one_that_was_calibrated():
    """Its record, its errors' record and the condition of a recipe are what they were, to the last bit."""
    generator, errors = default_generator(), default_errors()
    assert errors.generator_id == generator.id
    former = "39e43bc42f215f4f081ebe16afa49d0ba8dd7999373e370742834f092bbf161d"
    assert table_digest(generator.to_arrow(2)) == former
    calibrated = replace(errors, generator_id=f"generator-{former}").to_arrow(1)
    assert table_digest(calibrated) == "3e895114f8eadcd938c4a3b794fec108b7e8b83be47cbb2dc6555c1d4b8bd69b"
    assert condition_of(MIDDLE, NMC_811, generator).tolist() == [0.561518727552591, 0.07848127244740902, 0.5]


def test_nanopores_fill_what_they_take_from_the_pores():
    """The solids' masses stay; the carbon-binder's voxels hold its nanopores."""
    spongy = replace(NMC_811, carbon_binder_nanoporosity=0.4)
    active, binder, _ = condition_of(MIDDLE, spongy, small_generator())
    assert spongy.weight_fraction(active, binder) == pytest.approx(MIDDLE.active_material_weight_fraction, abs=1e-12)
    assert active + spongy.dense_carbon_binder(binder) == pytest.approx(1 - MIDDLE.porosity, abs=1e-12)


def test_other_densities_share_the_solids_otherwise():
    """Lighter particles fill more of the solids."""
    light = replace(NMC_811, active_material_density_kilogram_per_cubic_metre=3600.0)
    dense, lighter = (condition_of(MIDDLE, materials, small_generator())[0] for materials in (NMC_811, light))
    assert lighter > dense


def test_a_number_that_the_recipes_vary_is_a_condition():
    """Beside the adhesion, which always is one; composition shows in the fractions."""
    fine, coarse = (replace(MIDDLE, median_particle_radius_metre=radius) for radius in (3e-6, 5e-6))
    assert hidden_fields([MIDDLE, replace(MIDDLE, porosity=0.3)]) == ("binder_adhesion",)
    assert hidden_fields([fine, coarse]) == ("binder_adhesion", "median_particle_radius_metre")
    assert hidden_fields([]) == ()
    volumes = training_volumes()[0][:2]
    known = TrainingSet(volumes, [fine, coarse])
    assert known.condition_names[2:] == ("binder_adhesion", "median_particle_radius_metre")
    assert known.conditions[:, 3].tolist() == [3e-6, 5e-6]
    taught = replace(small_generator(), condition_names=known.condition_names)
    assert condition_of(coarse, NMC_811, taught)[2:].tolist() == [0.5, 5e-6]


def test_a_recipe_with_other_particles_than_were_learned_is_refused():
    """The network would draw the particles it knows, and nobody would see that they were others."""
    coarse = replace(MIDDLE, median_particle_radius_metre=8e-6)
    size = {"edge_voxels": 32, "voxel_size_metre": VOXEL, "seed": 1}
    with pytest.raises(RecipeError, match="median_particle_radius_metre = 4e-06"):
        draw_microstructure(coarse, NMC_811, small_generator(), **size)
    settings = {**small_generator().settings, "recipe": fixed_fields([coarse, coarse])}
    learned = replace(small_generator(), settings=settings)
    assert condition_of(coarse, NMC_811, learned).tolist() == condition_of(MIDDLE, NMC_811, small_generator()).tolist()
    with pytest.raises(RecipeError, match="median_particle_radius_metre = 8e-06"):
        condition_of(MIDDLE, NMC_811, learned)


def test_recipes_of_several_shapes_are_not_learned_together():
    """A shape is no number, and no volume tells it apart."""
    volumes = training_volumes()[0][:2]
    with pytest.raises(TrainingSetError, match="particle_shape"):
        TrainingSet(volumes, [MIDDLE, replace(MIDDLE, particle_shape="plate", particle_aspect_ratio=2.0)])


def test_a_recipe_needs_materials():
    """Weights say nothing of volumes."""
    with pytest.raises(RecipeError, match="Give the materials"):
        draw_microstructure(MIDDLE, None, small_generator(), edge_voxels=32, voxel_size_metre=VOXEL, seed=1)


def test_what_came_of_a_training_names_its_volumes():
    """The generator's own list is the ids of the records that it was trained on."""
    assert small_generator().trained_on == tuple(volume.id for volume in training_volumes()[0])
    assert np.ptp(small_generator().training_conditions[:, 2]) == 1
