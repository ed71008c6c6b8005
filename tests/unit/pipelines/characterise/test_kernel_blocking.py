"""Volumes blocked at one end: against a sparse matrix, chains of resistors and TauFactor, and what nothing reaches."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pytest
import taufactor
from scipy import sparse
from scipy.sparse.linalg import spsolve

from ragone.pipelines.characterise.kernel.blocking import blocked_conductivity
from ragone.schemas import TransportOutcome

Labels = npt.NDArray[np.uint8]

PORE = {0: 0.0, 1: 1.0}
EDGES = (1.0, 0.6, 1.7)


def drawn(shape: tuple[int, int, int], seed: int, pores: float = 0.6) -> Labels:
    """Random voxels: many dead ends, and pores that nothing reaches."""
    return (np.random.default_rng(seed).random(shape) < pores).astype(np.uint8)


def resistance(
    labels: Labels, conductivities: dict[int, float], edges: tuple[float, ...], *, entry: float = 0.5, cut: bool = False
) -> float:
    """Dissipation over the squared current, by a matrix assembled by hand and a direct solve.

    `entry` is the way from the end to the first centres in voxels; `cut` charges the sides and the blocked end as well,
    and all walls half a voxel away from the centres.
    """
    sizes = np.array(edges)
    faces, weights = np.prod(sizes) / sizes, np.prod(sizes) / sizes**2
    given = np.array([conductivities[n] for n in range(max(conductivities) + 1)])[labels]
    number = np.arange(labels.size).reshape(labels.shape)
    matrix, sources = sparse.lil_array((labels.size, labels.size)), np.zeros(labels.size)
    for axis in range(3):
        values, at = np.moveaxis(given, axis, 0), np.moveaxis(number, axis, 0)
        for here, there, a, b in zip(values, values[1:], at, at[1:], strict=False):
            for g, h, i, j in zip(here.ravel(), there.ravel(), a.ravel(), b.ravel(), strict=True):
                if g and h:
                    between = weights[axis] * 2 * g * h / (g + h)
                    matrix[i, i] += between
                    matrix[j, j] += between
                    matrix[i, j] -= between
                    matrix[j, i] -= between
                elif g or h:
                    sources[i if g else j] += faces[axis]
        for layer, at_layer, end in ((values[0], at[0], "first"), (values[-1], at[-1], "last")):
            if cut and (axis, end) != (0, "first"):
                sources[at_layer.ravel()[layer.ravel() > 0]] += faces[axis]
    matrix[number[0].ravel(), number[0].ravel()] += given[0].ravel() * weights[0] / entry
    _, clusters = sparse.csgraph.connected_components(matrix != 0)
    reached = np.isin(clusters, clusters[number[0].ravel()[given[0].ravel() > 0]])
    matrix, sources = matrix.tocsc()[reached][:, reached], sources[reached]
    to_walls = 0.5 * sources.sum() if cut else 0.0
    return float((sources @ spsolve(matrix, sources) + to_walls) / sources.sum() ** 2)


@pytest.mark.parametrize("seed", range(4))
def test_the_solve_is_that_of_a_matrix_assembled_by_hand(seed: int) -> None:
    """Value and certified interval, of two conducting phases in voxels of three different edges."""
    labels = np.random.default_rng(seed).choice(3, (11, 9, 10), p=[0.35, 0.5, 0.15]).astype(np.uint8)
    given = {0: 0.0, 1: 1.0, 2: 0.1}
    length, area = labels.shape[0] * EDGES[0], labels.shape[1] * EDGES[1] * labels.shape[2] * EDGES[2]
    expected = length / (3 * area * resistance(labels, given, EDGES))
    found = blocked_conductivity(labels, given, voxel_size=EDGES, relative_tolerance=1e-6)
    assert found.outcome is TransportOutcome.CONVERGED
    assert found.value == pytest.approx(expected, rel=2e-6)
    assert found.lower * (1 - 1e-6) <= expected <= found.upper * (1 + 1e-6)
    assert found.upper - found.lower <= 2e-6 * found.value


@pytest.mark.parametrize("seed", range(3))
def test_a_loose_interval_holds_the_value_too(seed: int) -> None:
    """Stopped after one iteration, the interval is wide and holds the solution."""
    labels = drawn((24, 24, 24), seed)
    tight = blocked_conductivity(labels, PORE, relative_tolerance=1e-7)
    loose = blocked_conductivity(labels, PORE, relative_tolerance=1e-7, largest_iteration_count=1)
    assert loose.outcome is TransportOutcome.MAX_STEPS
    assert loose.upper - loose.lower > 1e-3 * tight.value
    assert loose.lower <= tight.value <= loose.upper


def chain(sources: list[float]) -> float:
    """Dissipation of a chain of voxels that is entered half a voxel before the first."""
    beyond = list(accumulate(reversed(sources)))
    return beyond[-1] ** 2 / 2 + sum(current**2 for current in beyond[:-1])


@pytest.mark.parametrize("axis", range(3))
def test_a_straight_channel_is_a_transmission_line(axis: int) -> None:
    """A third of its conductivity is left, but for a part in proportion to the squared voxel: the exact sum."""
    for length in (5, 8, 16):
        labels = np.zeros((length, 4, 3), np.uint8)
        labels[:, 1:3] = 1  # every voxel has one wall
        found = blocked_conductivity(np.moveaxis(labels, 0, axis).copy(), PORE, axis=axis, relative_tolerance=1e-6)
        assert 0.5 / found.value == pytest.approx(1 + 1 / (2 * length**2), rel=2e-6)


def test_dead_ends_count() -> None:
    """A channel and one of half its length, closed by a wall, side by side: both charge, each a chain of resistors."""
    length = 16
    labels = np.zeros((length, 7, 1), np.uint8)
    labels[:, 1:3], labels[: length // 2, 4:6] = 1, 1
    whole, half = [1.0] * length, [1.0] * (length // 2 - 1) + [2.0]
    dissipation, current = 2 * (chain(whole) + chain(half)), 2 * (sum(whole) + sum(half))
    found = blocked_conductivity(labels, PORE, relative_tolerance=1e-6)
    assert found.value == pytest.approx(length / 7 / 3 * current**2 / dissipation, rel=2e-6)


def test_what_the_entry_does_not_reach_changes_nothing() -> None:
    """Closed pores, and such as are open at the blocked end alone."""
    labels = np.zeros((16, 9, 9), np.uint8)
    labels[:, 1:3] = 1
    alone = blocked_conductivity(labels, PORE, relative_tolerance=1e-6)
    labels[6:9, 5:7, 4:6] = labels[12:, 5:7, 1:3] = 1
    assert blocked_conductivity(labels, PORE, relative_tolerance=1e-6).value == pytest.approx(alone.value, rel=1e-6)


@pytest.mark.parametrize("pores", [slice(0, 0), slice(4, 8), slice(None)], ids=["none", "far", "no walls"])
def test_nothing_to_charge_is_an_outcome(pores: slice) -> None:
    """No pores, none at the entry, or pores without walls."""
    labels = np.zeros((8, 8, 8), np.uint8)
    labels[pores] = 1
    found = blocked_conductivity(labels, PORE)
    assert found.outcome is TransportOutcome.NOT_PERCOLATING
    assert found.value == found.lower == found.upper == 0


def test_finer_voxels_that_are_alike_change_nothing() -> None:
    """Each voxel cut into 27 and solved on the former edge: the same conductances, and the same walls."""
    labels = drawn((8, 12, 10), 3)
    fine = labels.repeat(3, 0).repeat(3, 1).repeat(3, 2)
    plain = blocked_conductivity(labels, PORE, relative_tolerance=1e-6)
    coarse = blocked_conductivity(fine, PORE, relative_tolerance=1e-6, coarsening=3)
    assert coarse.value == pytest.approx(plain.value, rel=2e-6)


@pytest.mark.parametrize("seed", range(2))
def test_taufactor_differs_by_its_borders_alone(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """It enters a voxel before the first centres, charges sides and end, and counts two voxels more."""
    labels = drawn((14, 9, 9), seed, 0.75)
    solver = taufactor.ElectrodeSolver(labels, device="cpu")
    solver.solve(verbose=False)
    capsys.readouterr()  # it prints
    expected = 3 * resistance(labels, PORE, (1.0, 1.0, 1.0), entry=1.0, cut=True)
    expected *= labels.mean() * labels[0].size / (labels.shape[0] + 2)
    assert float(solver.tau_e) == pytest.approx(expected, rel=1e-4)
