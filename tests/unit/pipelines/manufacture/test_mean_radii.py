"""The spheres that stand for a powder, against its law and against bodies that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.manufacture.particles import draw_radii
from ragone.pipelines.manufacture.sizes import draw_particle_radii
from ragone.pipelines.manufacture.spheroids import semi_axes
from ragone.schemas import ParticleShape, Recipe
from ragone.schemas.errors import MissingFieldError, SchemaVersionError
from ragone.schemas.materials import NMC_811
from ragone.schemas.particle_sizes import expected_radii, mean_radii, relative_surface, size_laws
from ragone.schemas.recipe import SizeWeight


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


def powder(**changes: object) -> Recipe:
    """A recipe of spheres; keyword arguments are its fields."""
    return Recipe(active_material_weight_fraction=0.95, porosity=0.4, **changes)


def radii_of(recipe: Recipe, volume: float = 64**3 * 0.55, **changes: object) -> np.ndarray:
    """Radii drawn of a recipe [m]."""
    rng = np.random.Generator(np.random.PCG64(4))
    size = {"edge": 64, "voxel_size": 4e-7, **changes}
    radii, _ = draw_particle_radii(rng, recipe, volume, **size)
    assert (4 / 3 * np.pi * radii**3).sum() == pytest.approx(volume, rel=1e-6)
    return radii * size["voxel_size"]


def quantile(radii: np.ndarray, share: float) -> float:
    """The radius below which particles fill a share of the volume."""
    ordered = np.sort(radii)
    filled = np.cumsum(ordered**3) / np.sum(ordered**3)
    return float(np.interp(share, filled, ordered))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"particle_size_weight": "volume", "particle_radius_spread": 0.6},
        {"second_particle_radius_metre": 1.5e-6, "second_particle_share": 0.3},
        {"particle_shape": "plate", "particle_aspect_ratio": 3.0},
    ],
)
def test_what_is_expected_is_what_many_particles_have(changes: dict[str, object]) -> None:
    """Means of a recipe and of a large powder of it agree."""
    recipe = powder(**changes)
    radii = radii_of(recipe, 6e8, edge=4000)
    drawn = mean_radii(radii, recipe.particle_shape, recipe.particle_aspect_ratio)
    expected = expected_radii(recipe)
    assert drawn.diffusion == pytest.approx(expected.diffusion, rel=0.01)
    assert drawn.sauter == pytest.approx(expected.sauter, rel=0.01)


def test_a_wide_powder_by_volume() -> None:
    """A laser diffractometer finds the median and D90/D10 of 5 that were asked for."""
    recipe = powder(particle_size_weight="volume", particle_radius_spread=0.68, median_particle_radius_metre=4e-6)
    radii = radii_of(recipe, 3e7, edge=1000)
    assert quantile(radii, 0.5) == pytest.approx(4e-6, rel=0.02)
    assert quantile(radii, 0.9) / quantile(radii, 0.1) == pytest.approx(5.0, rel=0.03)


def test_two_kinds_fill_their_shares() -> None:
    """The smaller kind fills its share of the volume, whichever of both is named first."""
    small = {"median_particle_radius_metre": 1e-6, "second_particle_radius_metre": 5e-6, "second_particle_share": 0.7}
    large = {"median_particle_radius_metre": 5e-6, "second_particle_radius_metre": 1e-6, "second_particle_share": 0.3}
    for kinds in (small, large):
        radii = radii_of(powder(particle_radius_spread=0.1, **kinds), 1e6, edge=100)
        fine = radii < 2.2e-6
        assert np.sum(radii[fine] ** 3) / np.sum(radii**3) == pytest.approx(0.3, abs=0.02)


def test_a_small_box_lowers_both_kinds_alike() -> None:
    """Until the largest is a quarter of its edge."""
    recipe = powder(second_particle_radius_metre=2e-5, second_particle_share=0.5, median_particle_radius_metre=1e-5)
    radii = radii_of(recipe)
    assert radii.max() < 1.1 * 64 * 4e-7 / 4
    assert sum(law.share for law in size_laws(recipe)) == 1


def test_packings_of_a_wide_powder_have_nearly_the_means_of_its_law() -> None:
    """Although a few particles hold most of the volume: from seed to seed they differ by less than drawn at will."""
    recipe = powder(particle_size_weight="volume", particle_radius_spread=0.5, median_particle_radius_metre=2.2e-6)
    found = [
        mean_radii(
            draw_particle_radii(
                np.random.Generator(np.random.PCG64(seed)), recipe, 64**3 * 0.55, edge=64, voxel_size=4e-7
            )[0],
            ParticleShape.SPHERE,
            1.0,
        ).diffusion
        * 4e-7
        for seed in range(12)
    ]
    assert np.mean(found) == pytest.approx(expected_radii(recipe).diffusion, rel=0.03)
    assert np.std(found) < 0.03 * np.mean(found)


def test_a_share_of_no_size_is_refused() -> None:
    """The second kind needs a radius."""
    with pytest.raises(MissingFieldError, match="second_particle_radius_metre"):
        pack_particles(powder(second_particle_share=0.2), NMC_811, edge_voxels=16, voxel_size_metre=1e-6, seed=1)


def test_a_packing_says_what_it_is_of() -> None:
    """Second kind and weight stand in the source of the volume."""
    recipe = powder(
        second_particle_radius_metre=2e-6, second_particle_share=0.25, particle_size_weight=SizeWeight.VOLUME
    )
    packed = pack_particles(recipe, NMC_811, edge_voxels=40, voxel_size_metre=1e-6, seed=1)
    assert "by volume, 0.25 of their volume with a median of 2e-06 m" in packed.source


def test_an_older_recipe_has_one_kind() -> None:
    """It reads as one by number, and goes back as long as nothing newer is said."""
    older, newer = powder().in_version(1), powder()
    assert {name: getattr(older, name) for name in Recipe.fields()} == {n: getattr(newer, n) for n in Recipe.fields()}
    with pytest.raises(SchemaVersionError, match="second_particle_share"):
        powder(second_particle_radius_metre=2e-6, second_particle_share=0.2).in_version(1)
