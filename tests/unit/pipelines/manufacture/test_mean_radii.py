"""The spheres that stand for a powder, against its law and against bodies that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.manufacture.particles import draw_radii
from ragone.pipelines.manufacture.sizes import mean_radii, relative_surface
from ragone.pipelines.manufacture.spheroids import semi_axes
from ragone.schemas import ParticleShape, Recipe
from ragone.schemas.materials import NMC_811


def test_equal_spheres_are_stood_for_by_themselves() -> None:
    """Both means of one size are that size."""
    means = mean_radii(np.full(7, 3.0), ParticleShape.SPHERE, 1.0)
    assert (means.diffusion, means.sauter) == pytest.approx((3.0, 3.0), rel=1e-12)


def test_a_log_normal_powder() -> None:
    """Without its tails cut, medians times exp(4 s^2) and exp(2.5 s^2)."""
    deviations = np.random.Generator(np.random.PCG64(1)).standard_normal(400_000)
    means = mean_radii(2.0 * np.exp(0.2 * deviations), ParticleShape.SPHERE, 1.0)
    assert means.diffusion == pytest.approx(2 * np.exp(4 * 0.2**2), rel=3e-3)
    assert means.sauter == pytest.approx(2 * np.exp(2.5 * 0.2**2), rel=3e-3)


def test_the_mean_diffusion_time_is_weighted_by_volume() -> None:
    """Of two sizes that fill as much, the square is the mean of both squares."""
    radii = np.array([1.0] * 8 + [2.0])
    assert mean_radii(radii, ParticleShape.SPHERE, 1.0).diffusion ** 2 == pytest.approx((1 + 4) / 2, rel=1e-12)
    assert 1 / mean_radii(radii, ParticleShape.SPHERE, 1.0).sauter == pytest.approx((1 + 1 / 2) / 2, rel=1e-12)


@pytest.mark.parametrize(("shape", "ratio"), [(ParticleShape.ELLIPSOID, 2.5), (ParticleShape.PLATE, 4.0)])
def test_spheroids_by_their_exact_solution(shape: ParticleShape, ratio: float) -> None:
    """Under steady filling the concentration is a quadratic of unit source; its mean over the body is its lag."""
    along, across = semi_axes(shape, ratio)
    places = np.random.Generator(np.random.PCG64(2)).uniform(-1, 1, (400_000, 3))
    inside = places[(places**2).sum(axis=1) < 1]
    curvature = 2 * (1 / along**2 + 2 / across**2)
    lag = ((1 - (inside**2).sum(axis=1)) / curvature).mean()
    assert mean_radii(np.ones(3), shape, ratio).diffusion ** 2 / 15 == pytest.approx(lag, rel=3e-3)


@pytest.mark.parametrize(("along", "across"), [(3.0, 1.0), (1.0, 3.0), (1.0, 1.0), (1.0, 1.0 + 1e-7)])
def test_the_surface_of_a_spheroid(along: float, across: float) -> None:
    """The closed form is the integral of the rings of which it is made."""

    def ring(angle: float) -> float:
        return across * np.sin(angle) * np.hypot(along * np.sin(angle), across * np.cos(angle))

    assert relative_surface(along, across) == pytest.approx(quad(ring, 0, np.pi)[0] / 2, rel=1e-6)


def test_a_packing_knows_the_particles_that_were_drawn() -> None:
    """Also where the box was too small for those of the recipe: larger ones than its median, and in metres."""
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.5, median_particle_radius_metre=2e-6)
    packed = pack_particles(recipe, NMC_811, edge_voxels=32, voxel_size_metre=1e-6, seed=1)
    assert packed.particle_sauter_radius_metre is not None
    assert packed.particle_diffusion_radius_metre is not None
    assert 2e-6 < packed.particle_sauter_radius_metre < packed.particle_diffusion_radius_metre < 2.6e-6
    large = Recipe(active_material_weight_fraction=0.95, porosity=0.5, median_particle_radius_metre=2e-5)
    lowered = pack_particles(large, NMC_811, edge_voxels=32, voxel_size_metre=1e-6, seed=1)
    assert lowered.particle_diffusion_radius_metre is not None
    assert lowered.particle_diffusion_radius_metre < 8e-6


def test_many_particles_have_the_means_of_their_law() -> None:
    """Radii cut at two deviations lie below the law without a cut, and do not depend on how many are drawn."""
    few, many = (
        mean_radii(draw_radii(np.random.Generator(np.random.PCG64(3)), 5.0, 0.3, volume), ParticleShape.SPHERE, 1.0)
        for volume in (4e6, 1.6e7)
    )
    assert few.diffusion == pytest.approx(many.diffusion, rel=0.01)
    assert many.diffusion < 5 * np.exp(4 * 0.3**2)
