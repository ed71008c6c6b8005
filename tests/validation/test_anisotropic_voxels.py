"""Boxes for voxels: exact where the answer is known, and towards the answer of cubes where both are refined.

The geometry that is resolved is one and the same, a gyroid stretched along one axis; only the voxels differ.
"""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.characterise import homogenise, homogenise_along_all_axes, walk_randomly
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.schemas import Microstructure, TransportOutcome
from ragone.schemas.materials import NMC_811

CUBES = (1.0, 1.0, 1.0)
SOLIDS = {0: 0.0, 1: 0.1, 2: 100.0}


def gyroid(shape: tuple[int, int, int]) -> np.ndarray:
    """Labels of one cell of a stretched gyroid at voxel centres: pores, active material, carbon-binder between."""
    x, y, z = np.meshgrid(*((np.arange(n) + 0.5) / n * 2 * np.pi for n in shape), indexing="ij")
    y = 2 * y
    height = np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x)
    return np.array([0, 2, 1], np.uint8)[np.digitize(height, [-0.1, 0.3])]


def volume(labels: np.ndarray, edges: tuple[float, float, float]) -> Microstructure:
    """A microstructure with voxels of those edges [um]."""
    return Microstructure(
        labels=labels,
        voxel_edges_metre=np.array(edges) * 1e-6,
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="arithmetic",
        licence="own",
    )


def value(labels: np.ndarray, edges: tuple[float, float, float], axis: int, sigma: dict[int, float]) -> float:
    """Effective conductivity, solved to the digits that matter below."""
    return effective_conductivity(labels, sigma, axis=axis, voxel_size=edges, relative_tolerance=1e-6).value


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sigma", [{0: 1.0, 1: 0.0, 2: 0.0}, {0: 1.0, 1: 20.0, 2: 20.0}])
def test_boxes_and_cubes_come_together(axis, sigma):
    """One geometry in cubes and in boxes twice as long: the difference falls with the edge, by order one."""
    gaps = []
    for n in (16, 32, 64):
        cubes = value(gyroid((n, n, n)), CUBES, axis, sigma)
        boxes = value(gyroid((n // 2, n, n)), (2.0, 1.0, 1.0), axis, sigma)
        gaps.append(abs(boxes / cubes - 1))
    coarse, _, fine = gaps
    wrong = value(gyroid((32, 64, 64)), CUBES, axis, sigma)  # what comes out if boxes are taken for cubes
    assert fine < 0.4 * coarse + 0.005  # a quarter and scatter
    assert fine < 0.03
    assert abs(wrong / cubes - 1) > 3 * fine


def test_slices_repeated_are_nearly_the_same_volume():
    """Slices of 0.8 um laid down twice as slices of 0.4 um show the same geometry in finer voxels."""
    labels = gyroid((32, 64, 64))
    boxes = homogenise_along_all_axes(volume(labels, (0.8, 0.4, 0.4)), NMC_811)
    cubes = homogenise_along_all_axes(volume(np.repeat(labels, 2, axis=0), (0.4, 0.4, 0.4)), NMC_811)
    finer = homogenise_along_all_axes(volume(np.repeat(labels, 4, axis=0), (0.2, 0.4, 0.4)), NMC_811)
    taus = [found.pore_tortuosity_factors() for found in (boxes, cubes, finer)]
    assert taus[0] == pytest.approx(taus[1], rel=0.05)
    assert np.all(np.abs(taus[2] - taus[1]) < np.abs(taus[1] - taus[0]) + 1e-3)
    assert boxes.pore_anisotropy == pytest.approx(cubes.pore_anisotropy, rel=0.05)


@pytest.mark.parametrize("edges", [(8.0, 4.0, 4.0), (1.0, 10.0, 1.0), (3.0, 2.0, 0.5)])
def test_layers_are_exact(edges):
    """Across layers resistances add up, along them conductances do, whatever the edges; areas too are in metres."""
    labels = np.zeros((8, 12, 10), np.uint8)
    labels[:, 3:9] = 1
    labels[:, 5:7] = 2
    layers = homogenise_along_all_axes(volume(labels, edges), NMC_811)
    thirds = (4 * 0.1 + 2 * 100) / 12
    assert np.diag(layers.solid_conductivity_siemens_per_metre) == pytest.approx([thirds, 0, thirds], rel=3e-4)
    assert layers.pore_tortuosity_factors() == pytest.approx([1, np.inf, 1])
    solids = value(np.where(labels == 0, 1, labels), edges, 1, SOLIDS)
    assert solids == pytest.approx(12 / (10 / 0.1 + 2 / 100), rel=1e-6)


def test_equal_edges_are_cubes_to_the_bit():
    """Cubes of any size give what a unit cube gives."""
    labels = gyroid((16, 16, 16))
    one = effective_conductivity(labels, SOLIDS)
    assert effective_conductivity(labels, SOLIDS, voxel_size=(4e-7,) * 3) == one
    assert (
        homogenise(volume(labels, (0.4,) * 3), NMC_811).method == homogenise(volume(labels, (0.3,) * 3), NMC_811).method
    )


@pytest.mark.parametrize("edges", [(10, 1, 1), (1, 1, 10), (10, 10, 1), (1, 4, 10)])
@pytest.mark.parametrize("sigma", [{0: 1.0, 1: 0.0, 2: 0.0}, SOLIDS])
def test_flat_and_long_boxes_converge(edges, sigma):
    """Edges that differ ten times cost hardly an iteration, and the certificate holds the exact solution."""
    shape = tuple(max(64 // edge, 6) for edge in edges)
    labels, options = gyroid(shape), {"voxel_size": tuple(map(float, edges)), "largest_iteration_count": 100}
    for axis in range(3):
        found = effective_conductivity(labels, sigma, axis=axis, relative_tolerance=1e-3, **options)
        assert found.outcome is TransportOutcome.CONVERGED
        assert found.iterations <= 20
        exact = effective_conductivity(labels, sigma, axis=axis, relative_tolerance=1e-9, **options)
        assert found.lower <= exact.lower <= exact.upper <= found.upper


def test_walkers_agree():
    """Walkers, whose steps are rarer along longer edges, find the tortuosity factors of the kernel."""
    boxes = volume(gyroid((16, 32, 32)), (0.8, 0.4, 0.4))
    taus = homogenise_along_all_axes(boxes, NMC_811).pore_tortuosity_factors()
    walk = walk_randomly(boxes, walker_count=3000, seed=4)
    for axis in range(3):
        tau = getattr(walk, f"tortuosity_factor_axis_{axis}")
        error = getattr(walk, f"tortuosity_factor_axis_{axis}_standard_error")
        assert abs(tau - taus[axis]) < 4 * error
        assert error < 0.04 * tau
    assert walk.voxel_size_metre == pytest.approx(0.4e-6 * 2 ** (1 / 3))
    assert walk.method.endswith("voxels of 0.8 x 0.4 x 0.4 um")
