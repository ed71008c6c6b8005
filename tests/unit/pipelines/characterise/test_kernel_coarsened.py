"""Coarsened volumes: conductances of their faces, and the solve, against sums over fine voxels and a sparse matrix."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from ragone.pipelines.characterise.errors import ConductivityError, VolumeError
from ragone.pipelines.characterise.kernel import EffectiveConductivity, effective_conductivity
from ragone.pipelines.characterise.kernel.coarsened import read_coarsened_volume
from ragone.schemas import TransportOutcome

Labels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

CONDUCTIVITIES = {0: 0.0, 1: 1.0, 2: 40.0, 3: 0.3}
EDGES = (1.0, 0.6, 1.7)


def drawn(shape: tuple[int, int, int], seed: int, insulating: float) -> Labels:
    """Random clusters of some voxels."""
    random = np.random.default_rng(seed)
    coarse = [-(-n // 2) for n in shape]
    labels = random.choice([0, 1, 2, 3], coarse, p=[insulating, *[(1 - insulating) / 3] * 3])
    labels = labels.repeat(2, 0).repeat(2, 1).repeat(2, 2)[: shape[0], : shape[1], : shape[2]]
    speckled = random.random(shape) < 0.1
    return np.where(speckled, random.integers(0, 4, shape), labels).astype(np.uint8)


def layered(labels: Labels, factor: int, weight: float) -> Floats:
    """Conductance from each centre of a coarse voxel to the next along axis 0, those of the ends first and last.

    In layers of half a fine voxel, so that a centre never lies within one.
    """
    relative = np.array([CONDUCTIVITIES[n] for n in range(4)])[labels] / max(CONDUCTIVITIES.values())
    lengths = [n // factor for n in labels.shape]
    means = (
        relative.reshape(labels.shape[0], lengths[1], factor, lengths[2], factor).mean(axis=(2, 4)).repeat(2, axis=0)
    )
    with np.errstate(divide="ignore"):
        resistances = 1 / (2 * factor * means)
    borders = [0, *range(factor, len(means), 2 * factor), len(means)]
    return np.array([weight / resistances[a:b].sum(axis=0) for a, b in itertools.pairwise(borders)])


def reference(labels: Labels, factor: int) -> float:
    """Effective conductivity along axis 0 by a sparse matrix and a direct solve."""
    sizes = np.array(EDGES)
    weights = np.prod(sizes) / sizes**2
    shape = tuple(n // factor for n in labels.shape)
    number = np.arange(np.prod(shape)).reshape(shape)
    matrix = sparse.lil_array((number.size, number.size))
    right = np.zeros(number.size)
    for axis in range(3):
        order = (axis, *(a for a in range(3) if a != axis))
        faces, turned = layered(labels.transpose(order), factor, weights[axis]), number.transpose(order)
        for face, here, there in zip(faces[1:-1], turned, turned[1:], strict=False):
            for conductance, a, b in zip(face.ravel(), here.ravel(), there.ravel(), strict=True):
                matrix[a, a] += conductance
                matrix[b, b] += conductance
                matrix[a, b] -= conductance
                matrix[b, a] -= conductance
        if axis == 0:
            for face, layer, potential in ((faces[0], turned[0], 0.0), (faces[-1], turned[-1], 1.0)):
                for conductance, a in zip(face.ravel(), layer.ravel(), strict=True):
                    matrix[a, a] += conductance
                    right[a] += conductance * potential
            into = faces[0].ravel(), turned[0].ravel()
    lonely = np.flatnonzero(matrix.diagonal() == 0)
    matrix[lonely, lonely] = 1.0
    potentials = spsolve(matrix.tocsc(), right)
    flux = float(np.sum(into[0] * potentials[into[1]]))
    return flux * max(CONDUCTIVITIES.values()) * shape[0] / (shape[1] * shape[2]) / weights[0]


@pytest.mark.parametrize(
    ("shape", "factor"), [((16, 12, 20), 4), ((18, 15, 12), 3), ((10, 6, 14), 2), ((8, 8, 8), 8), ((20, 15, 25), 5)]
)
@pytest.mark.parametrize("seed", range(4))
def test_the_solve_is_that_of_a_matrix_assembled_by_hand(shape: tuple[int, int, int], factor: int, seed: int) -> None:
    """Value and certified interval, for voxels of three different edges and a contrast of 133."""
    labels = drawn(shape, seed, 0.15)
    expected = reference(labels, factor)
    found = effective_conductivity(labels, CONDUCTIVITIES, voxel_size=EDGES, coarsening=factor, relative_tolerance=1e-6)
    assert found.outcome is TransportOutcome.CONVERGED
    assert found.value == pytest.approx(expected, rel=2e-6)
    assert found.lower * (1 - 1e-6) <= expected <= found.upper * (1 + 1e-6)
    assert found.upper - found.lower <= 1e-6 * found.value


@pytest.mark.parametrize("seed", range(3))
def test_a_loose_interval_holds_the_value_too(seed: int) -> None:
    """Stopped after one iteration, the interval is wide and holds the solution."""
    labels = drawn((24, 24, 24), seed, 0.3)
    limits = {"voxel_size": EDGES, "coarsening": 2}
    tight = effective_conductivity(labels, CONDUCTIVITIES, relative_tolerance=1e-7, **limits)
    loose = effective_conductivity(labels, CONDUCTIVITIES, relative_tolerance=1e-7, largest_iteration_count=1, **limits)
    assert loose.outcome is TransportOutcome.MAX_STEPS
    assert loose.upper - loose.lower > 1e-3 * tight.value
    assert loose.lower <= tight.value <= loose.upper


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_fine_voxels_that_are_alike_change_nothing(factor: int, axis: int) -> None:
    """Coarse voxels that are each of one label conduct as their volume does."""
    coarse = drawn((6, 7, 9), 1, 0.3)
    fine = coarse.repeat(factor, 0).repeat(factor, 1).repeat(factor, 2)
    limits = {"axis": axis, "voxel_size": EDGES, "relative_tolerance": 1e-7}
    expected = effective_conductivity(coarse, CONDUCTIVITIES, **limits)
    assert effective_conductivity(fine, CONDUCTIVITIES, coarsening=factor, **limits).value == pytest.approx(
        expected.value, rel=1e-6
    )


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("factor", [1, 2, 4])
def test_layers_conduct_exactly_wherever_their_borders_lie(factor: int, axis: int) -> None:
    """Across layers of any thickness as their harmonic mean, along them as the arithmetic one."""
    layers = np.array([1, 2, 2, 3, 1, 1, 3, 2, 3, 3, 3, 1], np.uint8)
    labels = np.broadcast_to(np.expand_dims(layers, (1, 2)), (12, 8, 8)).copy()
    values = np.array([CONDUCTIVITIES[n] for n in layers])
    found = effective_conductivity(
        labels.transpose(*(np.roll([0, 1, 2], 1))),
        CONDUCTIVITIES,
        axis=axis,
        coarsening=factor,
        relative_tolerance=1e-9,
    )
    assert found.value == pytest.approx(1 / np.mean(1 / values) if axis == 1 else values.mean(), rel=1e-6)


def test_what_is_closed_or_a_dead_end_carries_nothing() -> None:
    """A wall of one fine voxel stops all, an end of the volume that is sealed as well; an island changes nothing."""
    labels = np.ones((16, 16, 16), np.uint8)
    for wall in (0, 5, 8, 15):
        closed = labels.copy()
        closed[wall] = 0
        assert effective_conductivity(closed, CONDUCTIVITIES, coarsening=4) == EffectiveConductivity(
            0.0, 0.0, 0.0, TransportOutcome.NOT_PERCOLATING, 0
        )
    channel = np.zeros_like(labels)
    channel[:, 4:8, 4:8] = 1
    channel[8:, 12:, 12:] = 1
    assert effective_conductivity(channel, CONDUCTIVITIES, coarsening=4).value == pytest.approx(1 / 16, rel=1e-6)


def test_faces_that_are_closed_between_voxels_that_conduct() -> None:
    """Each voxel conducts along the axis and none across: the share of the open voxels."""
    labels = np.ones((8, 8, 8), np.uint8)
    labels[:, ::2], labels[:, :, 3::4] = 0, 0
    found = effective_conductivity(labels, CONDUCTIVITIES, coarsening=2)
    assert found.value == pytest.approx(labels.mean(), rel=1e-6)


def test_what_cannot_be_coarsened_is_refused() -> None:
    """By name, with the factors that would do."""
    labels = np.ones((12, 18, 6), np.uint8)
    with pytest.raises(VolumeError, match=r"4 times the edge do not fill.*1, 2, 3, 6 times do"):
        effective_conductivity(labels, CONDUCTIVITIES, coarsening=4)
    with pytest.raises(VolumeError, match="closed sides only"):
        effective_conductivity(labels, CONDUCTIVITIES, coarsening=2, periodic_sides=True)
    with pytest.raises(ConductivityError, match="label 1 has no conductivity"):
        read_coarsened_volume(labels, {0: 1.0}, axis=0, voxel_size=EDGES, factor=2)


def test_the_same_to_the_last_bit_whatever_the_threads() -> None:
    """As for any volume."""
    import numba

    labels = drawn((64, 64, 64), 3, 0.3)
    threads, found = numba.get_num_threads(), []
    try:
        for count in {1, threads}:
            numba.set_num_threads(count)
            found.append(effective_conductivity(labels, CONDUCTIVITIES, coarsening=2))
    finally:
        numba.set_num_threads(threads)
    assert len({(one.value, one.lower, one.upper) for one in found}) == 1
