"""Geometry metrics against bodies whose geometry is known, and against published values of an imaged electrode."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.geometry import (
    chord_lengths,
    face_counted_areas,
    particle_sizes,
    percolating_fractions,
    phase_fractions,
    pore_sizes,
    specific_surface_areas,
    triple_phase_boundary_density,
    two_point_correlation,
)
from ragone.pipelines.files.images import import_volume, parse_phases
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

Mask = npt.NDArray[np.bool_]

# Overlapping spheres (Boolean model) of radius 1: edge of the periodic box, and how many in it.
SMALL, LARGE = (8.0, 85), (16.0, 680)


def from_centre(edge: int, offset: float = 0.2) -> npt.NDArray[np.float64]:
    """Coordinates of voxel centres relative to a point near the middle; shape (3, x, y, z)."""
    return np.indices((edge,) * 3) - (edge - 1) / 2 - offset


def sphere(radius: float) -> npt.NDArray[np.uint8]:
    """A sphere of label 1 that touches no face."""
    return ((from_centre(math.ceil(2 * radius) + 6) ** 2).sum(axis=0) < radius**2).astype(np.uint8)


def sphere_centres(box: tuple[float, int]) -> npt.NDArray[np.float64]:
    """Centres of the overlapping spheres."""
    return np.random.default_rng(3).uniform(0, box[0], (box[1], 3))


def shortest(gap: npt.NDArray[np.float64], box: tuple[float, int]) -> npt.NDArray[np.float64]:
    """The shortest way between two points of the periodic box."""
    return gap - box[0] * np.round(gap / box[0])


def overlapping_spheres(edge: int, box: tuple[float, int] = SMALL) -> Mask:
    """Where the spheres are, with so many voxels along each edge of the box."""
    at = (np.arange(edge) + 0.5) * box[0] / edge
    inside = np.zeros((edge,) * 3, bool)
    for centre in sphere_centres(box):
        x, y, z = (shortest(at - c, box) ** 2 for c in centre)
        inside |= x[:, None, None] + y[None, :, None] + z[None, None, :] < 1
    return inside


def exposed_area() -> float:
    """Area of the spheres that lies in no other one, over the box, from 800 points on each sphere."""
    turn = np.arange(800) + 0.5
    height, angle = 1 - turn / 400, np.pi * (1 + 5**0.5) * turn
    around = np.sqrt(1 - height**2)
    points = np.stack([around * np.cos(angle), around * np.sin(angle), height], axis=1)
    centres, free = sphere_centres(SMALL), 0.0
    for number, centre in enumerate(centres):
        gaps = shortest((centre + points)[:, None] - np.delete(centres, number, axis=0), SMALL)
        free += float(((gaps**2).sum(axis=-1) > 1).all(axis=1).mean())
    return free * 4 * math.pi / SMALL[0] ** 3


def slabs(normal: tuple[int, int, int], edge: int = 48) -> npt.NDArray[np.uint8]:
    """Two phases in layers of equal thickness across a direction, periodic; their area is 4 |normal| / edge."""
    across = np.tensordot(np.array(normal), np.indices((edge,) * 3), axes=1)
    return (across % (edge // 2) < edge // 4).astype(np.uint8)


def test_area_of_a_sphere_converges() -> None:
    """The error of the Crofton area falls with the voxel size, from 2 % at five voxels to below 0.1 % at forty."""
    errors = []
    for radius in (5.0, 10.0, 20.0, 40.0):
        volume = sphere(radius)
        area = specific_surface_areas(volume, 1.0, periodic=True)[0, 1] * volume.size
        errors.append(abs(area / (4 * math.pi * radius**2) - 1))
    assert errors[0] < 0.02
    assert errors[-1] < 1e-3
    assert all(finer < coarser for coarser, finer in pairwise(errors))


def test_faces_of_a_sphere_do_not_converge() -> None:
    """Faces overstate a sphere by a half however small the voxels are."""
    for radius in (10.0, 40.0):
        volume = sphere(radius)
        area = face_counted_areas(volume, 1.0, periodic=True)[0, 1] * volume.size
        assert area / (4 * math.pi * radius**2) == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize("edges", [(1.0, 1.0, 2.5), (1.0, 2.0, 3.0), (1.0, 1.0, 0.4)])
def test_anisotropic_voxels_measure_the_same_sphere(edges: tuple[float, float, float]) -> None:
    """Slices of another thickness than the pixels change the area of a sphere by less than 1 %."""
    radius = 15.3
    squares = [((np.arange(n) - (n - 1) / 2 + 0.2) * e) ** 2 for e in edges for n in [int((2 * radius + 4) / e) + 2]]
    inside = squares[0][:, None, None] + squares[1][None, :, None] + squares[2][None, None, :] < radius**2
    area = specific_surface_areas(inside, edges, periodic=True)[0, 1] * inside.size * math.prod(edges)
    assert area == pytest.approx(4 * math.pi * radius**2, rel=0.01)


BOXES = [(1.0, 1.0, 2.0), (2.0, 2.0, 1.0), (1.0, 3.0, 1.0), (3.0, 1.0, 3.0)]


def spheroid(radii: tuple[float, float, float], edges: tuple[float, float, float]) -> Mask:
    """An ellipsoid along the axes, of voxels with these edges, that touches no face."""
    x, y, z = (
        (((np.arange(n) - (n - 1) / 2 + 0.2) * edge) / radius) ** 2
        for radius, edge in zip(radii, edges, strict=True)
        for n in [int(2 * radius / edge) + 6]
    )
    return np.asarray(x[:, None, None] + y[None, :, None] + z[None, None, :] < 1)


def spheroid_area(across: float, along: float) -> float:
    """Area of an ellipsoid of revolution."""
    if along > across:
        e = math.sqrt(1 - (across / along) ** 2)
        return 2 * math.pi * across**2 * (1 + along / (across * e) * math.asin(e))
    e = math.sqrt(1 - (along / across) ** 2)
    return 2 * math.pi * across**2 * (1 + (1 - e**2) / e * math.atanh(e))


def crofton_area(inside: Mask, edges: tuple[float, float, float]) -> float:
    """Area of a body in the unit of the edges squared."""
    return specific_surface_areas(inside, edges, periodic=True)[0, 1] * inside.size * math.prod(edges)


@pytest.mark.parametrize("edges", BOXES)
def test_area_of_a_sphere_of_boxes_converges(edges: tuple[float, float, float]) -> None:
    """At ratios of two and three the error falls from 4 % at five voxels (of equal volume) to 0.2 % at forty."""
    voxel = math.prod(edges) ** (1 / 3)
    for radius, error in ((5 * voxel, 0.04), (10 * voxel, 0.01), (40 * voxel, 0.002)):
        area = crofton_area(spheroid((radius,) * 3, edges), edges)
        assert area == pytest.approx(4 * math.pi * radius**2, rel=error)


@pytest.mark.parametrize("edges", BOXES)
@pytest.mark.parametrize("aspect", [0.5, 2.0])
def test_area_of_spheroids_of_boxes(edges: tuple[float, float, float], aspect: float) -> None:
    """Flat and long bodies along and across the long edges of the voxels are right within 1 %, as cubes have them."""
    radius = 16 * math.prod(edges) ** (1 / 3)
    for axis in range(3):
        x, y, z = (radius * (aspect if n == axis else 1.0) for n in range(3))
        area = crofton_area(spheroid((x, y, z), edges), edges)
        assert area == pytest.approx(spheroid_area(radius, radius * aspect), rel=0.01)


@pytest.mark.parametrize("edges", BOXES)
def test_area_of_flat_layers_of_boxes_is_off_by_what_that_of_cubes_is(edges: tuple[float, float, float]) -> None:
    """Layers across an axis are 7.3 % low, whatever the ratio of the edges."""
    for axis in range(3):
        layers = np.moveaxis(np.arange(48)[:, None, None] // 12 % 2 * np.ones((1, 48, 48), int), 0, axis)
        area = specific_surface_areas(layers, edges, periodic=True)[0, 1]
        assert area * 12 * edges[axis] - 1 == pytest.approx(-0.0734, abs=5e-4)


@pytest.mark.parametrize(
    ("normal", "error"),
    [((1, 0, 0), -0.0734), ((1, 1, 0), -0.0674), ((1, 1, 1), -0.0389), ((1, 2, 3), 0.0016), ((1, 5, 2), 0.0227)],
)
def test_area_of_flat_layers_is_off_by_what_their_direction_says(normal: tuple[int, int, int], error: float) -> None:
    """Layers keep the error of their direction, within the bounds stated, whatever the number of voxels."""
    for edge in (48, 96):
        true = 4 / edge * float(np.linalg.norm(normal))
        area = specific_surface_areas(slabs(normal, edge), 1.0, periodic=True)[0, 1]
        assert area / true - 1 == pytest.approx(error, abs=5e-4)
        assert -0.0735 < error < 0.0229


@pytest.mark.parametrize(("axis", "bound"), [((0, 0, 1), 0.035), ((1, 1, 1), 0.065), ((1, 2, 3), 0.03)])
def test_area_of_a_cylinder(axis: tuple[int, int, int], bound: float) -> None:
    """A long cylinder has 2 / r of area per volume; its directions are not isotropic, so an error stays."""
    radius, coordinates = 10.6, from_centre(96)
    along = np.tensordot(np.array(axis) / np.linalg.norm(axis), coordinates, axes=1)
    inside = (coordinates**2).sum(axis=0) - along**2 < radius**2
    area = specific_surface_areas(inside, 1.0)[0, 1]
    assert area / (inside.mean() * 2 / radius) == pytest.approx(1, abs=bound)


def test_layers_of_three_phases_share_no_area() -> None:
    """In a stack of three phases each pair has its own interfaces, and phases that do not touch have none."""
    stack = np.repeat(np.array([0, 7, 9, 7], np.uint8), 6)[:, None, None] * np.ones((1, 5, 5), np.uint8)
    faces = face_counted_areas(stack, 1e-6)
    areas = specific_surface_areas(stack, 1e-6)
    assert faces == pytest.approx({(0, 7): 1e6 / 24, (0, 9): 0.0, (7, 9): 2e6 / 24})
    assert areas[0, 9] == 0
    assert areas[7, 9] == pytest.approx(2 * areas[0, 7])


def test_overlapping_spheres_have_the_area_that_is_exposed() -> None:
    """Against the exact area of this arrangement the error of the Crofton area halves with the voxel size."""
    true = exposed_area()
    errors = []
    for edge in (24, 48, 96):
        areas = specific_surface_areas(overlapping_spheres(edge), SMALL[0] / edge, periodic=True)
        errors.append(areas[0, 1] / true - 1)
    assert errors[1] == pytest.approx(-0.06, abs=0.01)
    assert all(finer / coarser == pytest.approx(0.5, abs=0.05) for coarser, finer in pairwise(errors))
    density = SMALL[1] / SMALL[0] ** 3  # the mean over all arrangements is close as well
    assert true == pytest.approx(density * 4 * math.pi * math.exp(-density * 4 / 3 * math.pi), rel=0.05)


def test_two_point_correlation_of_overlapping_spheres() -> None:
    """S2 of the space between them is exp(-density x union of two spheres), up to the scatter of one realisation."""
    edge = 96
    between = ~overlapping_spheres(edge, LARGE)
    density = -math.log(float(between.mean())) * 3 / (4 * math.pi)
    for periodic in (True, False):
        found = two_point_correlation(between, largest_distance_voxels=40, periodic=periodic)
        r = found.distance_voxels * LARGE[0] / edge
        union = 4 / 3 * math.pi * np.where(r < 2, 1 + 3 * r / 4 - r**3 / 16, 2)
        assert np.abs(found.probability - np.exp(-density * union)).max() < 0.01
        assert found.probability[0] == between.mean()
        assert found.probability[-1] == pytest.approx(float(between.mean()) ** 2, abs=0.01)


def test_the_slope_of_the_correlation_is_the_area() -> None:
    """Debye's relation: S2 leaves its origin with -S_V / 4, which is the Crofton area within 1 %."""
    spheres = overlapping_spheres(96)
    found = two_point_correlation(spheres, largest_distance_voxels=8, periodic=True)
    slope = (found.probability[1] - found.probability[0]) / found.distance_voxels[1]
    assert -4 * slope == pytest.approx(specific_surface_areas(spheres, 1.0, periodic=True)[0, 1], rel=0.01)


def test_correlation_of_random_voxels_and_of_layers() -> None:
    """Independent voxels forget at once; layers of equal thickness never do."""
    noise = np.random.default_rng(1).random((48, 40, 44)) < 0.3
    for periodic in (True, False):
        found = two_point_correlation(noise, largest_distance_voxels=12, periodic=periodic)
        assert np.abs(found.probability[1:] - 0.09).max() < 0.005
    stack = np.tile(np.repeat([True, False], 4), 8)[:, None, None] * np.ones((1, 1, 1), bool)
    layers = two_point_correlation(stack, largest_distance_voxels=8, periodic=True)
    assert layers.probability == pytest.approx([0.5, 0.375, 0.25, 0.125, 0, 0.125, 0.25, 0.375, 0.5])


def test_mean_chord_is_four_times_volume_over_area() -> None:
    """Of overlapping spheres, for either phase, as the mean of three axes; boundaries at the voxel size limit both."""
    spheres = overlapping_spheres(96)
    area = specific_surface_areas(spheres, 1.0)[0, 1]
    for phase in (spheres, ~spheres):
        mean = np.mean([chord_lengths(phase, axis=axis).mean_voxels for axis in range(3)])
        assert mean == pytest.approx(4 * phase.mean() / area, rel=0.03)


def test_chords_of_random_runs_are_geometric_also_in_short_lines() -> None:
    """Leaving out what is cut does not favour the short: the distribution of short lines is that of endless ones."""
    rng, mean = np.random.default_rng(7), 5
    run = np.cumsum(rng.random((40_000, 24)) < 1 / mean, axis=1) + rng.integers(0, 2, (40_000, 1))
    phase = (run % 2 == 0).reshape(200, 200, 24)
    found = chord_lengths(phase, axis=2)
    lengths = np.arange(1, 23)
    expected = (1 - 1 / mean) ** (lengths - 1) / mean
    assert found.probability == pytest.approx(expected / expected.sum(), abs=0.004)
    assert found.mean_voxels == pytest.approx(mean, rel=0.02)


def test_a_checkerboard() -> None:
    """Cubes of two phases: equal fractions, exact faces, and paths only where edges join."""
    cube = np.indices((24, 24, 24)) // 4
    board = (cube.sum(axis=0) % 2).astype(np.uint8)
    assert phase_fractions(board) == {0: 0.5, 1: 0.5}
    assert face_counted_areas(board, 1e-6, periodic=True)[0, 1] == pytest.approx(3 / 4e-6)
    assert percolating_fractions(board == 0, connectivity=6).tolist() == [0, 0, 0]
    assert percolating_fractions(board == 0, connectivity=18).tolist() == [1, 1, 1]
    assert percolating_fractions(board == 0, connectivity=26).tolist() == [1, 1, 1]


def test_a_triple_line_along_an_axis_is_short_by_a_third() -> None:
    """Three prisms that meet in one straight line along an axis: 2/3 of its length, the bias that is stated."""
    edge = 12
    labels = np.ones((edge, edge, edge), np.uint8)
    labels[:, :6], labels[:, 6:, :5] = 0, 2
    density = triple_phase_boundary_density(labels, (0, 1, 2), 1e-6)
    line = edge * 1e-6 / (edge * 11 * 11 * 1e-18)  # its length over the volume that the inner edges stand for
    pierced = 2 * line / 3
    assert density == pytest.approx(pierced, rel=1e-12)
    for turned in (labels.transpose(1, 2, 0), labels[::-1], labels.transpose(2, 1, 0)):
        assert triple_phase_boundary_density(turned, (2, 0, 1), 1e-6) == pytest.approx(density, rel=1e-12)


def wedges(direction: npt.NDArray[np.float64], rng: np.random.Generator, edge: int = 48) -> tuple[float, float]:
    """Three phases that meet at 120 degrees in a line: length found in the cube, and true length."""
    along = direction / np.linalg.norm(direction)
    first = np.cross(along, rng.normal(size=3))
    first /= np.linalg.norm(first)
    coordinates = from_centre(edge, 0.0) - rng.uniform(-0.5, 0.5, 3)[:, None, None, None]
    x, y = (np.tensordot(v, coordinates, axes=1) for v in (first, np.cross(along, first)))
    labels = np.floor((np.arctan2(y, x) + math.pi) / (2 * math.pi) * 2.999999).astype(np.uint8)
    found = triple_phase_boundary_density(labels, (0, 1, 2), 1.0) * edge * (edge - 1) ** 2
    return found, (edge - 1) / np.abs(along).max()


def test_an_oblique_triple_line_and_the_mean_over_all() -> None:
    """A body diagonal comes out 15 % long, a face diagonal 6 % short; lines of all directions 3 % long."""
    rng = np.random.default_rng(4)
    for direction, ratio in (((1, 1, 1), 1.155), ((1, 1, 0), 0.943)):
        found, true = wedges(np.array(direction, float), rng)
        assert found / true == pytest.approx(ratio, abs=0.03)
    ratios = [found / true for found, true in (wedges(rng.normal(size=3), rng) for _ in range(60))]
    assert np.mean(ratios) == pytest.approx(1.03, abs=4 * 0.09 / 60**0.5)


@pytest.mark.parametrize("edges", [(1.0, 1.0, 2.0), (3.0, 1.0, 1.0)])
def test_triple_lines_of_boxes(edges: tuple[float, float, float]) -> None:
    """Lines of all directions are as long in boxes as in cubes, within the scatter of 40 of them."""
    rng, edge = np.random.default_rng(5), 60.0
    counts = [int(edge / length) for length in edges]
    ratios = []
    for _ in range(40):
        along, first = rng.normal(size=3), rng.normal(size=3)
        along /= np.linalg.norm(along)
        first = np.cross(along, first) / np.linalg.norm(np.cross(along, first))
        at = np.indices(counts) - (np.array(counts)[:, None, None, None] - 1) / 2
        at = at * np.array(edges)[:, None, None, None] - rng.uniform(-0.5, 0.5, 3)[:, None, None, None]
        x, y = (np.tensordot(v, at, axes=1) for v in (first, np.cross(along, first)))
        labels = np.floor((np.arctan2(y, x) + math.pi) / (2 * math.pi) * 2.999999).astype(np.uint8)
        inner = [length * (count - 1) for length, count in zip(edges, counts, strict=True)]
        true = (np.array(inner) / np.abs(along)).min() / math.prod(inner)
        ratios.append(triple_phase_boundary_density(labels, (0, 1, 2), edges) / true)
    assert np.mean(ratios) == pytest.approx(1.03, abs=4 * np.std(ratios) / 40**0.5 + 0.03)


@pytest.mark.parametrize("edges", [(2.0, 1.0, 1.0), (1.0, 1.0, 3.0)])
def test_particles_and_pores_of_boxes(edges: tuple[float, float, float]) -> None:
    """Spheres that just touch, in boxes: each is told apart, its diameter within 3 %, its sphericity within 2 %."""
    voxel = math.prod(edges) ** (1 / 3)
    relative = (edges[0] / voxel, edges[1] / voxel, edges[2] / voxel)
    x, y, z = ((np.arange(int(96 / edge)) + 0.5) * edge / voxel for edge in edges)
    spacing, radius = 24 / voxel, 12 / voxel
    near = [((at - spacing / 2) % spacing - spacing / 2) ** 2 for at in (x, y, z)]
    inside = near[0][:, None, None] + near[1][None, :, None] + near[2][None, None, :] < radius**2
    found = particle_sizes(inside, edges=relative)
    assert len(found.diameter_voxels) == 3**3
    assert found.diameter_voxels == pytest.approx(np.full(27, 2 * radius), rel=0.03)
    assert found.sphericity == pytest.approx(np.ones(27), abs=0.04)
    widest = pore_sizes(inside, edges=relative).diameter_voxels[-1]
    assert 2 * radius - 3 * max(relative) < widest <= 2 * radius


def test_particles_of_one_size_are_found() -> None:
    """Spheres that just touch: every one is told apart and its diameter is right within 3 %; those cut are counted."""
    at = np.indices((96, 96, 96)) + 0.5
    near = ((at - 8) % 16 - 8) ** 2  # a cubic lattice, 16 voxels apart, that begins at a corner
    found = particle_sizes(near.sum(axis=0) < 8.0**2)
    assert (len(found.diameter_voxels), found.cut_count) == (5**3, 7**3 - 5**3)
    assert found.diameter_voxels == pytest.approx(np.full(len(found.diameter_voxels), 16.0), rel=0.03)
    assert found.weight.sum() == pytest.approx(1)


def test_particles_of_a_calendered_packing_have_the_diameters_that_were_packed() -> None:
    """Log-normal spheres, pressed until they overlap: the mean diameter is found within 8 %."""
    radius, spread = 4e-6, 0.2
    recipe = Recipe(
        active_material_weight_fraction=0.95,
        porosity=0.4,
        median_particle_radius_metre=radius,
        particle_radius_spread=spread,
    )
    packed = pack_particles(
        recipe,
        NMC_811,
        edge_voxels=96,
        voxel_size_metre=4e-7,
        seed=1,
    )
    found = particle_sizes(packed.phase("active_material"))
    mean = float(np.sum(found.weight * found.diameter_voxels)) * 4e-7
    assert len(found.weight) > 30
    assert mean == pytest.approx(2 * radius * math.exp(spread**2 / 2), rel=0.08)


def test_pore_sizes_of_a_slit_and_of_a_cylinder() -> None:
    """The width of a slit is exact for odd ones; a cylinder's diameter is right within three voxels."""
    slit = np.zeros((31, 20, 20), bool)
    slit[10:21] = True
    found = pore_sizes(slit)
    assert found.diameter_voxels[-1] == 11
    assert found.fraction_at_least.tolist() == [1.0] * len(found.diameter_voxels)
    at = from_centre(48)
    channel = pore_sizes(at[1] ** 2 + at[2] ** 2 < 12.0**2)
    assert channel.diameter_voxels[-1] == pytest.approx(24, abs=3)
    assert channel.fraction_at_least[-1] > 0.8


def test_published_values_of_an_imaged_electrode(shared_data: Path) -> None:
    """TauFactor's example electrode: fractions and face-counted areas to the digits published, and what follows."""
    volume = import_volume(
        shared_data / "electrode.tiff",
        voxel_size_metre=100e-6 / 256,
        phases=parse_phases("0=pore,85=active_material,170=carbon_binder"),
        source="tldr-group/taufactor, docs/notebooks/electrode.tiff",
        licence="MIT",
    ).microstructure
    fractions = phase_fractions(volume.labels)
    assert {label: round(value, 4) for label, value in fractions.items()} == {0: 0.4499, 85: 0.4005, 170: 0.1496}
    faces = face_counted_areas(volume.labels, volume.voxel_size_metre)
    crofton = specific_surface_areas(volume.labels, volume.voxel_size_metre)
    by_phase = [sum(area for pair, area in faces.items() if label in pair) for label in fractions]
    assert by_phase == pytest.approx([7.855e5, 3.740e5, 8.761e5], rel=1e-3)
    for pair, area in crofton.items():
        assert 1.35 < faces[pair] / area < 1.65
    assert percolating_fractions(volume.phase("pore"), connectivity=26).min() > 0.99
