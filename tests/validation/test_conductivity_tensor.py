"""The full tensor of periodic volumes, against what is known exactly of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.errors import ConductivityError, VolumeError
from ragone.pipelines.characterise.kernel import ConductivityTensor, conductivity_tensor, effective_conductivity
from ragone.schemas import TransportOutcome
from ragone.schemas.errors import BoundsError

Labels = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

TIGHT = 1e-9
MEDIUM = {0: 1.0, 1: 10.0}
SIZES = [(1.0, 1.0, 1.0), (1.0, 2.0, 1.0), (0.5, 1.0, 3.0)]


def solved(labels: Labels, conductivities: dict[int, float], tolerance: float = TIGHT, **given: Any) -> Any:
    """The tensor, to a tight tolerance if none is given."""
    return conductivity_tensor(labels, conductivities, relative_tolerance=tolerance, **given)


def random_labels(shape: tuple[int, int, int], phases: int = 3, seed: int = 1) -> Labels:
    """Uncorrelated clusters of 2 x 2 x 2 voxels, cut to the shape."""
    coarse = np.random.default_rng(seed).integers(0, phases, [n // 2 + 1 for n in shape])
    return coarse.repeat(2, 0).repeat(2, 1).repeat(2, 2)[tuple(map(slice, shape))].astype(np.uint8)


def oblique(width: int, edge: int = 16, depth: int = 3) -> Labels:
    """Layers of `width` diagonals of the plane of the first two axes, of labels 0 and 1 in turn."""
    x, y, _ = np.indices((edge, edge, depth))
    return ((x + y) // width % 2).astype(np.uint8)


def laminate(width: int, size: tuple[float, float, float], conductivities: dict[int, float]) -> Matrix:
    """Exact tensor of the oblique layers on voxels.

    The potential depends on the diagonal alone. Across the layers the conductivity is the harmonic mean of the
    phases; along them in the plane every step crosses a face, so that it is the mean over *faces*, each the harmonic
    mean of its two voxels; along the third axis it is the mean of the phases.
    """
    low, high = conductivities[0], conductivities[1]
    harmonic = 2 * low * high / (low + high) if low * high else 0.0
    faces = ((width - 1) * (low + high) + 2 * harmonic) / (2 * width)
    normal = np.array([1 / size[0], 1 / size[1], 0.0])
    normal /= np.linalg.norm(normal)
    tensor = faces * np.eye(3) + (harmonic - faces) * np.outer(normal, normal)
    tensor[2, 2] = (low + high) / 2
    return np.asarray(tensor)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", [1, 2, 8])
def test_an_oblique_laminate_is_exact(width: int, size: tuple[float, float, float]) -> None:
    """Layers at 45 degrees of the voxels: every entry, whatever the voxel's shape."""
    found = solved(oblique(width), MEDIUM, voxel_size=size)
    assert found.value == pytest.approx(laminate(width, size, MEDIUM), rel=1e-7, abs=1e-7)
    assert found.value[0, 1] <= 0


def test_an_oblique_laminate_has_its_principal_values_and_axes() -> None:
    """Harmonic mean across the layers, arithmetic mean along them; in the plane the stairs cost 1 / width."""
    errors = []
    for width in (4, 8, 16):
        values, axes = solved(oblique(width, 32), MEDIUM).principal()
        assert values[0] == pytest.approx(2 / 1.1, rel=1e-8)
        assert values[2] == pytest.approx(5.5, rel=1e-8)
        assert axes[:, 0] == pytest.approx(np.array([1, 1, 0]) / np.sqrt(2), abs=1e-6)
        assert axes[:, 2] == pytest.approx([0, 0, 1], abs=1e-6)
        errors.append(1 - values[1] / 5.5)
    assert errors == pytest.approx([2 * errors[1], errors[1], errors[1] / 2], rel=1e-6)
    assert 0 < errors[2] < 0.05


def test_layers_turned_about_an_axis_turn_the_tensor() -> None:
    """Mirrored layers change the sign off the diagonal; permuted axes permute rows and columns."""
    labels, expected = oblique(4), laminate(4, (1, 1, 1), MEDIUM)
    mirrored = solved(labels[::-1].copy(), MEDIUM).value
    assert mirrored == pytest.approx(expected * np.outer([-1, 1, 1], [-1, 1, 1]), rel=1e-7, abs=1e-7)
    for order in ((2, 0, 1), (0, 2, 1)):
        turned = solved(np.ascontiguousarray(labels.transpose(order)), MEDIUM).value
        assert turned == pytest.approx(expected[np.ix_(order, order)], rel=1e-7, abs=1e-7)


def test_insulating_layers_conduct_along_themselves_only() -> None:
    """Clusters that wind along (1, -1, 0) alone: x and y percolate with K_xx = K_yy = -K_xy, z does not."""
    labels = oblique(4)
    labels[:, :, 0] = 0
    found = solved(labels, {0: 0.0, 1: 1.0})
    share = 2 / 3  # of the layers of voxels that are not closed
    assert found.value[:2, :2] == pytest.approx(share * 3 / 16 * np.array([[1, -1], [-1, 1]]), rel=1e-7)
    assert found.value[0, 0] == pytest.approx(share * laminate(4, (1, 1, 1), {0: 0.0, 1: 1.0})[0, 0], rel=1e-7)
    assert not found.value[2].any()
    assert not found.value[:, 2].any()
    assert not found.half_width[2].any()
    percolating, none = TransportOutcome.CONVERGED, TransportOutcome.NOT_PERCOLATING
    assert found.outcomes == (percolating, percolating, none)
    assert found.principal()[0] == pytest.approx([0, 0, share * 3 / 8], abs=1e-9)


@pytest.mark.parametrize("conductivity", [1.0, 1e5])
def test_clusters_that_do_not_wind_carry_nothing(conductivity: float) -> None:
    """An island inside and one around a corner of the lattice change nothing, however well they conduct."""
    labels = np.zeros((12, 12, 12), np.uint8)
    labels[:, 5:8, 5:8] = labels[6, :, 5:8] = 1
    alone = solved(labels, {0: 0.0, 1: 1.0})
    labels[np.ix_([-1, 0, 1], [-1, 0, 1], [-1, 0, 1])] = labels[2, 2, 2:4] = 2
    beside = solved(labels, {0: 0.0, 1: 1.0, 2: conductivity})
    assert beside.value == pytest.approx(alone.value, rel=1e-7, abs=1e-9)
    assert alone.outcomes[2] is beside.outcomes[2] is TransportOutcome.NOT_PERCOLATING


@pytest.mark.parametrize("conductivities", [{0: 0.0, 1: 0.0}, {0: 0.0, 1: 1.0}])
def test_nothing_percolates(conductivities: dict[int, float]) -> None:
    """Insulators, or an island alone: zero, known to be zero, and three outcomes that say so."""
    labels = np.zeros((6, 5, 4), np.uint8)
    labels[2:4, 2, 2] = 1
    found = solved(labels, conductivities)
    assert not found.value.any()
    assert not found.half_width.any()
    assert set(found.outcomes) == {TransportOutcome.NOT_PERCOLATING}
    assert not found.principal()[0].any()


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("size", SIZES)
def test_layers_across_an_axis_are_exact(axis: int, size: tuple[float, float, float]) -> None:
    """Series along the axis, parallel along the others, nothing off the diagonal; voxels of any shape."""
    layers = np.array([0, 1, 1, 0, 1], np.uint8)
    labels = np.broadcast_to(np.moveaxis(layers[:, None, None], 0, axis), np.insert([4, 3], axis, 5))
    found = solved(np.ascontiguousarray(labels), MEDIUM, voxel_size=size)
    expected = np.diag(np.where(np.arange(3) == axis, 5 / 2.3, 32 / 5))
    assert found.value == pytest.approx(expected, rel=1e-7, abs=1e-7)


CONDUCTIVITIES = [
    pytest.param({0: 1.0, 1: 0.0, 2: 1.0}, id="pores"),
    pytest.param({0: 0.2, 1: 3.0, 2: 50.0}, id="three phases"),
]


@pytest.mark.parametrize("conductivities", CONDUCTIVITIES)
@pytest.mark.parametrize("size", SIZES[:2])
def test_where_the_cell_is_its_own_mirror_image_both_definitions_agree(
    conductivities: dict[int, float], size: tuple[float, float, float]
) -> None:
    """Planes of symmetry are at one potential or let nothing through: the diagonal is the value between fixed ends."""
    octant = random_labels((9, 8, 7))
    cell = octant
    for axis in range(3):
        cell = np.concatenate([cell, np.flip(cell, axis)], axis)
    found = solved(cell, conductivities, voxel_size=size)
    for axis in range(3):
        options = {"axis": axis, "voxel_size": size, "relative_tolerance": TIGHT}
        between = effective_conductivity(octant, conductivities, **options)
        assert found.value[axis, axis] == pytest.approx(between.value, rel=1e-7)
    assert found.value == pytest.approx(np.diag(np.diag(found.value)), rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("conductivities", CONDUCTIVITIES)
def test_where_the_lattice_is_cut_does_not_matter(conductivities: dict[int, float]) -> None:
    """Rolling the volume along any axis leaves the tensor as it is."""
    labels = random_labels((14, 12, 13))
    found = solved(labels, conductivities)
    assert np.abs(found.value[0, 1]) > 1e-4  # there is something to be changed
    for shift, axis in ((5, 0), (7, 1), (1, 2)):
        rolled = solved(np.roll(labels, shift, axis), conductivities)
        assert rolled.value == pytest.approx(found.value, rel=1e-7, abs=1e-8)


def test_repeating_the_cell_changes_nothing() -> None:
    """Two cells in a row are the same medium, though their potentials could differ."""
    labels = random_labels((8, 9, 7))
    once, twice = solved(labels, {0: 1.0, 1: 4.0, 2: 0.0}), solved(np.tile(labels, (1, 2, 1)), {0: 1.0, 1: 4.0, 2: 0.0})
    assert twice.value == pytest.approx(once.value, rel=1e-7, abs=1e-8)


def within(loose: ConductivityTensor, tight: ConductivityTensor) -> npt.NDArray[np.bool_]:
    """Where the certified intervals hold the truth."""
    return np.asarray(np.abs(loose.value - tight.value) <= loose.half_width + tight.half_width)


@pytest.mark.parametrize("conductivities", CONDUCTIVITIES)
@pytest.mark.parametrize("tolerance", [0.3, 0.03, 1e-3])
def test_every_entry_is_within_its_half_width(conductivities: dict[int, float], tolerance: float) -> None:
    """Off the diagonal too; on it half widths are at most the tolerance, and the tensor is symmetric."""
    for seed in range(3):
        labels = random_labels((14, 12, 13), seed=seed)
        loose, tight = solved(labels, conductivities, tolerance), solved(labels, conductivities)
        assert within(loose, tight).all()
        assert np.all(np.diag(loose.half_width) <= tolerance * np.diag(loose.value))
        assert np.array_equal(loose.value, loose.value.T)
        assert np.array_equal(loose.half_width, loose.half_width.T)
        assert set(loose.outcomes) == {TransportOutcome.CONVERGED}


def test_a_step_limit_is_an_outcome_and_its_bounds_hold() -> None:
    """Stopped after one iteration the intervals are wide, and still hold the truth."""
    labels, medium = random_labels((14, 12, 13)), {0: 1.0, 1: 0.01, 2: 0.1}
    stopped = solved(labels, medium, 1e-6, largest_iteration_count=1)
    assert set(stopped.outcomes) == {TransportOutcome.MAX_STEPS}
    assert within(stopped, solved(labels, medium)).all()
    assert np.all(np.diag(stopped.half_width) > 1e-6 * np.diag(stopped.value))


def test_principal_axes_make_up_the_tensor() -> None:
    """Values ascend; axes are orthonormal columns whose leading parts are positive."""
    found = solved(random_labels((14, 12, 13)), {0: 1.0, 1: 0.01, 2: 0.1})
    values, axes = found.principal()
    assert np.all(np.diff(values) >= 0)
    assert axes.T @ axes == pytest.approx(np.eye(3), abs=1e-12)
    assert axes @ np.diag(values) @ axes.T == pytest.approx(found.value, rel=1e-12)
    for axis in axes.T:
        assert axis[np.flatnonzero(np.abs(axis) > 0.5 * np.abs(axis).max())[0]] > 0


def test_conductivities_scale_the_tensor() -> None:
    """Another unit of the conductivities is another unit of the tensor; one of length changes nothing."""
    labels = random_labels((10, 12, 9))
    found = solved(labels, {0: 1.0, 1: 0.01, 2: 0.1})
    scaled = solved(labels, {0: 1e-7, 1: 1e-9, 2: 1e-8}, voxel_size=(4e-7,) * 3)
    assert scaled.value == pytest.approx(1e-7 * found.value, rel=1e-7)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 7, 2), (3, 1, 1)])
def test_any_size_is_handled(shape: tuple[int, int, int]) -> None:
    """A block of one material, also of one voxel, has that conductivity along every axis."""
    found = solved(np.zeros(shape, np.uint8), {0: 2.5})
    assert found.value == pytest.approx(2.5 * np.eye(3), rel=1e-12)


REFUSED = [
    ({"conductivities": {0: 1.0}}, ConductivityError, "label 1"),
    ({"conductivities": {0: 1.0, 1: -1.0}}, ConductivityError, "-1.0"),
    ({"conductivities": {0: 1.0, 1: np.nan}}, ConductivityError, "nan"),
    ({"labels": np.zeros((4, 4), np.uint8)}, VolumeError, r"\(4, 4\)"),
    ({"voxel_size": (1.0, 0.0, 1.0)}, VolumeError, "voxel_size"),
    ({"relative_tolerance": 2.0}, BoundsError, "relative_tolerance = 2.0"),
    ({"largest_iteration_count": 0}, BoundsError, "largest_iteration_count = 0"),
]


@pytest.mark.parametrize(("changes", "error", "says"), REFUSED, ids=[says for _, _, says in REFUSED])
def test_bad_input_is_refused(changes: dict[str, Any], error: type[Exception], says: str) -> None:
    """The message names what is wrong."""
    given: dict[str, Any] = {"labels": oblique(4), "conductivities": MEDIUM}
    with pytest.raises(error, match=says):
        conductivity_tensor(**(given | changes))
