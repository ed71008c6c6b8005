"""Spheroids, walls, pressure and nanopores: what each changes in a packing, and what it must not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.manufacture.contacts import Spheroids, overlaps
from ragone.pipelines.manufacture.particles import draw_radii
from ragone.pipelines.manufacture.spheroids import calender_spheroids, largest_overlap, semi_axes
from ragone.schemas import ParticleShape, Recipe
from ragone.schemas.errors import BoundsError
from ragone.schemas.materials import NMC_811

RECIPE = Recipe(active_material_weight_fraction=0.95, porosity=0.4)
SIZE = {"edge_voxels": 48, "voxel_size_metre": 6e-7, "seed": 3}


def packed(**changes):
    """A packing; keyword arguments are fields of the recipe or of the materials, or parameters."""
    records = [
        replace(record, **{name: changes.pop(name) for name in record.fields() if name in changes})
        for record in (RECIPE, NMC_811)
    ]
    return pack_particles(*records, **{**SIZE, **changes})


def counts(**changes):
    """Voxels of each phase."""
    return np.bincount(packed(**changes).labels.ravel(), minlength=3)


def pair(axes, apart, along=3.0, across=2.0):
    """How far two equal spheroids overlap."""
    one, other = (
        Spheroids(np.zeros((1, 3)), np.array([axis], dtype=float), np.full(1, along), np.full(1, across))
        for axis in axes
    )
    return float(overlaps(one, other, np.array([apart], dtype=float))[0][0])


class TestContacts:
    """The contact function against cases that are known exactly."""

    def test_spheres(self):
        """The sum of the radii less the distance, along any direction."""
        assert pair([(1, 0, 0), (0, 1, 0)], (3.0, 2.0, 1.0), 2.0, 2.0) == pytest.approx(4 - np.sqrt(14), abs=1e-9)

    @pytest.mark.parametrize(
        ("axes", "expected"), [([(1, 0, 0)] * 2, 6.0), ([(0, 1, 0)] * 2, 4.0), ([(1, 0, 0), (0, 1, 0)], 5.0)]
    )
    def test_principal_directions(self, axes, expected):
        """On a line of symmetry both reach by their semi-axes."""
        assert pair(axes, (4.5, 0.0, 0.0)) == pytest.approx(expected - 4.5, abs=1e-9)

    def test_separated_bodies_are_never_called_overlapping(self):
        """Random pairs whose surfaces, sampled finely, are apart along the line found by their supports."""
        rng = np.random.default_rng(0)
        for _ in range(50):
            axes = rng.standard_normal((2, 3))
            axes /= np.linalg.norm(axes, axis=1)[:, None]
            assert pair(axes, (6.1, 0.0, 0.0)) < 0  # beyond twice the longest semi-axis


@pytest.mark.parametrize(("shape", "ratio"), [(ParticleShape.ELLIPSOID, 2.0), (ParticleShape.PLATE, 3.0)])
def test_spheroids_have_the_volume_of_their_spheres(shape, ratio):
    """Semi-axes multiply to one, and their ratio is the one asked for."""
    along, across = semi_axes(shape, ratio)
    assert along * across**2 == pytest.approx(1, abs=1e-8)
    assert max(along, across) / min(along, across) == pytest.approx(ratio, rel=1e-8)


@pytest.mark.parametrize("shape", [ParticleShape.ELLIPSOID, ParticleShape.PLATE])
@pytest.mark.parametrize("walled", [False, True])
def test_pressed_spheroids_hardly_overlap_and_stay_inside(shape, walled):
    """At 55 % by volume the deepest overlap is under half the short semi-axis of the smaller."""
    edge, rng = 48, np.random.Generator(np.random.PCG64(1))
    radii = draw_radii(rng, 5.0, 0.2, 0.55 * edge**3)
    bodies = calender_spheroids(rng, radii, edge, shape=shape, aspect_ratio=2.0, walled=walled)
    assert largest_overlap(bodies, edge, walled=walled) < 0.5
    assert np.allclose(np.linalg.norm(bodies.axes, axis=1), 1)
    if walled:
        reach = bodies.support(np.tile([1.0, 0.0, 0.0], (len(bodies.along), 1)))[:, 0]
        outside = np.maximum(reach - bodies.centres[:, 0], bodies.centres[:, 0] + reach - edge)
        assert outside.max() < 0.5 * float(np.minimum(bodies.along, bodies.across).min())


def test_pressing_lays_plates_down_and_ellipsoids_too():
    """The axis of a plate turns towards the pressing direction, that of an ellipsoid away from it; random is 1/3."""
    found = {}
    for shape in (ParticleShape.PLATE, ParticleShape.ELLIPSOID):
        rng = np.random.Generator(np.random.PCG64(2))
        radii = draw_radii(rng, 4.0, 0.1, 0.5 * 64**3)
        bodies = calender_spheroids(rng, radii, 64, shape=shape, aspect_ratio=3.0, walled=False)
        found[shape] = float((bodies.axes[:, 0] ** 2).mean())
    assert found["plate"] > 0.4
    assert found["ellipsoid"] < 0.3


@pytest.mark.parametrize("shape", ["ellipsoid", "plate"])
def test_fractions_do_not_depend_on_shape_or_walls(shape):
    """Exact to one voxel, as for spheres; equal seeds give equal voxels."""
    expected = counts()
    for walled in (False, True):
        given = {"particle_shape": shape, "particle_aspect_ratio": 2.0, "walled": walled}
        assert np.array_equal(counts(**given), expected)
        first, again = (packed(**given).labels for _ in range(2))
        assert np.array_equal(first, again)


def test_nanopores_are_a_part_of_the_porosity():
    """The carbon-binder swells by its nanopores, the resolved pores shrink by them, the solids stay."""
    dense, porous = counts(), counts(carbon_binder_nanoporosity=0.5)
    assert porous[1] == dense[1]
    assert abs(porous[2] - 2 * dense[2]) <= 1
    assert abs((porous[0] + 0.5 * porous[2]) - dense[0]) <= 1


def test_more_pressure_leaves_less_porosity():
    """Monotonic, towards the least; the record says which porosity came out."""
    pores = [counts(calendering_pressure_pascal=p)[0] / 48**3 for p in (0.0, 5e7, 1e8, 3e8)]
    assert np.all(np.diff(pores) < 0)
    assert pores[0] == pytest.approx(0.4, abs=1e-4)
    law = 0.1 + 0.3 * np.exp(-1e8 / 1.5e8)
    assert pores[2] == pytest.approx(law, abs=1e-4)
    said = packed(calendering_pressure_pascal=1e8).source
    assert f"porosity {law:.6g} after 1e+08 Pa" in said


def test_spheres_touch_a_wall_in_points():
    """Only part of the active material of the bulk lies at the walls; a periodic packing has no such layers."""

    def outermost(walled):
        active = packed(walled=walled).labels == 1
        return float(active[[0, -1]].mean() / active.mean())

    assert outermost(True) < 0.7
    assert outermost(False) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"particle_aspect_ratio": 2.0}, "take 'ellipsoid' or 'plate'"),
        ({"carbon_binder_nanoporosity": 0.95}, "Lower the nanoporosity"),
        ({"calendering_pressure_pascal": -1.0}, "calendering_pressure_pascal = -1 Pa"),
        ({"compaction_resistance_pascal": 0.0}, "not positive"),
        ({"calendering_pressure_pascal": 1.0, "least_porosity": 0.5}, "raise it"),
    ],
)
def test_what_cannot_be_made_is_refused(parameters, message):
    """The value, what was expected, what to do."""
    with pytest.raises(BoundsError, match=message):
        packed(**parameters)


def test_a_pressure_replaces_the_porosity_and_nothing_else():
    """A dried coating pressed to a porosity is the packing of that porosity."""
    pressed = packed(calendering_pressure_pascal=1e8)
    law = round(0.1 + 0.3 * float(np.exp(-1e8 / 1.5e8)), 12)
    direct = packed(porosity=law)
    assert np.array_equal(pressed.labels, direct.labels)
