"""The fast pieces of the geometry metrics against slow definitions of the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage
from skimage.segmentation import watershed

from ragone.pipelines.characterise.geometry import chord_lengths, particle_sizes, pore_sizes, slabs
from ragone.pipelines.characterise.geometry.clusters import spanning_voxels
from ragone.pipelines.characterise.geometry.distance import FAR, squared_distance
from ragone.pipelines.characterise.geometry.flooding import flood
from ragone.pipelines.characterise.geometry.labelled_volume import CUBIC, Edges
from ragone.pipelines.characterise.geometry.opening import opened_voxels

Mask = npt.NDArray[np.bool_]

MASKS = arrays(bool, array_shapes(min_dims=3, max_dims=3, max_side=7))
CHECKED = settings(max_examples=60, deadline=None)
BOXES: list[Edges] = [CUBIC, (2.0, 1.0, 0.5), (0.7, 0.7, 2.1)]


def grains(shape: tuple[int, int, int] = (30, 26, 34), seed: int = 1) -> Mask:
    """Random grains that fill half of a volume."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2.0)
    return np.asarray(noise > np.median(noise))


def labelled(phase: Mask, connectivity: int) -> list[int]:
    """Voxels in clusters from face to face, by labelling the volume."""
    structure = ndimage.generate_binary_structure(3, {6: 1, 18: 2, 26: 3}[connectivity])
    clusters, _ = ndimage.label(phase, structure)
    counts = []
    for axis in range(3):
        ends = [set(np.take(clusters, end, axis=axis).reshape(-1).tolist()) - {0} for end in (0, -1)]
        counts.append(int(np.isin(clusters, list(ends[0] & ends[1])).sum()))
    return counts


@CHECKED
@given(MASKS, st.sampled_from([6, 18, 26]))
def test_spanning_clusters_are_those_of_labels(phase: Mask, connectivity: int) -> None:
    """Joined runs count the voxels that a labelled volume counts."""
    assert spanning_voxels(phase, connectivity).tolist() == labelled(phase, connectivity)


def test_spanning_clusters_of_grains_are_those_of_labels() -> None:
    """The same for long runs, many of which are joined by others."""
    for connectivity in (6, 18, 26):
        for phase in (grains(), np.random.default_rng(0).random((24, 25, 26)) < 0.31):
            assert spanning_voxels(phase, connectivity).tolist() == labelled(phase, connectivity)


@CHECKED
@given(MASKS, st.sampled_from(BOXES))
def test_distances_in_boxes_are_exact(phase: Mask, edges: Edges) -> None:
    """Squared distances are those of SciPy's transform with the same sampling."""
    if phase.all():
        assert (squared_distance(phase, edges) >= FAR).all()
    else:
        expected = ndimage.distance_transform_edt(phase, sampling=edges) ** 2
        assert squared_distance(phase, edges) == pytest.approx(expected, rel=1e-12)


@CHECKED
@given(MASKS, st.sampled_from([(CUBIC, r) for r in (1.0, 2.0, 3.0, 200.0)] + [(e, 1.3) for e in BOXES]))
def test_openings_are_by_their_definition(phase: Mask, choice: tuple[Edges, float]) -> None:
    """A voxel counts if its distance to the nearest centre is below the radius."""
    edges, radius = choice
    squares = squared_distance(phase, edges)
    centres = squares >= radius**2
    expected = np.count_nonzero(squared_distance(~centres, edges) < radius**2) if centres.any() else 0
    assert opened_voxels(squares, radius, edges) == expected


def test_basins_are_those_of_the_watershed() -> None:
    """Flooding gives every voxel the number that scikit-image's watershed gives it."""
    phase = grains((40, 44, 48))
    values = ndimage.gaussian_filter(np.sqrt(squared_distance(phase)), 1.0)
    markers, count = ndimage.label((values == ndimage.maximum_filter(values, 9)) & phase, output=np.int32)
    assert count > 10
    expected = watershed(-values, markers, mask=phase)
    flood(values, markers, phase)
    assert np.array_equal(markers, expected)


def test_plateaus_are_shared_in_the_order_in_which_they_are_reached() -> None:
    """Where values are equal the first to reach a voxel has it: as in scikit-image, on a volume of three values."""
    random = np.random.default_rng(5)
    values = np.rint(ndimage.gaussian_filter(random.random((20, 22, 24)), 2.0) * 20)
    markers = np.zeros(values.shape, np.int32)
    for number, at in enumerate(random.choice(values.size, 6, replace=False), start=1):
        markers.flat[at], values.flat[at] = number, 100.0 + number  # no two markers are equal
    everywhere = np.ones(values.shape, bool)
    expected = watershed(-values, markers, mask=everywhere)
    flood(values, markers, everywhere)
    assert np.array_equal(markers, expected)


def test_a_front_that_outgrows_its_room_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Basins do not depend on the room that the front begins with; an unmarked island keeps no number."""
    phase = np.ones((12, 12, 12), bool)
    phase[8], phase[9, :, 6:] = False, False
    values = np.random.default_rng(3).random(phase.shape)
    found = []
    for room in (8, 1 << 12):
        monkeypatch.setattr("ragone.pipelines.characterise.geometry.flooding._ROOM", room)
        numbers = np.zeros(phase.shape, np.int32)
        numbers[0, 0, 0], numbers[7, 11, 11] = 1, 2
        flood(values, numbers, phase)
        found.append(numbers)
    assert np.array_equal(*found)
    assert np.array_equal(np.unique(found[0][:8]), [1, 2])
    assert not found[0][8:].any()


def test_slabs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every metric is the same to the bit whether one thread works or three."""
    phase = grains()

    def measured(threads: int) -> list[list[float]]:
        monkeypatch.setattr(slabs, "thread_count", lambda _: threads)
        particles, pores = particle_sizes(phase), pore_sizes(~phase)
        found = [particles.diameter_voxels, particles.sphericity, pores.fraction_at_least]
        return [each.tolist() for each in found + [chord_lengths(phase, axis=n).probability for n in range(3)]]

    assert measured(3) == measured(1)


def test_slabs_cover_an_axis_once() -> None:
    """Parts follow each other, none is empty, and there are no more than the axis has voxels."""
    for length, voxels in ((1, 10**9), (7, 10**9), (500, 10**9), (500, 10)):
        parts = slabs.in_slabs(lambda part: (part.start, part.stop), length, voxels)
        assert [at for part in parts for at in range(*part)] == list(range(length))
