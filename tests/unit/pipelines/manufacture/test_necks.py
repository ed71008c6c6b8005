"""Contacts of a stated radius between particles: their shape, and what does not change."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.manufacture.necks import with_necks
from ragone.pipelines.manufacture.particles import Particles
from ragone.pipelines.manufacture.voxels import surface_distances
from ragone.schemas import ParticleShape, Recipe
from ragone.schemas.errors import BoundsError
from ragone.schemas.materials import NMC_811

RECIPE = Recipe(active_material_weight_fraction=0.96, porosity=0.4)


def pair(direction: tuple[float, float, float], edge: int = 64) -> Particles:
    """Two spheres of 12 voxels that touch across the corner of the box, slightly overlapping."""
    unit = np.array(direction) / np.linalg.norm(direction)
    centres = np.remainder(np.array([unit * 11.99, -unit * 11.99]), edge)
    return Particles(centres, np.full(2, 12.0))


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 2, 3)])
def test_a_neck_has_the_stated_radius_in_any_direction_and_across_the_sides(
    direction: tuple[float, float, float],
) -> None:
    """Near the plane of contact the distance is that from the line of centres less the radius."""
    edge, share = 64, 0.5
    particles = pair(direction)
    nearest, _ = surface_distances(particles, edge, reach=12.0)
    joined = with_necks(nearest, particles, radius_share=share, walled=False)
    unit = np.array(direction) / np.linalg.norm(direction)
    places = np.indices((edge,) * 3).reshape(3, -1).T + 0.5
    places -= edge * np.round(places / edge)
    along = places @ unit
    plane = np.abs(along) < 0.5
    beside = np.sqrt(np.maximum(np.sum(places**2, axis=1) - along**2, 0))
    inside = joined.reshape(-1)[plane] <= 0
    np.testing.assert_array_equal(inside, beside[plane] <= share * 12)
    assert np.all(joined <= nearest)
    far = np.sum(places**2, axis=1) > (2.1 * 12) ** 2
    np.testing.assert_array_equal(joined.reshape(-1)[far], nearest.reshape(-1)[far])


def test_spheres_that_do_not_overlap_are_not_joined() -> None:
    """Nor is anything joined beyond a wall."""
    apart = Particles(np.array([[10.0, 16, 16], [26.0, 16, 16]]), np.full(2, 7.0))
    nearest, _ = surface_distances(apart, 32, reach=7.0)
    np.testing.assert_array_equal(with_necks(nearest, apart, radius_share=0.5, walled=False), nearest)
    sides = Particles(np.array([[6.95, 16, 16], [25.0, 16, 16]]), np.full(2, 7.0))
    nearest, _ = surface_distances(sides, 32, reach=7.0, walled=True)
    np.testing.assert_array_equal(with_necks(nearest, sides, radius_share=0.5, walled=True), nearest)
    periodic, _ = surface_distances(sides, 32, reach=7.0)
    assert np.any(with_necks(periodic, sides, radius_share=0.5, walled=False) != periodic)


def test_particles_conduct_as_their_contacts_say_and_no_longer_as_the_voxels_do() -> None:
    """Halving the voxel changes what touching particles conduct by a fifth, and with stated contacts hardly."""
    changes = []
    for share in (0.0, 0.4):
        coarse, fine = (
            effective_conductivity(
                pack_particles(
                    RECIPE,
                    NMC_811,
                    edge_voxels=edge,
                    voxel_size_metre=25.6e-6 / edge,
                    seed=1,
                    contact_radius_share=share,
                ).labels,
                {0: 0.0, 1: 1.0, 2: 0.0},
            ).value
            for edge in (64, 96)
        )
        changes.append(fine / coarse - 1)
    assert changes[0] < -0.1
    assert abs(changes[1]) < 0.03


def test_fractions_stay_and_the_source_says_it() -> None:
    """Necks take their volume from the particles; nothing is said, and nothing changes, without them."""
    size = {"edge_voxels": 32, "voxel_size_metre": 8e-7, "seed": 1}
    plain, joined = (pack_particles(RECIPE, NMC_811, contact_radius_share=share, **size) for share in (0.0, 0.3))
    assert np.bincount(plain.labels.ravel()).tolist() == np.bincount(joined.labels.ravel()).tolist()
    assert np.any(plain.labels != joined.labels)
    assert "contacts of at least 0.3 of the radius" in joined.source
    assert "contacts" not in plain.source


def test_other_shapes_have_no_stated_contacts() -> None:
    """They are refused by name."""
    plates = Recipe(
        active_material_weight_fraction=0.96,
        porosity=0.5,
        particle_shape=ParticleShape.PLATE,
        particle_aspect_ratio=3.0,
    )
    with pytest.raises(BoundsError, match=r"contact_radius_share = 0\.3 .* draw spheres"):
        pack_particles(plates, NMC_811, edge_voxels=32, voxel_size_metre=8e-7, seed=1, contact_radius_share=0.3)
