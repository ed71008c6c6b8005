"""How deep particles overlap after pressing, and how much longer they are pushed apart."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.manufacture.particles import Box, Particles, calender, draw_radii, mean_overlap_of_spheres
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

EDGE = 64
CUBE = Box(np.full(3, float(EDGE)), walled=False)


def test_overlaps_of_known_spheres() -> None:
    """Two touching pairs, one across the border, by a tenth and by two tenths of the mean radius; others are apart."""
    centres = np.array([[10.0, 10, 10], [13.8, 10, 10], [30.0, 30, 63.0], [30.0, 30, 1.7], [50.0, 50, 50]])
    radii = np.array([2.0, 2.0, 1.0, 2.0, 5.0])
    found = mean_overlap_of_spheres(Particles(centres, radii), CUBE)
    assert found == pytest.approx((0.2 / 2 + 0.3 / 1.5) / 2, rel=1e-9)
    assert mean_overlap_of_spheres(Particles(centres[:1], radii[:1]), CUBE) == 0


@pytest.mark.parametrize("fraction", [0.55, 0.64])
def test_a_limit_is_reached_up_to_a_random_close_packing(fraction: float) -> None:
    """Pushed on until the mean is below 2 % of the radius; what was below it after one round stays as it was."""
    for seed in (1, 2, 3):
        rngs = [np.random.Generator(np.random.PCG64(seed)) for _ in range(2)]
        radii = draw_radii(np.random.Generator(np.random.PCG64(seed)), 9.0, 0.2, fraction * EDGE**3)
        once = calender(rngs[0], radii, EDGE)
        pushed = calender(rngs[1], radii, EDGE, largest_mean_overlap=0.02)
        assert mean_overlap_of_spheres(pushed, CUBE) <= 0.02
        same = np.array_equal(once.centres, pushed.centres)
        assert same is (mean_overlap_of_spheres(once, CUBE) <= 0.02)


def test_what_cannot_be_reached_is_said() -> None:
    """Spheres denser than a random close packing end above the limit, and the volume says how far; plates too."""
    dense = Recipe(active_material_weight_fraction=0.97, porosity=0.2)
    plates = Recipe(
        active_material_weight_fraction=0.95, porosity=0.4, particle_shape="plate", particle_aspect_ratio=2.0
    )
    reached = {}
    for name, recipe, edge in (("dense", dense, 48), ("plates", plates, 32)):
        packed = pack_particles(recipe, NMC_811, edge_voxels=edge, voxel_size_metre=8e-7, seed=1)
        found = re.search(r"mean overlap (\d+\.\d)% of the radius", packed.source)
        assert found is not None
        reached[name] = float(found[1])
    assert 2.0 < reached["dense"] < 12.0
    assert reached["plates"] <= 2.0
    once = pack_particles(dense, NMC_811, edge_voxels=48, voxel_size_metre=8e-7, seed=1, largest_mean_overlap=1.0)
    assert "overlap" not in once.source
