"""Carbon-binder that migrated: a linear share through the thickness, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.characterise.geometry import measure_geometry, relative_gradient, through_plane_profile
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import KINDS, Recipe
from ragone.schemas.electrode import CARBON_BINDER, PORE
from ragone.schemas.materials import NMC_811

RECIPE = Recipe(active_material_weight_fraction=0.94, porosity=0.4)
SIZE = {"edge_voxels": 32, "voxel_size_metre": 8e-7, "seed": 3}


def packed(migration: float, **changes):
    """A packing whose carbon-binder migrated so far; keyword arguments are of the recipe or of the stage."""
    own = {name: changes.pop(name) for name in RECIPE.fields() if name in changes}
    return pack_particles(replace(RECIPE, binder_migration=migration, **own), NMC_811, **{**SIZE, **changes})


def layers(volume) -> np.ndarray:
    """Voxels of the carbon-binder in each layer along axis 0."""
    return volume.phase(CARBON_BINDER).sum(axis=(1, 2))


@pytest.mark.parametrize("migration", [0.5, -0.8, 1.0])
@pytest.mark.parametrize("walled", [False, True])
def test_each_layer_has_its_share_linear_in_the_depth(migration, walled):
    """To a voxel: what the layer had, times 1 + migration u, the total kept; u runs from -1 at the foil to 1."""
    before, after = (layers(packed(slope, walled=walled)) for slope in (0.0, migration))
    factor = 1 + migration * ((2 * np.arange(32) + 1) / 32 - 1)
    assert np.abs(after - before * factor * before.sum() / (before * factor).sum()).max() < 1
    assert after.sum() == before.sum()


def test_particles_stay_where_they_were():
    """Only carbon-binder and pores are exchanged; in every layer the voxels with the best scores stay."""
    before, after = packed(0.0), packed(0.6)
    assert np.array_equal(before.phase("active_material"), after.phase("active_material"))
    kept = (before.phase(CARBON_BINDER) & after.phase(CARBON_BINDER)).sum(axis=(1, 2))
    assert np.array_equal(kept, np.minimum(layers(before), layers(after)))
    assert "carbon-binder migrated by 0.6" in after.source
    assert "migrated" not in before.source


def test_what_has_no_room_goes_to_other_layers():
    """A layer takes no more than its pores; none of the carbon-binder is lost."""
    dense = {"active_material_weight_fraction": 0.80, "porosity": 0.25}
    before, after = (packed(slope, **dense) for slope in (0.0, 1.0))
    assert layers(after).sum() == layers(before).sum()
    assert (after.phase(PORE).sum(axis=(1, 2)) == 0).any()
    assert relative_gradient(layers(after)) > relative_gradient(layers(before)) + 0.3


def test_the_gradient_is_measured():
    """The profile of each phase and its slope; the slope of what was drawn is the one asked for, within 0.02."""
    found = measure_geometry(packed(0.5))
    profile = dict(zip(found.phase_names, found.through_plane_fraction, strict=True))
    assert sum(profile.values()) == pytest.approx(np.ones(32))
    assert profile[CARBON_BINDER].mean() == pytest.approx(found.carbon_binder_fraction)
    own, plain = (relative_gradient(layers(packed(slope))) for slope in (0.5, 0.0))
    slope = dict(zip(found.phase_names, found.through_plane_gradient, strict=True))
    assert slope[CARBON_BINDER] == pytest.approx(own)
    assert own - plain == pytest.approx(0.5, abs=0.02)


def test_a_line_has_its_own_slope():
    """Exactly, whatever the number of layers; a single layer and nothing have none."""
    for count in (2, 7, 64):
        depth = (2 * np.arange(count) + 1) / count - 1
        assert relative_gradient(0.3 * (1 - 0.7 * depth)) == pytest.approx(-0.7)
    assert relative_gradient(np.array([0.4])) == 0
    assert relative_gradient(np.zeros(5)) == 0
    assert through_plane_profile(np.arange(8).reshape(2, 2, 2) > 4).tolist() == [0.0, 0.75]


def test_older_records_know_no_gradient(example_values):
    """A recipe of then migrated nothing, and a geometry of then has no profile; written as then, neither has one."""
    recipe = KINDS["recipe"].build(example_values("recipe"))
    geometry = KINDS["geometry"].build(example_values("geometry"))
    assert recipe.in_version(2).binder_migration == 0.0
    assert geometry.in_version(3).through_plane_fraction.shape == (0, 0)
    assert len(geometry.in_version(3).through_plane_gradient) == 0
