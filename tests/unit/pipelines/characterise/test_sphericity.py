"""Sphericity of digitised bodies against their exact values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.particles import particle_sizes
from ragone.pipelines.characterise.geometry.sphericity import sphericities


def spheroid(radius: float, elongation: float, random: np.random.Generator, edge: int = 64) -> np.ndarray:
    """A spheroid of that radius across its axis, turned and placed at random."""
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    place = np.stack(np.indices((edge,) * 3), -1) - edge / 2 - random.random(3)
    inside = (((place @ turn) / (radius * np.array([1, 1, elongation]))) ** 2).sum(-1) <= 1
    return inside.astype(np.int32)


def exact(elongation: float) -> float:
    """Of a prolate spheroid."""
    e = math.sqrt(1 - 1 / elongation**2) if elongation > 1 else 0.0
    area = 2 * math.pi * (1 + elongation / e * math.asin(e)) if e else 4 * math.pi
    return math.pi ** (1 / 3) * (6 * 4 / 3 * math.pi * elongation) ** (2 / 3) / area


@pytest.mark.parametrize(("elongation", "radius"), [(1.0, 5), (1.0, 12), (2.0, 5), (2.0, 10), (3.0, 6)])
def test_spheroids(elongation, radius):
    """Within one per cent at radii of five voxels and more, whatever the direction."""
    random = np.random.default_rng(1)
    found = np.mean([sphericities(spheroid(radius, elongation, random))[1] for _ in range(6)])
    assert found == pytest.approx(exact(elongation), rel=0.01)


def test_particles_that_touch_have_a_surface_each():
    """Two numbers side by side: each is measured as if it were alone."""
    alone = spheroid(8, 1.0, np.random.default_rng(2))
    pair = np.concatenate([alone, 2 * alone], axis=0)
    assert sphericities(pair)[1][0] == pytest.approx(sphericities(pair)[1][1])
    halves = alone.copy()
    halves[32:][halves[32:] > 0] = 2
    assert (sphericities(halves)[1] < 0.95).all()


def test_sizes_carry_the_sphericity_of_each_whole_particle():
    """A ball and a rod: the larger one is less round; the order is that of the diameters."""
    volume = np.zeros((40, 40, 80), bool)
    volume[:, :, :40] = spheroid(6, 1.0, np.random.default_rng(3), 40) > 0
    volume[16:24, 16:24, 45:75] = True
    found = particle_sizes(volume, smoothing_voxels=4, separation_voxels=20)
    assert len(found.sphericity) == len(found.diameter_voxels) == 2
    assert found.sphericity[0] > 0.98 > 0.9 > found.sphericity[1]


def test_what_is_no_numbering_is_refused():
    """Whole numbers in three axes only."""
    with pytest.raises(GeometryInputError, match="particle numbers"):
        sphericities(np.ones((4, 4, 4)))
    with pytest.raises(GeometryInputError, match="shape"):
        sphericities(np.ones((4, 4), int))
    assert [found.size for found in sphericities(np.zeros((3, 3, 3), int))] == [0, 0]
