"""Each geometry metric against a count by hand, its symmetries, and what it refuses."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from ragone.pipelines.characterise.geometry import (
    GeometryInputError,
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
from ragone.pipelines.characterise.geometry.distance import squared_distance
from ragone.pipelines.characterise.geometry.labelled_volume import CUBIC, Edges
from ragone.pipelines.characterise.geometry.surface_area import direction_weights
from ragone.pipelines.characterise.geometry.transitions import DIRECTIONS, sites, steps, transitions
from ragone.pipelines.characterise.surface import face_count
from ragone.schemas.errors import RagoneError

VOLUMES = arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, max_side=7), elements=st.sampled_from([0, 3, 255]))
MASKS = arrays(bool, array_shapes(min_dims=3, max_dims=3, max_side=7))
CHECKED = settings(max_examples=40, deadline=None)
PAIRS = [(1, 2), (1, 4), (2, 4)]


def volume(shape: tuple[int, int, int] = (9, 11, 13), seed: int = 0) -> npt.NDArray[np.uint8]:
    """Random grains of three labels."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 1.2, mode="wrap")
    return np.digitize(noise, np.quantile(noise, [0.45, 0.85])).astype(np.uint8)


def by_hand(bits: npt.NDArray[np.uint8], periodic: bool, edges: Edges) -> tuple[list[list[int]], list[int]]:
    """Crossings of each pair and pairs of neighbours, voxel by voxel, for each direction."""
    counts, possible = [], []
    for offset in steps(edges).tolist():
        seen = []
        for at in np.ndindex(bits.shape):
            to = tuple(a + o for a, o in zip(at, offset, strict=True))
            if periodic:
                to = tuple(t % n for t, n in zip(to, bits.shape, strict=True))
            if all(0 <= t < n for t, n in zip(to, bits.shape, strict=True)):
                seen.append({int(bits[at]), int(bits[to])})
        counts.append([seen.count(set(pair)) for pair in PAIRS])
        possible.append(len(seen))
    return counts, possible


@CHECKED
@given(
    arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, max_side=4), elements=st.sampled_from([1, 2, 4])),
    st.booleans(),
    st.sampled_from([CUBIC, (1.0, 2.0, 6.0), (3.0, 1.0, 1.2)]),
)
def test_crossings_are_those_counted_by_hand(bits: npt.NDArray[np.uint8], periodic: bool, edges: Edges) -> None:
    """Every direction, pair and border is counted as a loop over voxels counts it, also by steps of several voxels."""
    counts, possible = by_hand(bits, periodic, edges)
    assert transitions(bits, PAIRS, periodic=periodic, edges=edges).tolist() == counts
    assert sites(bits.shape, periodic=periodic, edges=edges).tolist() == possible


def test_steps_of_boxes_make_the_directions_of_cubes() -> None:
    """Three voxels along the short edge to one along the long one; a single axis is followed voxel by voxel."""
    assert steps(CUBIC).tolist() == DIRECTIONS.tolist()
    found = steps((1.0, 1.0, 3.0))
    assert (found * [1, 1, 3])[3:5].tolist() == DIRECTIONS[3:5].tolist()
    assert (found * [1, 1, 3])[5:].tolist() == (3 * DIRECTIONS[5:]).tolist()
    assert found[:3].tolist() == DIRECTIONS[:3].tolist()


def test_a_line_longer_than_16_bits_is_counted_to_its_end() -> None:
    """Crossings of a row beyond 65535 do not wrap around."""
    bits = np.tile(np.array([1, 2], np.uint8), 70_000)[None, None]
    assert transitions(bits, [(1, 2)], periodic=False)[:, 0].tolist() == [0, 0, 139_999] + [0] * 10


@CHECKED
@given(VOLUMES)
def test_faces_agree_with_taufactor(labels: npt.NDArray[np.uint8]) -> None:
    """Face-counted areas are TauFactor's counts of faces."""
    for pair, area in face_counted_areas(labels, 2.0).items():
        assert round(area * 2.0 * labels.size) == face_count(labels, pair)


@CHECKED
@given(VOLUMES)
def test_fractions_sum_to_one(labels: npt.NDArray[np.uint8]) -> None:
    """Every voxel counts once; a label that is absent has no entry."""
    fractions = phase_fractions(labels)
    assert set(fractions) == set(np.unique(labels).tolist())
    assert sum(fractions.values()) == pytest.approx(1)
    assert all(value == (labels == label).mean() for label, value in fractions.items())


def test_areas_turn_with_the_volume_and_scale_with_the_voxel() -> None:
    """Turning or mirroring changes no area; twice the voxel size halves it; wide voxels turn with their axes."""
    labels = volume()
    areas = specific_surface_areas(labels, 1e-6)
    for turned in (labels.transpose(2, 0, 1), labels[::-1], labels[:, ::-1, ::-1]):
        assert specific_surface_areas(turned, 1e-6) == pytest.approx(areas)
    assert specific_surface_areas(labels, 2e-6) == pytest.approx({pair: area / 2 for pair, area in areas.items()})
    wide = specific_surface_areas(labels, (1e-6, 2e-6, 3e-6))
    assert wide != pytest.approx(areas)
    assert specific_surface_areas(labels.transpose(2, 0, 1), (3e-6, 1e-6, 2e-6)) == pytest.approx(wide)


def test_areas_of_pairs_add_up_to_the_area_of_a_phase() -> None:
    """The area of a phase against all others is the sum over its pairs: nothing counts twice."""
    labels = volume()
    for measure in (specific_surface_areas, face_counted_areas):
        areas = measure(labels, 1.0)
        for label in range(3):
            alone = measure(labels == label, 1.0)[0, 1]
            assert alone == pytest.approx(sum(area for pair, area in areas.items() if label in pair))


def test_direction_weights_are_those_of_the_literature() -> None:
    """For cubic voxels, as tabulated by Legland et al. 2007; always a partition of all directions."""
    weights = direction_weights((1.0, 1.0, 1.0))
    assert weights == pytest.approx([0.0915557] * 3 + [0.0739613] * 6 + [0.0703913] * 4, abs=1e-6)
    assert direction_weights((1e-7, 1e-7, 4e-7)) == pytest.approx(weights)  # four voxels to a step across
    flat = direction_weights((1e-7, 1e-7, 1.4e-7))
    assert flat.sum() == pytest.approx(1)
    assert flat[2] < flat[0]


def test_labels_may_be_of_any_whole_type() -> None:
    """Booleans and wide integers measure as bytes do, also where memory is not in order."""
    labels = volume()
    for given_labels in (labels.astype(np.int64), np.asfortranarray(labels), labels.astype(np.uint16)):
        assert specific_surface_areas(given_labels, 1.0) == specific_surface_areas(labels, 1.0)
        assert phase_fractions(given_labels) == phase_fractions(labels)


@pytest.mark.parametrize(
    "labels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((0, 4, 4), np.uint8),
        np.zeros((2, 2, 2)),
        np.full((2, 2, 2), 256),
        np.full((2, 2, 2), -1, np.int8),
        np.full((2, 2, 2), "0"),
    ],
    ids=["two axes", "empty", "real numbers", "too large", "negative", "text"],
)
def test_what_is_no_volume_of_labels_is_refused(labels: npt.NDArray[Any]) -> None:
    """The message names what was given; the error is also a ValueError."""
    for measure in (
        phase_fractions,
        lambda given_labels: specific_surface_areas(given_labels, 1.0),
        lambda given_labels: face_counted_areas(given_labels, 1.0),
        lambda given_labels: triple_phase_boundary_density(given_labels, (0, 1, 2), 1.0),
    ):
        with pytest.raises(GeometryInputError, match="labels"):
            measure(labels)
    assert issubclass(GeometryInputError, RagoneError)
    assert issubclass(GeometryInputError, ValueError)


def test_a_grey_image_is_refused() -> None:
    """Nine labels are too many to be phases."""
    grey = np.arange(9, dtype=np.uint8).reshape(1, 3, 3)
    with pytest.raises(GeometryInputError, match="9 labels"):
        specific_surface_areas(grey, 1.0)
    assert len(specific_surface_areas(np.minimum(grey, 7), 1.0)) == 28


@pytest.mark.parametrize("size", [0.0, -1e-6, np.nan, np.inf, (1.0, 1.0), (1.0, 0.0, 1.0), (1e-6, 1e-6, 1e-3)])
def test_a_voxel_has_a_size(size: Any) -> None:
    """Voxel sizes that are none are refused, with the value."""
    with pytest.raises(GeometryInputError, match="voxel_size_metre"):
        specific_surface_areas(volume(), size)


@pytest.mark.parametrize("mask", [np.zeros((2, 2, 2), np.uint8), np.zeros((2, 2), bool), np.zeros((0, 1, 1), bool)])
def test_what_is_no_mask_is_refused(mask: npt.NDArray[Any]) -> None:
    """All metrics of one phase ask for a boolean volume."""
    for measure in (
        lambda: percolating_fractions(mask, connectivity=6),
        lambda: two_point_correlation(mask, largest_distance_voxels=2),
        lambda: chord_lengths(mask, axis=0),
        lambda: particle_sizes(mask),
        lambda: pore_sizes(mask),
    ):
        with pytest.raises(GeometryInputError, match="mask"):
            measure()


def test_choices_out_of_range_are_refused() -> None:
    """The message names the parameter and its value."""
    mask = np.ones((3, 3, 3), bool)
    for name, measure in {
        "connectivity = 8": lambda: percolating_fractions(mask, connectivity=8),
        "largest_distance_voxels = 0": lambda: two_point_correlation(mask, largest_distance_voxels=0),
        "axis = 3": lambda: chord_lengths(mask, axis=3),
        "axis = -1": lambda: chord_lengths(mask, axis=-1),
        "separation_voxels = 0": lambda: particle_sizes(mask, separation_voxels=0),
        "smoothing_voxels = -1": lambda: particle_sizes(mask, smoothing_voxels=-1),
        "largest_step_count = 0": lambda: pore_sizes(mask, largest_step_count=0),
        "triple": lambda: triple_phase_boundary_density(mask, (0, 1, 1), 1.0),
    }.items():
        with pytest.raises(GeometryInputError, match=name):
            measure()


def test_one_voxel_has_no_geometry_but_its_fraction() -> None:
    """No area, no line, no chord; the one voxel percolates; nothing is divided by zero."""
    voxel = np.full((1, 1, 1), 5, np.uint8)
    assert phase_fractions(voxel) == {5: 1.0}
    assert specific_surface_areas(voxel, 1.0) == face_counted_areas(voxel, 1.0) == {}
    assert triple_phase_boundary_density(voxel, (5, 6, 7), 1.0) == 0
    assert percolating_fractions(voxel == 5, connectivity=6).tolist() == [1, 1, 1]
    assert two_point_correlation(voxel == 5, largest_distance_voxels=9).probability.tolist() == [1]
    chords = chord_lengths(voxel == 5, axis=0)
    assert (chords.mean_voxels, chords.whole_count, chords.cut_count, chords.probability.sum()) == (0, 0, 1, 0)
    assert len(pore_sizes(voxel == 5).diameter_voxels) == 0
    assert particle_sizes(voxel == 5).cut_count == 1


def test_an_absent_phase_has_no_size() -> None:
    """A phase without voxels is measured as nothing."""
    nothing = np.zeros((5, 6, 7), bool)
    assert percolating_fractions(nothing, connectivity=26).tolist() == [0, 0, 0]
    assert not two_point_correlation(nothing, largest_distance_voxels=3).probability.any()
    assert chord_lengths(nothing, axis=1).cut_count == 0
    assert len(particle_sizes(nothing).diameter_voxels) == particle_sizes(nothing).cut_count == 0
    assert pore_sizes(nothing).median_voxels is None


def test_a_flat_volume_is_measured_along_the_lines_it_has() -> None:
    """Along an axis of one voxel there are no lines: the others stand in."""
    flat = np.repeat(np.array([0, 1], np.uint8), 4)[None, :, None] * np.ones((1, 1, 8), np.uint8)
    crossings, lengths = np.array([8, 7, 7]), np.array([7 * 8, 7 * 7 * 2**0.5, 7 * 7 * 2**0.5])
    weights = direction_weights((1.0, 1.0, 1.0))[[1, 7, 8]]
    total = direction_weights((1.0, 1.0, 1.0))[[1, 2, 7, 8]].sum()
    assert specific_surface_areas(flat, 1.0)[0, 1] == pytest.approx(2 * (weights * crossings / lengths).sum() / total)


def test_percolation_tells_dead_ends_from_islands() -> None:
    """A dead end belongs to the path it hangs on; an island does not, nor does what touches one face."""
    phase = np.zeros((6, 5, 5), bool)
    phase[:, 0, 0] = True  # from face to face along axis 0
    phase[3, 1:3, 0] = True  # a dead end
    phase[2:4, 4, 4] = True  # an island
    phase[0, 4, 2] = True  # touches one face
    assert percolating_fractions(phase, connectivity=6).tolist() == [8 / 11, 0, 0]


@CHECKED
@given(MASKS)
def test_more_neighbours_never_join_less(mask: npt.NDArray[np.bool_]) -> None:
    """What percolates through faces does so through edges, and what does through edges does through corners."""
    faces, edges, corners = (percolating_fractions(mask, connectivity=c) for c in (6, 18, 26))
    assert (faces <= edges).all()
    assert (edges <= corners).all()


@CHECKED
@given(MASKS)
def test_dual_paths_never_cross(mask: npt.NDArray[np.bool_]) -> None:
    """A wall joined through faces that closes a section keeps even corners of the other phase from passing it."""
    walled = np.concatenate([mask, np.ones((1, *mask.shape[1:]), bool), mask])
    assert percolating_fractions(~walled, connectivity=26)[0] == 0
    assert percolating_fractions(walled, connectivity=6)[1:].min() > 0


def test_triple_edges_by_hand() -> None:
    """Every edge with three labels around it counts, 2/3 of its length; a fourth label takes none away."""
    labels = volume((5, 6, 7))
    bits = 1 << labels.astype(int)
    found = 0.0
    for axis in range(3):
        section = np.moveaxis(bits, axis, 0)
        around = [section[:, i : i - 1 or None, j : j - 1 or None] for i, j in itertools.product((0, 1), repeat=2)]
        union = around[0] | around[1] | around[2] | around[3]
        found += float((union == 7).sum()) / union.size
    assert triple_phase_boundary_density(labels, (0, 1, 2), 2.0) == pytest.approx(2 / 3 * found / 4)
    four = np.array([0, 1, 2, 3], np.uint8).reshape(1, 2, 2)
    assert triple_phase_boundary_density(four, (0, 1, 3), 1.0) == pytest.approx(2.0)
    assert triple_phase_boundary_density(four, (0, 1, 9), 1.0) == 0


@CHECKED
@given(MASKS, st.booleans(), st.integers(1, 5))
def test_correlation_by_hand(mask: npt.NDArray[np.bool_], periodic: bool, reach: int) -> None:
    """The transform counts the pairs that a sum over shifted volumes counts."""
    found = two_point_correlation(mask, largest_distance_voxels=reach, periodic=periodic)
    last = min(reach, max(mask.shape) // 2)
    limits = [min(last, n // 2 if periodic else n - 1) for n in mask.shape]
    both, possible = np.zeros(last + 1), np.zeros(last + 1)
    for lag in itertools.product(*(range(-n, n + 1) for n in limits)):
        shell = int(np.floor(np.linalg.norm(lag) + 0.5))
        if shell > last:
            continue
        if periodic:
            here, there = mask, np.roll(mask, lag, axis=(0, 1, 2))
        else:
            here = mask[tuple(slice(max(0, n), m + min(0, n)) for n, m in zip(lag, mask.shape, strict=True))]
            there = mask[tuple(slice(max(0, -n), m + min(0, -n)) for n, m in zip(lag, mask.shape, strict=True))]
        both[shell] += (here & there).sum()
        possible[shell] += here.size
    assert found.probability == pytest.approx(both / possible, abs=1e-12)
    assert found.distance_voxels[0] == 0


def test_chords_by_hand() -> None:
    """Runs that touch an end are cut; whole ones weigh by the places they have in the line."""
    line = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1], bool).reshape(1, 14, 1)
    found = chord_lengths(line, axis=1)
    weights = np.array([1 / 12, 1 / 11, 1 / 10])
    assert (found.whole_count, found.cut_count) == (3, 2)
    assert found.probability[:3] == pytest.approx(weights / weights.sum())
    assert not found.probability[3:].any()
    assert len(found.probability) == 12
    assert found.mean_voxels == pytest.approx(2 * (9 / 14) * 13 / 8)
    assert chord_lengths(line, axis=0).cut_count == 9


@CHECKED
@given(MASKS)
def test_distances_are_exact(mask: npt.NDArray[np.bool_]) -> None:
    """Squared distances are those of SciPy's transform, rounded to the whole numbers that they are."""
    if mask.all():
        assert (squared_distance(mask) >= 1e12).all()
    else:
        expected = np.rint(ndimage.distance_transform_edt(mask) ** 2)
        assert np.array_equal(squared_distance(mask), expected)


def test_particles_that_overlap_are_told_apart_and_the_cut_are_left_out() -> None:
    """Two spheres joined by a neck and one that the border cuts: two whole particles, one cut."""
    at = np.indices((48, 30, 30)) + 0.5
    centres = [(12, 15, 15), (27, 15, 15), (47, 15, 15)]
    mask = np.zeros(at.shape[1:], bool)
    for centre in centres:
        mask |= ((at - np.array(centre)[:, None, None, None]) ** 2).sum(axis=0) < 8**2
    found = particle_sizes(mask)
    assert found.cut_count == 1
    assert found.diameter_voxels == pytest.approx([16, 16], rel=0.03)
    assert found.weight == pytest.approx([0.5, 0.5], abs=0.02)


def test_large_particles_weigh_more_for_they_are_seldom_whole() -> None:
    """Of the whole ones, the weight is the inverse of the chance to lie whole in the volume."""
    mask = np.zeros((40, 40, 40), bool)
    mask[2:22, 10:30, 10:30] = True
    mask[30:36, 15:21, 15:21] = True
    found = particle_sizes(mask, separation_voxels=9, smoothing_voxels=2.0)
    small, large = 1 / (33 / 40) ** 3, 1 / (19 / 40) ** 3
    assert found.diameter_voxels == pytest.approx(np.cbrt(6 / np.pi * np.array([6**3, 20**3])))
    assert found.weight == pytest.approx([small / (small + large), large / (small + large)])


def test_pore_sizes_of_two_slits() -> None:
    """Half of the pores is narrow, half wide: the curve steps down at the narrow width, the median lies between."""
    pores = np.zeros((40, 12, 12), bool)
    pores[3:8] = pores[12:17] = pores[20:25] = True  # three of 5
    pores[27:36] = True  # one of 9, and walls of 1 to 4 between
    found = pore_sizes(pores, largest_step_count=20)
    assert found.diameter_voxels.tolist() == [1, 3, 5, 7, 9]
    assert found.fraction_at_least == pytest.approx([1, 1, 1, 9 / 24, 9 / 24])
    assert found.median_voxels == pytest.approx(5 + 2 * (1 - 0.5) / (1 - 9 / 24))
