"""The homogenisation kernel on volumes whose effective conductivity is known exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.kernel import EffectiveConductivity, effective_conductivity
from ragone.schemas import TransportOutcome

Labels = npt.NDArray[np.uint8]

AXES = (0, 1, 2)
TIGHT = 1e-8


def along(axis: int, layers: list[int], shape: tuple[int, int, int]) -> Labels:
    """Layers across an axis."""
    labels = np.empty([len(layers) if a == axis else n for a, n in enumerate(shape)], np.uint8)
    np.moveaxis(labels, axis, -1)[...] = layers
    return labels


def nothing_flows(found: EffectiveConductivity) -> bool:
    """Whether the outcome is that of a volume that does not percolate."""
    return found == EffectiveConductivity(0.0, 0.0, 0.0, TransportOutcome.NOT_PERCOLATING, 0)


@pytest.mark.parametrize("shape", [(8, 8, 8), (1, 1, 1), (5, 1, 3), (1, 7, 2), (33, 3, 13), (4, 67, 1)])
@pytest.mark.parametrize("axis", AXES)
def test_a_uniform_block_conducts_as_its_material(shape: tuple[int, int, int], axis: int) -> None:
    """Whatever the block's size and its voxels' edges, after one iteration at most and with no interval left."""
    found = effective_conductivity(
        np.full(shape, 7, np.uint8), {7: 2.5e-3}, axis=axis, voxel_size=(1.0, 2.0, 0.5), periodic_sides=True
    )
    assert found.value == pytest.approx(2.5e-3, rel=1e-12)
    assert found.lower == pytest.approx(found.upper, rel=1e-12)
    assert found.outcome is TransportOutcome.CONVERGED
    assert found.iterations <= 1


@pytest.mark.parametrize("axis", AXES)
def test_straight_channels_conduct_as_their_share(axis: int) -> None:
    """Channels along the axis conduct in proportion to their section; across it nothing does."""
    labels = np.zeros((11, 11, 11), np.uint8)
    section = np.moveaxis(labels, axis, 0)
    section[:, 1:4, 2:9], section[:, 6, 6] = 1, 1
    found = effective_conductivity(labels, {0: 0.0, 1: 3.0}, axis=axis)
    assert found.value == pytest.approx(3 * 22 / 121, rel=1e-12)
    assert all(nothing_flows(effective_conductivity(labels, {0: 0.0, 1: 3.0}, axis=a)) for a in AXES if a != axis)


@pytest.mark.parametrize("across", AXES)
@pytest.mark.parametrize("drive", AXES)
@pytest.mark.parametrize("voxel_size", [(1.0, 1.0, 1.0), (0.3, 1.0, 2.0)])
@pytest.mark.parametrize("layers", [[1, 2, 2, 3, 1, 1, 1], [3, 2], [2, 2, 1, 3, 3, 3, 2, 1, 2, 3, 1]])
def test_laminates_conduct_as_wiener_says(
    across: int, drive: int, voxel_size: tuple[float, float, float], layers: list[int]
) -> None:
    """Layers in series add resistances, layers in parallel conductances, for any direction and shape of voxels."""
    sigma = {1: 1.0, 2: 1e-3, 3: 40.0}
    found = effective_conductivity(
        along(across, layers, (5, 6, 7)), sigma, axis=drive, voxel_size=voxel_size, relative_tolerance=TIGHT
    )
    values = np.array([sigma[layer] for layer in layers])
    expected = 1 / np.mean(1 / values) if across == drive else np.mean(values)
    assert found.value == pytest.approx(expected, rel=TIGHT)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("length", [1, 2, 5, 9, 32, 37])
def test_a_slanted_strip_is_a_staircase_of_resistors(axis: int, length: int) -> None:
    """A diagonal strip two voxels wide, across joined sides, is a chain: two resistors a layer, less at the ends.

    Each end is joined to the chain by half a voxel, beside which half a voxel and a whole one lie in series: 3/8. The
    chain between has 2 n - 3 resistors, hence R = 2 n - 9/4.
    """
    period = 4
    i, j = np.ogrid[:length, :period]
    labels = np.moveaxis(((j - i) % period < 2)[:, :, None].astype(np.uint8), 0, axis)
    found = effective_conductivity(labels, {0: 0.0, 1: 1.0}, axis=axis, periodic_sides=True, relative_tolerance=TIGHT)
    resistance = 2 * length - 9 / 4 if length > 1 else 1 / 2
    assert found.value == pytest.approx(length / (period * resistance), rel=TIGHT)


def conductivity_of_slanted_layers(width: int, slope: float, matrix: float) -> float:
    """Layers of one and of `matrix`, equally thick, across joined sides; of two lengths, so that the ends drop out."""
    period = 2 * width
    lengths = period * np.array([2, 4])
    resistances = []
    for length in lengths:
        i, j = np.ogrid[:length, :period]
        labels = ((j - np.floor(slope * (i + 0.5)).astype(int)) % period < width)[:, :, None].astype(np.uint8)
        found = effective_conductivity(labels, {0: matrix, 1: 1.0}, periodic_sides=True, relative_tolerance=TIGHT)
        resistances.append(length / found.value)
    return float(np.diff(lengths)[0] / np.diff(resistances)[0])


@pytest.mark.parametrize("width", [2, 3, 8, 16])
def test_a_diagonal_strip_loses_one_voxel_of_its_width(width: int) -> None:
    """Far from the ends a strip at 45 degrees carries cos^2 45 = 1/2 of its share, less one voxel of staircase.

    A drop of one per layer drives the same current through each of the w - 1 steps of the staircase side by side, and
    each layer is two resistors of them.
    """
    expected = 0.5 * (width - 1) / (2 * width)
    assert conductivity_of_slanted_layers(width, 1.0, 0.0) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("slope", "matrix"), [(1.0, 0.1), (0.5, 0.0), (0.5, 0.2)])
def test_slanted_layers_converge_to_the_rotated_tensor(slope: float, matrix: float) -> None:
    """With joined sides the mean gradient is along the axis: sigma = cos^2 parallel + sin^2 series, at first order."""
    cosine_squared = 1 / (1 + slope**2)
    series = 2 * matrix / (1 + matrix)
    expected = cosine_squared * (1 + matrix) / 2 + (1 - cosine_squared) * series
    errors = [conductivity_of_slanted_layers(width, slope, matrix) / expected - 1 for width in (4, 8, 16)]
    assert np.all(np.array(errors) < 0)  # harmonic means of the stairs: from below
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1, abs=0.05)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("axis", AXES)
def test_dead_ends_carry_nothing(axis: int) -> None:
    """Side branches of a channel, also those that reach one end of the volume, change nothing but the potential."""
    labels = np.zeros((12, 12, 12), np.uint8)
    channel = np.moveaxis(labels, axis, 0)
    channel[:, 4:6, 4:6] = 1
    alone = effective_conductivity(labels, {0: 0.0, 1: 1.0}, axis=axis).value
    channel[5, 5, 6:12] = channel[5, 5:12, 11] = 1  # a corridor with a bend
    single = effective_conductivity(labels, {0: 0.0, 1: 1.0}, axis=axis, relative_tolerance=TIGHT).value
    assert alone == pytest.approx(4 / 144, rel=1e-12)
    assert single == pytest.approx(alone, rel=TIGHT)


@pytest.mark.parametrize("conductivities", [{0: 0.0, 1: 1.0, 2: 1.0}, {0: 0.0, 1: 1.0, 2: 1e5}])
def test_floating_islands_carry_nothing(conductivities: dict[int, float]) -> None:
    """Clusters inside the insulator, or at one end only, change nothing, however well they conduct."""
    labels = np.zeros((16, 9, 9), np.uint8)
    labels[:, 3:6, 3:6] = 1
    labels[8, 3, 3] = 0
    alone = effective_conductivity(labels, conductivities, relative_tolerance=TIGHT)
    labels[4:9, 7:, 7:] = labels[:3, :2, :2] = labels[10:, :2, 7:] = 2
    beside = effective_conductivity(labels, conductivities, relative_tolerance=TIGHT)
    assert beside.value == pytest.approx(alone.value, rel=2 * TIGHT)
    assert beside.outcome is TransportOutcome.CONVERGED


def test_voxels_that_touch_at_edges_are_not_joined() -> None:
    """Two channels that meet along an edge or at a corner do not conduct; joined sides may join them."""
    labels = np.zeros((4, 4, 4), np.uint8)
    labels[:2, 0, 0] = labels[2:, 1, 0] = 1
    assert nothing_flows(effective_conductivity(labels, {0: 0.0, 1: 1.0}))
    labels[:2, 0, 0], labels[1:, 3, 0] = 1, 1
    assert nothing_flows(effective_conductivity(labels, {0: 0.0, 1: 1.0}))
    found = effective_conductivity(labels, {0: 0.0, 1: 1.0}, periodic_sides=True, relative_tolerance=TIGHT)
    assert found.value == pytest.approx(4 / (16 * 5), rel=TIGHT)  # two halves, three layers, one step


@pytest.mark.parametrize("conductivities", [{0: 0.0, 1: 0.0}, {0: 1.0, 1: 0.0}])
def test_a_wall_stops_everything(conductivities: dict[int, float]) -> None:
    """One insulating layer, or nothing but insulators: not percolating, all three values zero."""
    labels = np.zeros((6, 5, 4), np.uint8)
    labels[3] = 1
    assert nothing_flows(effective_conductivity(labels, conductivities))


def checkerboard(edge: int) -> Labels:
    """One period of squares of `edge` voxels, ends and sides through the middle of squares: planes of symmetry."""
    board = np.kron([[0, 1], [1, 0]], np.ones((edge, edge), int))
    return np.roll(board, (edge // 2, edge // 2), (0, 1))[:, :, None].astype(np.uint8)


@pytest.mark.parametrize("contrast", [2.0, 10.0])
def test_a_checkerboard_converges_to_the_geometric_mean(contrast: float) -> None:
    """At the order of the field's singularity at the corners, which is all that the grid can do (Keller 1964).

    The potential goes as r^a with a = (4 / pi) atan(contrast^-1/2), its energy as r^(2a): 1.57 and 0.78 for the two
    contrasts here. Source: Keller 1964, J. Math. Phys. 5, 548, doi 10.1063/1.1704146.
    """
    singular = 4 / np.pi * np.arctan(contrast**-0.5)
    errors = [
        effective_conductivity(checkerboard(edge), {0: 1.0, 1: contrast}, relative_tolerance=1e-7).value
        / np.sqrt(contrast)
        - 1
        for edge in (16, 32, 64)
    ]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(np.array(errors) < 0)
    assert orders[1] == pytest.approx(2 * singular, abs=0.03)
    assert abs(orders[1] - 2 * singular) < abs(orders[0] - 2 * singular)
    limit = errors[2] + (errors[2] - errors[1]) / (2 ** (2 * singular) - 1)
    assert abs(limit) < 1e-3


def product_of_duals(edge: int, blocks: npt.NDArray[np.int64]) -> float:
    """Conductivity along one axis times that along the other of the medium with resistivities for conductivities."""
    labels = np.kron(blocks, np.ones((edge, edge), int))[:, :, None].astype(np.uint8)
    medium, dual = {0: 1.0, 1: 5.0}, {0: 1.0, 1: 0.2}
    along_x = effective_conductivity(labels, medium, axis=0, relative_tolerance=1e-7).value
    along_y = effective_conductivity(labels, dual, axis=1, relative_tolerance=1e-7).value
    return along_x * along_y


def test_plane_media_obey_kellers_duality() -> None:
    """In the plane, k_x(sigma) k_y(1 / sigma) = 1: exactly for layers, in the limit of fine voxels for any medium.

    On voxels the dual of the network has its nodes at the voxels' corners, so that the product is below one (Keller
    1964; Mendelson 1975, J. Appl. Phys. 46, 917, doi 10.1063/1.321615).
    """
    layers = np.broadcast_to([0, 1, 1, 0, 1], (3, 5))
    assert product_of_duals(1, layers) == pytest.approx(1, rel=1e-6)
    assert product_of_duals(1, layers.T) == pytest.approx(1, rel=1e-6)
    blocks = np.random.default_rng(4).integers(0, 2, (5, 7))
    errors = [1 - product_of_duals(edge, blocks) for edge in (4, 8, 16)]
    assert 0 < errors[2] < errors[1] < errors[0]
    assert errors[2] < 0.02


@pytest.mark.parametrize("refine", [lambda a: a, lambda a: np.repeat(a, 2, 0), lambda a: np.repeat(a, 3, 2)])
def test_voxels_cut_in_slices_conduct_alike_where_layers_do(refine: Callable[[Labels], Labels]) -> None:
    """A laminate sampled with thinner voxels along one axis, their edges given, keeps its value."""
    labels = along(0, [1, 2, 1, 1, 2], (5, 4, 3))
    finer = refine(labels)
    size = tuple(float(n) for n in np.array(labels.shape) / finer.shape)
    found = effective_conductivity(
        finer, {1: 1.0, 2: 30.0}, voxel_size=(size[0], size[1], size[2]), relative_tolerance=TIGHT
    )
    assert found.value == pytest.approx(5 / (3 + 2 / 30), rel=TIGHT)
