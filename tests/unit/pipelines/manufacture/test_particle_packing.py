"""Spheres in a periodic box, and the voxels they fill."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.manufacture.particles import Particles, calender, draw_radii, median_radius_in_box
from ragone.pipelines.manufacture.voxels import lowest, surface_distances


def generator(seed: int = 5) -> np.random.Generator:
    """A generator of its own for each test."""
    return np.random.Generator(np.random.PCG64(seed))


def test_the_radii_fill_the_volume_and_follow_the_law() -> None:
    """Their volume is the one asked for, the median and spread those of the law, and none is beyond two deviations."""
    radii = draw_radii(generator(), 5.0, 0.3, 2e6)
    assert (4 / 3 * np.pi * radii**3).sum() == pytest.approx(2e6, rel=1e-6)
    assert np.median(radii) == pytest.approx(5, rel=0.03)
    assert np.log(radii).std() == pytest.approx(0.3 * 0.88, rel=0.05)  # 0.88: a normal law cut at two deviations
    assert np.log(radii.max() / radii.min()) < 1.2001


def test_a_small_box_shrinks_all_particles() -> None:
    """The median is lowered until the largest particle is a quarter of the box; in a large box it stays."""
    assert median_radius_in_box(10, 0.2, 400) == 10
    assert median_radius_in_box(10, 0.2, 32) * np.exp(0.4) == pytest.approx(8)


@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.6])
def test_pressed_spheres_lie_in_the_box_and_hardly_overlap(fraction: float) -> None:
    """After calendering centres are inside, and no two spheres overlap by more than a few percent of a radius."""
    edge = 64
    radii = draw_radii(generator(), 6.0, 0.2, fraction * edge**3)
    centres = calender(generator(1), radii, edge).centres
    assert (centres >= 0).all()
    assert (centres < edge).all()
    apart = centres[:, None] - centres[None]
    apart -= edge * np.round(apart / edge)
    gap = np.sqrt((apart**2).sum(axis=2)) - radii[:, None] - radii[None]
    np.fill_diagonal(gap, 0)
    assert gap.min() > -0.08 * 6


def test_distances_wrap_around_the_box() -> None:
    """A sphere on a corner is the same sphere as in the middle, shifted; the second nearest is known too."""
    edge, reach = 20, 4.0
    middle = surface_distances(Particles(np.full((1, 3), 10.0), np.array([3.0])), edge, reach)
    corner = surface_distances(Particles(np.zeros((1, 3)), np.array([3.0])), edge, reach)
    np.testing.assert_allclose(np.roll(middle[0], (10, 10, 10), (0, 1, 2)), corner[0])
    assert middle[0][9, 9, 9] == pytest.approx(np.sqrt(0.75) - 3)
    assert (middle[1] == reach).all()
    two = surface_distances(Particles(np.array([[4.5, 10, 10], [14.5, 10, 10]]), np.array([3.0, 3.0])), edge, 12.0)
    assert two[0][9, 9, 9] == two[1][9, 9, 9] == pytest.approx(np.sqrt(25 + 0.5) - 3)


def test_the_lowest_scores_are_exactly_as_many_as_asked() -> None:
    """Ties are broken by memory order, and voxels with an infinite score are left."""
    score = np.array([[1.0, 0.0, 1.0], [1.0, np.inf, -2.0]])
    for count, expected in ((0, []), (1, [5]), (2, [1, 5]), (4, [0, 1, 2, 5]), (5, [0, 1, 2, 3, 5])):
        assert np.flatnonzero(lowest(score, count)).tolist() == expected
